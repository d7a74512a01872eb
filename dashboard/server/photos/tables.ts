import type { Kysely } from 'kysely';
import type { Migrations } from '../../../kit/sql/sql.ts';

/** Pictures that are kept, and who sent them under which key. */
export interface PhotoTables {
  /** One row a picture; a row stands only for files that are there. */
  photos: {
    /** SHA-256 of the picture as it is kept. */
    hash: string;
    width: number;
    height: number;
    bytes: number;
    taken_at: number | null;
    lon: number | null;
    lat: number | null;
    by_id: string;
    by_name: string;
    /** When it arrived first, ms. */
    at: number;
    /** When somebody last sent it or meant to name it, ms: it lives for a day from then without being named. */
    wanted_at: number;
  };
  /** One row an upload: the same key of the same sender, or the same bytes, give the same picture. */
  photo_uploads: { by_id: string; key: string; source: string; hash: string; at: number };
}

export const photoMigrations: Migrations = {
  '0004-photos': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('photos')
        .addColumn('hash', 'text', (c) => c.primaryKey())
        .addColumn('width', 'integer', (c) => c.notNull())
        .addColumn('height', 'integer', (c) => c.notNull())
        .addColumn('bytes', 'integer', (c) => c.notNull())
        .addColumn('taken_at', 'bigint')
        .addColumn('lon', 'double precision')
        .addColumn('lat', 'double precision')
        .addColumn('by_id', 'text', (c) => c.notNull())
        .addColumn('by_name', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('wanted_at', 'bigint', (c) => c.notNull())
        .execute();
      await db.schema.createIndex('photos_wanted').on('photos').column('wanted_at').execute();
      await db.schema
        .createTable('photo_uploads')
        .addColumn('by_id', 'text', (c) => c.notNull())
        .addColumn('key', 'text', (c) => c.notNull())
        .addColumn('source', 'text', (c) => c.notNull())
        .addColumn('hash', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addPrimaryKeyConstraint('photo_uploads_key', ['by_id', 'key'])
        .execute();
      await db.schema.createIndex('photo_uploads_source').on('photo_uploads').column('source').execute();
      await db.schema.createIndex('photo_uploads_hash').on('photo_uploads').column('hash').execute();
    },
  },
};
