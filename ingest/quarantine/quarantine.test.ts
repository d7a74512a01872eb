import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openSql } from '../../kit/sql/open-sql.ts';
import type { Refusal } from '../admission/refusals.ts';
import { type IngestTables, ingestMigrations } from '../tables.ts';
import { openQuarantine, type RefusedMessage } from './quarantine.ts';

const folder = mkdtempSync(join(tmpdir(), 'yanshao-quarantine-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const refusal = (device: string | null, count = 1): Refusal => ({
  device,
  code: 'wrong-type',
  reason: { zh: '类型不对', en: 'wrong type' },
  count,
});
const refused = (over: Partial<RefusedMessage> = {}): RefusedMessage => ({
  received: 1,
  client: 'gw-1',
  topic: 'v1/gateway/telemetry',
  payload: Buffer.from('{"d-1": 1}'),
  size: 10,
  refusals: [refusal('d-1')],
  ...over,
});

let files = 0;
async function quarantineBench(bounds = { rows: 1000, bytes: 10e6 }, file = join(folder, `${files++}.db`)) {
  const sql = await openSql<IngestTables>({ url: file, migrations: ingestMigrations });
  const quarantine = await openQuarantine(sql, bounds);
  return { sql, quarantine, file };
}

describe('the quarantine', () => {
  it('lists newest first, by device, by client and by page', async () => {
    const { quarantine, sql } = await quarantineBench();
    await quarantine.keep(refused({ refusals: [refusal('d-1'), refusal('d-2')] }));
    await quarantine.keep(refused({ client: 'd-3', refusals: [refusal('d-3')] }));
    expect((await quarantine.list({ limit: 10 })).map((row) => row.device)).toEqual(['d-3', 'd-2', 'd-1']);
    expect((await quarantine.list({ client: 'gw-1', limit: 10 })).map((row) => row.device)).toEqual(['d-2', 'd-1']);
    expect((await quarantine.list({ limit: 1, before: 3 })).map((row) => row.id)).toEqual([2]);
    const [row] = await quarantine.list({ device: 'd-2', limit: 10 });
    expect(row).toEqual({
      id: 2,
      received: 1,
      client: 'gw-1',
      device: 'd-2',
      topic: 'v1/gateway/telemetry',
      code: 'wrong-type',
      reason: { zh: '类型不对', en: 'wrong type' },
      payload: Buffer.from('{"d-1": 1}').toString('base64'),
      size: 10,
      readmitted: null,
      tried: null,
    });
    await sql.close();
  });

  it('keeps the first 64 KiB of a payload, and its true length', async () => {
    const { quarantine, sql } = await quarantineBench();
    await quarantine.keep(refused({ payload: Buffer.alloc(200_000, 97), size: 5_000_000 }));
    const [row] = await quarantine.list({ limit: 1 });
    expect(Buffer.from(row?.payload ?? '', 'base64')).toHaveLength(65_536);
    expect(row?.size).toBe(5_000_000);
    await sql.close();
  });

  it('purges the oldest beyond its bounds, and counts them', async () => {
    const { quarantine, sql } = await quarantineBench({ rows: 100, bytes: 10e6 });
    for (let i = 0; i < 250; i++) await quarantine.keep(refused({ received: i }));
    const rows = await quarantine.list({ limit: 1000 });
    expect(rows.length).toBeLessThanOrEqual(100);
    expect(rows[0]?.received).toBe(249);
    expect(quarantine).toMatchObject({ refused: 250, purged: 250 - rows.length });
    await sql.close();
  });

  it('holds no more bytes than it may', async () => {
    const { quarantine, sql } = await quarantineBench({ rows: 1000, bytes: 1e6 });
    await Promise.all(
      Array.from({ length: 100 }, () => quarantine.keep(refused({ payload: Buffer.alloc(60_000), size: 60_000 }))),
    );
    const rows = await quarantine.list({ limit: 1000 });
    expect(rows.reduce((sum, row) => sum + row.payload.length, 0)).toBeLessThan(1e6);
    expect(rows.length).toBeGreaterThan(5);
    await sql.close();
  });

  it('counts on after a restart, and never gives an id twice', async () => {
    const first = await quarantineBench();
    await first.quarantine.keep(refused({ refusals: [refusal('d-1', 7)] }));
    await first.sql.close();
    const second = await quarantineBench(undefined, first.file);
    expect(second.quarantine.refused).toBe(7);
    await second.quarantine.keep(refused());
    expect((await second.quarantine.list({ limit: 10 })).map((row) => row.id)).toEqual([2, 1]);
    expect(second.quarantine.refused).toBe(8);
    await second.sql.close();
  });
});

describe('a sender that floods', () => {
  it('pushes out its own messages, and not those of a quiet neighbour', async () => {
    const { quarantine } = await quarantineBench({ rows: 100, bytes: 10e6 });
    for (let n = 0; n < 3; n++) await quarantine.keep(refused({ client: 'quiet', received: n }));
    for (let n = 0; n < 400; n++) await quarantine.keep(refused({ client: 'flood', received: n }));
    expect(await quarantine.list({ client: 'quiet', limit: 10 })).toHaveLength(3);
    const flood = await quarantine.list({ client: 'flood', limit: 1000 });
    expect(flood[0]!.received).toBe(399);
    expect(quarantine.rows).toBeLessThanOrEqual(100);
    expect(quarantine.rows).toBe(3 + flood.length);
    expect(quarantine.purged).toBe(403 - quarantine.rows);
  });

  it('does so by bytes as well, and knows the shares again after a restart', async () => {
    const bounds = { rows: 10_000, bytes: 400_000 };
    const { quarantine, sql, file } = await quarantineBench(bounds);
    const payload = Buffer.alloc(40_000, 'x');
    await quarantine.keep(refused({ client: 'quiet' }));
    for (let n = 0; n < 6; n++) await quarantine.keep(refused({ client: 'flood', payload, size: payload.length }));
    await sql.close();
    const { quarantine: again } = await quarantineBench(bounds, file);
    for (let n = 0; n < 12; n++) await again.keep(refused({ client: 'flood', payload, size: payload.length }));
    expect(await again.list({ client: 'quiet', limit: 10 })).toHaveLength(1);
    expect(again.bytes).toBeLessThanOrEqual(bounds.bytes);
  });
});
