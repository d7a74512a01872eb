import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { registryPutSchema } from '../../devices/contract/command.ts';
import { registryCache } from '../../devices/registry/registry-cache.ts';
import {
  changesAfter,
  loadRegistry,
  markPublished,
  putRegistry,
  type RegistryTables,
  registryMigrations,
  removeFromRegistry,
  revokeCredentials,
  unpublishedChanges,
} from '../../devices/registry/registry-store.ts';
import { openSql } from '../../kit/sql/open-sql.ts';
import type { Sql } from '../../kit/sql/sql.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

const at = Date.UTC(2026, 10, 22);
const place = { name: '一号', lon: 112.6, lat: 26.9 };

describe.each(['sqlite', 'postgres'] as const)('the registry in %s', (engine) => {
  let state: Sql<RegistryTables> | undefined;
  afterEach(() => state?.close());
  const open = async () => {
    state = await openSql<RegistryTables>({
      url: engine === 'sqlite' ? ':memory:' : postgres.url,
      schema: 'rules',
      migrations: registryMigrations,
    });
    return state.db;
  };

  it('takes puts, removals and revocations, and a follower ends where a loader begins', async () => {
    const db = await open();
    const follower = registryCache();
    const devices = Array.from({ length: 5_200 }, (_, n) => ({ id: `雁-${n}`, type: 'smart-pole', ...place }));
    const credential = { id: 'c-1', subject: '雁-7', kind: 'token', hash: 'ab', created: at };
    const put = registryPutSchema.parse({ devices, credentials: [credential], gateways: [{ id: 'g-1', ...place }] });
    const written = await db.transaction().execute((trx) => putRegistry(trx, put, at));
    expect(written).toHaveLength(5_202);
    expect(await db.transaction().execute((trx) => putRegistry(trx, put, at))).toEqual([]);
    const gone = await db.transaction().execute((trx) => removeFromRegistry(trx, 'device', ['雁-7', 'nobody'], at));
    expect(gone).toMatchObject([
      { version: 5_203, put: 'credential', record: { revoked: true } },
      { version: 5_204, remove: 'device', id: '雁-7' },
    ]);
    expect(await db.transaction().execute((trx) => revokeCredentials(trx, '雁-7', at))).toEqual([]);

    for (;;) {
      const next = await changesAfter(db, follower.version);
      if (next.length === 0) break;
      for (const change of next) follower.apply(change);
    }
    const loaded = registryCache(await loadRegistry(db));
    expect(loaded.version).toBe(5_204);
    expect(follower.version).toBe(loaded.version);
    expect(new Map([...follower.devices()].map((d) => [d.id, d]))).toEqual(
      new Map([...loaded.devices()].map((d) => [d.id, d])),
    );
    expect(loaded.byToken('ab')).toMatchObject({ revoked: true });

    expect((await unpublishedChanges(db, 3)).map(({ version }) => version)).toEqual([1, 2, 3]);
    await markPublished(db, 5_203);
    expect(await unpublishedChanges(db)).toEqual([{ version: 5_204, at, remove: 'device', id: '雁-7' }]);
  });
});
