import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Kysely, sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Problem } from '../../kit/problem.ts';
import { openSql } from '../../kit/sql/open-sql.ts';
import type { Migrations, Sql, SqlOptions } from '../../kit/sql/sql.ts';
import { isUniqueViolation } from '../../kit/sql/sql-error.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';

interface Tables {
  notes: { id: string; at: number; open: number | boolean; body: string };
  committed: { n: number };
}

const migrations: Migrations = {
  '0001-notes': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('notes')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('open', 'integer', (c) => c.notNull())
        .addColumn('body', 'text', (c) => c.notNull())
        .execute();
      await db.schema
        .createTable('committed')
        .addColumn('n', 'integer', (c) => c.primaryKey())
        .execute();
    },
  },
};
const later: Migrations = {
  ...migrations,
  '0002-index': {
    async up(db: Kysely<unknown>) {
      await db.schema.createIndex('notes_at').on('notes').column('at').execute();
    },
  },
};

const at = Date.UTC(2026, 10, 22, 8);
const note = (id: string, body = '{}') => ({ id, at, open: 1, body });

let postgres: TestPostgres;
let folder: string;
let count = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'yanshao-sql-'));
  postgres = await startPostgres();
});
afterAll(async () => {
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Each test has a database of its own: a new file, or a new schema. */
const engines: { name: Sql<unknown>['engine']; fresh: () => SqlOptions }[] = [
  { name: 'sqlite', fresh: () => ({ url: join(folder, `${++count}`, 'state.db') }) },
  { name: 'postgres', fresh: () => ({ url: postgres.url, schema: `test_${++count}` }) },
];

describe.each(engines)('a $name database', ({ name, fresh }) => {
  const opened: Sql<Tables>[] = [];
  const open = async (options: SqlOptions) => {
    const handle = await openSql<Tables>({ migrations, ...options });
    opened.push(handle);
    return handle;
  };
  afterEach(async () => {
    for (const handle of opened.splice(0)) await handle.close();
  });

  it('says which engine it is', async () => {
    expect((await open(fresh())).engine).toBe(name);
  });

  describe('migrations', () => {
    it('are applied once, and the new ones at the next start', async () => {
      const options = fresh();
      const first = await open(options);
      await first.db.insertInto('notes').values(note('a')).execute();
      await first.close();
      await (await open(options)).close();
      const third = await open({ ...options, migrations: later });
      expect(await third.db.selectFrom('notes').select('id').execute()).toEqual([{ id: 'a' }]);
    });

    it('survive two processes that start at once', async () => {
      const options = { ...fresh(), migrations: later };
      const both = await Promise.all([open(options), open(options)]);
      await both[0].db.insertInto('notes').values(note('a')).execute();
      expect(await both[1].db.selectFrom('notes').select('id').execute()).toEqual([{ id: 'a' }]);
    });

    it('leave nothing behind when one fails', async () => {
      const options = fresh();
      const broken: Migrations = {
        ...migrations,
        '0002-broken': { up: async (db) => void (await sql`create table no such thing`.execute(db)) },
      };
      await expect(open({ ...options, migrations: broken })).rejects.toThrow(/migration 0002-broken failed/);
      const mended = await open({ ...options, migrations: later });
      expect(await mended.db.selectFrom('notes').selectAll().execute()).toEqual([]);
    });

    it('of a newer version are not touched', async () => {
      const options = fresh();
      await (await open({ ...options, migrations: later })).close();
      await expect(open(options)).rejects.toThrow(Problem);
      await expect(open(options)).rejects.toThrow(/written by a newer version of Yanshao \(it knows 0002-index\)/);
    });

    it('of another component in the same database do not disturb', async () => {
      const options = fresh();
      await open(options);
      const merged = await open({ ...options, migrations: { ...later, '0000-older': { up: async () => {} } } });
      expect(await merged.db.selectFrom('notes').selectAll().execute()).toEqual([]);
    });
  });

  describe('values', () => {
    it('come back as they went: milliseconds as numbers, flags as 0 and 1, JSON as text', async () => {
      const { db } = await open(fresh());
      const body = JSON.stringify({ zh: '燃气报警 "雁"', emoji: '🪿', n: [1, null, 1e-7] });
      await db.insertInto('notes').values({ id: 'a', at, open: true, body }).execute();
      expect(await db.selectFrom('notes').selectAll().execute()).toEqual([{ id: 'a', at, open: 1, body }]);
      expect(await db.selectFrom('notes').selectAll().where('open', '=', true).execute()).toHaveLength(1);
    });

    it('that are counted and summed are numbers', async () => {
      const { db } = await open(fresh());
      await db
        .insertInto('notes')
        .values([note('a'), note('b')])
        .execute();
      const row = await db
        .selectFrom('notes')
        .select(({ fn }) => [fn.countAll<number>().as('n'), fn.sum<number>('at').as('sum'), fn.max('at').as('last')])
        .executeTakeFirstOrThrow();
      expect(row).toEqual({ n: 2, sum: 2 * at, last: at });
    });
  });

  describe('statements', () => {
    it('upsert and return', async () => {
      const { db } = await open(fresh());
      const put = (body: string) =>
        db
          .insertInto('notes')
          .values(note('a', body))
          .onConflict((oc) => oc.column('id').doUpdateSet((eb) => ({ body: eb.ref('excluded.body') })))
          .returning(['id', 'body'])
          .execute();
      expect(await put('1')).toEqual([{ id: 'a', body: '1' }]);
      expect(await put('2')).toEqual([{ id: 'a', body: '2' }]);
      const skipped = db
        .insertInto('notes')
        .values(note('a', '3'))
        .onConflict((oc) => oc.doNothing());
      expect(await skipped.returning('id').execute()).toEqual([]);
      const updated = await db.updateTable('notes').set({ open: 0 }).where('id', '=', 'a').executeTakeFirst();
      expect(updated.numUpdatedRows).toBe(1n);
      const gone = await db.deleteFrom('notes').executeTakeFirst();
      expect(gone.numDeletedRows).toBe(1n);
    });

    it('take 10,000 rows at once', async () => {
      const { db } = await open(fresh());
      const rows = Array.from({ length: 10_000 }, (_, n) => ({ n }));
      await db.insertInto('committed').values(rows).execute();
      const back = await db.selectFrom('committed').select('n').orderBy('n').execute();
      expect(back).toEqual(rows);
    });

    it('that run at once are answered each with its own rows', async () => {
      const { db } = await open(fresh());
      const ids = Array.from({ length: 300 }, (_, n) => `n${n}`);
      await Promise.all(ids.map((id) => db.insertInto('notes').values(note(id)).execute()));
      const back = await Promise.all(
        ids.map((id) => db.selectFrom('notes').select('id').where('id', '=', id).executeTakeFirstOrThrow()),
      );
      expect(back.map((row) => row.id)).toEqual(ids);
    });

    it('that are refused say why, and the handle goes on', async () => {
      const { db } = await open(fresh());
      await db.insertInto('notes').values(note('a')).execute();
      const twice = await db
        .insertInto('notes')
        .values(note('a'))
        .execute()
        .catch((err: unknown) => err);
      expect(isUniqueViolation(twice)).toBe(true);
      await expect(sql`select * from nowhere`.execute(db)).rejects.toThrow(/nowhere/);
      expect(isUniqueViolation(await sql`select * from nowhere`.execute(db).catch((err: unknown) => err))).toBe(false);
      expect(await db.selectFrom('notes').select('id').execute()).toHaveLength(1);
    });
  });

  describe('transactions', () => {
    it('take everything back when they fail', async () => {
      const { db } = await open(fresh());
      const failing = db.transaction().execute(async (trx) => {
        await trx.insertInto('notes').values(note('a')).execute();
        throw new Error('changed my mind');
      });
      await expect(failing).rejects.toThrow('changed my mind');
      expect(await db.selectFrom('notes').selectAll().execute()).toEqual([]);
    });

    it('run one after another', async () => {
      const { db } = await open(fresh());
      await db.insertInto('committed').values({ n: 0 }).execute();
      const addOne = () =>
        db.transaction().execute(async (trx) => {
          const { n } = await trx.selectFrom('committed').select('n').executeTakeFirstOrThrow();
          await trx
            .updateTable('committed')
            .set({ n: n + 1 })
            .execute();
        });
      await Promise.all(Array.from({ length: 50 }, addOne));
      expect(await db.selectFrom('committed').select('n').execute()).toEqual([{ n: 50 }]);
    });

    it('are not entered by a plain query of the same handle', async () => {
      const { db } = await open(fresh());
      const inside = Promise.withResolvers<void>();
      const goOn = Promise.withResolvers<void>();
      const failing = db.transaction().execute(async (trx) => {
        await trx.insertInto('notes').values(note('inside')).execute();
        inside.resolve();
        await goOn.promise;
        throw new Error('rolled back');
      });
      failing.catch(() => {});
      await inside.promise;
      const outside = db.insertInto('notes').values(note('outside')).execute();
      goOn.resolve();
      await expect(failing).rejects.toThrow('rolled back');
      await outside;
      // Had it slipped in, it would have been rolled back as well.
      expect(await db.selectFrom('notes').select('id').execute()).toEqual([{ id: 'outside' }]);
    });

    it('let the next one begin after a failed statement', async () => {
      const { db } = await open(fresh());
      const failing = db.transaction().execute(async (trx) => {
        await trx
          .insertInto('notes')
          .values([note('a'), note('a')])
          .execute();
      });
      const next = db.transaction().execute((trx) => trx.insertInto('notes').values(note('b')).execute());
      expect(isUniqueViolation(await failing.catch((err: unknown) => err))).toBe(true);
      await next;
      expect(await db.selectFrom('notes').select('id').execute()).toEqual([{ id: 'b' }]);
    });

    it('can be given back in part', async () => {
      const { db } = await open(fresh());
      const trx = await db.startTransaction().execute();
      await trx.insertInto('notes').values(note('kept')).execute();
      const point = await trx.savepoint('before').execute();
      await point.insertInto('notes').values(note('dropped')).execute();
      await (await point.rollbackToSavepoint('before').execute()).commit().execute();
      expect(await db.selectFrom('notes').select('id').execute()).toEqual([{ id: 'kept' }]);
    });

    it('that were committed are there after kill -9', async () => {
      const options = fresh();
      await (await open(options)).close();
      const child = spawn(
        process.execPath,
        [
          join(import.meta.dirname, '../support/committing-child.ts'),
          options.url,
          ...(options.schema ? [options.schema] : []),
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      let said = '';
      const ended = new Promise<void>((resolve) => child.stdout.once('close', resolve));
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (said.split('\n').length > 30) child.kill('SIGKILL');
      });
      await ended;
      const promised = said.split('\n').slice(0, -1).map(Number);
      expect(promised.length).toBeGreaterThanOrEqual(30);
      const { db } = await open(options);
      const rows = await db.selectFrom('committed').select('n').orderBy('n').execute();
      expect(rows.map((row) => row.n)).toEqual(expect.arrayContaining(promised));
    });
  });

  describe('a read-only handle', () => {
    it('sees what the writer commits, and can write nothing', async () => {
      const options = fresh();
      const writer = await open(options);
      const reader = await open({ ...options, readonly: true });
      expect(await reader.db.selectFrom('notes').selectAll().execute()).toEqual([]);
      await writer.db.insertInto('notes').values(note('a')).execute();
      expect(await reader.db.selectFrom('notes').select('id').execute()).toEqual([{ id: 'a' }]);
      const writing = reader.db.insertInto('notes').values(note('b')).execute();
      await expect(writing).rejects.toThrow(/read-?only/);
      const transaction = reader.db.transaction().execute((trx) => trx.selectFrom('notes').select('id').execute());
      expect(await transaction).toEqual([{ id: 'a' }]);
    });

    it('waits for the writer to make the tables', async () => {
      const options = fresh();
      const reading = open({ ...options, readonly: true, waitMs: 30_000 });
      const writer = await open(options);
      await writer.db.insertInto('notes').values(note('a')).execute();
      expect(await (await reading).db.selectFrom('notes').select('id').execute()).toEqual([{ id: 'a' }]);
    });

    it('says what to start when nothing is there in time', async () => {
      const reading = open({ ...fresh(), readonly: true, waitMs: 50 });
      await expect(reading).rejects.toThrow(/not there yet \(waited .*Start the process that writes/);
    });
  });

  it('refuses work after it was closed, and closes twice without harm', async () => {
    const handle = await open(fresh());
    await handle.close();
    await handle.close();
    await expect(handle.db.selectFrom('notes').selectAll().execute()).rejects.toThrow(/destroyed|closed/);
  });
});

describe('what a person can mend is said in words', () => {
  const said = (url: string) =>
    openSql({ url, migrations }).then(
      () => 'opened',
      (err: unknown) => (err instanceof Problem ? err.message : `not a Problem: ${err}`),
    );

  it('a folder that cannot be made', async () => {
    writeFileSync(join(folder, 'in-the-way'), '');
    expect(await said(join(folder, 'in-the-way', 'state.db'))).toMatch(/in-the-way cannot be written.*choose another/);
  });

  it('a file that is no database', async () => {
    const path = join(folder, 'letter.db');
    writeFileSync(path, 'Dear Sir or Madam, '.repeat(100));
    expect(await said(path)).toMatch(/letter\.db cannot be used: it is no SQLite database/);
  });

  it('a file that another process keeps locked', async () => {
    const path = join(folder, 'locked.db');
    await (await openSql({ url: path, migrations })).close();
    const other = await openSql({ url: path });
    await sql`pragma locking_mode = exclusive`.execute(other.db);
    await sql`create table mine (x integer)`.execute(other.db);
    expect(await said(path)).toMatch(/locked\.db cannot be used: another process has locked it/);
    await other.close();
  });

  it('a PostgreSQL that does not listen', async () => {
    const words = await said('postgres://duty:hunter2@127.0.0.1:1/city');
    expect(words).toMatch(/postgres:\/\/duty:••••@127\.0\.0\.1:1\/city cannot be used: nothing listens there/);
    expect(words).not.toContain('hunter2');
  });

  it('a wrong password', async () => {
    const words = await said(postgres.url.replace(/:[^:@]+@/, ':hunter2@'));
    expect(words).toMatch(/wrong user name or password/);
    expect(words).not.toContain('hunter2');
  });

  it('a database that does not exist', async () => {
    expect(await said(postgres.url.replace(/yanshao$/, 'atlantis'))).toMatch(/no such database. Create it/);
  });
});
