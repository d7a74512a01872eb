import type { Kysely } from 'kysely';
import type { AuditRow, AuditTables } from '../contract/audit-tables.ts';

/** What is looked for; all that is given must hold. Times in ms, `from` included, `to` not. */
export interface AuditQuery {
  /** Account id, or a part of the name. */
  readonly person?: string | undefined;
  readonly device?: string | undefined;
  /** Rows that name the incident, or an alarm that is part of it now. */
  readonly incident?: string | undefined;
  readonly ticket?: string | undefined;
  /** `judge`, or all of a kind: `registry.`, `session.`. */
  readonly type?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Only rows before this number: the next page. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Also the alarms of incidents, where the database has them. */
interface SearchTables extends AuditTables {
  incident_members: { alarm: string; incident: string };
}

/** Rows of the audit, newest first. */
export async function searchAudit(handle: Kysely<AuditTables>, query: AuditQuery): Promise<AuditRow[]> {
  const db = handle as unknown as Kysely<SearchTables>;
  const naming = (kind: string, id: string) =>
    db.selectFrom('audit_subjects').select('seq').where('kind', '=', kind).where('id', '=', id);
  let rows = db.selectFrom('audit').selectAll().orderBy('seq', 'desc').limit(query.limit);
  const { person, device, incident, ticket, type, from, to, before } = query;
  if (person !== undefined)
    rows = rows.where((where) =>
      where.or([
        where('actor_id', '=', person),
        where(where.fn<string>('lower', ['actor_name']), 'like', `%${likeText(person.toLowerCase())}%`),
      ]),
    );
  if (device !== undefined) rows = rows.where('seq', 'in', naming('device', device));
  if (ticket !== undefined) rows = rows.where('seq', 'in', naming('ticket', ticket));
  if (incident !== undefined) {
    const alarms = db.selectFrom('incident_members').select('alarm').where('incident', '=', incident);
    const ofAlarms = db
      .selectFrom('audit_subjects')
      .select('seq')
      .where('kind', '=', 'alarm')
      .where('id', 'in', alarms);
    rows = rows.where((where) =>
      where.or([where('seq', 'in', naming('incident', incident)), where('seq', 'in', ofAlarms)]),
    );
  }
  if (type !== undefined)
    rows = type.endsWith('.') ? rows.where('type', 'like', `${likeText(type)}%`) : rows.where('type', '=', type);
  if (from !== undefined) rows = rows.where('at', '>=', from);
  if (to !== undefined) rows = rows.where('at', '<', to);
  if (before !== undefined) rows = rows.where('seq', '<', before);
  return rows.execute();
}

/** All pages of a search one after another, up to `query.limit` rows. */
export async function* auditPages(db: Kysely<AuditTables>, query: AuditQuery): AsyncGenerator<readonly AuditRow[]> {
  let { before } = query;
  for (let left = query.limit; left > 0; left -= PAGE) {
    const limit = Math.min(left, PAGE);
    const rows = await searchAudit(db, { ...query, before, limit });
    if (rows.length > 0) yield rows;
    if (rows.length < limit) return;
    before = rows.at(-1)!.seq;
  }
}

const PAGE = 500;

/** What `like` takes for a sign of its own counts as any one character. */
const likeText = (text: string): string => text.replace(/[%\\]/g, '_');
