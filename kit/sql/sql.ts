import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Named steps in the order they are applied (`0001-alarms`, `0002-…`); an applied one never changes. */
export type Migrations = Readonly<Record<string, Migration>>;

/**
 * A relational database behind kysely. Keep to what SQLite and PostgreSQL both speak: text, integer, real; JSON as
 * text; times as integer milliseconds (`bigint` in PostgreSQL, delivered as number); `on conflict`, `returning`.
 *
 * SQLite runs in a worker thread, one per file, so a slow disk never stalls the caller's event loop. Transactions of one
 * handle run one after another. A committed transaction survives power loss.
 */
export interface Sql<DB> {
  readonly db: Kysely<DB>;
  readonly engine: 'sqlite' | 'postgres';
  close(): Promise<void>;
}

export interface SqlOptions {
  /** `/path/to/file.db`, `:memory:` (tests), or `postgres://…`. */
  readonly url: string;
  /** For a second process of the host: reads what the owning process wrote, and can write nothing. */
  readonly readonly?: boolean;
  /** Keeps several components apart inside one PostgreSQL database: tables live in the schema of this name. */
  readonly schema?: string;
  readonly migrations?: Migrations;
  /** How long a read-only open waits for the owning process to make the file and its tables, ms; 10,000 unless given. */
  readonly waitMs?: number;
}
