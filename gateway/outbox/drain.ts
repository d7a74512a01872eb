import type { Running } from '../../kit/cleanups.ts';
import type { Block, Journal, Position } from '../../kit/journal/journal.ts';
import type { Log } from '../../kit/log.ts';
import type { UplinkRow } from '../row.ts';
import { type Parcel, parcelsOf } from './parcels.ts';
import { slots } from './slots.ts';

/** The far end, as the outbox sees it. */
export interface Uplink {
  /** Resolves when the platform has acknowledged the rows; rejects when the link goes down first. */
  send(rows: readonly UplinkRow[]): Promise<void>;
}

/** Messages a lane may have unacknowledged: together a link's usual window of 64, most of it for what is fresh. */
export const liveInFlight = 48;
export const backlogInFlight = 16;
/** Entries read at a time. */
const readRows = 400;
const consumer = 'uplink';

/** What one connection does with the outbox. */
export interface Draining extends Running {
  /** True when what was there before the connection has been acknowledged; false when the connection ended before. */
  readonly caughtUp: Promise<boolean>;
  /** Resolves when nothing more is sent: a message was not acknowledged, the outbox could not be read, or it was stopped. */
  readonly ended: Promise<void>;
  /** Sends nothing more; does not wait for what is under way, whose acknowledgement still counts when it comes. */
  stop(): Promise<void>;
}

/** Empties an outbox over one uplink connection after another. */
export interface OutboxDrain {
  /**
   * Begins with a fresh connection: what comes in from now on is sent at once; beside it, in order and marked historical, what
   * gathered while there was none. One at a time: stop the last before the next.
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
  const ledger = await acknowledgements(outbox, log);
  return {
    get sent() {
      return ledger.sent;
    },
    backlog: async () => (await outbox.head()) - ledger.released,
    over(uplink) {
      const ending = new AbortController();
      const { signal } = ending;
      const ended = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

      const lane = async (after: Position, upTo: Position, historical: boolean): Promise<boolean> => {
        const window = slots(historical ? backlogInFlight : liveInFlight, signal);
        for await (const blocks of unread(outbox, after, upTo, signal)) {
          const parcels = parcelsOf(blocks.filter(({ position }) => !ledger.has(position)));
          const finished = ledger.finishing(parcels);
          for (const parcel of parcels) {
            if (!(await window.take())) return false;
            uplink
              .send(historical ? parcel.rows.map(asHistorical) : parcel.rows)
              .then(() => finished(parcel))
              // The link went down: the connection that follows sends them again.
              .catch(() => ending.abort())
              .finally(window.give);
          }
        }
        return window.empty();
      };
      const guarded = async (running: Promise<boolean>): Promise<boolean> => {
        try {
          return await running;
        } catch (err) {
          log.error({ err }, 'the outbox could not be read; the uplink is made anew');
          ending.abort();
          return false;
        }
      };
      const head = outbox.head();
      const caughtUp = guarded(head.then((h) => lane(ledger.released, h, true)));
      const live = guarded(head.then((h) => lane(h, Number.POSITIVE_INFINITY, false)));
      return {
        caughtUp,
        ended,
        async stop() {
          ending.abort();
          await Promise.all([caughtUp, live]);
          await ledger.settled();
        },
      };
    },
  };
}

const asHistorical = (row: UplinkRow): UplinkRow => ({ ...row, historical: true });

/** Blocks after `after` up to `upTo`, as they come, until `signal`. */
async function* unread(
  outbox: Journal<UplinkRow>,
  after: Position,
  upTo: Position,
  signal: AbortSignal,
): AsyncGenerator<readonly Block<UplinkRow>[]> {
  let at = after;
  let woken = false;
  while (at < upTo && !signal.aborted) {
    const blocks = (await outbox.read(at, readRows)).filter(({ position }) => position <= upTo);
    const last = blocks.at(-1);
    if (last) {
      at = last.position;
      woken = false;
      yield blocks;
      continue;
    }
    // Told of a block that is not there: the outbox is being closed, and would say so again at once, for ever.
    if (woken) throw new Error('the outbox was closed under the uplink');
    await outbox.changed(at, signal);
    woken = true;
  }
}

/** Knows what the platform has acknowledged, and frees the outbox up to the first gap. */
async function acknowledgements(outbox: Journal<UplinkRow>, log: Log) {
  /** Everything up to here is acknowledged. */
  let released: Position = await outbox.register(consumer);
  /** Acknowledged beyond it. */
  const ahead = new Set<Position>();
  let sent = 0;
  let durable = released;
  let releasing: Promise<void> | undefined;

  /** One release at a time: those that fall due meanwhile are one more. */
  const release = async (): Promise<void> => {
    while (durable < released) {
      const upTo = released;
      await outbox.release(consumer, upTo);
      durable = upTo;
    }
  };
  const add = (position: Position) => {
    if (position > released) ahead.add(position);
    while (ahead.delete(released + 1)) released += 1;
    if (released === durable || releasing) return;
    releasing = release()
      .catch((err) => log.warn({ err }, 'the outbox could not free what was acknowledged; it will with the next'))
      .finally(() => {
        releasing = undefined;
      });
  };

  return {
    get released() {
      return released;
    },
    get sent() {
      return sent;
    },
    has: (position: Position) => position <= released || ahead.has(position),
    /** For the parcels of some blocks: a block is acknowledged when all that hold a part of it are. */
    finishing(parcels: readonly Parcel[]) {
      const left = new Map<Position, number>();
      for (const { positions } of parcels)
        for (const position of positions) left.set(position, (left.get(position) ?? 0) + 1);
      return ({ rows, positions }: Parcel) => {
        sent += rows.length;
        for (const position of positions) {
          const rest = (left.get(position) ?? 1) - 1;
          left.set(position, rest);
          if (rest === 0) add(position);
        }
      };
    },
    settled: async () => void (await releasing),
  };
}
