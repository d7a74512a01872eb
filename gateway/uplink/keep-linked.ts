import type { Running } from '../../kit/cleanups.ts';
import type { Log } from '../../kit/log.ts';
import { retryDelays, type Wait, wait } from '../../kit/retry.ts';
import type { OutboxDrain, Uplink } from '../outbox/drain.ts';

/** One connection to the platform; it ends once and is not revived. */
export interface UplinkConnection extends Uplink {
  /** Resolves when the connection has gone, whoever ended it. */
  readonly gone: Promise<void>;
  close(): Promise<void>;
}

export interface LinkParts {
  /** Opens a connection; rejects when it cannot, or when the signal is aborted first. */
  readonly open: (signal: AbortSignal) => Promise<UplinkConnection>;
  readonly drain: OutboxDrain;
  /** The platform's address, for the log. */
  readonly url: string;
  readonly log: Log;
  readonly wait?: Wait;
}

export interface Link extends Running {
  connected(): boolean;
  /** Cuts the link for `ms` of world time, as if the cable were pulled. */
  unplug(ms: number): void;
}

/** A connection that held this long was a good one: the next attempt after it comes soon. */
const steadyMs = 10_000;
const delays = () => retryDelays(500, 30_000);

/** Holds the uplink up for ever: a new connection after each that went, with growing waits while there is none. */
export function keepLinked({ open, drain, url, log, wait: pause = wait }: LinkParts): Link {
  const stopped = new AbortController();
  /** Cut by `stop` and by `unplug`, also in the middle of connecting. */
  let attempt = new AbortController();
  let connected = false;
  let pulledUntil = 0;
  let said = false;

  const once = async (): Promise<void> => {
    const connection = await open(attempt.signal);
    const draining = drain.over(connection);
    connected = true;
    said = false;
    log.info({ url }, 'the uplink is up');
    await Promise.race([connection.gone, draining.ended, aborted(attempt.signal)]);
    connected = false;
    // Closed first: what is still unacknowledged fails now and is sent over the next connection.
    await connection.close();
    await draining.stop();
    if (!stopped.signal.aborted) log.warn({ url }, 'the uplink went down; readings gather in the outbox');
  };
  const complain = (err: Error) => {
    if (!said && !attempt.signal.aborted)
      log.warn({ err: err.message, url }, 'the platform cannot be reached; readings gather in the outbox');
    said = true;
  };
  const run = async (): Promise<void> => {
    let patience = delays();
    while (!stopped.signal.aborted) {
      const pulled = pulledUntil - Date.now();
      if (pulled > 0) {
        await pause(pulled, stopped.signal);
        continue;
      }
      attempt = new AbortController();
      const began = Date.now();
      await once().catch(complain);
      if (Date.now() - began > steadyMs) patience = delays();
      await pause(patience.next().value, stopped.signal);
    }
  };
  const running = run();
  return {
    connected: () => connected,
    unplug(ms) {
      pulledUntil = Date.now() + ms;
      attempt.abort();
    },
    async stop() {
      stopped.abort();
      attempt.abort();
      await running;
    },
  };
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
