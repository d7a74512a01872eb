import type { Alarm, AlarmEvent } from '../../../devices/contract/alarm.ts';
import type { StateTables } from '../../../devices/contract/state-tables.ts';
import type { Sql } from '../../../kit/sql/sql.ts';

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
  /** Alarms that changed after event `seq`, oldest change first. */
  since(seq: number): Promise<{ alarms: Alarm[]; seq: number }>;
  find(query: AlarmQuery): Promise<{ total: number; items: Alarm[] }>;
  one(id: string): Promise<{ alarm: Alarm; events: AlarmEvent[] } | null>;
  openByItem(): Promise<Record<string, number>>;
}

const parse = (row: { body: string }): Alarm => JSON.parse(row.body) as Alarm;
const newest = (alarms: readonly Alarm[], floor: number) =>
  alarms.reduce((max, alarm) => Math.max(max, alarm.seq), floor);

/** The alarms of the state database, for lists and for the live stream. */
export function alarmFeed({ db }: Sql<StateTables>): AlarmFeed {
  return {
    async open() {
      const alarms = (await db.selectFrom('alarms').select('body').where('open', '=', 1).execute()).map(parse);
      return { alarms, seq: newest(alarms, 0) };
    },

    async since(seq) {
      const rows = await db
        .selectFrom('alarms')
        .select('body')
        .where('seq', '>', seq)
        .orderBy('seq')
        .limit(2000)
        .execute();
      const alarms = rows.map(parse);
      return { alarms, seq: newest(alarms, seq) };
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
        if (alarm.clause.item) counts[alarm.clause.item] = (counts[alarm.clause.item] ?? 0) + 1;
      }
      return counts;
    },
  };
}
