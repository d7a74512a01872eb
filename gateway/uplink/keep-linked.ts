import type { AttributesAnswer } from '../../devices/contract/topics.ts';
import type { Running } from '../../kit/cleanups.ts';
import type { Log } from '../../kit/log.ts';
import { retryDelays, type Wait, wait } from '../../kit/retry.ts';
import type { Draining, OutboxDrain, Uplink } from '../outbox/drain.ts';
import type { Tell } from './conditions.ts';

/** Whether an acknowledgement is the platform's own, or a broker's that stands between. */
export type Door = AttributesAnswer['door'];

/** The platform's answer to the question whether it is there, and when it was asked and answered, ms of a clock that counts. */
export interface Asked extends Partial<AttributesAnswer> {
  readonly askedAt: number;
  readonly answeredAt: number;
}

/** One connection to the platform; it ends once and is not revived. */
export interface UplinkConnection extends Uplink {
  /** Resolves when the connection has gone, whoever ended it. */
  readonly gone: Promise<void>;
  /** Asks the platform for the time, and for the shared attributes of these names; rejects when it does not answer. */
  ask(sharedKeys?: string): Promise<Asked>;
  /** What `send` waits for from now on: the acknowledgement, or the platform's receipt. */
  through(door: Door): void;
  /** Tells events; resolves when they were taken. */
  readonly tell: Tell;
  /** Tells attributes of this gateway; resolves when they were taken. */
  report(attributes: object): Promise<void>;
  close(): Promise<void>;
}

export type PlatformState =
  /** No connection. */
  | 'away'
  /** Connected, and asked. */
  | 'asked'
  /** It answers: rows are let go when it has them. */
  | 'there'
  /** Connected to somebody, and the platform does not answer: nothing is let go. */
  | 'silent'
  /** It answers without saying what its acknowledgement means: nothing is let go. */
  | 'unclear';

export interface LinkState {
  readonly platform: PlatformState;
  readonly door: Door | null;
  /** Since when, ms on the clock of {@link LinkParts.now}. */
  readonly since: number;
}

export interface LinkParts {
  /** Opens a connection; rejects when it cannot, or when the signal is aborted first. */
  readonly open: (signal: AbortSignal) => Promise<UplinkConnection>;
  readonly drain: OutboxDrain;
  /** The platform's address, for the log. */
  readonly url: string;
  readonly log: Log;
  /** What an acknowledgement means, where the configuration says it rather than the platform. */
  readonly door?: Door | undefined;
  readonly now: () => number;
  /** The platform has answered. */
  readonly onAnswer?: (answer: Asked) => void;
  /** The platform is there and can be told things; null when it is not any more. */
  readonly onReach?: (connection: Pick<UplinkConnection, 'ask' | 'tell' | 'report'> | null) => void;
  readonly wait?: Wait;
}

export interface Link extends Running {
  /** Whether rows reach the platform. */
  connected(): boolean;
  state(): LinkState;
  /** Asks the platform at once, where it can be asked. */
  askNow(): void;
  /** Cuts the link for `ms` of world time, as if the cable were pulled. */
  unplug(ms: number): void;
}

/** A connection that held this long was a good one: the next attempt after it comes soon. */
const steadyMs = 10_000;
const delays = () => retryDelays(500, 30_000);
/** How often the platform is asked: while it answers, and while it does not, ms. */
const askEveryMs = 30_000;
const askAgainMs = 3_000;
/** Questions in a row that may stay unanswered. */
const mostMissed = 2;

/** Holds the uplink up for ever: a new connection after each that went, with growing waits while there is none. */
export function keepLinked(parts: LinkParts): Link {
  const { open, drain, url, door: given, log, now, onAnswer, onReach, wait: pause = wait } = parts;
  const stopped = new AbortController();
  /** Cut by `stop` and by `unplug`, also in the middle of connecting. */
  let attempt = new AbortController();
  let state: LinkState = { platform: 'away', door: null, since: now() };
  let hurry = new AbortController();
  let pulledUntil = Number.NEGATIVE_INFINITY;
  let said = false;

  const become = (platform: PlatformState, door: Door | null = null) => {
    if (state.platform === platform && state.door === door) return;
    const before = state.platform;
    state = { platform, door, since: now() };
    const words = { url, door };
    if (platform === 'there') log.info(words, 'the uplink is up and the platform answers');
    else if (platform === 'silent')
      log.warn(words, 'the uplink is up, but the platform does not answer; readings stay in the outbox');
    else if (platform === 'unclear')
      log.error(
        words,
        'the platform does not say what its acknowledgement means (it is older than this gateway); readings stay in the outbox until it does, or until uplink.door says it',
      );
    if (platform === 'away' && before !== 'away' && !stopped.signal.aborted)
      log.warn({ url }, 'the uplink went down; readings gather in the outbox');
  };

  /** Asks again and again, and lets the outbox drain while there is an answer. Ends with the connection. */
  const watch = async (connection: UplinkConnection, over: AbortSignal): Promise<void> => {
    let draining: Draining | undefined;
    let missed = 0;
    let sentBefore = drain.sent;
    const halt = async () => {
      onReach?.(null);
      const ending = draining;
      draining = undefined;
      await ending?.stop();
    };
    try {
      while (!over.aborted) {
        const answer = await connection.ask().catch(() => null);
        if (over.aborted) return;
        if (answer?.serverTime !== undefined) onAnswer?.(answer);
        const said = given ?? answer?.door;
        const door = answer && (said === 'direct' || said === 'relayed') ? said : null;
        // What was acknowledged meanwhile is an answer too: on a slow line the question waits behind it.
        missed = answer || (draining && drain.sent > sentBefore) ? 0 : missed + 1;
        sentBefore = drain.sent;
        if (door !== null && door !== state.door) await halt();
        if (door !== null) {
          connection.through(door);
          become('there', door);
          if (!draining) onReach?.(connection);
          draining ??= drain.over(connection);
        } else if (answer) {
          await halt();
          become('unclear');
        } else if (!draining || missed >= mostMissed) {
          await halt();
          become('silent');
        }
        hurry = new AbortController();
        const rest = draining && missed === 0 ? askEveryMs : askAgainMs;
        const current = draining;
        const ended = await Promise.race([
          pause(rest, AbortSignal.any([over, hurry.signal])).then(() => null),
          current?.ended ?? new Promise<null>(() => {}),
        ]);
        if (ended === 'over') return;
        if (ended === 'behind') {
          log.warn(
            { url },
            'readings come faster than the uplink carries them; it goes on with the newest of every device',
          );
          await halt();
        }
        hurry.abort();
      }
    } finally {
      become('away');
      onReach?.(null);
      // Closed first: what is still unacknowledged fails now and is sent over the next connection.
      await connection.close();
      await halt();
    }
  };
  const once = async (): Promise<void> => {
    const connection = await open(attempt.signal);
    said = false;
    become('asked');
    const over = new AbortController();
    void connection.gone.then(() => over.abort());
    await watch(connection, AbortSignal.any([over.signal, attempt.signal]));
  };
  const complain = (err: Error) => {
    if (!said && !attempt.signal.aborted)
      log.warn({ err: err.message, url }, 'the platform cannot be reached; readings gather in the outbox');
    said = true;
  };
  const run = async (): Promise<void> => {
    let patience = delays();
    while (!stopped.signal.aborted) {
      const pulled = pulledUntil - performance.now();
      if (pulled > 0) {
        await pause(pulled, stopped.signal);
        continue;
      }
      attempt = new AbortController();
      const began = performance.now();
      await once().catch(complain);
      if (performance.now() - began > steadyMs) patience = delays();
      await pause(patience.next().value, stopped.signal);
    }
  };
  const running = run();
  return {
    connected: () => state.platform === 'there',
    state: () => state,
    askNow: () => hurry.abort(),
    unplug(ms) {
      pulledUntil = performance.now() + ms;
      attempt.abort();
    },
    async stop() {
      stopped.abort();
      attempt.abort();
      await running;
    },
  };
}
