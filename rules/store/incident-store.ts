import type { Kysely, Transaction } from 'kysely';
import type { Incident, IncidentMember } from '../../devices/contract/incident.ts';
import type { IncidentChanges, KeptIncidents } from '../incidents/book.ts';
import { chunks } from './chunks.ts';
import type { RulesTables } from './migrations.ts';

type Db = Kysely<RulesTables> | Transaction<RulesTables>;

/** Writes incidents and members whole, and the lines of their history. */
export async function writeIncidents(trx: Db, { incidents, members, events }: IncidentChanges): Promise<void> {
  for (const part of chunks(incidents)) {
    await trx
      .insertInto('incidents')
      .values(part.map(toRow))
      .onConflict((c) =>
        c.column('id').doUpdateSet((eb) => ({
          seq: eb.ref('excluded.seq'),
          open: eb.ref('excluded.open'),
          opened_at: eb.ref('excluded.opened_at'),
          area: eb.ref('excluded.area'),
          priority: eb.ref('excluded.priority'),
          detectors: eb.ref('excluded.detectors'),
          body: eb.ref('excluded.body'),
        })),
      )
      .execute();
  }
  for (const part of chunks(members)) {
    await trx
      .insertInto('incident_members')
      .values(part.map((m) => ({ alarm: m.alarm, incident: m.incident, since: m.since, body: JSON.stringify(m) })))
      .onConflict((c) =>
        c
          .column('alarm')
          .doUpdateSet((eb) => ({ incident: eb.ref('excluded.incident'), body: eb.ref('excluded.body') })),
      )
      .execute();
  }
  for (const part of chunks(events)) {
    const rows = part.map((event) => ({
      seq: event.seq,
      incident: event.incident,
      at: event.at,
      body: JSON.stringify(event),
    }));
    await trx.insertInto('incident_events').values(rows).execute();
  }
}

const toRow = (incident: Incident) => ({
  id: incident.id,
  seq: incident.seq,
  open: incident.closedAt === null ? 1 : 0,
  opened_at: incident.openedAt,
  area: incident.area,
  priority: incident.priority,
  detectors: incident.counts.detectors,
  body: JSON.stringify(incident),
});

/** Everything of the open incidents, and the last numbers that were given. */
export async function loadIncidents(db: Db): Promise<KeptIncidents> {
  const open = await db.selectFrom('incidents').select('body').where('open', '=', 1).orderBy('seq').execute();
  const members = await db
    .selectFrom('incident_members as m')
    .innerJoin('incidents as i', 'i.id', 'm.incident')
    .select('m.body')
    .where('i.open', '=', 1)
    .execute();
  return {
    incidents: open.map(({ body }) => JSON.parse(body) as Incident),
    members: members.map(({ body }) => JSON.parse(body) as IncidentMember),
    lastSeq: await last(db, 'incidents'),
    lastEvent: await last(db, 'incident_events'),
  };
}

async function last(db: Db, table: 'incidents' | 'incident_events'): Promise<number> {
  const row = await db
    .selectFrom(table)
    .select(({ fn }) => fn.max('seq').as('seq'))
    .executeTakeFirst();
  return Number(row?.seq ?? 0);
}
