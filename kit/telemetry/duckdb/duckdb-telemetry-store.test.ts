import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Problem } from '../../problem.ts';
import type { TelemetryRow } from '../telemetry-store.ts';
import { cut } from './cut.ts';
import { openDuckdbTelemetryStore } from './duckdb-telemetry-store.ts';

const T0 = Date.parse('2026-11-22T08:00:00Z');
const HOUR = 3_600_000;

describe('a DuckDB file of readings', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'yanshao-duckdb-'));
    file = join(folder, 'readings.duckdb');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** What stands in the file, looked at without our code. */
  async function inside(sql: string): Promise<Record<string, unknown>> {
    const instance = await DuckDBInstance.create(file);
    const connection = await instance.connect();
    try {
      return (await connection.runAndReadAll(sql)).getRowObjectsJson()[0] as Record<string, unknown>;
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  }

  it('holds readings, names and kinds over a restart', async () => {
    const row: TelemetryRow = {
      type: 'bin',
      device: 'bin-1',
      at: T0,
      values: { fill: 1 },
      quality: { fill: 0x40000000 },
    };
    const first = await openDuckdbTelemetryStore(file);
    await first.write([row]);
    await first.close();
    const second = await openDuckdbTelemetryStore(file);
    await expect(second.write([{ ...row, values: { fill: 'full' } }])).rejects.toThrow(/holds numbers/);
    await second.write([
      { ...row, values: { fill: 2 }, quality: {} },
      { ...row, device: 'bin-2' },
    ]);
    const query = { type: 'bin', device: 'bin-1', measurement: 'fill', from: T0, to: T0 + 1 };
    expect(await second.series(query)).toEqual([{ at: T0, value: 2, quality: 0 }]);
    expect(await second.count('bin', 'bin-2')).toBe(1);
    await second.close();
  });

  it('keeps every kind of value at its own row, over more rows than one chunk of DuckDB holds', async () => {
    const words = ['', '雁', 'a\u0000b', 'x'.repeat(300)];
    const values = (i: number): TelemetryRow['values'] =>
      [{ level: i / 7 }, { open: i % 2 === 0 }, { word: words[i % words.length]! }, { level: -i, open: true }][i % 4]!;
    // Before 1970 and far ahead too: times are whole numbers of 64 bits.
    const rows = Array.from({ length: 7001 }, (_, i): TelemetryRow => {
      return {
        type: 'bin',
        device: 'bin-1',
        at: (i - 3000) * 400_000_000_007,
        values: values(i),
        quality: { open: i },
      };
    });
    const store = await openDuckdbTelemetryStore(file);
    await store.write(rows);
    for (const measurement of ['level', 'open', 'word']) {
      const query = { type: 'bin', device: 'bin-1', measurement, from: -1e17, to: 1e17 };
      const expected = rows.flatMap(({ at, values, quality }) => {
        const value = values[measurement];
        return value === undefined ? [] : [{ at, value, quality: quality?.[measurement] ?? 0 }];
      });
      expect(await store.series(query)).toEqual(expected);
    }
    await store.close();
  });

  it('finishes the writes that were under way when it is closed', async () => {
    const store = await openDuckdbTelemetryStore(file);
    const writes = Array.from({ length: 20 }, (_, n) =>
      store.write([{ type: 'bin', device: 'b', at: T0 + n, values: { fill: n } }]),
    );
    await store.close();
    await Promise.all(writes);
    expect(await inside('select count(*) as n from samples')).toEqual({ n: '20' });
  });

  it('says who holds the file, and what to do', async () => {
    const holder = spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { DuckDBInstance } from '@duckdb/node-api'; await DuckDBInstance.create(process.argv[1]); console.log('open'); setInterval(() => {}, 1000);`,
        file,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'], cwd: new URL('../../..', import.meta.url) },
    );
    await once(holder.stdout, 'data');
    const opening = openDuckdbTelemetryStore(file);
    await expect(opening).rejects.toBeInstanceOf(Problem);
    await expect(opening).rejects.toThrow(`in use by process ${holder.pid}: stop that one`);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    await (await openDuckdbTelemetryStore(file)).close();
  });

  it('refuses a file that is something else, or that a newer program made', async () => {
    writeFileSync(file, 'not a database'.repeat(1000));
    await expect(openDuckdbTelemetryStore(file)).rejects.toBeInstanceOf(Problem);
    rmSync(file);
    await (await openDuckdbTelemetryStore(file)).close();
    await inside('update about set version = 99');
    await expect(openDuckdbTelemetryStore(file)).rejects.toThrow(/version 99; this program knows version 2/);
    await expect(openDuckdbTelemetryStore(join(folder, 'nowhere', 'x.duckdb'))).rejects.toThrow(
      /Check that its folder exists/,
    );
  });

  it('sorts quiet hours and drops overwritten values behind the writer, changing no answer', async () => {
    const store = await openDuckdbTelemetryStore(file, { tidyAfter: 500 });
    const hour = (h: number, plus: number): TelemetryRow[] =>
      Array.from({ length: 600 }, (_, n) => ({
        type: 'bin',
        device: `bin-${n % 6}`,
        at: T0 + h * HOUR + n * 1000,
        values: { fill: n + plus, state: `s${n}`, open: n % 2 === 0 },
        ...(n === 6 ? { quality: { fill: 0x40000000 } } : {}),
      }));
    await store.write(hour(0, 0));
    await store.write(hour(0, 1000));
    const query = { type: 'bin', device: 'bin-0', measurement: 'fill', from: T0, to: T0 + HOUR };
    const before = await store.series(query);
    // Hours 1 to 4: hour 0 is quiet meanwhile.
    for (const h of [1, 2, 3, 4]) await store.write(hour(h, 0));
    expect(await store.series(query)).toEqual(before);
    expect(before).toHaveLength(100);
    expect(before.slice(0, 2)).toEqual([
      { at: T0, value: 1000, quality: 0 },
      { at: T0 + 6000, value: 1006, quality: 0x40000000 },
    ]);
    // A late correction of a tidied hour still wins.
    await store.write([{ type: 'bin', device: 'bin-0', at: T0, values: { fill: -1 } }]);
    expect((await store.series(query))[0]?.value).toBe(-1);
    await store.close();
    const untidy = `ms < ${T0 + HOUR} and seq > 0`;
    const seen = await inside(
      `select count(*) filter (where ${untidy}) as untidy, count(*) filter (where ms < ${T0 + HOUR}) as n from samples`,
    );
    expect(seen).toEqual({ untidy: '1', n: String(600 * 3 + 1) });
  });

  it('cuts a busy hour into parts that cover it', () => {
    const parts = cut(T0, 1_000_000);
    expect(parts).toHaveLength(5);
    expect(parts[0]?.from).toBe(T0);
    expect(parts.at(-1)?.to).toBe(T0 + HOUR);
    expect(parts.slice(1).every((part, n) => part.from === parts[n]?.to)).toBe(true);
  });
});
