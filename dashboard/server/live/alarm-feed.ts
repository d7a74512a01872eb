import type { Alarm, AlarmEvent } from '../../../devices/contract/alarm.ts';
import type { StateTables } from '../../../devices/contract/state-tables.ts';
import type { Sql } from '../../../kit/sql/sql.ts';
import { changedRows } from './changed-rows.ts';
import { openRows } from './open-rows.ts';

export interface AlarmQuery {
  readonly openOnly: boolean;
  readonly priorities?: readonly string[];
  readonly device?: string;
  readonly area?: string;
  readonly from?: number;
  readonly to?: number;
  readonly limit: number;
  readonly offset: number;
}

/** Reads what `rules` wrote; writes nothing. */
export interface AlarmFeed {
  /** All open alarms, and the number of the newest event they include. */
  open(): Promise<{ alarms: Alarm[]; seq: number }>;
  /** Alarms that changed after event `seq`, oldest change first; `more` says that there are further ones. */
  since(seq: number): Promise<{ alarms: Alarm[]; seq: number; more: boolean }>;
  /** These alarms as they stand now; closed ones are left out. For what changes without an event. */
  again(ids: readonly string[]): Promise<Alarm[]>;
  find(query: AlarmQuery): Promise<{ total: number; items: Alarm[] }>;
  one(id: string): Promise<{ alarm: Alarm; events: AlarmEvent[] } | null>;
  /** Open alarms by catalogue item; the platform's own have none. What is played in a drill is not counted, here and below. */
  openByItem(): Promise<Record<string, number>>;
  openByPriority(): Promise<Record<string, number>>;
}

const parse = (row: { body: string }): Alarm => JSON.parse(row.body) as Alarm;

/** The alarms of the state database, for lists and for the live stream. */
export function alarmFeed({ db }: Sql<StateTables>): AlarmFeed {
  return {
    async open() {
      const { rows, seq } = await openRows<Alarm>(db, 'alarms');
      return { alarms: rows, seq };
    },

    async since(after) {
      const { rows, seq, more } = await changedRows<Alarm>(db, 'alarms', after);
      return { alarms: rows, seq, more };
    },

    async again(ids) {
      if (ids.length === 0) return [];
      const rows = await db
        .selectFrom('alarms')
        .select('body')
        .where('id', 'in', [...ids])
        .where('open', '=', 1)
        .execute();
      return rows.map(parse);
    },

    async find({ openOnly, priorities, device, area, from, to, limit, offset }) {
      let query = db.selectFrom('alarms');
      if (openOnly) query = query.where('open', '=', 1);
      if (priorities?.length) query = query.where('priority', 'in', [...priorities]);
      if (device) query = query.where('device', '=', device);
      if (area) query = query.where('area', '=', area);
      if (from !== undefined) query = query.where('raised_at', '>=', from);
      if (to !== undefined) query = query.where('raised_at', '<', to);
      const { total } = await query.select((e) => e.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
      const rows = await query
        .select('body')
        .orderBy('raised_at', 'desc')
        .orderBy('id')
        .limit(limit)
        .offset(offset)
        .execute();
      return { total: Number(total), items: rows.map(parse) };
    },

    async one(id) {
      const row = await db.selectFrom('alarms').select('body').where('id', '=', id).executeTakeFirst();
      if (!row) return null;
      const events = await db.selectFrom('alarm_events').selectAll().where('alarm', '=', id).orderBy('seq').execute();
      return { alarm: parse(row), events };
    },

    async openByItem() {
      const counts: Record<string, number> = {};
      for (const alarm of (await this.open()).alarms) {
        if (alarm.clause.item && alarm.drill === undefined)
          counts[alarm.clause.item] = (counts[alarm.clause.item] ?? 0) + 1;
      }
      return counts;
    },

    async openByPriority() {
      const rows = await db
        .selectFrom('alarms')
        .select((e) => ['priority', e.fn.countAll<number>().as('count')] as const)
        .where('open', '=', 1)
        // Inside a text its quotation marks would be escaped: only the field itself reads so.
        .where('body', 'not like', '%"drill":%')
        .groupBy('priority')
        .execute();
      return Object.fromEntries(rows.map(({ priority, count }) => [priority, Number(count)]));
    },
  };
}
