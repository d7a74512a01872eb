import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TelemetryRow } from '../telemetry-store.ts';
import { restoreDuckdb } from './duckdb-restore.ts';
import { openDuckdbTelemetryStore } from './duckdb-telemetry-store.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const T0 = Date.parse('2026-11-01T00:00:00Z');
const rows = (from: number, length: number, everyMs: number, device = 'bin-1'): TelemetryRow[] =>
  Array.from({ length }, (_, n) => ({
    type: 'bin',
    device,
    at: from + n * everyMs,
    values: { fill: n % 100, lid: n % 2 === 0 },
  }));

describe('a DuckDB file of readings over time', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'yanshao-duckdb-care-'));
    file = join(folder, 'readings.duckdb');
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const inside = async (sql: string) => {
    const instance = await DuckDBInstance.create(file);
    const connection = await instance.connect();
    try {
      return (await connection.runAndReadAll(sql)).getRowObjectsJson()[0] as Record<string, unknown>;
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  };

  it('lets go of whole days, the readings first and their rollups later, and says how much went', async () => {
    const retention = { rawDays: 3, minuteDays: 5, hourDays: 8 };
    const store = await openDuckdbTelemetryStore(file, { retention });
    await store.write(rows(T0, 10 * 6, 4 * HOUR));
    const { dropped, rolledHours } = await store.upkeep(T0 + 10 * DAY + 12 * HOUR);
    // Days 0 to 6 are older than three days before noon of day 10, and day 7 holds its beginning.
    expect(dropped).toBe(7 * 6 * 2);
    expect(rolledHours).toBe(60);
    const asked = { type: 'bin', device: 'bin-1', measurement: 'fill', from: T0, to: T0 + 10 * DAY };
    expect((await store.series(asked))[0]?.at).toBe(T0 + 7 * DAY);
    const curve = await store.curve({ ...asked, maxSamples: 5000 });
    expect(curve).toMatchObject({ resolutionMs: HOUR, count: 8 * 6, first: T0 + 2 * DAY });
    expect((await store.curve({ ...asked, from: T0 + 5 * DAY, maxSamples: 5000 })).resolutionMs).toBe(60_000);
    expect(await store.upkeep(T0 + 10 * DAY + 12 * HOUR)).toMatchObject({ dropped: 0, rolledHours: 0 });
    await store.close();
    // It remembers from when on it keeps: what would be deleted again at once is refused.
    const again = await openDuckdbTelemetryStore(file, { retention });
    await expect(again.write(rows(T0 + 6 * DAY, 1, HOUR))).rejects.toThrow(
      /2026-11-07T00:00:00.000Z.*beyond retention/,
    );
    await again.close();
    expect(await inside('select count(*) as n from samples')).toEqual({ n: String(3 * 6 * 2) });
  });

  it('keeps everything where no retention is set', async () => {
    const store = await openDuckdbTelemetryStore(file);
    await store.write(rows(T0 - 4000 * DAY, 10, HOUR));
    expect((await store.upkeep(T0)).dropped).toBe(0);
    expect(await store.count('bin', 'bin-1')).toBe(10);
    await store.close();
  });

  it('never shows a rollup that lacks a reading: not before it is made, not after a correction, not after a restart', async () => {
    let store = await openDuckdbTelemetryStore(file, { tidyAfter: 10 });
    await store.write(rows(T0, 60, 4 * HOUR));
    const asked = { type: 'bin', device: 'bin-1', measurement: 'fill', from: T0, to: T0 + 10 * DAY, maxSamples: 40 };
    const highest = async () => Math.max(...(await store.curve(asked)).samples.map(({ value }) => value as number));
    expect(await highest()).toBe(59);
    await store.upkeep(T0 + 11 * DAY);
    expect(await highest()).toBe(59);
    await store.write([{ type: 'bin', device: 'bin-1', at: T0 + 3 * DAY, values: { fill: 500 } }]);
    expect(await highest()).toBe(500);
    // Enough others for the corrected hour to be tidied, which takes the mark off its samples.
    for (let n = 0; n < 5; n++) await store.write(rows(T0 + 10 * DAY + n * HOUR, 10, 1000));
    await store.close();
    store = await openDuckdbTelemetryStore(file);
    expect(await highest()).toBe(500);
    expect((await store.upkeep(T0 + 12 * DAY)).rolledHours).toBeGreaterThan(0);
    expect(await highest()).toBe(500);
    expect((await store.curve(asked)).count).toBe(60);
    await store.close();
  });

  it('is copied while it is written to: the copy is of one moment, and no write waits long for it', async () => {
    const store = await openDuckdbTelemetryStore(file);
    for (let n = 0; n < 20; n++) await store.write(rows(T0 + n * 10_000_000, 20_000, 500, `bin-${n}`));
    let copied = false;
    const copy = store.backup(join(folder, 'copy')).finally(() => {
      copied = true;
    });
    let [batches, slowest] = [0, 0];
    while (!copied) {
      const began = performance.now();
      // Each batch is one moment of two devices: a copy that has one of them and not the other is of no moment.
      const at = T0 + 60 * DAY + batches * 1000;
      await store.write(['left', 'right'].map((device) => ({ type: 'bin', device, at, values: { fill: batches } })));
      slowest = Math.max(slowest, performance.now() - began);
      batches += 1;
    }
    const { samples, bytes } = await copy;
    expect(batches).toBeGreaterThan(3);
    expect(slowest).toBeLessThan(2000);
    expect(bytes).toBeGreaterThan(0);
    await store.close();
    const restored = join(folder, 'restored.duckdb');
    expect(await restoreDuckdb(join(folder, 'copy'), restored)).toMatchObject({ samples });
    const back = await openDuckdbTelemetryStore(restored);
    expect(await back.count('bin', 'bin-19')).toBe(20_000);
    const [left, right] = [await back.count('bin', 'left'), await back.count('bin', 'right')];
    expect(left).toBe(right);
    expect(samples).toBe(20 * 20_000 * 2 + left + right);
    await back.close();
    await expect(restoreDuckdb(join(folder, 'copy'), restored)).rejects.toThrow(/not overwritten/);
  });

  it('refuses to overwrite a backup, and to restore what is none', async () => {
    const store = await openDuckdbTelemetryStore(file);
    await store.write(rows(T0, 3, HOUR));
    await store.backup(join(folder, 'one'));
    await expect(store.backup(join(folder, 'one'))).rejects.toThrow(/folder of its own/);
    await store.close();
    expect(existsSync(join(folder, 'one', 'telemetry.duckdb.part'))).toBe(false);
    await expect(restoreDuckdb(join(folder, 'nothing'), join(folder, 'x'))).rejects.toThrow(/does not exist/);
    writeFileSync(join(folder, 'one', 'telemetry.duckdb'), 'not a database'.repeat(1000));
    await expect(restoreDuckdb(join(folder, 'one'), join(folder, 'x'))).rejects.toThrow(/no backup of readings/);
    expect(existsSync(join(folder, 'x'))).toBe(false);
  });
});
