import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import { campaignIdOf } from '../campaigns/secrecy.ts';
import type { Campaign } from '../contract/campaign.ts';
import type { HazardTables } from '../contract/hazard-tables.ts';
import type {
  Appeal,
  EarlierResult,
  Promised,
  RunBody,
  RunLine,
  ScoreNumber,
  ScoreResult,
  ScoreRun,
  Signature,
  WeightsChange,
} from '../contract/score.ts';
import type { ScoreAppealRow, ScoreTables } from '../contract/score-tables.ts';
import type { Supervision, Weights } from '../contract/supervision.ts';
import { canonicalJson } from '../registry/canonical-json.ts';
import { changesBetween, contentHash, resultOfRun } from './run.ts';

/** A handle or transaction of any database that has the tables of supervision beside its own. */
type Db<DB extends ScoreTables> = Kysely<DB>;
const tables = <DB extends ScoreTables>(db: Db<DB>) => db as unknown as Kysely<ScoreTables>;

/** What two people must sign before it counts. */
export const PEOPLE = 2;
const DAY = 86_400_000;

/** Every run, newest first. */
export async function runLines<DB extends ScoreTables>(db: Db<DB>): Promise<RunLine[]> {
  const rows = await tables(db).selectFrom('score_runs').select('body').orderBy('seq', 'desc').execute();
  const runs = rows.map(({ body }) => JSON.parse(body) as ScoreRun);
  const published = new Map((await publications(db)).map((one) => [one.run, one]));
  const open = await openAppeals(db);
  return runs.map((run) => lineOf(run, published.get(run.id), open.get(run.id) ?? 0, isNewest(run, runs)));
}

/** A run with its result as it stands, its appeals and its signatures; undefined where there is none of this id. */
export async function runBody<DB extends ScoreTables>(db: Db<DB>, id: string): Promise<RunBody | undefined> {
  const run = await runOf(db, id);
  if (!run) return undefined;
  const line = (await runLines(db)).find((one) => one.id === id)!;
  const numbers = await numbersOf(db, id);
  const appeals = await appealsOf(db, id);
  const frozen = (await publications(db, id))[0];
  const result = frozen ? frozen.result : resultOfRun(run, numbers, appeals);
  const hash = frozen ? frozen.hash : result && contentHash(run, numbers, result);
  const before = run.revision > 1 ? await resultNow(db, idOf(run, run.revision - 1)) : null;
  return {
    line,
    run,
    result,
    appeals,
    signatures: hash ? await signaturesOf(db, subjectOfRun(id), hash) : [],
    contentHash: hash,
    changes: before && result ? changesBetween(before, result) : [],
    promises: await promisesOf(db, id),
    visits: run.content.kind === 'sample' ? await campaignOfRun(db, id) : null,
  };
}

/** The campaign by which a drawn sample is visited; null where nobody has made one of it. */
async function campaignOfRun<DB extends ScoreTables>(db: Db<DB>, run: string): Promise<RunBody['visits']> {
  const row = await (db as unknown as Kysely<HazardTables>)
    .selectFrom('campaigns')
    .select(['id', 'body'])
    .where('id', '=', campaignIdOf(run))
    .executeTakeFirst();
  return row ? { campaign: row.id, openAt: (JSON.parse(row.body) as Campaign).openAt } : null;
}

/** `quarter_2026-Q4_1` */
export const idOf = (
  { cycle, period }: { readonly cycle: { readonly id: string }; readonly period: { readonly key: string } },
  revision: number,
): string => `${cycle.id}_${period.key}_${revision}`;

export const subjectOfRun = (id: string): string => `run ${id}`;
export const subjectOfWeights = (seq: number): string => `weights ${seq}`;
export const hashOfWeights = (group: string, weights: Weights): string =>
  createHash('sha256')
    .update(canonicalJson({ class: group, weights }))
    .digest('hex');

/** The result of a run: frozen where it was published, else as its appeals stand now. */
async function resultNow<DB extends ScoreTables>(db: Db<DB>, id: string): Promise<ScoreResult | null> {
  const frozen = (await publications(db, id))[0];
  if (frozen) return frozen.result;
  const run = await runOf(db, id);
  return run ? resultOfRun(run, await numbersOf(db, id), await appealsOf(db, id)) : null;
}

export async function runOf<DB extends ScoreTables>(db: Db<DB>, id: string): Promise<ScoreRun | undefined> {
  const row = await tables(db).selectFrom('score_runs').select('body').where('id', '=', id).executeTakeFirst();
  return row && (JSON.parse(row.body) as ScoreRun);
}

/** Every number of a run, with its facts. */
export async function numbersOf<DB extends ScoreTables>(db: Db<DB>, run: string): Promise<ScoreNumber[]> {
  const rows = await tables(db)
    .selectFrom('score_numbers')
    .select('body')
    .where('run', '=', run)
    .orderBy('unit')
    .orderBy('indicator')
    .execute();
  return rows.map(({ body }) => JSON.parse(body) as ScoreNumber);
}

/** One number of a run, with its facts. */
export async function numberIn<DB extends ScoreTables>(
  db: Db<DB>,
  run: string,
  unit: string,
  indicator: string,
): Promise<ScoreNumber | undefined> {
  const row = await tables(db)
    .selectFrom('score_numbers')
    .select('body')
    .where('run', '=', run)
    .where('unit', '=', unit)
    .where('indicator', '=', indicator)
    .executeTakeFirst();
  return row && (JSON.parse(row.body) as ScoreNumber);
}

/** Appeals of a run, oldest first, each with its decision. */
export async function appealsOf<DB extends ScoreTables>(db: Db<DB>, run: string): Promise<Appeal[]> {
  const rows = await tables(db).selectFrom('score_appeals').selectAll().where('run', '=', run).orderBy('seq').execute();
  const decisions = new Map(rows.filter(({ decides }) => decides !== null).map((row) => [Number(row.decides), row]));
  return rows.filter(({ decides }) => decides === null).map((row) => appealOf(row, decisions.get(Number(row.seq))));
}

type AppealSaid = Pick<Appeal, 'unit' | 'indicator' | 'reason' | 'evidence' | 'facts'> &
  Partial<Pick<Appeal, 'department'>>;
type DecisionSaid = Pick<NonNullable<Appeal['decided']>, 'upheld' | 'reason' | 'leftOut'>;

function appealOf(row: ScoreAppealRow, decision: ScoreAppealRow | undefined): Appeal {
  const by = ({ actor_id, actor_name }: ScoreAppealRow) => ({ id: actor_id, name: actor_name });
  const decided = decision && {
    at: Number(decision.at),
    by: by(decision),
    ...(JSON.parse(decision.body) as DecisionSaid),
  };
  return {
    seq: Number(row.seq),
    run: row.run,
    department: null,
    at: Number(row.at),
    by: by(row),
    ...(JSON.parse(row.body) as AppealSaid),
    decided: decided ?? null,
  };
}

/** The run that an appeal is of; undefined where there is no such appeal. */
export async function runOfAppeal<DB extends ScoreTables>(db: Db<DB>, seq: number): Promise<string | undefined> {
  const row = await tables(db)
    .selectFrom('score_appeals')
    .select('run')
    .where('seq', '=', seq)
    .where('decides', 'is', null)
    .executeTakeFirst();
  return row?.run;
}

async function openAppeals<DB extends ScoreTables>(db: Db<DB>): Promise<ReadonlyMap<string, number>> {
  const rows = await tables(db).selectFrom('score_appeals').select(['run', 'seq', 'decides']).execute();
  const decided = new Set(rows.map(({ decides }) => (decides === null ? null : Number(decides))));
  const open = new Map<string, number>();
  for (const { run, seq, decides } of rows)
    if (decides === null && !decided.has(Number(seq))) open.set(run, (open.get(run) ?? 0) + 1);
  return open;
}

interface Publication {
  readonly run: string;
  readonly at: number;
  readonly hash: string;
  readonly result: ScoreResult;
}
async function publications<DB extends ScoreTables>(db: Db<DB>, run?: string): Promise<Publication[]> {
  let rows = tables(db).selectFrom('score_publications').selectAll().orderBy('at');
  if (run !== undefined) rows = rows.where('run', '=', run);
  return (await rows.execute()).map(({ body, at, ...row }) => ({ ...row, at: Number(at), result: JSON.parse(body) }));
}

/** Who signed something as it was; oldest first. */
export async function signaturesOf<DB extends ScoreTables>(
  db: Db<DB>,
  subject: string,
  hash: string,
): Promise<Signature[]> {
  const rows = await tables(db)
    .selectFrom('score_signatures')
    .selectAll()
    .where('subject', '=', subject)
    .where('hash', '=', hash)
    .orderBy('at')
    .orderBy('actor_id')
    .execute();
  return rows.map(({ actor_id, actor_name, at }) => ({ id: actor_id, name: actor_name, at: Number(at) }));
}

/** Published results of a cycle, the newest revision of each period, newest period first. */
export async function publishedResults<DB extends ScoreTables>(
  db: Db<DB>,
  cycle: string,
): Promise<(EarlierResult & { readonly from: number; readonly to: number })[]> {
  const rows = await tables(db)
    .selectFrom('score_publications')
    .innerJoin('score_runs', 'score_runs.id', 'score_publications.run')
    .select(['score_runs.body as run', 'score_publications.body as result'])
    .where('score_runs.cycle', '=', cycle)
    .orderBy('score_runs.revision')
    .execute();
  const byPeriod = new Map(
    rows.map((row) => {
      const { id, period } = JSON.parse(row.run) as ScoreRun;
      const { lines } = JSON.parse(row.result) as ScoreResult;
      const kept = lines.map(({ unit, class: group, score, rank, unranked, coverage }) => ({
        unit,
        class: group,
        score,
        rank,
        unranked,
        coverage,
      }));
      return [period.key, { run: id, period: period.key, from: period.from, to: period.to, lines: kept }];
    }),
  );
  return [...byPeriod.values()].sort((a, b) => b.from - a.from);
}

/** Every change of weights that was asked for, newest first. */
export async function weightsChanges<DB extends ScoreTables>(db: Db<DB>): Promise<WeightsChange[]> {
  const rows = await tables(db).selectFrom('score_weights').selectAll().orderBy('seq', 'desc').execute();
  return Promise.all(
    rows.map(async ({ seq, at, class: group, reason, body }) => {
      const weights = JSON.parse(body) as Weights;
      const signatures = await signaturesOf(db, subjectOfWeights(Number(seq)), hashOfWeights(group, weights));
      const from = signatures[PEOPLE - 1]?.at ?? null;
      return { seq: Number(seq), class: group, weights, reason, at: Number(at), signatures, from };
    }),
  );
}

/** The weights by class for a period that begins at `from` (ms): the newest agreed before it, else those of the city's file. */
export function weightsAt(
  policy: Supervision,
  changes: readonly WeightsChange[],
  from: number,
): Readonly<Record<string, Weights>> {
  const agreed = changes
    .filter((one) => one.from !== null && one.from <= from)
    .sort((a, b) => a.from! - b.from! || a.seq - b.seq);
  return { ...policy.weights, ...Object.fromEntries(agreed.map((one) => [one.class, one.weights])) };
}

/** What was promised at a list, oldest first. */
export async function promisesOf<DB extends ScoreTables>(db: Db<DB>, run: string): Promise<Promised[]> {
  const rows = await tables(db)
    .selectFrom('score_promises')
    .selectAll()
    .where('run', '=', run)
    .orderBy('seq')
    .execute();
  return rows.map(({ seq, at, department, actor_name, body }) => ({
    seq: Number(seq),
    run,
    department,
    by: actor_name,
    at: Number(at),
    ...(JSON.parse(body) as Pick<Promised, 'text' | 'tickets' | 'until'>),
  }));
}

const isNewest = (run: ScoreRun, all: readonly ScoreRun[]): boolean =>
  !all.some((one) => one.cycle.id === run.cycle.id && one.period.key === run.period.key && one.revision > run.revision);

function lineOf(run: ScoreRun, published: Publication | undefined, appeals: number, newest: boolean): RunLine {
  const { id, cycle, period, revision, at, demo } = run;
  const isScored = cycle.kind === 'score' || cycle.kind === 'review';
  const state = published ? 'published' : !newest ? 'superseded' : isScored ? 'provisional' : 'done';
  return {
    ...{ id, cycle: cycle.id, name: cycle.name, kind: cycle.kind, period, revision, at, state, demo },
    appealUntil: isScored ? at + cycle.appealDays * DAY : null,
    openAppeals: appeals,
    hash: published?.hash ?? null,
    publishedAt: published?.at ?? null,
  };
}
