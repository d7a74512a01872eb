import { Command } from 'commander';
import type { Kysely } from 'kysely';
import { kpis } from '../../dashboard/server/kpi/kpis.ts';
import { DAY } from '../../dashboard/server/kpi/targets.ts';
import { loadCity } from '../../devices/city/load-city.ts';
import { seatsOf } from '../../devices/city/seats.ts';
import type { KpiPoint, KpisBody } from '../../devices/contract/api.ts';
import type { StateTables } from '../../devices/contract/state-tables.ts';
import { Problem } from '../../kit/problem.ts';
import { openSql } from '../../kit/sql/open-sql.ts';
import { chosenFolder, citiesDir, isDemo, readConfig } from '../runtime.ts';
import { strong } from '../terminal.ts';

interface Options {
  readonly from?: string;
  readonly to?: string;
  readonly seat?: string;
  readonly json?: boolean;
}

/** `yanshao kpis`: the figures of the alarm system, from the state database, whether the platform runs or not. */
export function kpisCommand(): Command {
  return new Command('kpis')
    .description('报警系统自身的指标 / figures of the alarm system: rate, floods, split, chatter, per seat')
    .option('--from <time>', '起（含），ISO 8601；默认 --to 前 24 小时 / from, 24 h before --to unless given')
    .option('--to <time>', '止（不含），默认现在 / up to and without, now unless given')
    .option('--seat <id>', '一个席位，默认全部 / one seat, all unless given')
    .option('--json', '标准输出只有一个 JSON 对象 / one JSON object on standard output')
    .action(async (options: Options) => {
      const body = await ask(options);
      console.log(options.json ? JSON.stringify(body) : report(body));
    });
}

async function ask({ from, to, seat }: Options): Promise<KpisBody> {
  const loaded = readConfig();
  const folder = chosenFolder(loaded);
  const { city, catalogue } = await loadCity(citiesDir, loaded.config.city);
  const url = loaded.config.databaseUrl ?? folder.path('state.db');
  const state = await openSql<StateTables>({ url, schema: 'state', readonly: true });
  try {
    // A demonstration keeps a time of its own.
    const now = isDemo(folder) ? await newestEvent(state.db) : Date.now();
    const end = to === undefined ? now : momentOf(to);
    const begin = from === undefined ? end - DAY : momentOf(from);
    if (begin >= end) throw new Problem('--from 须早于 --to\n--from lies before --to');
    const question = { seat: seat ?? null, from: begin, to: end, now };
    const body = await kpis({ db: state.db, city, catalogue }, question);
    if (body) return body;
    const ids = seatsOf(city)
      .map(({ id }) => id)
      .join(', ');
    throw new Problem(`没有席位“${seat}”，有：${ids}\nthere is no seat "${seat}"; there is ${ids}`);
  } finally {
    await state.close();
  }
}

async function newestEvent(db: Kysely<StateTables>): Promise<number> {
  const row = await db
    .selectFrom('alarm_events')
    .select((e) => e.fn.max('at').as('at'))
    .executeTakeFirst();
  return Number(row?.at ?? Date.now()) + 1;
}

function momentOf(text: string): number {
  const at = Date.parse(text);
  if (!Number.isNaN(at)) return at;
  throw new Problem(
    `“${text}”不是时间，如 2026-11-23T08:00+08:00\n"${text}" is no time; one is 2026-11-23T08:00+08:00`,
  );
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const moment = (at: number): string => new Date(at).toISOString();
const span = (ms: number): string => `${(ms / 60_000).toFixed(1)} min`;

/** The figures as lines, each in both languages. */
function report({ from, to, seat, seats, total, rate, flood, priorities, now, ...lists }: KpisBody): string {
  const name = seats.find(({ id }) => id === seat)?.name ?? { zh: '全部席位', en: 'all seats' };
  const peak = rate.peakTenMinutes;
  const { targets } = lists;
  const points = (title: string, count: number, items: readonly KpiPoint[]): string[] => [
    `${title}: ${count}`,
    ...items.map((one) => `  ${one.count} ×  ${one.deviceName}  ${one.title.zh} / ${one.title.en}  (${one.rule})`),
  ];
  return [
    strong(`${name.zh} / ${name.en}   ${moment(from)} … ${moment(to)}`),
    `响起 / sounded: ${total}   每 10 分钟 / per 10 min: ${rate.perTenMinutes.toFixed(2)} (目标 / target ${targets.perTenMinutes})   每小时 / per hour: ${rate.perHour.toFixed(2)}`,
    ...(peak ? [`最多 / most in 10 min: ${peak.count} (${moment(peak.at)})`] : []),
    `洪泛 / floods: ${flood.count}, ${span(flood.ms)} = ${percent(flood.share)} (目标 / target < ${percent(targets.floodShare)})`,
    ...priorities.map(
      ({ priority, count, share, acknowledged, meanAckMs }) =>
        `  ${priority}: ${count} = ${percent(share)}   确认 / acknowledged ${acknowledged}${meanAckMs === null ? '' : `, 平均 / mean ${span(meanAckMs)}`}`,
    ),
    `此刻 / now: 有效 / active ${now.active}, 未确认 / unacknowledged ${now.unacknowledged}, 搁置 / shelved ${now.shelved}, 抑制 / suppressed ${now.suppressed}, 停用 / out of service ${now.outOfService}, 陈旧 / stale ${now.stale}`,
    ...points(`最频繁 / most frequent (${percent(lists.topShare)})`, lists.top.length, lists.top),
    ...points('反复 / chattering', lists.chattering.count, lists.chattering.items),
    `陈旧 / stale (> 24 h): ${lists.stale.count}`,
    ...lists.stale.items.map(
      (one) => `  ${moment(one.since)}  ${one.deviceName}  ${one.title.zh} / ${one.title.en}  (${one.rule})`,
    ),
  ].join('\n');
}
