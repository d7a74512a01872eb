import type { Log } from './log.ts';

/** Something that runs until it is stopped. */
export interface Running {
  stop(): Promise<void> | void;
}

/** A stack of things to stop, last started first. */
export interface Cleanups {
  /** Registers how to stop `part` the moment it exists, and hands it back. One that comes after {@link run} is stopped at once. */
  add<T extends Running>(name: string, part: T): T;
  /** Registers a bare clean-up function. */
  defer(name: string, stop: () => Promise<void> | void): void;
  /** Stops everything once, in reverse order; a failing one is logged and does not keep the rest from stopping. */
  run(): Promise<void>;
}

/** An empty {@link Cleanups} stack. */
export function cleanups(log: Log): Cleanups {
  const stack: { name: string; stop: () => Promise<void> | void }[] = [];
  let running: Promise<void> | undefined;
  let finished = false;
  const unwind = async () => {
    for (let part = stack.pop(); part; part = stack.pop()) {
      try {
        await part.stop();
      } catch (err) {
        log.error({ err, part: part.name }, 'a part did not stop cleanly');
      }
    }
    finished = true;
  };
  const defer = (name: string, stop: () => Promise<void> | void) => {
    stack.push({ name, stop });
    // Stopped while still starting: whoever comes late must not stay behind.
    if (finished) void unwind();
  };
  return {
    add(name, part) {
      defer(name, () => part.stop());
      return part;
    },
    defer,
    run: () => (running ??= unwind()),
  };
}
