import type { Kysely } from 'kysely';
import type { Notice } from '../../../devices/contract/notice.ts';
import type { PageNotice } from '../../../devices/contract/pages.ts';
import type { StateTables } from '../../../devices/contract/state-tables.ts';

/** So many that are open are looked through for a page that comes; in a storm the rest is in the list of alarms. */
const MOST = 1000;
const AT_A_TIME = 500;

/** What the state database says of notices that pages show. */
export interface OpenNotices {
  /** Those that are open and were meant for pages of these addresses, most urgent first. */
  for(addresses: ReadonlySet<string>): Promise<PageNotice[]>;
  /** Which of these nobody needs to be told of any more. */
  settled(ids: readonly string[]): Promise<string[]>;
}

export function openNotices(db: Kysely<StateTables>): OpenNotices {
  return {
    async for(addresses) {
      const rows = await db
        .selectFrom('deliveries as d')
        .innerJoin('notices as n', 'n.id', 'd.notice')
        .select(['d.key', 'd.person', 'd.reach', 'd.may_repeat', 'n.body'])
        .where('n.open', '=', 1)
        .where('d.channel', '=', 'page')
        .where('d.state', 'in', ['sent', 'failed'])
        .orderBy('d.priority')
        .orderBy('d.due', 'desc')
        .limit(MOST)
        .execute();
      const newest = new Map<string, PageNotice>();
      for (const { key, person, reach, may_repeat, body } of rows) {
        const notice = JSON.parse(body) as Notice;
        const address = notice.to.find(({ id }) => id === person)?.reach[reach]?.address ?? '';
        // Of several rounds of a ladder the last one counts.
        if (!addresses.has(address) || newest.has(`${notice.id} ${address}`)) continue;
        newest.set(`${notice.id} ${address}`, { key, notice, mayRepeat: may_repeat === 1 });
      }
      return [...newest.values()];
    },
    async settled(ids) {
      const found: string[] = [];
      for (let i = 0; i < ids.length; i += AT_A_TIME) {
        const rows = await db
          .selectFrom('notices')
          .select('id')
          .where('id', 'in', ids.slice(i, i + AT_A_TIME))
          .where('open', '=', 0)
          .execute();
        found.push(...rows.map(({ id }) => id));
      }
      return found;
    },
  };
}
