import type { Running } from '../kit/cleanups.ts';
import type { Clock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import { type FieldMqtt, type GatewayConfig, isLoopback, type OpcuaSource } from './config.ts';
import { startFieldClient } from './mqtt/field-client.ts';
import type { StationsClient, StationsStatus } from './opcua/stations-client.ts';
import type { StationTrust } from './opcua/trust.ts';
import type { TakeRows } from './row.ts';
import type { FieldWatch } from './watch/field-watch.ts';

export interface FieldSourcesParts {
  readonly gateway: string;
  readonly take: TakeRows;
  readonly onRefused: (reason: string) => void;
  readonly watch: FieldWatch;
  readonly pkiDir: string;
  readonly opcuaDir: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** What a new configuration meant for what is heard. */
export interface Changed {
  /** Addresses whose connections stayed as they were. */
  readonly kept: readonly string[];
  /** Addresses that were connected to anew, or for the first time. */
  readonly started: readonly string[];
  /** Addresses that are heard no more. */
  readonly ended: readonly string[];
}

/** The brokers and servers that are heard. */
export interface FieldSources extends Running {
  /** Hears what `config` lists from now on; a connection whose section says the same stays as it is. */
  use(config: GatewayConfig): Promise<Changed>;
  stations(): StationsStatus[];
  readonly overwritten: number;
}

interface Source {
  readonly address: string;
  /** What it was started with: another text is another source. */
  readonly text: string;
  readonly running: Running;
  readonly stations: StationsClient | null;
}

/** Nothing is heard yet. */
export function fieldSources(parts: FieldSourcesParts): FieldSources {
  const { gateway, take, onRefused, watch, pkiDir, opcuaDir, clock, log } = parts;
  const sources = new Map<string, Source>();
  /** Of sources that are no more. */
  let overwrittenBefore = 0;
  let trust: { readonly text: string; readonly open: StationTrust } | undefined;
  const common = { gateway, onRefused, clock, log };

  const heard = (source: FieldMqtt): Source['running'] => {
    const client = startFieldClient({ ...common, take: watch.takeFor(source.url, take), source });
    const secured = source.url.startsWith('mqtts:');
    const security = secured ? 'TLS' : 'MQTT';
    const secure = secured || isLoopback(source.url);
    watch.add({ address: source.url, protocol: 'mqtt', security, secure }, client.connected);
    return client;
  };
  const read = async (source: OpcuaSource, devices: GatewayConfig['devices'], by: StationTrust) => {
    const [{ startStationsClient }, { openLastHeard }] = await Promise.all([
      import('./opcua/stations-client.ts'),
      import('./opcua/last-heard.ts'),
    ]);
    const marks = await openLastHeard(opcuaDir, source.endpoint, log);
    const fromHere = watch.takeFor(source.endpoint, take);
    const client = startStationsClient({ ...common, take: fromHere, source, devices, trust: by, marks });
    const { policy, mode } = source.security;
    const security = mode === 'None' ? 'None' : `${mode} ${policy}`;
    watch.add({ address: source.endpoint, protocol: 'opcua', security, secure: mode !== 'None' }, client.connected);
    return client;
  };
  const end = async (key: string) => {
    const source = sources.get(key);
    if (!source) return;
    sources.delete(key);
    watch.remove(source.address);
    await source.running.stop();
    overwrittenBefore += source.stations?.overwritten ?? 0;
  };
  /** One PKI for all servers; another list of certificates is another PKI. */
  const trustOf = async (config: GatewayConfig): Promise<StationTrust> => {
    const trusted = config.opcua.flatMap((source) => source.trusted);
    const text = JSON.stringify(trusted);
    if (trust?.text !== text) {
      await trust?.open.stop();
      // Loaded where it is used: node-opcua takes 60 MB, which a gateway of MQTT devices need not have.
      const { openTrust } = await import('./opcua/trust.ts');
      trust = { text, open: await openTrust(pkiDir, trusted, log, gateway) };
    }
    return trust.open;
  };

  return {
    async use(config) {
      const trusted = JSON.stringify(config.opcua.flatMap((source) => source.trusted));
      const wanted = new Map<
        string,
        { address: string; text: string; start: () => Promise<[Running, StationsClient | null]> }
      >();
      const want = (address: string, about: object, start: () => Promise<[Running, StationsClient | null]>) => {
        // The same server may be read twice, with different users.
        for (let n = 0; ; n++) {
          const key = `${address} ${n}`;
          if (wanted.has(key)) continue;
          wanted.set(key, { address, text: JSON.stringify(about), start });
          return;
        }
      };
      for (const source of config.mqtt) want(source.url, { source }, async () => [heard(source), null]);
      for (const source of config.opcua)
        want(source.endpoint, { source, devices: config.devices, trusted }, async () => {
          const client = await read(source, config.devices, await trustOf(config));
          return [client, client];
        });
      const changed = { kept: [] as string[], started: [] as string[], ended: [] as string[] };
      const stale = [...sources].filter(([key, { text }]) => wanted.get(key)?.text !== text);
      // Ended before anything begins: two clients of one name would put each other out.
      await Promise.all(
        stale.map(async ([key, { address }]) => {
          if (!wanted.has(key)) changed.ended.push(address);
          await end(key);
        }),
      );
      for (const [key, { address, text, start }] of wanted) {
        if (sources.has(key)) {
          changed.kept.push(address);
          continue;
        }
        const [running, stations] = await start();
        sources.set(key, { address, text, running, stations });
        changed.started.push(address);
      }
      return changed;
    },
    stations: () => [...sources.values()].flatMap(({ stations }) => stations?.status() ?? []),
    get overwritten() {
      return [...sources.values()].reduce((sum, { stations }) => sum + (stations?.overwritten ?? 0), overwrittenBefore);
    },
    async stop() {
      await Promise.all([...sources.keys()].map(end));
      await trust?.open.stop();
    },
  };
}
