import type { Kysely, Transaction } from 'kysely';
import { type HazardEntry, type HazardLook, isHazardOpen } from '../../devices/contract/hazard.ts';
import type { HazardRow } from '../../devices/contract/hazard-tables.ts';
import { causeOf, type HazardChanges, type KeptHazards } from '../hazards/book.ts';
import type { PastHazard } from '../hazards/past.ts';
import { chunks } from './chunks.ts';
import { lastNumber } from './last-number.ts';
import type { RulesTables } from './migrations.ts';

type Db = Kysely<RulesTables> | Transaction<RulesTables>;

const toRow = (entry: HazardEntry): HazardRow => {
  const rectify = entry.clocks.find(({ kind }) => kind === 'rectify');
  return {
    id: entry.id,
    no: entry.no,
    seq: entry.seq,
    open: isHazardOpen(entry) ? 1 : 0,
    stage: entry.stage,
    kind: entry.kind,
    grade: entry.grade?.id ?? null,
    source: entry.source,
    campaign: entry.campaign,
    cause: causeOf(entry),
    area: entry.area,
    site: entry.site,
    lon: entry.lon,
    lat: entry.lat,
    department: entry.assigned?.department ?? null,
    repeats: entry.repeats,
    due_at: rectify?.due ?? null,
    rectified_at: rectify?.metAt ?? null,
    found_at: entry.foundAt,
    closed_at: entry.closedAt,
    closed_by: entry.closedBy,
    demo: entry.demo ? 1 : 0,
    body: JSON.stringify(entry),
  };
};

/** Columns that a step may change. */
const moving = [
  'seq',
  'open',
  'stage',
  'grade',
  'cause',
  'department',
  'due_at',
  'rectified_at',
  'closed_at',
  'closed_by',
  'body',
] as const satisfies readonly (keyof HazardRow)[];

/** Writes entries whole, the lines of their history, and what looks saw. */
export async function writeHazards(trx: Db, { hazards, steps, looks }: HazardChanges): Promise<void> {
  for (const part of chunks(hazards)) {
    await trx
      .insertInto('hazards')
      .values(part.map(toRow))
      .onConflict((c) =>
        c
          .column('id')
          .doUpdateSet((eb) => Object.fromEntries(moving.map((name) => [name, eb.ref(`excluded.${name}`)]))),
      )
      .execute();
  }
  for (const part of chunks(steps))
    await trx
      .insertInto('hazard_steps')
      .values(
        part.map((step) => ({
          seq: step.seq,
          hazard: step.hazard,
          at: step.at,
          kind: step.kind,
          actor_id: step.by?.id ?? null,
          body: JSON.stringify(step),
        })),
      )
      .execute();
  for (const look of looks)
    await trx
      .insertInto('hazard_looks')
      .values({ seq: look.seq, at: look.at, body: JSON.stringify(look) })
      .execute();
}

/** Open entries, rejected ones whose cause stands, and what closed after `since` (ms), by which repeats are known. */
export async function loadHazards(db: Db, since: number): Promise<KeptHazards> {
  const rows = await db
    .selectFrom('hazards')
    .select('body')
    .where((eb) => eb.or([eb('open', '=', 1), eb('cause', 'is not', null)]))
    .orderBy('found_at')
    .orderBy('no')
    .execute();
  const past = await db
    .selectFrom('hazards')
    .select(['id', 'kind', 'site', 'lon', 'lat', 'closed_at', 'repeats'])
    .where('stage', '=', 'closed')
    .where('closed_at', '>=', since)
    .orderBy('closed_at')
    .execute();
  const step = await db
    .selectFrom('hazard_steps')
    .select(({ fn }) => fn.max('seq').as('seq'))
    .executeTakeFirst();
  return {
    hazards: rows.map(({ body }) => JSON.parse(body) as HazardEntry),
    past: past.map(
      ({ closed_at, lon, lat, repeats, ...rest }): PastHazard => ({
        ...rest,
        lon: Number(lon),
        lat: Number(lat),
        repeats: Number(repeats),
        closedAt: Number(closed_at),
      }),
    ),
    lastSeq: Number(step?.seq ?? 0),
    lastNo: await lastNumber(db, 'hazards'),
    lastLook: await lastLookOf(db),
  };
}

async function lastLookOf(db: Db): Promise<HazardLook | null> {
  const row = await db.selectFrom('hazard_looks').select('body').orderBy('seq', 'desc').limit(1).executeTakeFirst();
  return row ? (JSON.parse(row.body) as HazardLook) : null;
}
