import type { DuckDBConnection } from '@duckdb/node-api';

/** Runs `work` between begin and commit; a failing one leaves nothing behind. */
export async function inTransaction(connection: DuckDBConnection, work: () => Promise<void>): Promise<void> {
  await connection.run('begin');
  try {
    await work();
    await connection.run('commit');
  } catch (err) {
    // A commit that failed has already ended the transaction; what counts is the first error.
    await connection.run('rollback').catch(() => undefined);
    throw err;
  }
}
