import { describe, expect, it } from 'vitest';
import { credentialSchema, deviceSchema, type RegistryChange } from '../contract/registry.ts';
import { hashSecret, newToken } from './credentials.ts';
import { emptyRegistry, RegistryGap, registryCache } from './registry-cache.ts';

const device = (id: string, more: object = {}) =>
  deviceSchema.parse({ id, type: 'smart-pole', name: id, lon: 112.6, lat: 26.9, ...more });
const credential = (id: string, more: object) =>
  credentialSchema.parse({ id, subject: 'd-1', kind: 'token', created: 0, ...more });

/** A cache that has taken these changes one after another. */
function follower(...changes: object[]) {
  const cache = registryCache();
  for (const change of changes) cache.apply({ at: 0, version: cache.version + 1, ...change } as RegistryChange);
  return cache;
}
const putDevice = (id: string, more?: object) => ({ put: 'device', record: device(id, more) });
const putCredential = (id: string, more: object) => ({ put: 'credential', record: credential(id, more) });
const ids = (devices: readonly { id: string }[]) => devices.map(({ id }) => id);

describe('a registry cache', () => {
  it('knows its neighbours: behind a gateway, on a pole, in a circuit', () => {
    const cache = follower(
      putDevice('pole', { circuit: 'c-1', gateway: 'g-1' }),
      putDevice('camera', { mountedOn: 'pole', gateway: 'g-1' }),
      putDevice('lamp', { circuit: 'c-1' }),
    );
    expect(ids(cache.devicesBehind('g-1'))).toEqual(['pole', 'camera']);
    expect(ids(cache.mountsOf('pole'))).toEqual(['camera']);
    expect(ids(cache.byCircuit('c-1'))).toEqual(['pole', 'lamp']);
    expect(cache.devicesBehind('nobody')).toEqual([]);
  });

  it('forgets the old neighbours of a device that moved or left', () => {
    const cache = follower(
      putDevice('camera', { mountedOn: 'pole-1', gateway: 'g-1' }),
      putDevice('camera', { mountedOn: 'pole-2' }),
    );
    expect(cache.mountsOf('pole-1')).toEqual([]);
    expect(cache.devicesBehind('g-1')).toEqual([]);
    expect(ids(cache.mountsOf('pole-2'))).toEqual(['camera']);
    cache.apply({ version: 3, at: 0, remove: 'device', id: 'camera' });
    expect(cache.mountsOf('pole-2')).toEqual([]);
    expect(cache.device('camera')).toBeUndefined();
  });

  it('ignores a change that it holds already and refuses a gap', () => {
    const cache = follower(putDevice('d-1'), putDevice('d-2'));
    expect(cache.apply({ version: 2, at: 0, remove: 'device', id: 'd-2' })).toBe(false);
    expect(cache.device('d-2')).toBeDefined();
    expect(() => cache.apply({ version: 4, at: 0, remove: 'device', id: 'd-2' })).toThrow(RegistryGap);
    expect(cache.version).toBe(2);
    expect(cache.apply({ version: 3, at: 0, remove: 'device', id: 'd-2' })).toBe(true);
  });

  it('starts over from a snapshot', () => {
    const cache = follower(putDevice('d-1', { gateway: 'g-1' }), putCredential('c-1', { hash: 'ab' }));
    cache.reset({ ...emptyRegistry, version: 9, devices: [device('d-9')] });
    expect(cache.version).toBe(9);
    expect(ids([...cache.devices()])).toEqual(['d-9']);
    expect(cache.devicesBehind('g-1')).toEqual([]);
    expect(cache.byToken('ab')).toBeUndefined();
  });

  it('hands out records that nobody can change', () => {
    const kept = follower(putDevice('d-1', { facts: { road: 'main' } })).device('d-1');
    expect(() => Object.assign(kept?.facts ?? {}, { road: 'side' })).toThrow();
    expect(() => Object.assign(kept ?? {}, { name: 'x' })).toThrow();
  });

  it('gives back a record as it was put', () => {
    const record = device('d-1', {
      constants: { Ps: { value: 2.5, unit: 'kPa' } },
      units: { 'alarm.pressure': 'MPa' },
      facts: { road: 'main', lanes: 4, lit: true },
      gateway: 'g-1',
    });
    expect(follower({ put: 'device', record }).device('d-1')).toEqual(record);
  });
});

describe('a credential', () => {
  it('is found by what is shown: token hash, user name, fingerprint', () => {
    const cache = follower(
      putCredential('t', { hash: hashSecret('secret-of-the-device') }),
      putCredential('p', { kind: 'password', name: 'vendor-7', hash: 'x' }),
      putCredential('c', { kind: 'certificate', name: 'AA:BB:0C' }),
    );
    expect(cache.credentialFor('token', hashSecret('secret-of-the-device'))?.id).toBe('t');
    expect(cache.byName('password', 'vendor-7')?.id).toBe('p');
    expect(cache.credentialFor('certificate', 'aabb0c')?.id).toBe('c');
    expect(cache.byToken('vendor-7')).toBeUndefined();
    expect(ids(cache.credentialsOf('d-1'))).toEqual(['t', 'p', 'c']);
  });

  it('that is revoked is still found, so that its refusal can say so', () => {
    const cache = follower(putCredential('t', { hash: 'ab' }), putCredential('t', { hash: 'ab', revoked: true }));
    expect(cache.byToken('ab')).toMatchObject({ revoked: true });
  });

  it('makes room for a new one of the same name', () => {
    const cache = follower(
      putCredential('old', { kind: 'password', name: 'vendor', hash: '1' }),
      putCredential('old', { kind: 'password', name: 'vendor', hash: '1', revoked: true }),
      putCredential('new', { kind: 'password', name: 'vendor', hash: '2' }),
    );
    expect(cache.byName('password', 'vendor')?.id).toBe('new');
  });
});

describe('a new token', () => {
  it('is long, plain to type, and never the same', () => {
    const tokens = Array.from({ length: 200 }, newToken);
    for (const { secret, hash } of tokens) {
      expect(secret).toMatch(/^[0-9A-Za-z]{24,}$/);
      expect(hash).toBe(hashSecret(secret));
    }
    expect(new Set(tokens.map(({ secret }) => secret)).size).toBe(200);
  });
});
