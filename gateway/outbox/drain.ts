import type { Running } from '../../kit/cleanups.ts';
import type { Block, Journal, Position } from '../../kit/journal/journal.ts';
import type { Log } from '../../kit/log.ts';
import type { UplinkRow } from '../row.ts';

/** The far end, as the outbox sees it. */
export interface Uplink {
  /** Resolves when the platform has acknowledged the rows; rejects when the link goes down first. */
  send(rows: readonly UplinkRow[]): Promise<void>;
}

/** Rows of one backlog message. */
const backlogRows = 100;
/** Messages a lane may have unacknowledged: the live lane keeps most of the link's window. */
const liveInFlight = 48;
const backlogInFlight = 16;
const consumer = 'uplink';

/** What one connection does with the outbox. */
export interface Draining extends Running {
  /** Resolves when what was there before the connection has been acknowledged. */
  readonly caughtUp: Promise<void>;
}

/** Empties an outbox over one uplink connection after another. */
export interface OutboxDrain {
  /**
   * Begins with a fresh connection: what comes in from now on is sent at once; beside it, in order and marked historical, what
   * gathered while there was none. Ends with the connection.
   */
  over(uplink: Uplink): Draining;
  /** Rows acknowledged since the start. */
  readonly sent: number;
  /** Blocks that wait for an acknowledgement. */
  backlog(): Promise<number>;
}

/**
 * Rows leave the outbox when they are acknowledged and never before: what a crash or a broken link leaves unacknowledged is
 * sent again, and is the same reading by its key.
 */
export async function outboxDrain(outbox: Journal<UplinkRow>, log: Log): Promise<OutboxDrain> {
  /** Everything up to here is acknowledged. */
  let released: Position = await outbox.register(consumer);
  const ahead = new Set<Position>();
  let sent = 0;

  const acknowledged = (blocks: readonly Block<UplinkRow>[]) => {
    for (const { position, entries } of blocks) {
      ahead.add(position);
      sent += entries.length;
    }
    const before = released;
    while (ahead.delete(released + 1)) released += 1;
    if (released > before)
      outbox
        .release(consumer, released)
        .catch((err) => log.warn({ err }, 'the outbox could not free what was acknowledged'));
  };

  return {
    get sent() {
      return sent;
    },
    backlog: async () => (await outbox.head()) - released,
    over(uplink) {
      const ended = new AbortController();
      const head = outbox.head();
      const lane = async (after: Position, upTo: Position, historical: boolean) => {
        const window = slots(historical ? backlogInFlight : liveInFlight);
        let at = after;
        while (at < upTo && !ended.signal.aborted) {
          const blocks = (await outbox.read(at, backlogRows)).filter(({ position }) => position <= upTo);
          if (blocks.length === 0) {
            await outbox.changed(at, ended.signal);
            continue;
          }
          at = blocks.at(-1)?.position ?? at;
          const unsent = blocks.filter(({ position }) => position > released && !ahead.has(position));
          if (unsent.length === 0) continue;
          const rows = unsent.flatMap(({ entries }) => entries);
          await window.take();
          uplink
            .send(historical ? rows.map((row) => ({ ...row, historical: true as const })) : rows)
            .then(() => acknowledged(unsent))
            // The link went down: the connection that follows sends them again.
            .catch(() => ended.abort())
            .finally(window.give);
        }
        await window.empty();
      };
      const caughtUp = head.then((h) => lane(released, h, true));
      const live = head.then((h) => lane(h, Number.POSITIVE_INFINITY, false));
      for (const running of [caughtUp, live])
        running.catch((err) => log.error({ err }, 'the outbox could not be read'));
      return {
        caughtUp,
        async stop() {
          ended.abort();
          await Promise.allSettled([caughtUp, live]);
        },
      };
    },
  };
}

/** Counts what is under way, at most `most` at a time. */
function slots(most: number) {
  let used = 0;
  let waiting: (() => void)[] = [];
  const wake = () => {
    const woken = waiting;
    waiting = [];
    for (const resolve of woken) resolve();
  };
  const until = async (free: () => boolean) => {
    while (!free()) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  return {
    async take() {
      await until(() => used < most);
      used += 1;
    },
    give: () => {
      used -= 1;
      wake();
    },
    empty: () => until(() => used === 0),
  };
}
