import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { parseSavepointCommand } from '../savepoint.ts';
import { type TransactionGate, transactionGate } from '../transaction-gate.ts';
import type { SqliteClient } from './sqlite-client.ts';

/** A connection as kysely sees it: all of them share the worker's one connection, told apart by who holds the gate. */
interface Lease extends DatabaseConnection {
  inTransaction: boolean;
}

/** A kysely dialect over one SQLite worker. `readonly` handles begin without asking for the write lock. */
export function sqliteDialect(client: SqliteClient, readonly: boolean): Dialect {
  return {
    createAdapter: () => new WorkerAdapter(),
    createDriver: () => sqliteDriver(client, transactionGate(client.path), readonly),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

/** kysely asks for a class here. */
class WorkerAdapter extends SqliteAdapter {
  // Ours is the gate below, which lets plain queries pass each other in one message; kysely's own mutex would not.
  override get supportsMultipleConnections(): boolean {
    return true;
  }
  // SQLite does roll back DDL: migrations run in one transaction, so two processes may start at once.
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

function sqliteDriver(client: SqliteClient, gate: TransactionGate, readonly: boolean): Driver {
  const lease = (): Lease => {
    const self: Lease = {
      inTransaction: false,
      executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
        const run = () => client.run(sql, parameters);
        return (self.inTransaction ? run() : gate.pass(run)).then(toQueryResult<R>);
      },
      streamQuery() {
        throw new Error('streaming is not offered on either engine: read pages by key instead');
      },
    };
    return self;
  };

  const end = async (connection: Lease, sql: 'commit' | 'rollback') => {
    await client.run(sql);
    connection.inTransaction = false;
    gate.leave();
  };
  const rollback = async (connection: Lease) => {
    try {
      await end(connection, 'rollback');
    } finally {
      // Only a worker that is gone cannot roll back; whoever waits must hear that rather than wait for ever.
      if (connection.inTransaction) {
        connection.inTransaction = false;
        gate.leave();
      }
    }
  };
  const run = async (connection: DatabaseConnection, query: CompiledQuery) => {
    await connection.executeQuery(query);
  };

  return {
    async init() {},
    acquireConnection: async () => lease(),
    async beginTransaction(connection, settings) {
      await gate.enter();
      try {
        // IMMEDIATE takes the write lock now: a deferred one may fail half-way, when it first writes.
        await client.run(readonly || settings.accessMode === 'read only' ? 'begin' : 'begin immediate');
        (connection as Lease).inTransaction = true;
      } catch (err) {
        gate.leave();
        throw err;
      }
    },
    commitTransaction: (connection) => end(connection as Lease, 'commit'),
    rollbackTransaction: (connection) => rollback(connection as Lease),
    savepoint: (connection, name, compile) => run(connection, parseSavepointCommand('savepoint', name, compile)),
    rollbackToSavepoint: (connection, name, compile) =>
      run(connection, parseSavepointCommand('rollback to', name, compile)),
    releaseSavepoint: (connection, name, compile) => run(connection, parseSavepointCommand('release', name, compile)),
    async releaseConnection(connection) {
      if ((connection as Lease).inTransaction) await rollback(connection as Lease);
    },
    destroy: () => client.close(),
  };
}

function toQueryResult<R>({ rows, changes, insertId }: Awaited<ReturnType<SqliteClient['run']>>): QueryResult<R> {
  return {
    rows: rows as R[],
    ...(changes !== undefined && { numAffectedRows: BigInt(changes) }),
    ...(insertId !== undefined && { insertId: BigInt(insertId) }),
  };
}
