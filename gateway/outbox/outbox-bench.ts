import { setImmediate as turn } from 'node:timers/promises';
import type { Journal } from '../../kit/journal/journal.ts';
import { memoryJournal } from '../../kit/journal/memory/memory-journal.ts';
import { silentLog } from '../../kit/log.ts';
import type { UplinkRow } from '../row.ts';
import { outboxDrain, type Uplink } from './drain.ts';

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

/** An outbox in memory and what empties it. */
export async function outboxBench(over: Partial<Journal<UplinkRow>> = {}) {
  const outbox: Journal<UplinkRow> = { ...memoryJournal<UplinkRow>({ capBytes: 64e6, safetyBytes: 0 }), ...over };
  const drain = await outboxDrain(outbox, silentLog);
  /** The number up to which positions are released. */
  const released = () => outbox.stats().consumers.uplink ?? 0;
  /** Each row a block of its own. */
  const hear = async (...rows: UplinkRow[]) => {
    for (const row of rows) await outbox.append([row]);
  };
  return { outbox, drain, released, hear };
}
