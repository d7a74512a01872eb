import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PostgresDialect,
  type PostgresPool,
  sql,
} from 'kysely';
import pg from 'pg';
import { transactionGate } from '../transaction-gate.ts';

export interface PostgresOptions {
  readonly url: string;
  /** The address without its password, for messages. */
  readonly shown: string;
  readonly schema?: string;
  readonly readonly: boolean;
}

/** OIDs of `int8` and `numeric`: what `count`, `sum` and times in milliseconds come as. */
const AS_NUMBER = new Set<number>([pg.types.builtins.INT8, pg.types.builtins.NUMERIC]);

/** Connections of this handle. Numbers come as numbers here, as they do from SQLite; other pools of the process are left alone. */
export function postgresPool({ url, readonly }: PostgresOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: 8,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    application_name: readonly ? 'yanshao (reads)' : 'yanshao',
    allowExitOnIdle: true,
    types: {
      getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
        AS_NUMBER.has(oid) ? Number : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
    },
  });
  // An idle connection that the server cuts: the pool drops it, and the next query opens another or says what is wrong.
  pool.on('error', () => {});
  return pool;
}

/** A connection taken from the pool only when its first statement runs, so that waiting transactions hold none. */
interface Lease extends DatabaseConnection {
  taken?: DatabaseConnection;
  inTransaction: boolean;
}

/** kysely's PostgreSQL dialect, with one transaction of the handle at a time and booleans bound as 0 and 1. */
export function postgresDialect(pool: pg.Pool, options: PostgresOptions): Dialect {
  const inner = new PostgresDialect({
    pool: pool as unknown as PostgresPool,
    onCreateConnection: async (connection) => {
      if (options.schema) {
        await connection.executeQuery(
          CompiledQuery.raw(`select set_config('search_path', $1, false)`, [`"${options.schema}"`]),
        );
      }
      if (options.readonly) await connection.executeQuery(CompiledQuery.raw('set default_transaction_read_only = on'));
    },
  });
  return {
    createAdapter: () => inner.createAdapter(),
    createDriver: () => gatedDriver(inner.createDriver(), options.shown),
    createIntrospector: (db) => inner.createIntrospector(db),
    createQueryCompiler: () => inner.createQueryCompiler(),
  };
}

function gatedDriver(inner: Driver, name: string): Driver {
  const gate = transactionGate(name);
  const take = async (lease: Lease) => (lease.taken ??= await inner.acquireConnection());
  const newLease = (): Lease => {
    const lease: Lease = {
      inTransaction: false,
      executeQuery: async (query) => (await take(lease)).executeQuery(withBoundBooleans(query)),
      streamQuery() {
        throw new Error('streaming is not offered on either engine: read pages by key instead');
      },
    };
    return lease;
  };
  const leave = (lease: Lease) => {
    if (lease.inTransaction) gate.leave();
    lease.inTransaction = false;
  };
  const of = (connection: DatabaseConnection) => connection as Lease;

  return {
    init: (options) => inner.init(options),
    acquireConnection: async () => newLease(),
    async beginTransaction(connection, settings) {
      await gate.enter();
      of(connection).inTransaction = true;
      try {
        await inner.beginTransaction(await take(of(connection)), settings);
      } catch (err) {
        leave(of(connection));
        throw err;
      }
    },
    async commitTransaction(connection) {
      await inner.commitTransaction(await take(of(connection)));
      leave(of(connection));
    },
    async rollbackTransaction(connection) {
      try {
        await inner.rollbackTransaction(await take(of(connection)));
      } finally {
        leave(of(connection));
      }
    },
    savepoint: async (connection, name, compile) => inner.savepoint?.(await take(of(connection)), name, compile),
    rollbackToSavepoint: async (connection, name, compile) =>
      inner.rollbackToSavepoint?.(await take(of(connection)), name, compile),
    releaseSavepoint: async (connection, name, compile) =>
      inner.releaseSavepoint?.(await take(of(connection)), name, compile),
    async releaseConnection(connection) {
      leave(of(connection));
      const { taken } = of(connection);
      if (taken) await inner.releaseConnection(taken);
    },
    destroy: (options) => inner.destroy(options),
  };
}

/** Flags are integers on both engines; PostgreSQL would refuse `true` for an integer column. */
function withBoundBooleans(query: CompiledQuery): CompiledQuery {
  if (!query.parameters.some((value) => typeof value === 'boolean')) return query;
  return {
    ...query,
    parameters: query.parameters.map((value) => (typeof value === 'boolean' ? Number(value) : value)),
  };
}

/** Creates the schema unless it is there; two processes may do so at once. */
export const createSchema = (schema: string) => sql`create schema if not exists ${sql.id(schema)}`;
