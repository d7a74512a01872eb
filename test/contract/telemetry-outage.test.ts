import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../kit/log.ts';
import { restoreDuckdb } from '../../kit/telemetry/duckdb/duckdb-restore.ts';
import { openDuckdbTelemetryStore } from '../../kit/telemetry/duckdb/duckdb-telemetry-store.ts';
import type { InfluxOptions } from '../../kit/telemetry/influx/influx-options.ts';
import { influxTelemetryStore } from '../../kit/telemetry/influx/influx-telemetry-store.ts';
import {
  RowsRefused,
  StoreMisconfigured,
  StoreUnavailable,
  type TelemetryRow,
} from '../../kit/telemetry/telemetry-store.ts';
import { type InfluxServer, startInflux } from '../support/servers.ts';
import { needs } from '../support/tools.ts';

const T0 = Date.parse('2026-11-22T08:00:00Z');
const batchOf = (
  length: number,
  values: (n: number) => TelemetryRow['values'] = (n) => ({ fill: n }),
): TelemetryRow[] =>
  Array.from({ length }, (_, n) => ({ type: 'bin', device: 'bin-1', at: T0 + n * 1000, values: values(n) }));

needs('influxd')('an InfluxDB that fails', () => {
  let influx: InfluxServer;
  let bucket = 0;
  beforeAll(async () => {
    influx = await startInflux();
  });
  afterAll(() => influx.stop());
  const store = (more: Partial<InfluxOptions> = {}) =>
    influxTelemetryStore({ url: influx.url, bucket: `db${bucket++}`, api: 'v1', log: silentLog, ...more });
  // The server sends its headers before it has carried the statement out: the body is the answer.
  const command = async (q: string) =>
    (await fetch(`${influx.url}/query`, { method: 'POST', body: new URLSearchParams({ q }) })).text();

  it('takes the very batch that it could not take while it was down', async () => {
    const readings = store();
    await readings.write(batchOf(10));
    const batch = batchOf(2000);
    await influx.kill();
    await expect(readings.write(batch)).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(readings.series({ ...batch[0]!, measurement: 'fill', from: 0, to: T0 })).rejects.toBeInstanceOf(
      StoreUnavailable,
    );
    await influx.restart();
    await readings.write(batch);
    expect(await readings.count('bin', 'bin-1')).toBe(2000);
  });

  it('is unavailable, not silent, when it hangs', async () => {
    const readings = store({ timeoutMs: 300 });
    await readings.write(batchOf(1));
    influx.pause();
    await expect(readings.write(batchOf(2))).rejects.toBeInstanceOf(StoreUnavailable);
    influx.resume();
    await readings.write(batchOf(2));
    expect(await readings.count('bin', 'bin-1')).toBe(2);
  });

  it('gets its database again when somebody dropped it', async () => {
    const readings = store({ bucket: 'dropped' });
    await readings.write(batchOf(1));
    await command('DROP DATABASE "dropped"');
    await expect(readings.write(batchOf(3))).rejects.toBeInstanceOf(StoreMisconfigured);
    await readings.write(batchOf(3));
    expect(await readings.count('bin', 'bin-1')).toBe(3);
  });

  it('says which rows are older than its retention, and keeps the others', async () => {
    const readings = store({ bucket: 'short' });
    await readings.write([]);
    await command('CREATE DATABASE "short" WITH DURATION 24h');
    const now = Date.now();
    const rows = batchOf(300, () => ({ fill: 1 })).map((row, n) => ({
      ...row,
      at: n % 100 === 7 ? T0 - 30 * 86_400_000 - n : now - n,
    }));
    const old = rows.filter(({ at }) => at < T0 - 86_400_000);
    const err = await readings.write(rows).then(
      () => undefined,
      (cause: RowsRefused) => cause,
    );
    expect(err).toBeInstanceOf(RowsRefused);
    expect(err?.refused.map(({ row }) => row)).toEqual(old.toSorted((a, b) => a.at - b.at));
    expect(err?.refused[0]?.reason).toContain('points beyond retention policy');
    expect(await readings.count('bin', 'bin-1')).toBe(297);
  });

  it('refuses rows against fields that another program made otherwise, with its own reason', async () => {
    const readings = store({ bucket: 'foreign' });
    await readings.write(batchOf(1, () => ({ weight: 1 })));
    await fetch(`${influx.url}/write?db=foreign&precision=ms`, {
      method: 'POST',
      body: `bin,device=bin-1 fill=5i ${T0}`,
    });
    const rows = batchOf(4, (n): TelemetryRow['values'] => (n === 2 ? { fill: 0.5 } : { weight: n }));
    const written = readings.write(rows);
    await expect(written).rejects.toMatchObject({
      refused: [{ row: rows[2], reason: expect.stringContaining('field type conflict') }],
    });
    expect(await readings.count('bin', 'bin-1')).toBe(3);
  });

  it('stops for a person when it is full of series', async () => {
    const small = await startInflux({ data: 'max-series-per-database = 3' });
    try {
      const readings = influxTelemetryStore({ url: small.url, bucket: 'small', api: 'v1', log: silentLog });
      const rows = batchOf(10).map((row, n) => ({ ...row, device: `bin-${n}` }));
      await expect(readings.write(rows)).rejects.toThrow(/max-series-per-database.*influxdb\.conf/s);
      await expect(readings.write(rows)).rejects.toBeInstanceOf(StoreMisconfigured);
    } finally {
      await small.stop();
    }
  });

  it('tells a person to mend the password, and to whom to give rights', async () => {
    const guarded = await startInflux({ http: 'auth-enabled = true' });
    const ask = async (q: string, user?: string) => {
      const answer = await fetch(`${guarded.url}/query`, {
        method: 'POST',
        body: new URLSearchParams({ q }),
        headers: user ? { authorization: `Basic ${Buffer.from(user).toString('base64')}` } : {},
      });
      return answer.text();
    };
    const as = (token?: string) =>
      influxTelemetryStore({ url: guarded.url, token, bucket: 'city', api: 'v1', log: silentLog });
    try {
      await ask(`CREATE USER "root" WITH PASSWORD 'secret' WITH ALL PRIVILEGES`);
      await ask(`CREATE USER "city" WITH PASSWORD 'quiet'`, 'root:secret');
      await expect(as().write(batchOf(1))).rejects.toBeInstanceOf(StoreMisconfigured);
      await expect(as('city:wrong').write(batchOf(1))).rejects.toThrow(/401.*token/s);
      // A user without the right to make databases is told the line to run.
      await expect(as('city:quiet').write(batchOf(1))).rejects.toBeInstanceOf(StoreMisconfigured);
      await ask('CREATE DATABASE "city"', 'root:secret');
      await ask('GRANT ALL ON "city" TO "city"', 'root:secret');
      await as('city:quiet').write(batchOf(5));
      expect(await as('city:quiet').count('bin', 'bin-1')).toBe(5);
      await ask('REVOKE WRITE ON "city" FROM "city"', 'root:secret');
      await expect(as('city:quiet').write(batchOf(5))).rejects.toBeInstanceOf(StoreMisconfigured);
    } finally {
      await guarded.stop();
    }
  });
});

describe('a DuckDB store whose process is killed', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'yanshao-duckdb-kill-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Lets a process write until it has acknowledged `batches` more, kills it there, and returns the last acknowledged. */
  async function writeAndDie(file: string, from: number, batches: number, backups?: string): Promise<number> {
    const script = fileURLToPath(new URL('../support/duckdb-writer.ts', import.meta.url));
    const child: ChildProcess = spawn(process.execPath, [script, file, String(from), ...(backups ? [backups] : [])], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let last = -1;
    for await (const line of createInterface({ input: child.stdout! })) {
      last = Number(line);
      if (last >= from + batches) break;
    }
    const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
    child.kill('SIGKILL');
    await ended;
    return last;
  }

  it('has every acknowledged row, round after round, tidying included', async () => {
    const file = join(folder, 'city.duckdb');
    let next = 0;
    for (const batches of [1, 7, 40, 90, 25]) {
      const acknowledged = await writeAndDie(file, next, batches);
      expect(acknowledged).toBeGreaterThanOrEqual(next + batches);
      const store = await openDuckdbTelemetryStore(file);
      const series = await store.series({
        type: 'bin',
        device: 'bin-499',
        measurement: 'fill',
        from: T0,
        to: T0 + 86_400_000,
      });
      const values = series.map(({ value }) => value as number);
      // One batch beyond the last acknowledged may have been durable when the kill came.
      expect([acknowledged + 1, acknowledged + 2]).toContain(values.length);
      expect(values).toEqual(values.map((_, n) => n));
      expect(await store.count('bin', 'bin-0')).toBe(values.length);
      await store.close();
      next = values.length;
    }
  });

  it('has every acknowledged row, and rollups that agree with them, after kills amid rollups and backups', async () => {
    const file = join(folder, 'city.duckdb');
    const backups = join(folder, 'backups');
    mkdirSync(backups);
    let next = 0;
    for (const batches of [70, 30, 65]) {
      const acknowledged = await writeAndDie(file, next, batches, backups);
      const store = await openDuckdbTelemetryStore(file);
      const query = { type: 'bin', device: 'bin-7', measurement: 'fill', from: T0, to: T0 + 40 * 86_400_000 };
      const values = (await store.series(query)).map(({ value }) => value as number);
      expect([acknowledged + 1, acknowledged + 2]).toContain(values.length);
      expect(values).toEqual(values.map((_, n) => n));
      // Forty days in so few columns come from the rollups, but for hours whose rollups the kill left behind.
      const rolled = await store.curve({ ...query, maxSamples: 100 });
      expect(rolled).toMatchObject({ count: values.length, resolutionMs: 3_600_000, first: T0 });
      expect(rolled.samples.map(({ value }) => value)).toContain(values.length - 1);
      await store.close();
      next = values.length;
    }
    // What bears the name of a backup is whole.
    const whole = readdirSync(backups).filter((name) => existsSync(join(backups, name, 'telemetry.duckdb')));
    expect(whole.length).toBeGreaterThan(0);
    for (const name of whole) {
      const restored = join(folder, `${name}.duckdb`);
      const { samples } = await restoreDuckdb(join(backups, name), restored);
      const store = await openDuckdbTelemetryStore(restored);
      const count = await store.count('bin', 'bin-499');
      expect(count).toBeLessThanOrEqual(next);
      expect(samples).toBe(count * 1000);
      await store.close();
    }
  });
});
