import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { silentLog } from '../../kit/log.ts';
import { openDuckdbTelemetryStore } from '../../kit/telemetry/duckdb/duckdb-telemetry-store.ts';
import { influxTelemetryStore } from '../../kit/telemetry/influx/influx-telemetry-store.ts';
import { RowsRefused, type TelemetryRow, type TelemetryStore } from '../../kit/telemetry/telemetry-store.ts';
import { influxd2, startInflux2 } from '../support/influx2.ts';
import { startInflux } from '../support/servers.ts';
import { needs } from '../support/tools.ts';

/**
 * What time does to readings, on each engine that keeps them: rollups of a minute and an hour that agree with the readings
 * they are made of, retention of whole days, and what `yanshao store init` sets up.
 */
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** The beginning of a day; now is noon of it, so that no day is half kept. */
const TODAY = Math.floor(Date.now() / DAY) * DAY;
const NOW = TODAY + 12 * HOUR;
const retention = { rawDays: 30, minuteDays: 180, hourDays: 1825 };

const row = (at: number, ch4: number, more: Partial<TelemetryRow> = {}): TelemetryRow => ({
  type: 'leak-alarm',
  device: 'alarm-1',
  at,
  values: { ch4, on: ch4 > 50, state: `s${ch4}` },
  ...more,
});
/** Ten days of a reading every five minutes, with one peak, one trough, and a silence of a day. */
const days = Array.from({ length: 10 * 288 }, (_, n) => row(TODAY - 12 * DAY + n * 300_000, 10 + (n % 12)))
  .map((one, n) => (n === 1000 ? row(one.at, 99) : n === 2000 ? row(one.at, -7) : one))
  .filter((_, n) => n < 1200 || n >= 1488);
const curve = {
  type: 'leak-alarm',
  device: 'alarm-1',
  measurement: 'ch4',
  from: TODAY - 13 * DAY,
  to: TODAY,
  maxSamples: 200,
  gapMs: 2 * HOUR,
};

interface Engine {
  readonly name: string;
  readonly tools: readonly string[];
  /** Set up as `yanshao store init` does. */
  open(): Promise<{ store: TelemetryStore; stop: () => Promise<void> }>;
}
const program2 = influxd2();
const engines: readonly Engine[] = [
  {
    name: 'DuckDB',
    tools: [],
    async open() {
      const folder = mkdtempSync(join(tmpdir(), 'yanshao-rollups-'));
      const store = await openDuckdbTelemetryStore(join(folder, 'telemetry.duckdb'), { retention });
      return { store, stop: async () => rmSync(folder, { recursive: true }) };
    },
  },
  {
    name: 'InfluxDB 1.x',
    tools: ['influxd'],
    async open() {
      const server = await startInflux();
      const store = influxTelemetryStore({ url: server.url, bucket: 'city', api: 'v1', log: silentLog, retention });
      return { store, stop: server.stop };
    },
  },
  ...(program2
    ? [
        {
          name: 'InfluxDB 2.x',
          tools: [],
          async open() {
            const { url, org, token, stop } = await startInflux2(program2);
            const store = influxTelemetryStore({
              url,
              org,
              token,
              bucket: 'city',
              api: 'v2',
              log: silentLog,
              retention,
            });
            return { store, stop };
          },
        },
      ]
    : []),
];

for (const engine of engines) {
  needs(...engine.tools)(`readings over time on ${engine.name}`, () => {
    let store: TelemetryStore;
    let stop: () => Promise<void>;
    beforeAll(async () => {
      ({ store, stop } = await engine.open());
    });
    afterAll(async () => {
      await store.close();
      await stop();
    });
    const lowest = (samples: readonly { value: unknown }[]) => Math.min(...samples.map(({ value }) => value as number));
    const highest = (samples: readonly { value: unknown }[]) =>
      Math.max(...samples.map(({ value }) => value as number));

    it('are set up once: a dry run changes nothing, and a second time finds everything in place', async () => {
      const would = await store.arrange(retention, { dryRun: true });
      const again = await store.arrange(retention, { dryRun: true });
      expect(again).toEqual(would);
      await store.arrange(retention, { dryRun: false });
      const after = await store.arrange(retention, { dryRun: false });
      expect(after.map(({ outcome }) => outcome)).toEqual(after.map(() => 'already'));
      expect((await store.status()).retention).toEqual({ raw: 30, minute: 180, hour: 1825 });
    });

    it('are rolled up so that a long curve keeps its peaks, its silence and its count', async () => {
      for (let from = 0; from < days.length; from += 500) await store.write(days.slice(from, from + 500));
      const raw = await store.series({ ...curve });
      await store.upkeep(NOW);
      const rolled = await store.curve(curve);
      expect(rolled.resolutionMs).toBeGreaterThan(0);
      expect(rolled.count).toBe(raw.length > 0 ? days.length : 0);
      expect([lowest(rolled.samples), highest(rolled.samples)]).toEqual([-7, 99]);
      expect(rolled.samples.length).toBeLessThanOrEqual(204);
      const peak = rolled.samples.find(({ value }) => value === 99);
      expect(Math.abs(peak!.at - days[1000]!.at)).toBeLessThanOrEqual(rolled.resolutionMs);
      expect(rolled.gaps).toHaveLength(1);
      const [from, to] = rolled.gaps[0]!;
      expect(Math.abs(from - days[1199]!.at)).toBeLessThanOrEqual(rolled.resolutionMs);
      expect(Math.abs(to - days[1200]!.at)).toBeLessThanOrEqual(rolled.resolutionMs);
      const times = rolled.samples.map(({ at }) => at);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    });

    it('that came late, or were corrected, are in the rollups after the next round of upkeep', async () => {
      const at = days[500]!.at;
      await store.write([row(at, 150), row(at + 60_000, -50)]);
      await store.upkeep(NOW + 600_000);
      const rolled = await store.curve(curve);
      expect(rolled.count).toBe(days.length + 1);
      expect([lowest(rolled.samples), highest(rolled.samples)]).toEqual([-50, 150]);
    });

    it('tell words and switches over a long time too', async () => {
      const words = await store.curve({ ...curve, measurement: 'state' });
      expect(words.count).toBe(days.length + 1);
      expect(words.samples.length).toBeGreaterThan(10);
      expect(words.samples.every(({ value }) => /^s-?\d+$/.test(String(value)))).toBe(true);
      const switched = await store.curve({ ...curve, measurement: 'on' });
      expect(new Set(switched.samples.map(({ value }) => typeof value))).toEqual(new Set(['boolean']));
    });

    it('beyond what is kept are refused by name, and all others are stored', async () => {
      await store.upkeep(NOW);
      const old = Array.from({ length: 40 }, (_, n) => row(TODAY - 400 * DAY + n * 1000, n));
      const fresh = Array.from({ length: 40 }, (_, n) => row(TODAY - HOUR + n * 1000, n, { device: 'alarm-2' }));
      const refusal: unknown = await store
        .write(old.flatMap((one, n) => [one, fresh[n]!]))
        .catch((err: unknown) => err);
      expect(refusal).toBeInstanceOf(RowsRefused);
      const { refused } = refusal as RowsRefused;
      expect(refused.map(({ row }) => row.at).sort()).toEqual(old.map(({ at }) => at).sort());
      expect(refused[0]?.reason).toMatch(/retention/);
      expect(await store.count('leak-alarm', 'alarm-2')).toBe(40);
    });
  });
}
