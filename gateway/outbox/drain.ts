import type { Running } from '../../kit/cleanups.ts';
import type { Log } from '../../kit/log.ts';
import { wait } from '../../kit/retry.ts';
import type { UplinkRow } from '../row.ts';
import { unread } from './ledger.ts';
import type { Newest } from './newest.ts';
import type { Outbox } from './outbox.ts';
import { type Pace, pace } from './pace.ts';
import { type Parcel, parcelsOf } from './parcels.ts';
import type { RowClass } from './safety.ts';
import { type Slots, slots } from './slots.ts';

/** The far end, as the outbox sees it. */
export interface Uplink {
  /** Resolves when the platform has acknowledged the rows; rejects when the link goes down first. */
  send(rows: readonly UplinkRow[]): Promise<void>;
}

/** Messages a lane may have unacknowledged: together a link's usual window of 64, most of it for what is fresh. */
export const liveInFlight = 48;
export const backlogInFlight = 16;
/** How much longer live readings may take because of the backlog, ms. */
const feltMs = 150;
/** The newest reading of a device is live news when it is no older than this; beyond it says that it is history, ms. */
const freshMs = 300_000;

/** Why nothing more is sent over a connection. */
export type Ending =
  /** A message was not acknowledged, the outbox could not be read, or it was stopped. */
  | 'over'
  /** Live readings came faster than the link carries them: the outbox begins anew with the newest. */
  | 'behind';

/** What one connection does with the outbox. */
export interface Draining extends Running {
  /** True when what was there before the connection has been acknowledged; false when the connection ended before. */
  readonly caughtUp: Promise<boolean>;
  readonly ended: Promise<Ending>;
  /** Sends nothing more; does not wait for what is under way, whose acknowledgement still counts when it comes. */
  stop(): Promise<void>;
}

/** Empties an outbox over one uplink connection after another. */
export interface OutboxDrain {
  /**
   * Begins with a fresh connection. What comes in from now on is sent at once. Beside it, at a pace that this does not feel,
   * what gathered while there was none: the newest of every device first, then safety readings in order, then the rest in
   * order, marked historical. One at a time: stop the last before the next.
   */
  over(uplink: Uplink): Draining;
  /** Rows acknowledged since the start. */
  readonly sent: number;
  /** What an acknowledgement of a live message took of late, ms; null before the first. */
  readonly liveMs: number | null;
  /** Messages of the backlog that may be under way at once, as the link lets it; null while nothing drains. */
  readonly pace: number | null;
}

export interface DrainParts {
  readonly outbox: Outbox;
  readonly now: () => number;
  /** The front may hold so much before a connection is said to be behind, bytes. */
  readonly behindBytes?: number;
  readonly log: Log;
}

/**
 * Rows leave the outbox when they are acknowledged and never before: what a crash or a broken link leaves unacknowledged is
 * sent again, and is the same reading by its key.
 */
export function outboxDrain({ outbox, now, behindBytes = 8 * 1024 * 1024, log }: DrainParts): OutboxDrain {
  const { journals, ledgers, newest } = outbox;
  /** Rows of the backlog that were acknowledged ahead of their turn. */
  const early = { safety: earlyRows(), rest: earlyRows() };
  let sent = 0;
  let liveMs: number | null = null;
  let current: Pace | null = null;

  return {
    get sent() {
      return sent;
    },
    get liveMs() {
      return liveMs;
    },
    get pace() {
      return current?.window ?? null;
    },
    over(uplink) {
      const ending = new AbortController();
      const { signal } = ending;
      const ended = new Promise<Ending>((resolve) =>
        signal.addEventListener('abort', () => resolve(signal.reason === 'behind' ? 'behind' : 'over'), { once: true }),
      );
      const mine = pace({ most: backlogInFlight, queueMs: feltMs });
      current = mine;
      outbox.draining = true;

      const send = async (rows: readonly UplinkRow[], live: boolean): Promise<void> => {
        const began = performance.now();
        await uplink.send(rows);
        const took = performance.now() - began;
        mine.felt(took);
        if (live) liveMs = liveMs === null ? took : liveMs * 0.8 + took * 0.2;
        sent += rows.length;
      };
      /** Puts one message under way; resolves with false when nothing more is to be sent. */
      const despatch = async (window: Slots, rows: readonly UplinkRow[], live: boolean, done: () => void) => {
        if (!(await window.take())) return false;
        send(rows, live)
          .then(done)
          // The link went down: the connection that follows sends them again.
          .catch(() => ending.abort('over'))
          .finally(window.give);
        return true;
      };

      const lane = async (kind: RowClass, window: Slots): Promise<boolean> => {
        const ledger = ledgers[kind];
        const head = await journals[kind].head();
        for await (const blocks of unread(journals[kind], ledger.released, head, signal)) {
          const open = blocks.filter(({ position }) => !ledger.has(position));
          const left = open.map(({ position, entries }) => ({
            position,
            entries: early[kind].without(position, entries),
          }));
          ledger.pass(left.filter(({ entries }) => entries.length === 0).map(({ position }) => position));
          const parcels = parcelsOf(left);
          const finished = ledger.finishing(parcels);
          for (const parcel of parcels) {
            if (mine.restMs > 0) await wait(mine.restMs, signal);
            const done = () => {
              finished(parcel);
              early[kind].forget(ledger.released);
            };
            if (!(await despatch(window, parcel.rows.map(asHistorical), false, done))) return false;
          }
        }
        return window.empty();
      };
      const newestFirst = async (window: Slots): Promise<boolean> => {
        const waiting = newest
          .rows()
          .filter((one) => !ledgers[one.kind].has(one.position) && !early[one.kind].has(one));
        const byRow = new Map(waiting.map((one) => [one.row, one]));
        const age = now();
        for (const { rows } of parcelsOf([{ position: 0, entries: [...byRow.keys()] }])) {
          const done = () => {
            for (const row of rows) {
              const one = byRow.get(row);
              if (one) early[one.kind].add(one);
            }
          };
          const marked = rows.map((row) => (Math.abs(age - row.ts) > freshMs ? asHistorical(row) : row));
          if (!(await despatch(window, marked, false, done))) return false;
        }
        return window.empty();
      };
      const backlog = async (head: number): Promise<boolean> => {
        await outbox.pack(head);
        await outbox.known;
        const window = slots(() => mine.window, signal);
        for (const step of [newestFirst, (w: Slots) => lane('safety', w), (w: Slots) => lane('rest', w)])
          if (!(await step(window))) return false;
        newest.clear();
        return true;
      };
      const live = async (head: number): Promise<boolean> => {
        const window = slots(() => liveInFlight, signal);
        const ledger = ledgers.front;
        for await (const blocks of unread(journals.front, head, Number.POSITIVE_INFINITY, signal)) {
          const parcels: readonly Parcel[] = parcelsOf(blocks);
          const finished = ledger.finishing(parcels);
          for (const parcel of parcels) {
            // Nothing that stays so far behind is live any more.
            if (journals.front.stats().bytes > behindBytes) ending.abort('behind');
            if (!(await despatch(window, parcel.rows, true, () => finished(parcel)))) return false;
          }
        }
        return window.empty();
      };
      const guarded = async (running: Promise<boolean>): Promise<boolean> => {
        try {
          return await running;
        } catch (err) {
          if (!signal.aborted) log.error({ err }, 'the outbox could not be read; the uplink is made anew');
          ending.abort('over');
          return false;
        }
      };
      const head = journals.front.head();
      const caughtUp = guarded(head.then(backlog));
      const fresh = guarded(head.then(live));
      return {
        caughtUp,
        ended,
        async stop() {
          ending.abort('over');
          await Promise.all([caughtUp, fresh]);
          await Promise.all([ledgers.front.settled(), ledgers.safety.settled(), ledgers.rest.settled()]);
          outbox.draining = false;
          if (current === mine) current = null;
        },
      };
    },
  };
}

const asHistorical = (row: UplinkRow): UplinkRow => (row.historical ? row : { ...row, historical: true });

/** Rows acknowledged before the block they lie in, by block and place. */
function earlyRows() {
  const blocks = new Map<number, Set<number>>();
  return {
    add({ position, index }: Newest) {
      const block = blocks.get(position);
      if (block) block.add(index);
      else blocks.set(position, new Set([index]));
    },
    has: ({ position, index }: Newest) => blocks.get(position)?.has(index) ?? false,
    without(position: number, rows: readonly UplinkRow[]): readonly UplinkRow[] {
      const gone = blocks.get(position);
      return gone ? rows.filter((_, index) => !gone.has(index)) : rows;
    },
    /** What is freed is not read again. */
    forget(upTo: number) {
      for (const position of blocks.keys()) if (position <= upTo) blocks.delete(position);
    },
  };
}
