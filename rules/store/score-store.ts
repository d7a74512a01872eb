import type { Kysely, Transaction } from 'kysely';
import type { Actor } from '../../devices/contract/command.ts';
import type { ScoreNumber, ScoreResult, ScoreRun } from '../../devices/contract/score.ts';
import type { Weights } from '../../devices/contract/supervision.ts';
import type { CycleEnd } from '../../devices/supervision/cycle-ends.ts';
import { chunks } from './chunks.ts';
import type { RulesTables } from './migrations.ts';

type Trx = Transaction<RulesTables>;
type Person = Pick<Actor, 'id' | 'name'>;

/** The number of the next row of a table that counts. */
async function nextSeq(trx: Trx, table: 'score_runs' | 'score_appeals' | 'score_weights' | 'score_promises') {
  const last = await trx
    .selectFrom(table)
    .select(({ fn }) => fn.max('seq').as('seq'))
    .executeTakeFirst();
  return Number(last?.seq ?? 0) + 1;
}

/** The revision that a period of a cycle was last worked out as; 0 where it never was. */
export async function lastRevision(trx: Trx | Kysely<RulesTables>, cycle: string, period: string): Promise<number> {
  const row = await trx
    .selectFrom('score_runs')
    .select(({ fn }) => fn.max('revision').as('revision'))
    .where('cycle', '=', cycle)
    .where('period', '=', period)
    .executeTakeFirst();
  return Number(row?.revision ?? 0);
}

export async function addRun(trx: Trx, run: ScoreRun, numbers: readonly ScoreNumber[]): Promise<void> {
  const { id, cycle, period, revision, at } = run;
  const row = { id, cycle: cycle.id, period: period.key, revision, at, body: JSON.stringify(run) };
  await trx
    .insertInto('score_runs')
    .values({ ...row, seq: await nextSeq(trx, 'score_runs') })
    .execute();
  const rows = numbers.map((one) => ({
    run: id,
    unit: one.unit,
    indicator: one.indicator,
    body: JSON.stringify(one),
  }));
  for (const part of chunks(rows)) await trx.insertInto('score_numbers').values(part).execute();
}

/** Keeps an appeal, or with `decides` the decision about one; resolves with its number. */
export async function addAppeal(
  trx: Trx,
  run: string,
  actor: Person,
  at: number,
  said: object,
  decides: number | null = null,
): Promise<number> {
  const seq = await nextSeq(trx, 'score_appeals');
  const row = { seq, run, at, decides, actor_id: actor.id, actor_name: actor.name, body: JSON.stringify(said) };
  await trx.insertInto('score_appeals').values(row).execute();
  return seq;
}

export async function addSignature(trx: Trx, subject: string, hash: string, actor: Person, at: number): Promise<void> {
  const row = { subject, hash, actor_id: actor.id, actor_name: actor.name, at };
  await trx.insertInto('score_signatures').values(row).execute();
}

export async function addPublication(
  trx: Trx,
  run: string,
  at: number,
  hash: string,
  result: ScoreResult,
): Promise<void> {
  await trx
    .insertInto('score_publications')
    .values({ run, at, hash, body: JSON.stringify(result) })
    .execute();
}

/** Keeps weights that were asked for; resolves with their number. */
export async function addWeights(
  trx: Trx,
  group: string,
  weights: Weights,
  reason: string,
  at: number,
): Promise<number> {
  const seq = await nextSeq(trx, 'score_weights');
  const row = { seq, at, class: group, reason, body: JSON.stringify(weights) };
  await trx.insertInto('score_weights').values(row).execute();
  return seq;
}

/** Keeps a promise; resolves with its number. */
export async function addPromise(
  trx: Trx,
  { run, department, said, by, at }: { run: string; department: string; said: object; by: string; at: number },
): Promise<number> {
  const seq = await nextSeq(trx, 'score_promises');
  const row = { seq, run, at, department, actor_name: by, body: JSON.stringify(said) };
  await trx.insertInto('score_promises').values(row).execute();
  return seq;
}

/** A period that came due by itself was dealt with: by this run, or by none. The same again changes nothing. */
export async function addCycleEnd(
  trx: Trx,
  { cycle, period }: Pick<CycleEnd, 'cycle' | 'period'>,
  at: number,
  run: string | null,
): Promise<void> {
  const row = { cycle: cycle.id, period: period.key, starts_at: period.from, at, run };
  await trx
    .insertInto('score_cycle_ends')
    .values(row)
    .onConflict((c) => c.doNothing())
    .execute();
}

/** When the newest period of each cycle that was dealt with began, ms. */
export async function cycleEnds(db: Kysely<RulesTables>): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('score_cycle_ends')
    .select(({ fn }) => ['cycle', fn.max('starts_at').as('since')])
    .groupBy('cycle')
    .execute();
  return new Map(rows.map(({ cycle, since }) => [cycle, Number(since)]));
}
