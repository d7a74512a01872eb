/** Counts what is under way. */
export interface Slots {
  /** Resolves with true once one is free and taken; with false when `signal` was aborted first. */
  take(): Promise<boolean>;
  give(): void;
  /** Resolves with true once none is taken; with false when `signal` was aborted first. */
  empty(): Promise<boolean>;
}

/** At most `most` at a time, which may change while it runs, until `signal`. */
export function slots(most: () => number, signal: AbortSignal): Slots {
  let used = 0;
  let waiting: (() => void)[] = [];
  const wake = () => {
    const woken = waiting;
    waiting = [];
    for (const resolve of woken) resolve();
  };
  signal.addEventListener('abort', wake, { once: true });
  const until = async (free: () => boolean): Promise<boolean> => {
    while (!free() && !signal.aborted) await new Promise<void>((resolve) => waiting.push(resolve));
    return !signal.aborted;
  };
  return {
    async take() {
      if (!(await until(() => used < most()))) return false;
      used += 1;
      return true;
    },
    give() {
      used -= 1;
      wake();
    },
    empty: () => until(() => used === 0),
  };
}
