import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyAudit } from '../../../devices/audit/verify-audit.ts';
import { handClock } from '../../../kit/clock.ts';
import { silentLog } from '../../../kit/log.ts';
import { replaceFile } from '../../../kit/replace-file.ts';
import { openSql } from '../../../kit/sql/open-sql.ts';
import type { Sql } from '../../../kit/sql/sql.ts';
import { shot, somewhere } from '../../../test/support/pictures.ts';
import { accounts } from '../accounts/accounts.ts';
import { type AccountTables, accountMigrations } from '../accounts/tables.ts';
import { type PhotoFiles, photoFiles, photoFolder } from './photo-files.ts';
import { type Photo, photoStore } from './photo-store.ts';
import { photoShownTo } from './shown-to.ts';

const DAY = 86_400_000;
const begins = Date.UTC(2026, 10, 22, 2);
const mira = { id: 'mira', name: 'Mira', via: 'page' } as const;
const crew = { id: 'crew-1', name: '抢修一班', via: 'token' } as const;

let dir: string;
let sql: Sql<AccountTables>;
let named: Set<string>;
let clock: ReturnType<typeof handClock>;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'yanshao-photos-'));
  sql = await openSql<AccountTables>({ url: ':memory:', migrations: accountMigrations });
  named = new Set();
  clock = handClock(begins);
});
afterEach(async () => {
  await sql.close();
  rmSync(dir, { recursive: true, force: true });
});

const store = (files: PhotoFiles = photoFolder(dir), database = sql) =>
  photoStore({
    sql: database,
    files,
    named: async (hashes) => new Set(hashes.filter((hash) => named.has(hash))),
    now: clock.now,
    offsetAt: () => 8 * 3_600_000,
    log: silentLog,
  });
const kept = (answer: Awaited<ReturnType<ReturnType<typeof store>['put']>>): Photo => {
  if ('refused' in answer) throw new Error(answer.refused.en);
  return answer;
};
const refusal = (answer: object) => ('refused' in answer ? (answer.refused as { code: string }).code : null);
const filesThere = () =>
  readdirSync(dir, { recursive: true, withFileTypes: true }).filter((one) => one.isFile()).length;
const rows = () => sql.db.selectFrom('photos').select('hash').execute();

describe('a picture that is sent', () => {
  it('is kept under the hash of what is kept, with time, place and sender', async () => {
    const photos = store();
    const bytes = await shot({ taken: '2026:11:22 09:30:00', gps: somewhere });
    const photo = kept(await photos.put(bytes, crew, 'upload-0001'));
    expect(photo).toMatchObject({ taken_at: Date.UTC(2026, 10, 22, 1, 30), lon: 124.56, by_id: 'crew-1', at: begins });
    expect(readdirSync(join(dir, photo.hash.slice(0, 2))).sort()).toEqual(
      [`${photo.hash}.blurred.jpg`, `${photo.hash}.jpg`, `${photo.hash}.thumb.jpg`].sort(),
    );
    expect((await photos.read(photo.hash, 'picture'))?.length).toBe(photo.bytes);
  });

  it('again under its key, after a lost answer, is the same picture and one file', async () => {
    const photos = store();
    const bytes = await shot();
    const first = kept(await photos.put(bytes, crew, 'upload-0001'));
    const answers = await Promise.all([1, 2, 3].map(() => photos.put(bytes, crew, 'upload-0001')));
    for (const answer of answers) expect(kept(answer).hash).toBe(first.hash);
    expect(filesThere()).toBe(3);
    expect(await rows()).toHaveLength(1);
  });

  it('again without a key, or by somebody else, likewise', async () => {
    const photos = store();
    const bytes = await shot();
    const hashes = [
      kept(await photos.put(bytes, crew)).hash,
      kept(await photos.put(bytes, crew)).hash,
      kept(await photos.put(bytes, mira, 'upload-0001')).hash,
    ];
    expect(new Set(hashes).size).toBe(1);
    expect(filesThere()).toBe(3);
  });

  it('under the key of another picture is refused, under the same key of another sender taken', async () => {
    const photos = store();
    await photos.put(await shot(), crew, 'upload-0001');
    const other = await shot({ width: 300 });
    expect(refusal(await photos.put(other, crew, 'upload-0001'))).toBe('key-reused');
    expect(refusal(await photos.put(other, mira, 'upload-0001'))).toBeNull();
  });

  it('that is known without a place learns it from a copy that still has its own', async () => {
    const photos = store();
    const plain = kept(await photos.put(await shot(), crew));
    const placed = kept(await photos.put(await shot({ gps: somewhere }), mira));
    expect(placed).toMatchObject({ hash: plain.hash, lon: 124.56, by_id: 'crew-1' });
  });

  it('is refused without a trace when it is none', async () => {
    const photos = store();
    expect(refusal(await photos.put(Buffer.from('not a picture'), crew))).toBe('photo-format');
    expect([filesThere(), await rows()]).toEqual([0, []]);
  });

  it('stands in the audit of the accounts, as its removal does', async () => {
    const photos = store();
    const { hash } = kept(await photos.put(await shot(), crew));
    clock.pass(2 * DAY);
    await photos.sweep();
    const audit = await sql.db.selectFrom('audit').select(['type', 'actor_id', 'body']).orderBy('seq').execute();
    expect(audit).toMatchObject([
      { type: 'photo.add', actor_id: 'crew-1', body: expect.stringContaining(hash) },
      { type: 'photo.remove', actor_id: 'system', body: expect.stringContaining(hash) },
    ]);
    expect(await verifyAudit(accounts(sql, clock.now, 1).audit)).toMatchObject({ rows: 2, fault: null });
  });

  it('beyond what can be worked on is told to come again, and then goes in', async () => {
    const photos = store();
    const bytes = await shot();
    const answers = await Promise.all(Array.from({ length: 25 }, (_, i) => photos.put(bytes, crew, `upload-${i}---`)));
    expect(answers.map(refusal).filter((code) => code === 'photos-busy')).toHaveLength(5);
    expect(refusal(await photos.put(bytes, crew, 'upload-24---'))).toBeNull();
  });
});

/** A folder whose process dies once so many of the three files are written, before the row is. */
const dyingFiles = (after: number): PhotoFiles => ({
  ...photoFolder(dir),
  async write(hash, made) {
    const endings = { thumb: '.thumb.jpg', blurred: '.blurred.jpg', picture: '.jpg' };
    for (const which of photoFiles.slice(0, after))
      await replaceFile(join(dir, hash.slice(0, 2), `${hash}${endings[which]}`), made[which]);
    throw new Error('killed');
  },
});

describe('a crash', () => {
  it.each([0, 1, 2, 3])(
    'after %i of the three files loses and doubles nothing once it is sent again',
    async (after) => {
      const bytes = await shot({ gps: somewhere });
      await expect(store(dyingFiles(after)).put(bytes, crew, 'upload-0001')).rejects.toThrow('killed');
      expect(await rows()).toEqual([]);
      const photos = store();
      const photo = kept(await photos.put(bytes, crew, 'upload-0001'));
      expect(filesThere()).toBe(3);
      expect((await photos.read(photo.hash, 'picture'))?.length).toBe(photo.bytes);
    },
  );

  it('that took the file and left the row is mended by sending it again', async () => {
    const photos = store();
    const bytes = await shot();
    const { hash } = kept(await photos.put(bytes, crew, 'upload-0001'));
    rmSync(join(dir, hash.slice(0, 2)), { recursive: true });
    expect(kept(await photos.put(bytes, crew, 'upload-0001')).hash).toBe(hash);
    expect(filesThere()).toBe(3);
  });

  it('leaves files that nothing stands for: they go after a day, halves of files too', async () => {
    await expect(store(dyingFiles(2)).put(await shot(), crew)).rejects.toThrow('killed');
    const hash = 'ab'.repeat(32);
    mkdirSync(join(dir, 'ab'), { recursive: true });
    writeFileSync(join(dir, 'ab', `${hash}.jpg.new`), 'half');
    const written = new Date(begins);
    for (const one of readdirSync(dir, { recursive: true, withFileTypes: true }))
      if (one.isFile()) utimesSync(join(one.parentPath, one.name), written, written);
    const photos = store();
    await photos.sweep();
    expect(filesThere()).toBe(3);
    clock.pass(DAY + 1);
    await photos.sweep();
    expect(filesThere()).toBe(0);
  });
});

describe('what is kept', () => {
  it('is what something names, and for a day what nothing does', async () => {
    const photos = store();
    const [a, b] = [
      kept(await photos.put(await shot(), crew)),
      kept(await photos.put(await shot({ width: 300 }), crew)),
    ];
    named.add(a.hash);
    clock.pass(DAY - 1);
    expect(await photos.sweep()).toBe(0);
    clock.pass(2);
    expect(await photos.sweep()).toBe(1);
    expect([await photos.find(b.hash), await photos.read(b.hash, 'thumb')]).toEqual([null, null]);
    clock.pass(4000 * DAY);
    expect(await photos.sweep()).toBe(0);
    expect((await photos.read(a.hash, 'picture'))?.length).toBe(a.bytes);
  });

  it('lives another day when it is about to be named, and says what is not there', async () => {
    const photos = store();
    const { hash } = kept(await photos.put(await shot(), crew));
    clock.pass(DAY - 1);
    expect(await photos.want([hash, 'f'.repeat(64)])).toEqual(['f'.repeat(64)]);
    clock.pass(DAY - 1);
    expect(await photos.sweep()).toBe(0);
  });

  it('is not touched while it cannot be known what names it', async () => {
    const photos = photoStore({
      sql,
      files: photoFolder(dir),
      named: async () => {
        throw new Error('the state database is away');
      },
      now: clock.now,
      offsetAt: () => 0,
      log: silentLog,
    });
    const { hash } = kept(await photos.put(await shot(), crew));
    clock.pass(2 * DAY);
    await expect(photos.sweep()).rejects.toThrow('away');
    expect(await photos.find(hash)).not.toBeNull();
  });

  it('a named picture is never removed, whatever is sent, named and swept in whatever order', async () => {
    const pictures = await Promise.all([280, 290, 300].map((width) => shot({ width })));
    const step = fc.record({
      does: fc.constantFrom('send', 'name', 'sweep', 'pass' as const),
      which: fc.nat(2),
      hours: fc.integer({ min: 1, max: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        const photos = store();
        const hashes: (string | undefined)[] = [];
        named.clear();
        for (const { does, which, hours } of steps) {
          if (does === 'send') hashes[which] = kept(await photos.put(pictures[which]!, crew)).hash;
          else if (does === 'sweep') await photos.sweep();
          else if (does === 'pass') clock.pass(hours * 3_600_000);
          else if (hashes[which] && (await photos.want([hashes[which]])).length === 0) named.add(hashes[which]);
          for (const hash of named) expect(await photos.read(hash, 'picture')).not.toBeNull();
        }
      }),
      { numRuns: 15 },
    );
  });
});

describe('what a picture shows', () => {
  const photo = { at: begins, by_id: 'crew-1', lon: 124.56789, lat: 29.62345 } as Photo;
  const exact = { lon: 124.56789, lat: 29.62345, exact: true };
  const about = { lon: 124.57, lat: 29.62, exact: false };
  it.each([
    ['duty, the same day', 'mira', 'duty', 0, { sharp: true, place: exact }],
    ['a viewer', 'guest', 'viewer', 0, { sharp: false, place: about }],
    ['a viewer who sent it himself', 'crew-1', 'viewer', 0, { sharp: true, place: exact }],
    ['a role nobody knows', 'x', 'reporter', 0, { sharp: false, place: about }],
    ['duty, past its days', 'mira', 'duty', 30, { sharp: false, place: about }],
    ['its sender, past its days', 'crew-1', 'viewer', 30, { sharp: false, place: about }],
    ['an administrator, past its days', 'root', 'admin', 30, { sharp: true, place: exact }],
  ] as const)('to %s', (_, id, role, days, shown) => {
    expect(photoShownTo({ id, role }, photo, { now: begins + days * DAY, days: 30 })).toEqual(shown);
  });
});
