import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Transaction } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { chained } from '../../devices/audit/chain.ts';
import { cutAudit } from '../../devices/audit/cut-audit.ts';
import { type AuditQuery, auditPages, searchAudit } from '../../devices/audit/search-audit.ts';
import { verifyAudit } from '../../devices/audit/verify-audit.ts';
import type { AuditRow, AuditTables } from '../../devices/contract/audit-tables.ts';
import type { Sql } from '../../kit/sql/sql.ts';
import { asIntruder, openAudit, says } from '../support/audit-log.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';

const DAY = 86_400_000;
const begins = Date.UTC(2026, 10, 22, 2);
const ROWS = 9;
const texts = ['command', 'type', 'actor_id', 'actor_name', 'via', 'body', 'outcome', 'prev', 'hash'] as const;

/** Lets another process write to the log until it is killed in the middle of it; resolves with the last number it promised. */
async function writesUntilKilled({ url, schema }: { url: string; schema?: string }): Promise<number> {
  const script = join(import.meta.dirname, '../support/auditing-child.ts');
  const child = spawn(process.execPath, [script, url, ...(schema ? [schema] : [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.split('\n').length > 10) child.kill('SIGKILL');
  });
  await new Promise<void>((resolve) => child.stdout.once('close', resolve));
  return Number(said.split('\n').at(-2));
}

/** What an audit log promises, on each engine that may hold one. */
const promises = (fresh: () => { url: string; schema?: string }) => {
  let log: Sql<AuditTables>;
  afterEach(() => log.close());
  const filled = async (rows = ROWS, everyMs = 1000) => {
    log = await openAudit(fresh());
    for (let i = 0; i < rows; i++)
      await says(log, {
        at: begins + i * everyMs,
        actor: i % 2 ? '值班乙' : 'mira',
        asks: { alarms: [`k${i}/G05-14.l2/1`] },
      });
    return log;
  };
  const faultAfter = (does: (trx: Transaction<AuditTables>) => Promise<unknown>) =>
    asIntruder(log, async (trx) => {
      await does(trx);
      return (await verifyAudit(trx)).fault;
    });
  const cut = (now: number, months = 6) => log.db.transaction().execute((trx) => cutAudit(trx, { months, now }));

  it('holds when nobody touched it, and ends where its head says', async () => {
    const { db } = await filled();
    const check = await verifyAudit(db);
    expect(check).toMatchObject({ cut: 0, rows: ROWS, head: { seq: ROWS }, fault: null });
    expect(await verifyAudit(db, { ...check.head, at: begins })).toMatchObject({ fault: null });
  });

  it('keeps what no database can: half a character and a NUL are replaced before they are chained', async () => {
    await filled(0);
    await says(log, { at: begins, actor: 'mi\ud800r\0a', asks: { device: 'k\ud8001' } });
    expect(await verifyAudit(log.db)).toMatchObject({ rows: 1, fault: null });
  });

  it('finds any changed character, at the row where it stands', async () => {
    await filled();
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: ROWS }),
        fc.constantFrom(...texts),
        fc.nat(200),
        fc.string({ unit: 'grapheme', minLength: 0, maxLength: 2 }).filter((text) => !text.includes('\0')),
        async (seq, column, place, put) => {
          const fault = await faultAfter(async (trx) => {
            const row = await trx.selectFrom('audit').selectAll().where('seq', '=', seq).executeTakeFirstOrThrow();
            const at = row[column].length === 0 ? 0 : place % row[column].length;
            const changed = row[column].slice(0, at) + put + row[column].slice(at + 1);
            fc.pre(changed !== row[column]);
            await trx
              .updateTable('audit')
              .set({ [column]: changed })
              .where('seq', '=', seq)
              .execute();
          });
          expect(fault?.seq).toBe(seq);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('finds a changed time, and two contents that were swapped', async () => {
    await filled();
    expect(
      await faultAfter((trx) =>
        trx
          .updateTable('audit')
          .set({ at: begins + 1 })
          .where('seq', '=', 4)
          .execute(),
      ),
    ).toMatchObject({ kind: 'changed', seq: 4 });
    expect(
      await faultAfter(async (trx) => {
        const [a, b] = await trx.selectFrom('audit').selectAll().where('seq', 'in', [3, 6]).orderBy('seq').execute();
        await trx.deleteFrom('audit').where('seq', 'in', [3, 6]).execute();
        await trx
          .insertInto('audit')
          .values([
            { ...a!, seq: 6 },
            { ...b!, seq: 3 },
          ])
          .execute();
      }),
    ).toMatchObject({ seq: 3 });
  });

  it('finds rows that were taken out, wherever they stood', async () => {
    await filled();
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: ROWS }), fc.nat(ROWS - 1), async (from, more) => {
        const fault = await faultAfter((trx) =>
          trx
            .deleteFrom('audit')
            .where('seq', '>=', from)
            .where('seq', '<=', from + more)
            .execute(),
        );
        const atTheEnd = from + more >= ROWS;
        expect(fault).toMatchObject(
          atTheEnd ? { kind: 'head', seq: from - 1 } : { kind: 'missing', seq: from + more + 1 },
        );
      }),
      { numRuns: 25 },
    );
  });

  it('finds a row that was put in, and one that was added behind its back', async () => {
    await filled();
    const forged = (last: AuditRow): AuditRow => chained(last, { ...last, seq: last.seq + 1, type: 'judge' });
    const rowAt = (trx: Transaction<AuditTables>, seq: number) =>
      trx.selectFrom('audit').selectAll().where('seq', '=', seq).executeTakeFirstOrThrow();
    expect(
      await faultAfter(async (trx) => {
        for (let seq = ROWS; seq > 4; seq--)
          await trx
            .updateTable('audit')
            .set({ seq: seq + 1 })
            .where('seq', '=', seq)
            .execute();
        await trx
          .insertInto('audit')
          .values(forged(await rowAt(trx, 4)))
          .execute();
      }),
    ).toMatchObject({ kind: 'unlinked', seq: 6 });
    expect(
      await faultAfter(async (trx) => {
        await trx
          .insertInto('audit')
          .values(forged(await rowAt(trx, ROWS)))
          .execute();
      }),
    ).toMatchObject({ kind: 'head', seq: ROWS + 1 });
  });

  it('a chain that was worked out anew from row 3 holds by itself, and not against a head kept elsewhere', async () => {
    await filled();
    const { head } = await verifyAudit(log.db);
    const faults = await asIntruder(log, async (trx) => {
      const rows = await trx.selectFrom('audit').selectAll().where('seq', '>=', 2).orderBy('seq').execute();
      let last = rows[0]!;
      for (const row of rows.slice(1)) {
        last = chained(last, { ...row, ...(row.seq === 3 && { actor_name: 'somebody else' }) });
        await trx.updateTable('audit').set(last).where('seq', '=', row.seq).execute();
      }
      await trx.updateTable('audit_head').set({ hash: last.hash }).execute();
      return [(await verifyAudit(trx)).fault, (await verifyAudit(trx, { ...head, at: begins })).fault];
    });
    expect(faults).toMatchObject([null, { kind: 'exported-head', seq: ROWS, expected: head.hash }]);
  });

  it('the database itself refuses to change, delete or replace a row, or a checkpoint that is none', async () => {
    const { db } = await filled();
    const row = await db.selectFrom('audit').selectAll().where('seq', '=', 2).executeTakeFirstOrThrow();
    const checkpoint = { seq: 2, at: row.at, hash: row.hash, removed: 2, cut_at: row.at + 200 * DAY };
    await expect(db.updateTable('audit').set({ actor_name: 'nobody' }).execute()).rejects.toThrow('append-only');
    await expect(db.deleteFrom('audit').where('seq', '=', 1).execute()).rejects.toThrow('append-only');
    await expect(db.insertInto('audit').values(row).execute()).rejects.toThrow();
    for (const wrong of [{ hash: row.prev }, { cut_at: row.at + 100 * DAY }, { seq: 3 }])
      await expect(
        db
          .insertInto('audit_checkpoints')
          .values({ ...checkpoint, ...wrong })
          .execute(),
      ).rejects.toThrow('a checkpoint repeats a row');
    await db.insertInto('audit_checkpoints').values(checkpoint).execute();
    await expect(db.deleteFrom('audit_checkpoints').execute()).rejects.toThrow('append-only');
    await expect(db.deleteFrom('audit').where('seq', '=', 3).execute()).rejects.toThrow('append-only');
    expect((await verifyAudit(db)).fault).toMatchObject({ kind: 'checkpoint', seq: 2 });
  });

  it('is cut only up to what is old, keeps a checkpoint, and the rest verifies', async () => {
    const { db } = await filled(10, 30 * DAY);
    const early = await verifyAudit(db);
    expect(await cut(begins + 60 * DAY)).toBeNull();
    const end = begins + 9 * 30 * DAY;
    const done = await cut(end);
    expect(done).toMatchObject({ seq: 3, removed: 3 });
    expect(await db.selectFrom('audit').select('seq').orderBy('seq').limit(1).execute()).toEqual([{ seq: 4 }]);
    expect(await verifyAudit(db)).toMatchObject({ cut: 3, rows: 8, fault: null });
    expect(await verifyAudit(db, { ...early.head, at: end })).toMatchObject({ fault: null });
    expect(await cut(end + 500 * DAY)).toMatchObject({ seq: 11, removed: 8 });
    expect(await verifyAudit(db)).toMatchObject({ cut: 11, rows: 1, fault: null });
    expect(await verifyAudit(db, { ...early.head, at: end })).toMatchObject({ fault: { kind: 'too-old', seq: 10 } });
    expect(await verifyAudit(db, { seq: done!.seq, hash: done!.hash, at: end })).toMatchObject({ fault: null });
  });

  it('kill -9 between two rows, again and again, leaves a chain that holds and every row that was promised', async () => {
    const at = fresh();
    log = await openAudit(at);
    let promised = 0;
    for (let round = 1; round <= 3; round++) promised = await writesUntilKilled(at);
    expect(promised).toBeGreaterThanOrEqual(3);
    const { rows, head, fault } = await verifyAudit(log.db);
    expect([fault, head.seq]).toEqual([null, rows]);
    expect(rows).toBeGreaterThanOrEqual(promised);
  });

  it('is searched by person, device, incident, ticket, type and time, and a page follows the other', async () => {
    await filled(0);
    const { db } = log;
    await says(log, { at: 1, actor: '值班甲', asks: { alarms: ['k1/G05-14.l2/1763798400000'] } });
    await says(log, { at: 2, actor: 'Mira_B', type: 'judge', asks: { of: { incident: 'i-7' } } });
    await says(log, { at: 3, type: 'registry.put', asks: { put: { devices: [{ id: 'k1' }, { id: 'k2' }] } } });
    await says(log, { at: 4, type: 'registry.remove', asks: { kind: 'device', ids: ['k2'] } });
    await says(log, { at: 5, type: 'ticket.close', asks: { ticket: 'T-1' }, outcome: { refused: { code: 'role' } } });
    const found = async (query: Partial<AuditQuery>) =>
      (await searchAudit(db, { limit: 10, ...query })).map(({ seq }) => Number(seq));
    expect(await found({})).toEqual([5, 4, 3, 2, 1]);
    expect(await found({ person: '值班甲' })).toEqual([1]);
    expect(await found({ person: 'MIRA_' })).toEqual([2]);
    expect(await found({ person: 'mira' })).toEqual([5, 4, 3, 2]);
    expect(await found({ person: '%' })).toEqual([5, 4, 3, 2, 1]);
    expect(await found({ device: 'k1' })).toEqual([3, 1]);
    expect(await found({ device: 'k2', type: 'registry.' })).toEqual([4, 3]);
    expect(await found({ ticket: 'T-1' })).toEqual([5]);
    expect(await found({ type: 'judge' })).toEqual([2]);
    expect(await found({ from: 2, to: 4 })).toEqual([3, 2]);
    expect(await found({ before: 3, limit: 1 })).toEqual([2]);
    const pages: number[][] = [];
    for await (const rows of auditPages(db, { limit: 3 })) pages.push(rows.map(({ seq }) => Number(seq)));
    expect(pages).toEqual([[5, 4, 3]]);
  });

  it('two that write at once never fork it', async () => {
    await filled(0);
    await Promise.all(Array.from({ length: 20 }, (_, i) => says(log, { at: begins + i })));
    expect(await verifyAudit(log.db)).toMatchObject({ rows: 20, fault: null });
  });
};

describe('an audit log in SQLite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'yanshao-audit-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let files = 0;
  promises(() => ({ url: join(folder, `${++files}.db`) }));
});

describe('an audit log in PostgreSQL', () => {
  let server: TestPostgres;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());
  let schemas = 0;
  promises(() => ({ url: server.url, schema: `audit_${++schemas}` }));
});
