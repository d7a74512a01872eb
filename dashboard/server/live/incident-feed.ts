import type { Alarm } from '../../../devices/contract/alarm.ts';
import type { Incident, IncidentEvent, IncidentMember } from '../../../devices/contract/incident.ts';
import type { StateTables } from '../../../devices/contract/state-tables.ts';
import type { Sql } from '../../../kit/sql/sql.ts';
import { changedRows } from './changed-rows.ts';
import { openRows } from './open-rows.ts';

export interface IncidentQuery {
  readonly openOnly: boolean;
  readonly area?: string | undefined;
  /** At least so many; 2 leaves lone ones out. */
  readonly detectors: number;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** An incident in full. */
export interface WholeIncident {
  readonly incident: Incident;
  /** By onset, the alarm of each as it stands. */
  readonly members: readonly { readonly member: IncidentMember; readonly alarm: Alarm | null }[];
  readonly events: readonly IncidentEvent[];
}

/** Reads the incidents that `rules` wrote; writes nothing. */
export interface IncidentFeed {
  open(): Promise<{ incidents: Incident[]; seq: number }>;
  /** Incidents that changed after `seq`, oldest change first. */
  since(seq: number): Promise<{ incidents: Incident[]; seq: number; more: boolean }>;
  find(query: IncidentQuery): Promise<{ total: number; items: Incident[] }>;
  one(id: string): Promise<WholeIncident | null>;
}

const parse = ({ body }: { body: string }): Incident => JSON.parse(body) as Incident;

/** The incidents of the state database, for lists and for the live stream. */
export function incidentFeed({ db }: Sql<StateTables>): IncidentFeed {
  return {
    async open() {
      const { rows, seq } = await openRows<Incident>(db, 'incidents');
      return { incidents: rows, seq };
    },
    async since(after) {
      const { rows, seq, more } = await changedRows<Incident>(db, 'incidents', after);
      return { incidents: rows, seq, more };
    },
    async find({ openOnly, area, detectors, from, to, limit, offset }) {
      let query = db.selectFrom('incidents');
      if (openOnly) query = query.where('open', '=', 1);
      if (area !== undefined) query = query.where('area', '=', area);
      if (detectors > 1) query = query.where('detectors', '>=', detectors);
      if (from !== undefined) query = query.where('opened_at', '>=', from);
      if (to !== undefined) query = query.where('opened_at', '<', to);
      const { total } = await query.select((e) => e.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
      const rows = await query
        .select('body')
        .orderBy('opened_at', 'desc')
        .orderBy('id')
        .limit(limit)
        .offset(offset)
        .execute();
      return { total: Number(total), items: rows.map(parse) };
    },
    async one(id) {
      const row = await db.selectFrom('incidents').select('body').where('id', '=', id).executeTakeFirst();
      if (!row) return null;
      const members = await db
        .selectFrom('incident_members as m')
        .leftJoin('alarms as a', 'a.id', 'm.alarm')
        .select(['m.body as member', 'a.body as alarm'])
        .where('m.incident', '=', id)
        .orderBy('m.since')
        .orderBy('m.alarm')
        .execute();
      const events = await db
        .selectFrom('incident_events')
        .select('body')
        .where('incident', '=', id)
        .orderBy('seq')
        .execute();
      return {
        incident: parse(row),
        members: members.map(({ member, alarm }) => ({
          member: JSON.parse(member) as IncidentMember,
          alarm: alarm === null ? null : (JSON.parse(alarm) as Alarm),
        })),
        events: events.map(({ body }) => JSON.parse(body) as IncidentEvent),
      };
    },
  };
}
