import { HOUR_MS } from '../rollups.ts';
import { type Retention, StoreMisconfigured, type StoreStep } from '../telemetry-store.ts';
import type { InfluxOptions } from './influx-options.ts';
import type { Api, ServerVersion } from './influx-server.ts';
import { type Influxql, identifier, type QueryRow } from './influxql.ts';
import { rollupClasses, rollupFlux, rollupStatement } from './rollup-fields.ts';

/** Carries out steps, or only says what they would be. */
export interface Arranging {
  readonly options: InfluxOptions;
  readonly query: Influxql;
  readonly api: Api;
  readonly retention: Retention;
  readonly dryRun: boolean;
}

/** Sets up retention and rollups, each generation by its own means. */
export function arrange(parts: Arranging, { generation }: ServerVersion): Promise<readonly StoreStep[]> {
  return generation === 1 ? arrangeV1(parts) : generation === 2 ? arrangeV2(parts) : arrangeV3(parts);
}

type What = StoreStep['what'];

/** A step that is needed: done, or told of. */
async function step(
  { dryRun }: Arranging,
  what: What,
  statement: string,
  run: () => Promise<unknown>,
): Promise<StoreStep> {
  if (!dryRun) await run();
  return { what, statement, outcome: dryRun ? 'would' : 'done' };
}
const already = (what: What): StoreStep => ({ what, statement: null, outcome: 'already' });

const daysOf = ({ rawDays, minuteDays, hourDays }: Retention) =>
  ({ raw: rawDays, minute: minuteDays, hour: hourDays }) as const;
const kept = (days: number): What =>
  days > 0 ? { zh: `${days} 天`, en: `${days} days` } : { zh: '永久', en: 'for ever' };
const told = (zh: string, en: string, days: number): What => ({
  zh: `${zh}，保留 ${kept(days).zh}`,
  en: `${en}, kept ${kept(days).en}`,
});

/* ---- 1.x: retention policies and continuous queries ---- */

/** A retention policy as the server has it. */
export interface Policy {
  readonly name: string;
  /** 0 keeps for ever. */
  readonly days: number;
  readonly isDefault: boolean;
}

/** Policies of the database; undefined when there is no such database. */
export async function policiesOf(query: Influxql, database: string): Promise<Policy[] | undefined> {
  const found: Policy[] = [];
  try {
    await query(`SHOW RETENTION POLICIES ON ${identifier(database)}`, ({ columns, values }) => {
      const at = (name: string) => columns.indexOf(name);
      for (const row of values) {
        found.push({
          name: String(row[at('name')]),
          days: inDays(String(row[at('duration')])),
          isDefault: row[at('default')] === true,
        });
      }
    });
  } catch (err) {
    if (err instanceof StoreMisconfigured && /not found/i.test(err.message)) return undefined;
    throw err;
  }
  return found;
}

/** `2160h0m0s` → 90. */
const inDays = (duration: string): number => Number(/^(\d+)h/.exec(duration)?.[1] ?? 0) / 24;
const duration = (days: number): string => (days > 0 ? `${days}d` : 'INF');

async function arrangeV1(parts: Arranging): Promise<StoreStep[]> {
  const { options, retention } = parts;
  const db = identifier(options.bucket);
  const steps: StoreStep[] = [];
  const run = async (what: What, statement: string) =>
    void steps.push(await step(parts, what, statement, () => parts.query(statement, () => undefined)));

  const held = await policiesOf(parts.query, options.bucket);
  const database = { zh: `数据库 ${options.bucket}`, en: `database ${options.bucket}` };
  if (held) steps.push(already(database));
  else await run(database, `CREATE DATABASE ${db}`);
  const raw = held?.find(({ isDefault }) => isDefault)?.name ?? 'autogen';
  const days = daysOf(retention);
  const policies = [
    { name: raw, days: days.raw, what: told('原始读数', 'readings', days.raw) },
    { name: 'minute', days: days.minute, what: told('1 分钟汇总', 'rollups of 1 min', days.minute) },
    { name: 'hour', days: days.hour, what: told('1 小时汇总', 'rollups of 1 h', days.hour) },
  ];
  const fresh: string[] = [];
  for (const { name, days, what } of policies) {
    const policy = held?.find((one) => one.name === name);
    if (policy?.days === days || (!held && name === raw && days === 0)) steps.push(already(what));
    else if (policy || name === raw)
      await run(what, `ALTER RETENTION POLICY ${identifier(name)} ON ${db} DURATION ${duration(days)}`);
    else {
      fresh.push(name);
      await run(what, `CREATE RETENTION POLICY ${identifier(name)} ON ${db} DURATION ${duration(days)} REPLICATION 1`);
    }
  }
  steps.push(...(await continuousQueries(parts, raw)));
  if (held && fresh.length > 0) steps.push(...(await backfill(parts, raw)));
  return steps;
}

/** How often a rollup is made anew, and how far back: readings up to an hour or three late come in by themselves. */
const resample = { minute: 'RESAMPLE EVERY 10m FOR 1h', hour: 'RESAMPLE EVERY 30m FOR 3h' } as const;

async function continuousQueries(parts: Arranging, raw: string): Promise<StoreStep[]> {
  const { query, options } = parts;
  const held = new Map<string, string>();
  await query('SHOW CONTINUOUS QUERIES', ({ name, values }) => {
    if (name === options.bucket) for (const [cq, text] of values) held.set(String(cq), String(text));
  });
  const steps: StoreStep[] = [];
  for (const rollup of rollupClasses) {
    const name = `yanshao_${rollup.name}`;
    const on = identifier(options.bucket);
    const statement = `CREATE CONTINUOUS QUERY ${identifier(name)} ON ${on} ${resample[rollup.name]} BEGIN ${rollupStatement(options.bucket, raw, rollup)} END`;
    const what = { zh: `连续查询 ${name}`, en: `continuous query ${name}` };
    const text = held.get(name);
    if (text !== undefined && bare(text) === bare(statement)) steps.push(already(what));
    else {
      const drop = `DROP CONTINUOUS QUERY ${identifier(name)} ON ${on}; `;
      const whole = text === undefined ? statement : drop + statement;
      steps.push(await step(parts, what, whole, () => query(whole, () => undefined)));
    }
  }
  return steps;
}

/** Statements as the server shows them differ in quotes, blanks and letters. */
const bare = (statement: string): string => statement.replace(/["\s]/g, '').toLowerCase();

/** Rolls up what was there before, a day at a time. */
async function backfill(parts: Arranging, raw: string): Promise<StoreStep[]> {
  const extent = await extentOf(parts.query, parts.options.bucket, raw);
  if (!extent) return [];
  const what = { zh: '汇总已有的读数', en: 'roll up the readings that are there' };
  const statement = rollupStatement(parts.options.bucket, raw, rollupClasses[0], ' WHERE time >= … AND time < …');
  return [
    await step(parts, what, statement, async () => {
      const day = 24 * HOUR_MS;
      for (let from = Math.floor(extent.oldest / day) * day; from <= extent.newest; from += day) {
        for (const rollup of rollupClasses) {
          const where = ` WHERE time >= ${from}ms AND time < ${from + day}ms`;
          await parts.query(rollupStatement(parts.options.bucket, raw, rollup, where), () => undefined);
        }
      }
    }),
  ];
}

/** Times of the oldest and newest reading of all types; undefined in an empty store. */
export async function extentOf(
  query: Influxql,
  database: string,
  raw: string,
): Promise<{ oldest: number; newest: number } | undefined> {
  const times: number[] = [];
  const from = `SELECT * FROM ${identifier(database)}.${identifier(raw)}./.*/ ORDER BY time`;
  for (const order of ['ASC', 'DESC']) {
    await query(`${from} ${order} LIMIT 1`, ({ values }) => {
      for (const [at] of values as readonly QueryRow[]) times.push(Number(at));
    });
  }
  return times.length > 0 ? { oldest: Math.min(...times), newest: Math.max(...times) } : undefined;
}

/* ---- 2.x: buckets, mappings for InfluxQL, tasks ---- */

type Found = readonly Record<string, unknown>[];
const listIn = (answer: Record<string, unknown>, key: string): Found => (answer[key] as Found | undefined) ?? [];

async function arrangeV2(parts: Arranging): Promise<StoreStep[]> {
  const { options, api, retention } = parts;
  const org = options.org ?? '';
  const found = listIn(await api('GET', `/api/v2/orgs?org=${encodeURIComponent(org)}`), 'orgs')[0];
  if (!found) throw new StoreMisconfigured(`InfluxDB has no organisation "${org}": set YANSHAO_INFLUX_ORG`);
  const orgID = String(found.id);
  const days = daysOf(retention);
  const steps: StoreStep[] = [];
  for (const [policy, bucket, count, zh, en] of [
    ['autogen', options.bucket, days.raw, '原始读数', 'readings'],
    ['minute', `${options.bucket}_minute`, days.minute, '1 分钟汇总', 'rollups of 1 min'],
    ['hour', `${options.bucket}_hour`, days.hour, '1 小时汇总', 'rollups of 1 h'],
  ] as const) {
    const { id, made } = await bucketOf(parts, orgID, bucket, count, told(zh, en, count));
    steps.push(made, await mappingOf(parts, orgID, { database: options.bucket, policy, bucketID: id }));
  }
  for (const rollup of rollupClasses) steps.push(await taskOf(parts, orgID, org, rollup));
  return steps;
}

async function bucketOf(
  parts: Arranging,
  orgID: string,
  name: string,
  days: number,
  what: What,
): Promise<{ id: string; made: StoreStep }> {
  const { api } = parts;
  const retentionRules = days > 0 ? [{ type: 'expire', everySeconds: days * 86_400 }] : [];
  const held = listIn(
    await api('GET', `/api/v2/buckets?name=${encodeURIComponent(name)}&orgID=${orgID}`),
    'buckets',
  )[0];
  if (!held) {
    let id = '';
    const made = await step(parts, what, `POST /api/v2/buckets ${name}`, async () => {
      id = String((await api('POST', '/api/v2/buckets', { orgID, name, retentionRules })).id);
    });
    return { id, made };
  }
  const id = String(held.id);
  const seconds = Number((held.retentionRules as Found | undefined)?.[0]?.everySeconds ?? 0);
  if (seconds === days * 86_400) return { id, made: already(what) };
  const made = await step(parts, what, `PATCH /api/v2/buckets/${id}`, () =>
    api('PATCH', `/api/v2/buckets/${id}`, {
      retentionRules: days > 0 ? retentionRules : [{ type: 'expire', everySeconds: 0 }],
    }),
  );
  return { id, made };
}

/** How many days a bucket of 2.x keeps, 0 for ever; null when there is none of the name. */
export async function bucketDays(api: Api, name: string): Promise<number | null> {
  const held = listIn(await api('GET', `/api/v2/buckets?name=${encodeURIComponent(name)}`), 'buckets')[0];
  return held ? Number((held.retentionRules as Found | undefined)?.[0]?.everySeconds ?? 0) / 86_400 : null;
}

async function mappingOf(
  parts: Arranging,
  orgID: string,
  { database, policy, bucketID }: { database: string; policy: string; bucketID: string },
): Promise<StoreStep> {
  const what = {
    zh: `InfluxQL 映射 ${database}.${policy}`,
    en: `mapping for InfluxQL ${database}.${policy}`,
  };
  const query = `/api/v2/dbrps?orgID=${orgID}&db=${encodeURIComponent(database)}&rp=${policy}`;
  const held = listIn(await parts.api('GET', query), 'content');
  // The mapping that 2.x imagines for a bucket of the name does not do: beside a real one for the rollups it would no longer
  // be the default, and every read would look for readings among the rollups (seen at 2.7).
  if (held.some((one) => one.bucketID === bucketID && one.retention_policy === policy && one.virtual !== true)) {
    return already(what);
  }
  return step(parts, what, `POST /api/v2/dbrps ${database}.${policy}`, () =>
    parts.api('POST', '/api/v2/dbrps', {
      orgID,
      bucketID,
      database,
      retention_policy: policy,
      default: policy === 'autogen',
    }),
  );
}

/** As the continuous queries of 1.x; starts on a whole hour, or the first window would be made of a part of its readings. */
const taskTimes = { minute: { every: '10m', back: '1h' }, hour: { every: '30m', back: '3h' } } as const;

async function taskOf(
  parts: Arranging,
  orgID: string,
  org: string,
  rollup: (typeof rollupClasses)[number],
): Promise<StoreStep> {
  const name = `yanshao_${parts.options.bucket}_${rollup.name}`;
  const { every, back } = taskTimes[rollup.name];
  const flux = rollupFlux(parts.options.bucket, org, rollup, {
    option: `option task = {name: ${JSON.stringify(name)}, every: ${every}, offset: 30s}`,
    start: `date.truncate(t: date.sub(from: now(), d: ${back}), unit: 1h)`,
    stop: 'now()',
  });
  const what = { zh: `任务 ${name}`, en: `task ${name}` };
  const path = `/api/v2/tasks?name=${encodeURIComponent(name)}&orgID=${orgID}`;
  const held = listIn(await parts.api('GET', path), 'tasks')[0];
  if (held && String(held.flux).trim() === flux.trim()) return already(what);
  return held
    ? step(parts, what, `PATCH /api/v2/tasks/${held.id}`, () =>
        parts.api('PATCH', `/api/v2/tasks/${held.id}`, { flux }),
      )
    : step(parts, what, `POST /api/v2/tasks ${name}`, () =>
        parts.api('POST', '/api/v2/tasks', { orgID, flux, status: 'active' }),
      );
}

/* ---- 3: a database with its retention; rollups are not offered ---- */

async function arrangeV3(parts: Arranging): Promise<StoreStep[]> {
  const { options, api, retention } = parts;
  const what = told(`数据库 ${options.bucket}`, `database ${options.bucket}`, retention.rawDays);
  const listed = (await api('GET', '/api/v3/configure/database?format=json')) as unknown as Found;
  const exists = Array.from(listed).some((one) => one['iox::database'] === options.bucket);
  const body = {
    db: options.bucket,
    ...(retention.rawDays > 0 && { retention_period: `${retention.rawDays}d` }),
  };
  return [
    exists
      ? already({
          zh: `数据库 ${options.bucket} 已存在，其保留期不由本命令更改（influxdb3 update database）`,
          en: `database ${options.bucket} exists; its retention is not changed from here (influxdb3 update database)`,
        })
      : await step(parts, what, 'POST /api/v3/configure/database', () =>
          api('POST', '/api/v3/configure/database', body),
        ),
    {
      what: {
        zh: '降采样：InfluxDB 3 没有连续查询和任务；长时间范围的曲线直接由原始读数抽稀',
        en: 'down-sampling: InfluxDB 3 has neither continuous queries nor tasks; curves of long ranges are thinned from the readings themselves',
      },
      statement: null,
      outcome: 'not-offered',
    },
  ];
}
