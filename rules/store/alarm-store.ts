import type { Kysely, Transaction } from 'kysely';
import { type Alarm, type AlarmEvent, isOpen } from '../../devices/contract/alarm.ts';
import type { AlarmRow } from '../../devices/contract/state-tables.ts';
import type { StateRow } from '../engine/engine.ts';
import { chunks } from './chunks.ts';
import type { RulesTables } from './migrations.ts';

const PAGE = 5000;

type Db = Kysely<RulesTables> | Transaction<RulesTables>;

const toRow = (alarm: Alarm): AlarmRow => ({
  id: alarm.id,
  seq: alarm.seq,
  open: isOpen(alarm) ? 1 : 0,
  priority: alarm.priority,
  device: alarm.device,
  area: alarm.area,
  since: alarm.since,
  raised_at: alarm.raisedAt,
  body: JSON.stringify(alarm),
});

/** Writes alarms whole and their events. */
export async function writeAlarms(trx: Db, alarms: readonly Alarm[], events: readonly AlarmEvent[]): Promise<void> {
  for (const part of chunks(alarms)) {
    await trx
      .insertInto('alarms')
      .values(part.map(toRow))
      .onConflict((c) =>
        c.column('id').doUpdateSet((eb) => ({
          seq: eb.ref('excluded.seq'),
          open: eb.ref('excluded.open'),
          priority: eb.ref('excluded.priority'),
          device: eb.ref('excluded.device'),
          area: eb.ref('excluded.area'),
          since: eb.ref('excluded.since'),
          raised_at: eb.ref('excluded.raised_at'),
          body: eb.ref('excluded.body'),
        })),
      )
      .execute();
  }
  for (const part of chunks(events)) await trx.insertInto('alarm_events').values(part).execute();
}

/** Which of these ids have a row already. */
export async function knownAlarms(db: Db, ids: readonly string[]): Promise<Set<string>> {
  const known = new Set<string>();
  for (const part of chunks(ids)) {
    for (const { id } of await db.selectFrom('alarms').select('id').where('id', 'in', part).execute()) known.add(id);
  }
  return known;
}

/** Rows of one device that are looked through for an episode, newest first. */
const LOOK_BACK = 100;

/**
 * Which of these alarms speak of an episode that has a row already: under the same id, or as a later part of one that began
 * before. By id, the id of that row.
 */
export async function knownEpisodes(db: Db, alarms: readonly Alarm[]): Promise<Map<string, string>> {
  const same = await knownAlarms(
    db,
    alarms.map(({ id }) => id),
  );
  const known = new Map<string, string>();
  for (const { id, device, rule, since } of alarms) {
    if (same.has(id)) {
      known.set(id, id);
      continue;
    }
    const earlier = await db
      .selectFrom('alarms')
      .select('body')
      .where('device', '=', device)
      .where('since', '<=', since)
      .orderBy('since', 'desc')
      .limit(LOOK_BACK)
      .execute();
    const spans = earlier
      .map(({ body }) => JSON.parse(body) as Alarm)
      .find((row) => row.rule === rule && since <= until(row));
    if (spans) known.set(id, spans.id);
  }
  return known;
}

/** Source time up to which an episode is known to have lasted, ms. What was heard after its return is not part of it. */
const until = ({ returnedAt, lastAt, since }: Alarm): number =>
  Math.min(returnedAt ?? Number.POSITIVE_INFINITY, lastAt ?? since);

/** All open alarms, and the number of the last event. */
export async function loadAlarms(db: Db): Promise<{ open: Alarm[]; lastSeq: number }> {
  const rows = await db.selectFrom('alarms').select('body').where('open', '=', 1).orderBy('seq').execute();
  const last = await db
    .selectFrom('alarm_events')
    .select(({ fn }) => fn.max('seq').as('seq'))
    .executeTakeFirst();
  return { open: rows.map(({ body }) => JSON.parse(body) as Alarm), lastSeq: Number(last?.seq ?? 0) };
}

/** Where judging stands. */
export interface Cursor {
  readonly epoch: string;
  readonly position: number;
  /** Snapshots hold everything up to here. */
  readonly held: number;
}

export async function loadCursor(db: Db): Promise<Cursor | undefined> {
  const row = await db.selectFrom('judge_cursor').selectAll().where('id', '=', 1).executeTakeFirst();
  return row && { epoch: row.epoch, position: row.position, held: row.held };
}

/** Moves the cursor, in the same transaction as what it accounts for. */
export async function writeCursor(trx: Db, cursor: Cursor): Promise<void> {
  await trx
    .insertInto('judge_cursor')
    .values({ id: 1, ...cursor })
    .onConflict((c) => c.column('id').doUpdateSet({ ...cursor }))
    .execute();
}

export async function writeState(trx: Db, rows: readonly StateRow[]): Promise<void> {
  for (const part of chunks(rows)) {
    await trx
      .insertInto('judge_state')
      .values(part)
      .onConflict((c) =>
        c
          .column('device')
          .doUpdateSet((eb) => ({ position: eb.ref('excluded.position'), body: eb.ref('excluded.body') })),
      )
      .execute();
  }
}

/** All rows of state: time and gateways first, alone, then the devices a page at a time. */
export async function* readState(db: Db): AsyncGenerator<StateRow[]> {
  const globals = await db.selectFrom('judge_state').selectAll().where('device', '=', '*').execute();
  if (globals.length > 0) yield globals;
  for (let after = ''; ; ) {
    const page = await db
      .selectFrom('judge_state')
      .selectAll()
      .where('device', '>', after)
      .where('device', '<>', '*')
      .orderBy('device')
      .limit(PAGE)
      .execute();
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    after = last.device;
  }
}
