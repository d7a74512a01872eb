import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dashboard } from '../../dashboard/app.ts';
import { bodies } from '../../dashboard/server/bodies.ts';
import type { ReadingsBody, ReadingsListBody } from '../../devices/contract/api.ts';
import { openDuckdbTelemetryStore } from '../../kit/telemetry/duckdb/duckdb-telemetry-store.ts';
import type { TelemetryRow, TelemetryStore } from '../../kit/telemetry/telemetry-store.ts';
import { type DashboardCity, dashboardCity, kitchen } from '../support/dashboard-city.ts';
import { until } from '../support/until.ts';

/** Readings of a month, asked for as pages and scripts do: curves of several series, and exports of two million rows. */
const MINUTE = 60_000;
const T0 = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 20 * 86_400_000;
const DEVICES = 20;
const MINUTES = 25_000;
const MEASUREMENTS = 4;
const ROWS = DEVICES * MINUTES * MEASUREMENTS;
const ids = Array.from({ length: DEVICES }, (_, n) => `hearth-${n}`);

let folder: string;
let store: TelemetryStore;
let city: DashboardCity;
let dashboard: Dashboard;
let token: string;
const ask = (path: string, init: RequestInit = {}) =>
  fetch(new URL(path, dashboard.url), { ...init, headers: { authorization: `Bearer ${token}` } });
const get = async <T>(path: string): Promise<T> => (await ask(path)).json() as Promise<T>;
const minute = (device: string, n: number): TelemetryRow => ({
  type: 'gas-alarm-commercial',
  device,
  at: T0 + n * MINUTE,
  values: {
    'alarm.ch4': n % 97,
    'alarm.valveState': n % 500 === 0 ? 'closed' : 'open',
    'alarm.fan': n % 3 === 0,
    'alarm.muted': false,
  },
  ...(n === 12_345 && { quality: { 'alarm.ch4': 0x80_8c_00_00 } }),
});

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'yanshao-readings-'));
  store = await openDuckdbTelemetryStore(join(folder, 'telemetry.duckdb'));
  for (let from = 0; from < MINUTES; from += 1000) {
    await store.write(Array.from({ length: 1000 }, (_, n) => ids.map((id) => minute(id, from + n))).flat());
  }
  city = await dashboardCity({ store });
  await city.put({ devices: ids.map((id) => kitchen(id)) });
  dashboard = await city.dashboard();
  token = (await dashboard.accounts.newApiToken({ name: 'report', role: 'viewer' })).secret;
});
afterAll(async () => {
  await city.stop();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const series = 'devices=hearth-1,hearth-2&measurements=alarm.ch4,alarm.valveState';

describe('several series at once', () => {
  it('come thinned to the width of the screen with no peak lost, and are what the document says', async () => {
    const answer = await get<ReadingsListBody>(
      `/api/v1/readings?${series}&from=${T0}&to=${T0 + MINUTES * MINUTE}&width=300`,
    );
    expect(() => bodies.readings.parse(answer)).not.toThrow();
    expect(answer.series.map(({ device, measurement, unit }) => [device, measurement, unit])).toEqual([
      ['hearth-1', 'alarm.ch4', '%{LEL}'],
      ['hearth-1', 'alarm.valveState', '1'],
      ['hearth-2', 'alarm.ch4', '%{LEL}'],
      ['hearth-2', 'alarm.valveState', '1'],
    ]);
    const [methane] = answer.series;
    expect(methane).toMatchObject({
      count: MINUTES,
      thinned: true,
      quality: { good: MINUTES - 1, uncertain: 0, bad: 1 },
    });
    expect(methane!.samples.length).toBeLessThanOrEqual(602);
    expect(Math.max(...methane!.samples.map(([, value]) => value as number))).toBe(96);
    expect(Math.min(...methane!.samples.map(([, value]) => value as number))).toBe(0);
  });

  it('tell every silence, also the one that lasts', async () => {
    const at = T0 - 86_400_000;
    await store.write(
      [0, 1, 2, 90, 91].map((n) => ({ ...minute('hearth-3', 0), at: at + n * MINUTE, values: { 'alarm.ch4': n } })),
    );
    const from = at - 3_600_000;
    const body = await get<ReadingsBody>(
      `/api/v1/readings?device=hearth-3&measurement=alarm.ch4&from=${from}&to=${at + 7_200_000}`,
    );
    expect(body.gapMs).toBeGreaterThan(0);
    expect(body.gaps).toEqual([
      [from, at],
      [at + 2 * MINUTE, at + 90 * MINUTE],
      [at + 91 * MINUTE, at + 7_200_000],
    ]);
  });

  it.each([
    [`devices=hearth-1,hearth-2,hearth-3&from=1&to=2&maxSamples=50000`, 400, 'too-many-readings'],
    ['devices=hearth-1,nobody', 404, 'not-found'],
    ['devices=hearth-1&measurements=constructor', 404, 'not-found'],
    ['devices=hearth-1&device=hearth-1&measurement=alarm.ch4', 400, 'bad-request'],
  ])('are refused in words: %s', async (query, status, code) => {
    const answer = await ask(`/api/v1/readings?${query}`);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code, zh: expect.stringMatching(/[\u4e00-\u9fff]/) });
  });
});

/** Takes an export as it comes and keeps nothing of it but its measure. */
async function drain(path: string) {
  const began = performance.now();
  const answer = await ask(path);
  expect(answer.status).toBe(200);
  let [bytes, lines, firstMs] = [0, 0, 0];
  for await (const part of answer.body!) {
    firstMs ||= performance.now() - began;
    bytes += part.length;
    for (let at = part.indexOf(10); at >= 0; at = part.indexOf(10, at + 1)) lines += 1;
  }
  return { bytes, lines, firstMs, ms: performance.now() - began };
}

describe('an export of two million readings', () => {
  const all = `type=gas-alarm-commercial&from=${T0}&to=${T0 + MINUTES * MINUTE}`;

  it('streams as CSV: quick to begin, in constant memory, while others are served and readings go on being stored', async () => {
    const before = process.memoryUsage().rss;
    const loop = monitorEventLoopDelay({ resolution: 5 });
    loop.enable();
    let done = false;
    let [most, written, slowest] = [0, 0, 0];
    const writing = (async () => {
      for (let n = 0; !done; n++) {
        const began = performance.now();
        await store.write(ids.map((id) => ({ ...minute(id, n), at: T0 + (MINUTES + 60 + n) * MINUTE })));
        slowest = Math.max(slowest, performance.now() - began);
        written += 1;
        most = Math.max(most, process.memoryUsage().rss);
      }
    })();
    const { lines, firstMs } = await drain(`/api/v1/readings/export?format=csv&${all}`);
    done = true;
    await writing;
    loop.disable();
    expect(lines).toBe(1 + ROWS);
    expect(firstMs).toBeLessThan(2000);
    expect(most - before).toBeLessThan(200 * 1_048_576);
    expect(loop.percentile(99) / 1e6).toBeLessThan(150);
    expect(written).toBeGreaterThan(10);
    expect(slowest).toBeLessThan(2000);
  });

  it('comes as Parquet, every reading once, with its time in UTC', async () => {
    const answer = await ask(`/api/v1/readings/export?format=parquet&${all}&measurements=alarm.ch4`);
    const file = join(folder, 'export.parquet');
    const { writeFileSync } = await import('node:fs');
    writeFileSync(file, Buffer.from(await answer.arrayBuffer()));
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const found = await connection.runAndReadAll(
      `select count(*) as n, count(distinct device) as devices, sum(number) as total, min(epoch_ms(time)) as first,
         max(unit) as unit, count(*) filter (status > 0) as doubtful, count(distinct (device, time)) as single from '${file}'`,
    );
    const total = DEVICES * Array.from({ length: MINUTES }, (_, n) => n % 97).reduce((a, b) => a + b, 0);
    expect(found.getRowObjectsJson()[0]).toEqual({
      n: String(DEVICES * MINUTES),
      devices: String(DEVICES),
      total,
      first: String(T0),
      unit: '%{LEL}',
      doubtful: String(DEVICES),
      single: String(DEVICES * MINUTES),
    });
    connection.closeSync();
    instance.closeSync();
  });

  it('ends when its receiver hangs up', async () => {
    let pages = 0;
    const { page } = city.ingest;
    city.ingest.page = (query) => {
      pages += 1;
      return page(query);
    };
    const gone = new AbortController();
    const answer = await ask(`/api/v1/readings/export?${all}`, { signal: gone.signal });
    await answer.body!.getReader().read();
    gone.abort();
    let last = -1;
    await until(
      'no further page is read',
      async () => {
        const still = pages === last;
        last = pages;
        return still;
      },
      { everyMs: 300 },
    );
    expect(pages).toBeLessThan(ROWS / 16_384);
    city.ingest.page = page;
  });

  it('begins with a byte-order mark where that is asked for, and says who is not there', async () => {
    const answer = await ask(`/api/v1/readings/export?devices=hearth-1&from=${T0}&to=${T0 + 1}&bom=true`);
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect(bytes.subarray(0, 7).toString()).toBe('\uFEFFtime');
    expect(bytes.toString().split('\r\n')).toHaveLength(1 + MEASUREMENTS + 1);
    expect((await ask(`/api/v1/readings/export?devices=nobody&from=1&to=2`)).status).toBe(404);
    expect((await ask(`/api/v1/readings/export?from=1&to=2`)).status).toBe(400);
  });
});
