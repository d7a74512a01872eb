import type { Credential, Device, Gateway, RegistryChange, Site } from '../contract/registry.ts';
import { type BesideBook, besideBook } from './beside-book.ts';
import { compactor } from './compact.ts';
import { fingerprintOf } from './credentials.ts';
import type { RegistrySnapshot } from './registry-store.ts';

/** The registry in memory: what a process asks a hundred thousand times a second. Records are shared: never change one. */
export interface RegistryCache {
  /** Number of the last change it holds. */
  readonly version: number;
  device(id: string): Device | undefined;
  site(id: string): Site | undefined;
  gateway(id: string): Gateway | undefined;
  isGateway(id: string): boolean;
  devices(): Iterable<Device>;
  sites(): Iterable<Site>;
  gateways(): Iterable<Gateway>;
  readonly deviceCount: number;
  /** Valves, pipes, crews and records. */
  readonly beside: Pick<BesideBook, 'of'>;
  /** Devices that this gateway speaks for. */
  devicesBehind(gateway: string): readonly Device[];
  /** Devices mounted on this one. */
  mountsOf(device: string): readonly Device[];
  /** Devices of a lighting circuit, pipe section or the like. */
  byCircuit(circuit: string): readonly Device[];
  /**
   * The credential that was shown, revoked or not: a token by its hash, a password by its user name, a certificate by
   * its fingerprint (with or without colons).
   */
  credentialFor(kind: Credential['kind'], key: string): Credential | undefined;
  /** `credentialFor('token', hash)`. */
  byToken(hash: string): Credential | undefined;
  /** `credentialFor` of the kinds that have a name. */
  byName(kind: 'password' | 'certificate', name: string): Credential | undefined;
  /** All credentials of a device or gateway. */
  credentialsOf(subject: string): readonly Credential[];
  /**
   * Takes the next change and returns true. One that it holds already is ignored (false); one that leaves a gap throws a
   * {@link RegistryGap}, and whoever follows loads the registry anew.
   */
  apply(change: RegistryChange): boolean;
  /** Forgets everything and holds `snapshot` instead. */
  reset(snapshot: RegistrySnapshot): void;
}

/** A change came whose predecessors did not. */
export class RegistryGap extends Error {
  readonly holds: number;
  readonly came: number;
  constructor(holds: number, came: number) {
    super(`registry change ${came} came after ${holds}: ${came - holds - 1} are missing; load the registry anew`);
    this.name = 'RegistryGap';
    this.holds = holds;
    this.came = came;
  }
}

/** An empty registry, before the first change. */
export const emptyRegistry: RegistrySnapshot = { version: 0, devices: [], sites: [], gateways: [], credentials: [] };

/** A {@link RegistryCache} that holds `snapshot`. */
export function registryCache(snapshot: RegistrySnapshot = emptyRegistry): RegistryCache {
  const devices = new Map<string, Device>();
  const sites = new Map<string, Site>();
  const gateways = new Map<string, Gateway>();
  const credentials = new Map<string, Credential>();
  const behind = groups();
  const mounted = groups();
  const circuits = groups();
  const ofSubject = groups();
  /** `<kind> <key>` to credential id. */
  const shown = new Map<string, string>();
  const beside = besideBook();
  let compact = compactor();
  let version = 0;

  const putDevice = (given: Device) => {
    dropDevice(given.id);
    const device = compact.device(given);
    devices.set(device.id, device);
    behind.add(device.gateway, device.id);
    mounted.add(device.mountedOn, device.id);
    circuits.add(device.circuit, device.id);
  };
  const dropDevice = (id: string) => {
    const device = devices.get(id);
    if (!device) return;
    behind.drop(device.gateway, id);
    mounted.drop(device.mountedOn, id);
    circuits.drop(device.circuit, id);
    devices.delete(id);
  };
  const putCredential = (credential: Credential) => {
    dropCredential(credential.id);
    credentials.set(credential.id, credential);
    ofSubject.add(credential.subject, credential.id);
    const key = shownAs(credential);
    const holder = credentials.get(shown.get(key) ?? '');
    // A user name that was revoked and given out anew means the new one.
    if (!holder || holder.revoked || !credential.revoked) shown.set(key, credential.id);
  };
  const dropCredential = (id: string) => {
    const credential = credentials.get(id);
    if (!credential) return;
    ofSubject.drop(credential.subject, id);
    const key = shownAs(credential);
    if (shown.get(key) === id) shown.delete(key);
    credentials.delete(id);
  };

  const applied = (change: RegistryChange): void => {
    if (beside.apply(change)) return;
    if ('put' in change) {
      if (change.put === 'device') putDevice(change.record);
      else if (change.put === 'site') sites.set(change.record.id, compact.site(change.record));
      else if (change.put === 'gateway') gateways.set(change.record.id, change.record);
      else if (change.put === 'credential') putCredential(change.record);
    } else if (change.remove === 'device') dropDevice(change.id);
    else if (change.remove === 'site') sites.delete(change.id);
    else if (change.remove === 'gateway') gateways.delete(change.id);
    else if (change.remove === 'credential') dropCredential(change.id);
  };

  const those = (ids: Iterable<string>): Device[] => {
    const found: Device[] = [];
    for (const id of ids) {
      const device = devices.get(id);
      if (device) found.push(device);
    }
    return found;
  };
  const credentialFor = (kind: Credential['kind'], key: string) =>
    credentials.get(shown.get(`${kind} ${kind === 'certificate' ? fingerprintOf(key) : key}`) ?? '');

  const cache: RegistryCache = {
    get version() {
      return version;
    },
    get deviceCount() {
      return devices.size;
    },
    device: (id) => devices.get(id),
    site: (id) => sites.get(id),
    gateway: (id) => gateways.get(id),
    isGateway: (id) => gateways.has(id),
    beside,
    devices: () => devices.values(),
    sites: () => sites.values(),
    gateways: () => gateways.values(),
    devicesBehind: (gateway) => those(behind.of(gateway)),
    mountsOf: (device) => those(mounted.of(device)),
    byCircuit: (circuit) => those(circuits.of(circuit)),
    credentialFor,
    byToken: (hash) => credentialFor('token', hash),
    byName: credentialFor,
    credentialsOf: (subject) => [...ofSubject.of(subject)].map((id) => credentials.get(id) as Credential),
    apply(change) {
      if (change.version <= version) return false;
      if (change.version > version + 1) throw new RegistryGap(version, change.version);
      applied(change);
      version = change.version;
      return true;
    },
    reset(snapshot) {
      for (const kept of [devices, sites, gateways, credentials, shown, behind, mounted, circuits, ofSubject])
        kept.clear();
      compact = compactor();
      for (const site of snapshot.sites) sites.set(site.id, compact.site(site));
      for (const gateway of snapshot.gateways) gateways.set(gateway.id, gateway);
      for (const device of snapshot.devices) putDevice(device);
      for (const credential of snapshot.credentials) putCredential(credential);
      beside.reset(snapshot);
      version = snapshot.version;
    },
  };
  cache.reset(snapshot);
  return cache;
}

function shownAs({ kind, name = '', hash = '' }: Credential): string {
  if (kind === 'token') return `token ${hash}`;
  return kind === 'certificate' ? `certificate ${fingerprintOf(name)}` : `password ${name}`;
}

interface Groups {
  add(key: string | undefined, id: string): void;
  drop(key: string | undefined, id: string): void;
  of(key: string): Iterable<string>;
  clear(): void;
}

/** Ids by a key that many share. */
function groups(): Groups {
  const kept = new Map<string, Set<string>>();
  return {
    add(key, id) {
      if (key === undefined) return;
      const ids = kept.get(key);
      if (ids) ids.add(id);
      else kept.set(key, new Set([id]));
    },
    drop(key, id) {
      if (key === undefined) return;
      const ids = kept.get(key);
      ids?.delete(id);
      if (ids?.size === 0) kept.delete(key);
    },
    of: (key) => kept.get(key) ?? [],
    clear: () => kept.clear(),
  };
}
