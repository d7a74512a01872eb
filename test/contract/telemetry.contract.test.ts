import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { silentLog } from '../../kit/log.ts';
import { openDuckdbTelemetryStore } from '../../kit/telemetry/duckdb/duckdb-telemetry-store.ts';
import { influxTelemetryStore } from '../../kit/telemetry/influx/influx-telemetry-store.ts';
import { memoryTelemetryStore } from '../../kit/telemetry/memory/memory-telemetry-store.ts';
import { pagesOf } from '../../kit/telemetry/paging.ts';
import { keepAll } from '../../kit/telemetry/rollups.ts';
import { batchesOf, packBatch, unpackBatch } from '../../kit/telemetry/scanning.ts';
import {
  type PageQuery,
  type PageRow,
  RowsRefused,
  type ScanBatch,
  type ScanQuery,
  type SeriesQuery,
  type TelemetryRow,
  type TelemetryStore,
} from '../../kit/telemetry/telemetry-store.ts';
import { type Influx2Server, influxd2, startInflux2 } from '../support/influx2.ts';
import { type InfluxServer, startInflux } from '../support/servers.ts';
import { needs } from '../support/tools.ts';

const T0 = Date.parse('2026-11-22T08:00:00Z');
const UNCERTAIN = 0x40940000;
const BAD = 0x808c0000;

/** One row of a leak alarm, `second` seconds after eight. */
const row = (second: number, values: TelemetryRow['values'], more: Partial<TelemetryRow> = {}): TelemetryRow => ({
  type: 'leak-alarm',
  device: 'alarm-1',
  at: T0 + second * 1000,
  values,
  ...more,
});

const all = (measurement: string, more: Partial<SeriesQuery> = {}): SeriesQuery => ({
  type: 'leak-alarm',
  device: 'alarm-1',
  measurement,
  from: T0,
  to: T0 + 86_400_000,
  ...more,
});

/** Every reading of a scan in words: device, measurement, time, value, status. */
async function scanned(store: Pick<TelemetryStore, 'scan'>, query: ScanQuery) {
  const names = new Map<number, string>();
  const readings: [string, string, number, number | string, number][] = [];
  let batches = 0;
  for await (const batch of batchesOf(store, query)) {
    batches += 1;
    for (const [number, device] of batch.names) names.set(number, device);
    for (let i = 0; i < batch.length; i++) {
      const measurement = query.measurements[batch.measurement[i]!]!;
      const value = measurement === 'state' ? batch.words[batch.value[i]!]! : batch.value[i]!;
      readings.push([names.get(batch.device[i]!)!, measurement, batch.at[i]!, value, batch.quality[i]!]);
    }
  }
  return { batches, readings };
}

const throughText = (batch: ScanBatch): ScanBatch => unpackBatch(JSON.parse(JSON.stringify(packBatch(batch))));

const hostile = [
  'two words',
  'a,comma=and equals',
  `it's "quoted"`,
  '\'; DROP MEASUREMENT "leak-alarm"; --',
  'back\\slash',
  'ends with a backslash\\',
  'line\nbreak',
  'line\\nbreak',
  'carriage\rreturn',
  '100%0A',
  '鹅城-燃气-001',
  '🪿🔥',
  '#comment',
  '_system',
  'time',
  'device',
  'ch4_q',
];

interface Engine {
  readonly name: string;
  readonly tools: readonly string[];
  /** Runs before and after all tests of the engine. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** An empty store. */
  fresh(): Promise<TelemetryStore>;
}

let influx: InfluxServer;
let folder: string;
let made = 0;
const engines: readonly Engine[] = [
  {
    name: 'memory',
    tools: [],
    start: async () => {},
    stop: async () => {},
    fresh: async () => memoryTelemetryStore(),
  },
  {
    name: 'DuckDB',
    tools: [],
    start: async () => {
      folder = mkdtempSync(join(tmpdir(), 'yanshao-duckdb-'));
    },
    stop: async () => rmSync(folder, { recursive: true }),
    fresh: () => {
      made += 1;
      return openDuckdbTelemetryStore(join(folder, `${made}.duckdb`));
    },
  },
  {
    name: 'InfluxDB 1.x',
    tools: ['influxd'],
    start: async () => {
      influx = await startInflux();
    },
    stop: () => influx.stop(),
    fresh: async () => {
      made += 1;
      return influxTelemetryStore({ url: influx.url, bucket: `city "${made}"`, api: 'v1', log: silentLog });
    },
  },
];

const program2 = influxd2();
let influx2: Influx2Server;
const engine2: Engine = {
  name: 'InfluxDB 2.x',
  tools: [],
  start: async () => {
    influx2 = await startInflux2(program2 ?? '');
  },
  stop: () => influx2.stop(),
  fresh: async () => {
    made += 1;
    const { url, org, token } = influx2;
    const store = influxTelemetryStore({ url, org, token, bucket: `鹅城 ${made}`, api: 'v2', log: silentLog });
    await store.arrange(keepAll, { dryRun: false });
    return store;
  },
};

for (const engine of program2 ? [...engines, engine2] : engines) {
  needs(...engine.tools)(`the store of readings on ${engine.name}`, () => {
    let store: TelemetryStore;
    beforeAll(engine.start);
    afterAll(engine.stop);
    const opened = async () => {
      store = await engine.fresh();
      return store;
    };
    const values = async (query: SeriesQuery) => (await store.series(query)).map(({ value }) => value);

    it('gives back what it was given, oldest first, in any order of arrival', async () => {
      await opened();
      await store.write([
        row(20, { ch4: 3 }),
        row(0, { ch4: 1, fault: false }),
        row(10, { ch4: 2, state: '正常 "ok"\nsecond line \\' }),
      ]);
      await store.write([row(5, { ch4: 1.5 })]);
      expect(await store.series(all('ch4'))).toEqual([
        { at: T0, value: 1, quality: 0 },
        { at: T0 + 5000, value: 1.5, quality: 0 },
        { at: T0 + 10_000, value: 2, quality: 0 },
        { at: T0 + 20_000, value: 3, quality: 0 },
      ]);
      expect(await values(all('fault'))).toEqual([false]);
      expect(await values(all('state'))).toEqual(['正常 "ok"\nsecond line \\']);
      await store.close();
    });

    it('takes the beginning of a range and leaves its end', async () => {
      await opened();
      await store.write([0, 1, 2, 3].map((second) => row(second, { ch4: second })));
      expect(await values(all('ch4', { from: T0 + 1000, to: T0 + 3000 }))).toEqual([1, 2]);
      await store.close();
    });

    it('knows nothing of what was never written', async () => {
      await opened();
      expect(await store.series(all('ch4'))).toEqual([]);
      expect(await store.count('leak-alarm', 'alarm-1')).toBe(0);
      await store.write([]);
      await store.write([row(0, {})]);
      expect(await store.count('leak-alarm', 'alarm-1')).toBe(0);
      await store.write([row(0, { ch4: 1 })]);
      expect(await store.series(all('co'))).toEqual([]);
      expect(await store.count('leak-alarm', 'alarm-2')).toBe(0);
      expect(await store.count('smart-bin', 'alarm-1')).toBe(0);
      await store.close();
    });

    it('keeps one copy of a batch that is written again', async () => {
      await opened();
      const batch = [row(0, { ch4: 1, fault: false }), row(10, { ch4: 2 })];
      await store.write(batch);
      await store.write(batch);
      await store.write([...batch, ...batch]);
      expect(await store.count('leak-alarm', 'alarm-1')).toBe(2);
      expect(await values(all('ch4'))).toEqual([1, 2]);
      await store.close();
    });

    it('lets the last value win, within a batch and after it, and leaves its neighbours alone', async () => {
      await opened();
      await store.write([row(0, { ch4: 1, co: 7 }), row(0, { ch4: 2 })]);
      expect(await values(all('ch4'))).toEqual([2]);
      await Promise.all([1, 2, 3, 4, 5].map((ch4) => store.write([row(0, { ch4 })])));
      expect(await values(all('ch4'))).toEqual([5]);
      expect(await values(all('co'))).toEqual([7]);
      expect(await store.count('leak-alarm', 'alarm-1')).toBe(1);
      await store.close();
    });

    it('keeps the status code of each value, whole, and lets a correction lift it', async () => {
      await opened();
      await store.write([
        row(0, { ch4: 99, co: 1 }, { quality: { ch4: UNCERTAIN } }),
        row(1, { ch4: 98 }, { quality: { ch4: BAD } }),
        row(2, { ch4: 3 }),
      ]);
      const seen = (await store.series(all('ch4'))).map(({ quality }) => quality);
      expect(seen).toEqual([UNCERTAIN, BAD, 0]);
      expect((await store.series(all('co')))[0]?.quality).toBe(0);
      await store.write([row(0, { ch4: 4 })]);
      expect((await store.series(all('ch4')))[0]).toEqual({ at: T0, value: 4, quality: 0 });
      await store.close();
    });

    it('never changes the kind of a field: such rows are refused by name, the others kept', async () => {
      await opened();
      await store.write([row(0, { ch4: 1, fault: true, state: 'ok' })]);
      const bad = [row(1, { ch4: 'high' }), row(2, { fault: 1 }), row(3, { state: true, co: 5 })];
      const written = store.write([row(4, { ch4: 4 }), ...bad, row(5, { ch4: 5 })]);
      const refusal = await written.then(
        () => undefined,
        (err: unknown) => err,
      );
      expect(refusal).toBeInstanceOf(RowsRefused);
      const { refused } = refusal as RowsRefused;
      expect(refused.map((one) => one.row)).toEqual(bad);
      expect(refused[0]?.reason).toContain('ch4 of leak-alarm holds numbers; alarm-1 sent the text "high"');
      expect(await values(all('ch4'))).toEqual([1, 4, 5]);
      // A row is refused whole, and teaches nothing: `co` may still become a text.
      await store.write([row(6, { co: 'unknown' })]);
      // The same name may be of another kind at another type, also weeks later.
      await store.write([row(7, { ch4: 'high' }, { type: 'smart-bin' })]);
      await expect(store.write([row(90 * 86_400, { ch4: 'high' })])).rejects.toBeInstanceOf(RowsRefused);
      await store.close();
    });

    it('refuses a field that changes its kind within its first batch', async () => {
      await opened();
      const bad = row(1, { ch4: true });
      await expect(store.write([row(0, { ch4: 1 }), bad, row(2, { ch4: 3 })])).rejects.toMatchObject({
        refused: [{ row: bad }],
      });
      expect(await values(all('ch4'))).toEqual([1, 3]);
      await store.close();
    });

    it.each([
      ['NaN', { ch4: Number.NaN }, {}],
      ['infinity', { ch4: Number.POSITIVE_INFINITY }, {}],
      ['a time that is no time', { ch4: 1 }, { at: Number.NaN }],
      ['a device without a name', { ch4: 1 }, { device: '' }],
    ])('refuses %s and keeps the rest', async (_, bad, more) => {
      await opened();
      const worse = row(1, bad, more);
      await expect(store.write([worse, row(2, { ch4: 2 })])).rejects.toMatchObject({ refused: [{ row: worse }] });
      expect(await values(all('ch4'))).toEqual([2]);
      await store.close();
    });

    it('thins a long series without losing a peak, its time or its quality', async () => {
      await opened();
      const second = (n: number) => row(n, { ch4: 10 + (n % 7) / 10, on: n % 2 === 0, state: `s${n}` });
      const rows = Array.from({ length: 3600 }, (_, n) => second(n));
      rows[1234] = row(1234, { ch4: 88 }, { quality: { ch4: UNCERTAIN } });
      rows[2345] = row(2345, { ch4: -5 });
      await store.write(rows);
      const hour = { from: T0, to: T0 + 3_600_000, maxSamples: 60 };
      const thinned = await store.series(all('ch4', hour));
      expect(thinned.length).toBeLessThanOrEqual(62);
      expect(thinned.length).toBeGreaterThanOrEqual(50);
      expect(thinned).toContainEqual({ at: T0 + 1_234_000, value: 88, quality: UNCERTAIN });
      expect(thinned).toContainEqual({ at: T0 + 2_345_000, value: -5, quality: 0 });
      const times = thinned.map(({ at }) => at);
      expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));

      const states = await store.series(all('state', hour));
      expect(states.length).toBeLessThanOrEqual(62);
      expect([states[0]?.value, states.at(-1)?.value]).toEqual(['s0', 's3599']);
      const switched = await store.series(all('on', hour));
      expect(switched.length).toBeLessThanOrEqual(62);
      expect([switched[0]?.at, switched.at(-1)?.at]).toEqual([T0, T0 + 3_599_000]);
      await store.close();
    });

    it('gives a short series whole, however few buckets were asked for', async () => {
      await opened();
      await store.write([0, 1, 2, 3, 4].map((n) => row(n, { ch4: 5 - n })));
      expect(await values(all('ch4', { maxSamples: 5 }))).toEqual([5, 4, 3, 2, 1]);
      await store.close();
    });

    it('tells devices and measurements of any name apart', async () => {
      await opened();
      await store.write(hostile.map((device, n) => row(n, { ch4: n }, { device })));
      await store.write(
        hostile.map((name, n) => row(n, { [name]: n, [`${name}.x`]: -n }, { quality: { [name]: BAD } })),
      );
      await store.write(hostile.map((type, n) => row(n, { ch4: n }, { type })));
      for (const [n, name] of hostile.entries()) {
        const at = T0 + n * 1000;
        expect(await store.series(all('ch4', { device: name })), name).toEqual([{ at, value: n, quality: 0 }]);
        expect(await store.series(all(name)), name).toEqual([{ at, value: n, quality: BAD }]);
        expect(await store.series(all('ch4', { type: name })), name).toEqual([{ at, value: n, quality: 0 }]);
        expect(await store.count('leak-alarm', name)).toBe(1);
      }
      await store.close();
    });

    it('tells a curve with its silences, its quality and its peaks', async () => {
      await opened();
      const minutes = [0, 1, 2, 3, 20, 21, 22, 50].map((n) => row(n * 60, { ch4: n, state: `s${n}` }));
      minutes[1] = row(60, { ch4: 88, state: 's1' }, { quality: { ch4: UNCERTAIN } });
      minutes[2] = row(120, { ch4: -5, state: 's2' }, { quality: { ch4: BAD } });
      await store.write(minutes);
      const curve = await store.curve({ ...all('ch4'), maxSamples: 1000, gapMs: 180_000 });
      expect(curve).toMatchObject({
        resolutionMs: 0,
        count: 8,
        quality: { good: 6, uncertain: 1, bad: 1 },
        first: T0,
        last: T0 + 3_000_000,
        gaps: [
          [T0 + 180_000, T0 + 1_200_000],
          [T0 + 1_320_000, T0 + 3_000_000],
        ],
        moreGaps: false,
      });
      expect(curve.samples).toHaveLength(8);
      const few = await store.curve({ ...all('ch4', { to: T0 + 3_600_000 }), maxSamples: 4 });
      expect(few.samples.map(({ value }) => value)).toEqual(expect.arrayContaining([88, -5, 50]));
      expect(few).toMatchObject({ count: 8, gaps: [] });
      const states = await store.curve({ ...all('state'), maxSamples: 1000, gapMs: 180_000 });
      expect(states.samples.map(({ value }) => value)).toEqual(minutes.map(({ values }) => values.state));
      expect(states.gaps).toEqual(curve.gaps);
      expect(await store.curve({ ...all('co'), maxSamples: 10, gapMs: 1 })).toMatchObject({ count: 0, first: null });
      await store.close();
    });

    it('gives many series page by page, in the order of time, each reading once', async () => {
      await opened();
      const rows = Array.from({ length: 400 }, (_, n) => [
        row(n * 90, { ch4: n, state: `s${n}` }, { device: `alarm-${n % 4}` }),
        row(n * 90, { level: -n, full: n % 2 === 0 }, { type: 'smart-bin', device: `bin-${n % 3}` }),
      ]).flat();
      await store.write(rows);
      await store.write([row(0, { ch4: 1000 }, { device: 'alarm-0', quality: { ch4: BAD } })]);
      const query: PageQuery = {
        groups: [
          { type: 'leak-alarm', devices: ['alarm-1', 'nobody', 'alarm-0'], measurements: ['state', 'ch4', 'never'] },
          { type: 'smart-bin', devices: ['bin-0', 'bin-1', 'bin-2'], measurements: ['full'] },
        ],
        from: T0 - 1000,
        to: T0 + 30_000_000,
      };
      const found: PageRow[] = [];
      let pages = 0;
      for await (const page of pagesOf(store, { ...query, spanMs: 600_000 })) {
        pages += 1;
        found.push(...page);
      }
      expect(pages).toBeGreaterThan(1);
      const expected = rows
        .filter(({ at }) => at < query.to)
        .flatMap(({ type, device, at, values }) =>
          Object.entries(values).flatMap(([name, value]) => {
            const group = query.groups.findIndex((one) => one.type === type);
            const place = query.groups[group]!.devices.indexOf(device);
            const measurement = query.groups[group]!.measurements.indexOf(name);
            if (place < 0 || measurement < 0) return [];
            const corrected = at === T0 && name === 'ch4';
            return [[group, place, measurement, at, corrected ? 1000 : value, corrected ? BAD : 0] as const];
          }),
        );
      const text = (all: readonly PageRow[]) => all.map((one) => JSON.stringify(one)).sort();
      expect(text(found)).toEqual(text(expected));
      expect(found.map(([, , , at]) => at)).toEqual(found.map(([, , , at]) => at).toSorted((a, b) => a - b));
      await store.close();
    });

    it('gives all readings of a type batch by batch as columns, in the order of time, each once', async () => {
      await opened();
      const rows = Array.from({ length: 600 }, (_, n) =>
        row(
          n * 90,
          { ch4: n / 2, full: n % 3 === 0, state: `s${n % 5}` },
          { device: `alarm-${n % 4}`, ...(n % 7 === 0 && { quality: { ch4: UNCERTAIN } }) },
        ),
      );
      await store.write(rows);
      await store.write([
        row(0, { ch4: 1000 }, { device: 'alarm-0', quality: { ch4: BAD } }),
        row(0, { ch4: 7 }, { device: 'alarm-9' }),
        row(0, { ch4: 8 }, { device: 'bin-1', type: 'smart-bin' }),
      ]);
      const query: ScanQuery = {
        type: 'leak-alarm',
        measurements: ['state', 'never', 'ch4', 'full'],
        from: T0 - 10_000_000,
        to: T0 + 540_000 + 90_000 * 500,
        spanMs: 600_000,
      };
      const { batches, readings } = await scanned(store, query);
      expect(batches).toBeGreaterThan(1);
      const expected = [...rows.filter(({ at }) => at < query.to), row(0, { ch4: 7 }, { device: 'alarm-9' })].flatMap(
        ({ device, at, values, quality }) =>
          Object.entries(values).map(([name, value]) =>
            at === T0 && name === 'ch4' && device === 'alarm-0'
              ? [device, name, at, 1000, BAD]
              : [device, name, at, value, quality?.[name] ?? 0],
          ),
      );
      expect(readings.map((one) => JSON.stringify(one)).sort()).toEqual(
        expected
          .map(([device, name, at, value, quality]) =>
            JSON.stringify([device, name, at, typeof value === 'boolean' ? Number(value) : value, quality]),
          )
          .sort(),
      );
      const inOrder = readings.map(([device, , at]) => `${String(at).padStart(16)} ${device}`);
      expect(inOrder).toEqual(inOrder.toSorted());

      // Only some devices, and as the batches cross to another process.
      const packed = { scan: async (asked: ScanQuery) => throughText(await store.scan(asked)) };
      const some = await scanned(packed, {
        ...query,
        devices: ['alarm-2', 'nobody', "o'brien"],
        measurements: ['ch4'],
      });
      expect(some.readings).toEqual(readings.filter(([device, name]) => device === 'alarm-2' && name === 'ch4'));
      for (const nothing of [
        { devices: [] },
        { from: T0 + 9e9, to: T0 + 9.1e9 },
        { measurements: ['never'] },
        { type: 'no-such' },
      ]) {
        expect((await scanned(store, { ...query, ...nothing })).readings).toEqual([]);
      }
      await store.close();
    });

    it('says what it holds, and takes care of itself without changing an answer', async () => {
      await opened();
      await store.write([row(0, { ch4: 1, co: 2 }), row(60, { ch4: 3 }, { device: 'alarm-2' })]);
      const status = await store.status();
      expect(status).toMatchObject({ engine: store.engine, oldest: T0, newest: T0 + 60_000 });
      if (status.series !== null) expect(status.series).toBeGreaterThan(1);
      const before = await store.curve({ ...all('ch4'), maxSamples: 10 });
      await store.upkeep(T0 + 7_200_000);
      await store.upkeep(T0 + 7_200_000);
      expect(await store.curve({ ...all('ch4'), maxSamples: 10 })).toMatchObject({
        count: before.count,
        samples: before.samples,
      });
      await store.close();
    });

    it('takes 10,000 rows at once', async () => {
      await opened();
      const rows = Array.from({ length: 10_000 }, (_, n) =>
        row(
          n % 100,
          { ch4: n / 10, 'rtu.outletPressure': 0.3, fault: n % 50 === 0 },
          { device: `alarm-${Math.floor(n / 100)}` },
        ),
      );
      await store.write(rows);
      expect(await store.count('leak-alarm', 'alarm-0')).toBe(100);
      expect(await store.count('leak-alarm', 'alarm-99')).toBe(100);
      expect(await values(all('ch4', { device: 'alarm-42', from: T0 + 99_000 }))).toEqual([429.9]);
      await store.close();
    });
  });
}
