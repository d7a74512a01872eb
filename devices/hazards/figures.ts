import type { Kysely } from 'kysely';
import type { HazardLook } from '../contract/hazard.ts';
import type { HazardRow } from '../contract/hazard-tables.ts';
import type { StateTables } from '../contract/state-tables.ts';

/** Which hazards: of a period, [from, to) in ms, and of an area or department where one is named. */
export interface HazardFiguresQuery {
  readonly from: number;
  readonly to: number;
  readonly area?: string | undefined;
  readonly department?: string | undefined;
}

/** What is counted of hazards. Rejected ones are none, and are in no figure. */
export interface HazardCounts {
  /** Found within the period. */
  readonly found: number;
  /** Closed within it: verified by a person, or gone by themselves. */
  readonly verified: number;
  readonly gone: number;
  /** Open at its end; of those, not put right by their deadline. */
  readonly open: number;
  readonly overdue: number;
  /** Put right within the period, in time or late. */
  readonly onTime: number;
  readonly late: number;
  /** Found within it as the same kind at the same place again. */
  readonly repeats: number;
}

/** One cell of grade × area × department. */
export interface HazardCell extends HazardCounts {
  readonly grade: string | null;
  readonly area: string | null;
  readonly department: string | null;
  readonly kind: string;
}

export interface HazardFigures {
  readonly from: number;
  readonly to: number;
  readonly total: HazardCounts;
  readonly cells: readonly HazardCell[];
  /** The last look before the end of the period; null where none was made: unobserved is never good. */
  readonly look: HazardLook | null;
}

type Counted = Pick<
  HazardRow,
  | 'grade'
  | 'area'
  | 'department'
  | 'kind'
  | 'repeats'
  | 'due_at'
  | 'rectified_at'
  | 'found_at'
  | 'closed_at'
  | 'closed_by'
>;

/** Counts the register over a period. Every number can be opened: each cell names what its hazards have in common. */
export async function hazardFigures(db: Kysely<StateTables>, query: HazardFiguresQuery): Promise<HazardFigures> {
  const { from, to, area, department } = query;
  let rows = db
    .selectFrom('hazards')
    .select([
      'grade',
      'area',
      'department',
      'kind',
      'repeats',
      'due_at',
      'rectified_at',
      'found_at',
      'closed_at',
      'closed_by',
    ])
    .where('found_at', '<', to)
    .where('stage', '<>', 'rejected')
    .where((eb) => eb.or([eb('closed_at', 'is', null), eb('closed_at', '>=', from)]));
  if (area !== undefined) rows = rows.where('area', '=', area);
  if (department !== undefined) rows = rows.where('department', '=', department);
  const look = await db
    .selectFrom('hazard_looks')
    .select('body')
    .where('at', '<', to)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return {
    from,
    to,
    ...countHazards(await rows.execute(), query),
    look: look ? (JSON.parse(look.body) as HazardLook) : null,
  };
}

const nothing: HazardCounts = { found: 0, verified: 0, gone: 0, open: 0, overdue: 0, onTime: 0, late: 0, repeats: 0 };

/** The counts of these rows over a period, cell by cell and altogether. */
export function countHazards(
  rows: readonly Counted[],
  period: Pick<HazardFiguresQuery, 'from' | 'to'>,
): Pick<HazardFigures, 'total' | 'cells'> {
  const cells = new Map<string, HazardCell>();
  for (const row of rows) {
    const { grade, area, department, kind } = row;
    const key = JSON.stringify([grade, area, department, kind]);
    const cell = cells.get(key) ?? { grade, area, department, kind, ...nothing };
    cells.set(key, { ...cell, ...added(cell, countsOf(row, period)) });
  }
  const inOrder = [...cells].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, cell]) => cell);
  return { cells: inOrder, total: sumOf(inOrder) };
}

/** What cells come to together. */
export const sumOf = (cells: readonly HazardCounts[]): HazardCounts => cells.reduce(added, nothing);

const added = (a: HazardCounts, b: HazardCounts): HazardCounts => ({
  found: a.found + b.found,
  verified: a.verified + b.verified,
  gone: a.gone + b.gone,
  open: a.open + b.open,
  overdue: a.overdue + b.overdue,
  onTime: a.onTime + b.onTime,
  late: a.late + b.late,
  repeats: a.repeats + b.repeats,
});

function countsOf(row: Counted, { from, to }: { from: number; to: number }): HazardCounts {
  const at = (value: number | null): number => (value === null ? Number.POSITIVE_INFINITY : Number(value));
  const [found, closed, due, rectified] = [at(row.found_at), at(row.closed_at), at(row.due_at), at(row.rectified_at)];
  const within = (moment: number): boolean => moment >= from && moment < to;
  const one = (claim: boolean): number => (claim ? 1 : 0);
  return {
    found: one(within(found)),
    verified: one(within(closed) && row.closed_by === 'verified'),
    gone: one(within(closed) && row.closed_by === 'gone'),
    open: one(closed >= to),
    overdue: one(closed >= to && due < to && rectified >= to),
    onTime: one(within(rectified) && rectified <= due),
    late: one(within(rectified) && rectified > due),
    repeats: one(within(found) && Number(row.repeats) > 0),
  };
}
