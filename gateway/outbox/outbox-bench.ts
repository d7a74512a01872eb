import { setImmediate as turn } from 'node:timers/promises';
import type { Journal } from '../../kit/journal/journal.ts';
import { memoryJournal } from '../../kit/journal/memory/memory-journal.ts';
import { silentLog } from '../../kit/log.ts';
import type { UplinkRow } from '../row.ts';
import { outboxDrain, type Uplink } from './drain.ts';
import { type DroppedMemory, type OutboxJournals, type OutboxPolicy, openOutbox } from './outbox.ts';
import { classify } from './safety.ts';

/** A message that the hand-driven platform has received and not yet answered. */
export interface Arrived {
  readonly rows: readonly UplinkRow[];
  acknowledge(): void;
}

/** A link whose far end is driven by hand. */
export interface HandUplink extends Uplink {
  /** Received and unanswered, oldest first. */
  readonly waiting: Arrived[];
  /** Fails everything unanswered, and everything sent from now on. */
  cut(): void;
}

export function handUplink(): HandUplink {
  const failing = new Map<Arrived, (err: Error) => void>();
  const waiting: Arrived[] = [];
  let up = true;
  return {
    waiting,
    send: (rows) =>
      new Promise((resolve, reject) => {
        if (!up) return reject(new Error('the link is cut'));
        const forget = () => {
          failing.delete(arrived);
          waiting.splice(waiting.indexOf(arrived), 1);
        };
        const arrived: Arrived = {
          rows,
          acknowledge() {
            forget();
            resolve();
          },
        };
        failing.set(arrived, reject);
        waiting.push(arrived);
      }),
    cut() {
      up = false;
      waiting.length = 0;
      for (const reject of failing.values()) reject(new Error('the link is cut'));
      failing.clear();
    },
  };
}

export const numbered = (n: number, device = 'd-1'): UplinkRow => ({ device, ts: n, values: { n } });

/** Number of each row, with an `h` where it is marked historical. */
export const shown = (rows: readonly UplinkRow[]): string[] =>
  rows.map(({ ts, historical }) => `${ts}${historical ? 'h' : ''}`);

/** Lets everything run that can run without the world's help. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 12; i++) await turn();
}

export interface BenchOptions {
  /** Faults of the front. */
  readonly over?: Partial<Journal<UplinkRow>>;
  readonly policy?: Partial<OutboxPolicy>;
  /** Measurements that are safety. */
  readonly safety?: readonly string[];
  readonly now?: () => number;
  readonly behindBytes?: number;
  readonly dropped?: DroppedMemory;
}

const room = { capBytes: 256e6, safetyBytes: 0 };

/** Journals of an outbox, in memory. */
export const memoryJournals = (over: Partial<Journal<UplinkRow>> = {}): OutboxJournals => ({
  front: { ...memoryJournal<UplinkRow>(room), ...over },
  safety: memoryJournal<UplinkRow>(room),
  rest: memoryJournal<UplinkRow>(room),
});

/** An outbox in memory and what empties it. */
export async function outboxBench(options: BenchOptions = {}) {
  const { over, policy, safety = ['alarm.*'], now = () => 1e9, behindBytes, dropped } = options;
  const journals = memoryJournals(over);
  const outbox = await openOutbox({
    journals,
    policy: { capBytes: 64e6, maxAgeMs: 7 * 86_400_000, full: 'wait', ...policy },
    classOf: classify(safety),
    now,
    log: silentLog,
    ...(dropped && { dropped }),
  });
  const drain = outboxDrain({ outbox, now, log: silentLog, ...(behindBytes && { behindBytes }) });
  /** Each row a block of its own. */
  const hear = async (...rows: UplinkRow[]) => {
    for (const row of rows) await outbox.take([row]);
  };
  /** Rows that wait, wherever they lie. */
  const waiting = () => Object.values(outbox.stats().waiting).reduce((sum, { rows }) => sum + rows, 0);
  /** Every row that any journal still holds. */
  const held = async (): Promise<UplinkRow[]> => {
    const all: UplinkRow[] = [];
    for (const journal of Object.values(journals) as Journal<UplinkRow>[]) {
      const { oldest } = journal.stats();
      for (const { entries } of await journal.read(oldest - 1, 1e9)) all.push(...entries);
    }
    return all;
  };
  return { outbox, journals, drain, hear, waiting, held };
}
