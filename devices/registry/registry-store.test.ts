import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSql } from '../../kit/sql/open-sql.ts';
import type { Sql } from '../../kit/sql/sql.ts';
import { type RegistryPut, registryPutSchema } from '../contract/command.ts';
import { emptyRegistry, registryCache } from './registry-cache.ts';
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
} from './registry-store.ts';

const at = Date.UTC(2026, 10, 22);
const place = { name: '一号', lon: 112.6, lat: 26.9 };
const device = (id: string, more: object = {}) => ({
  id,
  type: 'gas-alarm-household',
  gas: 'natural',
  ...place,
  ...more,
});
const put = (given: object): RegistryPut => registryPutSchema.parse(given);

let state: Sql<RegistryTables>;
beforeEach(async () => {
  state = await openSql<RegistryTables>({ url: ':memory:', migrations: registryMigrations });
});
afterEach(() => state.close());

const write = (given: object) => state.db.transaction().execute((trx) => putRegistry(trx, put(given), at));
const remove = (kind: 'device' | 'site' | 'gateway', ...ids: string[]) =>
  state.db.transaction().execute((trx) => removeFromRegistry(trx, kind, ids, at));

describe('the registry', () => {
  it('begins empty, at version 0', async () => {
    expect(await loadRegistry(state.db)).toEqual(emptyRegistry);
  });

  it('numbers its changes by one, sites and gateways before the devices that name them', async () => {
    const changes = await write({
      devices: [device('d-1', { site: 's-1', gateway: 'g-1' })],
      gateways: [{ id: 'g-1', ...place }],
      sites: [{ id: 's-1', kind: 'restaurant', ...place }],
    });
    expect(changes.map((change) => [change.version, 'put' in change && change.put])).toEqual([
      [1, 'site'],
      [2, 'gateway'],
      [3, 'device'],
    ]);
    const snapshot = await loadRegistry(state.db);
    expect(snapshot.version).toBe(3);
    expect(snapshot.devices).toEqual(put({ devices: [device('d-1', { site: 's-1', gateway: 'g-1' })] }).devices);
  });

  it('is not changed by the same file imported twice', async () => {
    const file = { devices: [device('d-1'), device('d-2', { facts: { road: 'main', floor: 3 } })] };
    await write(file);
    const sameInOtherWords = { devices: [device('d-1'), device('d-2', { facts: { floor: 3, road: 'main' } })] };
    expect(await write(sameInOtherWords)).toEqual([]);
    const changes = await write({ devices: [device('d-1'), device('d-2', { name: '二号' })] });
    expect(changes).toMatchObject([{ version: 3, put: 'device', record: { id: 'd-2', name: '二号' } }]);
  });

  it('takes the later of two records with one id', async () => {
    const changes = await write({ devices: [device('d-1'), device('d-1', { name: '改名' })] });
    expect(changes).toMatchObject([{ version: 1, record: { name: '改名' } }]);
  });

  it('takes and gives back thousands of devices', async () => {
    const devices = Array.from({ length: 6_001 }, (_, n) => device(`d-${n}`));
    expect(await write({ devices })).toHaveLength(6_001);
    const snapshot = await loadRegistry(state.db);
    expect(snapshot.devices).toHaveLength(6_001);
    expect(new Set(snapshot.devices.map(({ id }) => id)).size).toBe(6_001);
  });

  it('removes what is there and says nothing of what is not', async () => {
    await write({ devices: [device('d-1')] });
    expect(await remove('device', 'd-1', 'd-9')).toEqual([{ version: 2, at, remove: 'device', id: 'd-1' }]);
    expect((await loadRegistry(state.db)).devices).toEqual([]);
  });

  it('revokes the credentials of a device that is removed', async () => {
    const credential = { id: 'c-1', subject: 'd-1', kind: 'token', hash: 'ab', created: at };
    await write({ devices: [device('d-1')], credentials: [credential] });
    const changes = await remove('device', 'd-1');
    expect(changes).toMatchObject([
      { put: 'credential', record: { id: 'c-1', revoked: true } },
      { remove: 'device', id: 'd-1' },
    ]);
  });

  it('revokes once', async () => {
    const credential = { id: 'c-1', subject: 'd-1', kind: 'token', hash: 'ab', created: at };
    await write({ credentials: [credential, { ...credential, id: 'c-2', subject: 'd-2', hash: 'cd' }] });
    const revoke = () => state.db.transaction().execute((trx) => revokeCredentials(trx, 'd-1', at));
    expect(await revoke()).toMatchObject([{ version: 3, record: { id: 'c-1', revoked: true } }]);
    expect(await revoke()).toEqual([]);
  });

  it('hands out what the journal does not hold yet, in order, until that is noted', async () => {
    await write({ devices: [device('d-1'), device('d-2'), device('d-3')] });
    expect((await unpublishedChanges(state.db, 2)).map(({ version }) => version)).toEqual([1, 2]);
    await markPublished(state.db, 2);
    expect((await unpublishedChanges(state.db)).map(({ version }) => version)).toEqual([3]);
    await markPublished(state.db, 3);
    expect(await unpublishedChanges(state.db)).toEqual([]);
  });

  it('rolls back with the transaction that wrote it', async () => {
    const failing = state.db.transaction().execute(async (trx) => {
      await putRegistry(trx, put({ devices: [device('d-1')] }), at);
      throw new Error('the audit could not be written');
    });
    await expect(failing).rejects.toThrow('audit');
    expect(await loadRegistry(state.db)).toEqual(emptyRegistry);
    expect(await write({ devices: [device('d-1')] })).toMatchObject([{ version: 1 }]);
  });

  it('is the same in a cache that followed from the start as in one that was loaded', async () => {
    const follower = registryCache();
    await write({ devices: [device('d-1'), device('d-2', { gateway: 'g-1' })], gateways: [{ id: 'g-1', ...place }] });
    await remove('device', 'd-1');
    await write({ devices: [device('d-2', { gateway: 'g-1', name: '改名' })] });
    for (const change of await changesAfter(state.db, 0)) follower.apply(change);
    const loaded = registryCache(await loadRegistry(state.db));
    expect([...follower.devices()]).toEqual([...loaded.devices()]);
    expect(follower.version).toBe(loaded.version);
    expect(follower.devicesBehind('g-1')).toEqual(loaded.devicesBehind('g-1'));
  });
});
