import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDevice, type Platform, startPlatform } from '../support/platform.ts';
import { until } from '../support/until.ts';

/** `yanshao store` and `yanshao export readings` beside a running city. */
const N = 300;
const begin = Date.now() - 3_600_000;
let folder: string;
let platform: Platform;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'yanshao-store-'));
  platform = await startPlatform({ YANSHAO_DEMO: 'off' });
  const gas = ['--type', 'gas-alarm-commercial', '--gas', 'natural', '--gas-unit', '%{LEL}'];
  const token = await addDevice(platform, 'kitchen-1', ...gas);
  const client = await connectAsync(`mqtt://127.0.0.1:${platform.mqttPort}`, { username: token });
  const batch = Array.from({ length: N }, (_, n) => ({ ts: begin + n * 1000, values: { 'alarm.ch4': n % 10 } }));
  await client.publishAsync('v1/devices/me/telemetry', JSON.stringify(batch), { qos: 1 });
  await client.endAsync();
});
afterAll(async () => {
  await platform.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('the store, from the command line', () => {
  it('tells what it holds', async () => {
    await until('all of it is stored', async () => {
      const file = join(folder, 'count.csv');
      await platform.cli('export', 'readings', file, '--device', 'kitchen-1', '--from', '0');
      return readFileSync(file, 'utf8').split('\r\n').length === N + 2;
    });
    const { stderr, stdout, code } = await platform.cli('store', 'status');
    expect(code).toBe(0);
    const said = stdout + stderr;
    expect(said).toMatch(/engine\s+duckdb/);
    expect(said).toContain(new Date(begin).toISOString());
    expect(said).toMatch(/raw\s+400 天/);
  });

  it('says how it is set up, and may be asked again', async () => {
    const { stdout, stderr, code } = await platform.cli('store', 'init', '--dry-run');
    expect(code).toBe(0);
    expect(stdout + stderr).toMatch(/in place.*readings are kept 400 days/);
  });

  it('gives a range as CSV and as Parquet', async () => {
    const csv = join(folder, 'readings.csv');
    const parquet = join(folder, 'readings.parquet');
    const range = ['--type', 'gas-alarm-commercial', '--measurement', 'alarm.ch4', '--from', String(begin)];
    const to = ['--to', new Date(begin + 100_000).toISOString()];
    expect((await platform.cli('export', 'readings', csv, ...range, ...to)).code).toBe(0);
    const lines = readFileSync(csv, 'utf8').trim().split('\r\n');
    expect(lines).toHaveLength(101);
    expect(lines[4]).toMatch(
      new RegExp(
        `^${new Date(begin + 3000).toISOString()},${begin + 3000},kitchen-1,[^,]*,alarm.ch4,3,%{LEL},good,0x00000000$`,
      ),
    );
    expect((await platform.cli('export', 'readings', parquet, ...range, ...to)).code).toBe(0);
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const found = await connection.runAndReadAll(`select count(*) as n, sum(number) as total from '${parquet}'`);
    expect(found.getRowObjectsJson()[0]).toEqual({ n: '100', total: 450 });
    connection.closeSync();
    instance.closeSync();
    const refused = await platform.cli('export', 'readings', csv, '--type', 'tree', ...range.slice(2));
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('there is no 设备类型 / device type "tree"');
  });

  it('is copied while it runs, and comes back only where nothing runs', async () => {
    const copy = join(folder, 'copy');
    expect((await platform.cli('store', 'backup', copy)).code).toBe(0);
    expect((await platform.cli('store', 'backup', copy)).stderr).toContain('folder of its own');
    expect((await platform.cli('store', 'restore', copy)).stderr).toContain('stop it first');
  });
});
