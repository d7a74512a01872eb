import { join } from 'node:path';
import { gatewayConfigSchema } from '../../gateway/config.ts';
import { openLastHeard } from '../../gateway/opcua/last-heard.ts';
import { type StationsClient, startStationsClient } from '../../gateway/opcua/stations-client.ts';
import { openTrust } from '../../gateway/opcua/trust.ts';
import type { UplinkRow } from '../../gateway/row.ts';
import { systemClock } from '../../kit/clock.ts';
import { type Log, silentLog } from '../../kit/log.ts';
import { wait } from '../../kit/retry.ts';

/** A gateway's reading of one OPC UA server, with what it put into the outbox. */
export interface Listener extends StationsClient {
  /** Whether the outbox takes rows; while it does not, they wait. */
  room(there: boolean): void;
  readonly rows: readonly UplinkRow[];
  readonly refusals: readonly string[];
}

/** How the tests configure a server: as a file would, with `nodes` and what else matters. */
export type SourceWords = { readonly endpoint: string } & Readonly<Record<string, unknown>>;

/** Starts reading a server as a gateway does; `dir` is its data folder. */
export async function listenTo(
  dir: string,
  words: SourceWords,
  { log = silentLog, mostHeld }: { log?: Log; mostHeld?: number } = {},
): Promise<Listener> {
  const config = gatewayConfigSchema.parse({
    id: 'gw-1',
    uplink: { url: 'mqtt://127.0.0.1:1883', token: 'x'.repeat(20) },
    opcua: [{ publishingMs: 100, keepaliveMs: 500, ...words }],
  });
  const [source] = config.opcua;
  if (!source) throw new Error('no source');
  const rows: UplinkRow[] = [];
  const refusals: string[] = [];
  let waiting: (() => void)[] = [];
  let full = false;
  const trust = await openTrust(join(dir, 'gw-1', 'pki'), source.trusted, log);
  const marks = await openLastHeard(join(dir, 'gw-1', 'opcua'), source.endpoint, log);
  const client = startStationsClient({
    gateway: 'gw-1',
    source,
    devices: config.devices,
    trust,
    marks,
    take: async (some) => {
      if (full) await new Promise<void>((resolve) => waiting.push(resolve));
      rows.push(...some);
    },
    ...(mostHeld !== undefined && { mostHeld }),
    onRefused: (reason) => void refusals.push(reason),
    clock: systemClock,
    log,
    // Patience is for servers of the world; here it only makes a test longer.
    wait: (ms, signal) => wait(Math.min(ms, 300), signal),
  });
  return {
    connected: client.connected,
    status: client.status,
    get overwritten() {
      return client.overwritten;
    },
    rows,
    refusals,
    room(there) {
      full = !there;
      if (full) return;
      for (const go of waiting) go();
      waiting = [];
    },
    async stop() {
      await client.stop();
      await trust.stop();
    },
  };
}
