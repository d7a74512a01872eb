import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { Transaction } from 'kysely';
import type { Refusal } from '../../../devices/contract/command.ts';
import type { Log } from '../../../kit/log.ts';
import type { Sql } from '../../../kit/sql/sql.ts';
import { type Changer, noteChange } from '../accounts/account-audit.ts';
import type { AccountTables } from '../accounts/tables.ts';
import { type Developed, develop } from './develop.ts';
import type { PhotoFile, PhotoFiles } from './photo-files.ts';
import { photoRefusals } from './refusals.ts';
import type { PhotoTables } from './tables.ts';

/** A picture as it is kept. */
export type Photo = PhotoTables['photos'];

/** Pictures by the SHA-256 of their bytes. */
export interface Photos {
  /**
   * Takes a picture in. Resolves once file and row are durable; the same key of the same sender, or the same bytes from anybody,
   * resolve with the same picture again, so that a retry after a lost answer doubles nothing.
   */
  put(bytes: Buffer, by: Changer, key?: string): Promise<Photo | { readonly refused: Refusal }>;
  find(hash: string): Promise<Photo | null>;
  /** Null where the picture is not there. */
  read(hash: string, which: PhotoFile): Promise<Buffer | null>;
  /** Gives pictures that are about to be named another day, and resolves with those that are not there. */
  want(hashes: readonly string[]): Promise<readonly string[]>;
  /** Removes what nothing named within a day, and files of uploads that a crash cut off. Resolves with how many pictures went. */
  sweep(): Promise<number>;
}

export interface PhotoParts {
  readonly sql: Sql<AccountTables>;
  readonly files: PhotoFiles;
  /** Which of these pictures something names: those are never removed. */
  readonly named: (hashes: readonly string[]) => Promise<ReadonlySet<string>>;
  /** The world's time, ms: pictures are of the world, also in a demonstration. */
  readonly now: () => number;
  /** Offset of the city's time zone, ms. */
  readonly offsetAt: (at: number) => number;
  readonly log: Log;
}

const DAY = 86_400_000;
/** Pictures that wait for the one in hand; whoever comes later is told to come again. */
const MOST_WAITING = 20;
const PAGE = 500;

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const bySystem: Changer = { id: 'system', name: 'system', via: 'system' };

/** Pictures over the dashboard's own database and a folder. One picture is worked on at a time: alarms need the processor more. */
export function photoStore({ sql: { db }, files, named, now, offsetAt, log }: PhotoParts): Photos {
  let tail: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  /** One thing after another: what is being written is never swept. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    waiting += 1;
    const next = tail.then(work).finally(() => {
      waiting -= 1;
    });
    tail = next.catch(() => undefined);
    return next;
  };

  const find: Photos['find'] = async (hash) =>
    (await db.selectFrom('photos').selectAll().where('hash', '=', hash).executeTakeFirst()) ?? null;
  const whole = async (hash: string | undefined): Promise<Photo | null> =>
    hash !== undefined && (await files.has(hash)) ? find(hash) : null;
  const want = (hashes: readonly string[]) =>
    db.updateTable('photos').set({ wanted_at: now() }).where('hash', 'in', hashes).returning('hash').execute();

  const remember = (trx: Transaction<AccountTables>, upload: Omit<PhotoTables['photo_uploads'], 'at'>) =>
    trx
      .insertInto('photo_uploads')
      .values({ ...upload, at: now() })
      .onConflict((c) => c.columns(['by_id', 'key']).doUpdateSet({ hash: upload.hash }))
      .execute();

  const put = async (bytes: Buffer, by: Changer, given?: string): ReturnType<Photos['put']> => {
    const source = sha256(bytes);
    const key = given ?? source;
    const uploads = db.selectFrom('photo_uploads').select(['source', 'hash']);
    const before = await uploads.where('by_id', '=', by.id).where('key', '=', key).executeTakeFirst();
    if (before && before.source !== source) return { refused: photoRefusals.keyReused };
    const same = before ?? (await uploads.where('source', '=', source).executeTakeFirst());
    const known = await whole(same?.hash);
    if (known) {
      await want([known.hash]);
      await db.transaction().execute((trx) => remember(trx, { by_id: by.id, key, source, hash: known.hash }));
      return known;
    }
    const made = await develop(bytes, { offsetAt, now: now() });
    if ('refused' in made) return made;
    const photo = rowOf(made, by, now());
    // File before row: a row never stands for a picture that is not there.
    await files.write(photo.hash, made);
    return db.transaction().execute(async (trx) => {
      await remember(trx, { by_id: by.id, key, source, hash: photo.hash });
      return keep(trx, photo, by);
    });
  };

  const removeOne = async (hash: string): Promise<void> => {
    await db.transaction().execute(async (trx) => {
      await trx.deleteFrom('photo_uploads').where('hash', '=', hash).execute();
      await trx.deleteFrom('photos').where('hash', '=', hash).execute();
      await noteChange(trx, now(), { type: 'photo.remove', photo: hash }, bySystem);
    });
    await files.remove(hash);
  };

  const sweepPage = async (after: string): Promise<{ last: string | undefined; removed: number }> => {
    const old = await db
      .selectFrom('photos')
      .select('hash')
      .where('wanted_at', '<', now() - DAY)
      .where('hash', '>', after)
      .orderBy('hash')
      .limit(PAGE)
      .execute();
    const hashes = old.map(({ hash }) => hash);
    const kept = hashes.length > 0 ? await named(hashes) : new Set<string>();
    const gone = hashes.filter((hash) => !kept.has(hash));
    for (const hash of gone) await removeOne(hash);
    return { last: hashes.at(-1), removed: gone.length };
  };

  /** What a crash left behind: files that no row stands for, a day later. */
  const sweepFiles = async (): Promise<void> => {
    for await (const { path, hash, at } of files.all()) {
      if (at >= now() - DAY || ((await find(hash)) && !path.endsWith('.new'))) continue;
      log.info({ path }, 'a file of an upload that was cut off is removed');
      await rm(path, { force: true });
    }
  };

  return {
    async put(bytes, by, key) {
      return waiting >= MOST_WAITING ? { refused: photoRefusals.busy } : inTurn(() => put(bytes, by, key));
    },
    find,
    read: (hash, which) => files.read(hash, which),
    async want(hashes) {
      if (hashes.length === 0) return [];
      const there = new Set((await want(hashes)).map(({ hash }) => hash));
      return hashes.filter((hash) => !there.has(hash));
    },
    async sweep() {
      let removed = 0;
      for (let after: string | undefined = ''; after !== undefined; ) {
        const from: string = after;
        const page = await inTurn(() => sweepPage(from));
        removed += page.removed;
        after = page.last;
      }
      await inTurn(sweepFiles);
      return removed;
    },
  };
}

const rowOf = (made: Developed, by: Changer, at: number): Photo => ({
  hash: sha256(made.picture),
  width: made.width,
  height: made.height,
  bytes: made.picture.length,
  taken_at: made.takenAt,
  lon: made.place?.lon ?? null,
  lat: made.place?.lat ?? null,
  ...{ by_id: by.id, by_name: by.name, at, wanted_at: at },
});

/** Keeps a row. Where the same picture is there already, that stays, and learns what it did not know of time and place. */
async function keep(trx: Transaction<AccountTables>, photo: Photo, by: Changer): Promise<Photo> {
  const before = await trx.selectFrom('photos').selectAll().where('hash', '=', photo.hash).executeTakeFirst();
  if (!before) {
    await trx.insertInto('photos').values(photo).execute();
    await noteChange(trx, photo.at, { type: 'photo.add', photo: photo.hash, bytes: photo.bytes }, by);
    return photo;
  }
  const { taken_at, lon, lat } = before;
  const learnt = {
    taken_at: taken_at ?? photo.taken_at,
    ...(lon === null || lat === null ? { lon: photo.lon, lat: photo.lat } : { lon, lat }),
    wanted_at: photo.at,
  };
  await trx.updateTable('photos').set(learnt).where('hash', '=', photo.hash).execute();
  return { ...before, ...learnt };
}
