import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Kysely, Transaction } from 'kysely';
import type { Cancel, Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { OwnTables } from './migrations.ts';

/** Another worker has taken over: this one must stop at once and write nothing more. */
export class LeaseLost extends Error {
  constructor(holder: string) {
    super(`another rules worker has taken over from ${holder}: this one stops; only one may judge a city`);
    this.name = 'LeaseLost';
  }
}

/** The right to judge this city: one worker at a time. */
export interface Lease {
  /** Renews it inside a transaction, and throws {@link LeaseLost} when it is gone, so that nothing of the transaction stays. */
  fence<DB extends OwnTables>(trx: Transaction<DB>): Promise<void>;
  /** Gives it back, so that the next start need not wait. */
  release(): Promise<void>;
}

const NAME = 'rules';
const HOLD_MS = 15_000;
const LOOK_MS = 500;

/**
 * Waits for the lease and takes it. A holder of this host whose process is gone is not waited for; any other keeps it for
 * fifteen seconds after its last sign of life. `stopped` ends the waiting.
 */
export async function takeLease<DB extends OwnTables>(
  handle: Kysely<DB>,
  clock: Clock,
  log: Log,
  stopped: AbortSignal,
): Promise<Lease> {
  const db = handle as unknown as Kysely<OwnTables>;
  const holder = `${hostname()}/${process.pid}/${randomUUID()}`;
  let said = false;
  for (;;) {
    const fence = await grab(db, holder, clock.now());
    if (fence !== undefined) return lease(db, holder, fence, clock);
    if (!said) log.warn({ lease: NAME }, 'another rules worker is at work; waiting for it to go');
    said = true;
    await pause(clock, LOOK_MS, stopped);
    stopped.throwIfAborted();
  }
}

function grab(db: Kysely<OwnTables>, holder: string, now: number): Promise<number | undefined> {
  return db.transaction().execute(async (trx) => {
    const held = await trx.selectFrom('lease').selectAll().where('name', '=', NAME).executeTakeFirst();
    if (held && held.until > now && !isGone(held.holder)) return undefined;
    const fence = (held?.fence ?? 0) + 1;
    const row = { name: NAME, holder, fence, until: now + HOLD_MS };
    // Of two workers that look at once, the second finds that the first's fence is no longer what it saw.
    const taken = held
      ? await trx
          .updateTable('lease')
          .set(row)
          .where('name', '=', NAME)
          .where('fence', '=', held.fence)
          .executeTakeFirst()
      : await trx
          .insertInto('lease')
          .values(row)
          .onConflict((c) => c.doNothing())
          .executeTakeFirst();
    const rows = 'numUpdatedRows' in taken ? taken.numUpdatedRows : (taken.numInsertedOrUpdatedRows ?? 0n);
    return rows > 0n ? fence : undefined;
  });
}

function lease(db: Kysely<OwnTables>, holder: string, fence: number, clock: Clock): Lease {
  const mine = <T extends OwnTables>(trx: Transaction<T>) =>
    (trx as unknown as Transaction<OwnTables>)
      .updateTable('lease')
      .set({ until: clock.now() + HOLD_MS })
      .where('name', '=', NAME)
      .where('fence', '=', fence)
      .executeTakeFirst();
  return {
    async fence(trx) {
      if ((await mine(trx)).numUpdatedRows === 0n) throw new LeaseLost(holder);
    },
    async release() {
      await db.updateTable('lease').set({ until: 0 }).where('name', '=', NAME).where('fence', '=', fence).execute();
    },
  };
}

/** True for a process of this host that no longer runs. */
function isGone(holder: string): boolean {
  const [host, pid] = holder.split('/');
  if (host !== hostname() || Number(pid) === process.pid) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** Waits, or stops waiting when told to. */
export function pause(clock: Clock, ms: number, stopped: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let cancel: Cancel = () => {};
    const done = () => {
      cancel();
      stopped.removeEventListener('abort', done);
      resolve();
    };
    cancel = clock.after(ms, done);
    stopped.addEventListener('abort', done);
    if (stopped.aborted) done();
  });
}
