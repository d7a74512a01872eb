import { cleanups, type Running } from '../kit/cleanups.ts';
import type { Clock } from '../kit/clock.ts';
import { type Journal, JournalError } from '../kit/journal/journal.ts';
import type { Log } from '../kit/log.ts';
import { retryDelays, wait } from '../kit/retry.ts';
import { type GatewayConfig, isLoopback, unsecuredOf } from './config.ts';
import { startFieldClient } from './mqtt/field-client.ts';
import type { StationsClient, StationsStatus } from './opcua/stations-client.ts';
import { outboxDrain } from './outbox/drain.ts';
import type { TakeRows, UplinkRow } from './row.ts';
import { keepLinked } from './uplink/keep-linked.ts';
import { openUplink } from './uplink/uplink-connection.ts';
import { type FieldStatus, fieldWatch } from './watch/field-watch.ts';
import { type Refusal, refusals } from './watch/refusals.ts';

export interface GatewayParts {
  readonly config: GatewayConfig;
  readonly outbox: Journal<UplinkRow>;
  /** Where this gateway keeps keys and trusted certificates. */
  readonly pkiDir: string;
  /** Where it notes up to when each OPC UA server was heard. */
  readonly opcuaDir: string;
  readonly clock: Clock;
  readonly log: Log;
}

export interface GatewayStats {
  readonly id: string;
  readonly connected: boolean;
  /** Rows taken from the field since the start, all of them durable. */
  readonly taken: number;
  /** Rows the platform has acknowledged since the start. */
  readonly sent: number;
  /** Blocks that wait for the platform's acknowledgement. */
  readonly backlog: number;
  /** What the field sent and could not be read, and what the platform refused of us. */
  readonly refused: number;
  readonly lastRefusal: string | null;
  /** Times an OPC UA server overwrote values before they were fetched. */
  readonly overwritten: number;
  /** Every broker and server that is heard. */
  readonly sources: readonly FieldStatus[];
  /** Since when the platform is reached, or is not, ms. */
  readonly connectedSince: number;
  /** OPC UA servers that are read without security, which every page shows. */
  readonly unsecured: readonly string[];
  /** More about the OPC UA servers among them. */
  readonly stations: readonly StationsStatus[];
  readonly outbox: { readonly bytes: number; readonly capBytes: number };
}

export interface Gateway extends Running {
  stats(): Promise<GatewayStats>;
  /** The newest things that were refused, here or by the platform, newest first. */
  recentRefusals(): readonly Refusal[];
  /** Cuts the uplink for `ms` of world time, as if the cable were pulled; the field is heard and kept meanwhile. */
  unplug(ms: number): void;
}

/** Starts a gateway: the uplink first, then the field, so that the first reading already has somewhere to go. */
export async function startGateway({ config, outbox, pkiDir, opcuaDir, clock, log }: GatewayParts): Promise<Gateway> {
  const stopping = cleanups(log);
  const inbox = durably(outbox, log);
  const refused = refusals(clock.now);
  const onRefused = refused.add;
  const field = stopping.add('field watch', fieldWatch(clock.now));
  try {
    const drain = await outboxDrain(outbox, log);
    const open = (signal: AbortSignal) => openUplink(config, onRefused, log, signal);
    const link = stopping.add('uplink', keepLinked({ open, drain, url: config.uplink.url, log }));
    // Stops before the uplink and after the field: what waits for room is refused, and stays where it came from.
    stopping.add('inbox', inbox);
    const common = { gateway: config.id, onRefused, clock, log };
    for (const source of config.mqtt) {
      const take = field.takeFor(source.url, inbox.take);
      const client = stopping.add('field', startFieldClient({ ...common, take, source }));
      const secure = source.url.startsWith('mqtts:') || isLoopback(source.url);
      const security = source.url.startsWith('mqtts:') ? 'TLS' : 'MQTT';
      field.add({ address: source.url, protocol: 'mqtt', security, secure }, client.connected);
    }
    const stations: StationsClient[] = [];
    if (config.opcua.length > 0) {
      // Loaded where it is used: node-opcua takes 60 MB, which a gateway of MQTT devices need not have.
      const [{ openTrust }, { startStationsClient }, { openLastHeard }] = await Promise.all([
        import('./opcua/trust.ts'),
        import('./opcua/stations-client.ts'),
        import('./opcua/last-heard.ts'),
      ]);
      const trusted = config.opcua.flatMap((source) => source.trusted);
      const trust = stopping.add('trust', await openTrust(pkiDir, trusted, log, config.id));
      for (const source of config.opcua) {
        const marks = await openLastHeard(opcuaDir, source.endpoint, log);
        const client = stopping.add(
          'stations',
          startStationsClient({
            ...common,
            take: field.takeFor(source.endpoint, inbox.take),
            source,
            devices: config.devices,
            trust,
            marks,
          }),
        );
        stations.push(client);
        const { policy, mode } = source.security;
        const security = mode === 'None' ? 'None' : `${mode} ${policy}`;
        field.add({ address: source.endpoint, protocol: 'opcua', security, secure: mode !== 'None' }, client.connected);
      }
    }
    return {
      stats: async () => ({
        id: config.id,
        connected: link.connected(),
        taken: inbox.taken,
        sent: drain.sent,
        backlog: await drain.backlog(),
        refused: refused.count,
        lastRefusal: refused.recent()[0]?.reason ?? null,
        overwritten: stations.reduce((sum, { overwritten }) => sum + overwritten, 0),
        stations: stations.map((client) => client.status()),
        connectedSince: field.since('uplink', link.connected()),
        sources: field.status(),
        unsecured: unsecuredOf(config),
        outbox: { bytes: outbox.stats().bytes, capBytes: outbox.stats().capBytes },
      }),
      recentRefusals: refused.recent,
      unplug: link.unplug,
      stop: stopping.run,
    };
  } catch (err) {
    await stopping.run();
    throw err;
  }
}

/** Puts rows into the outbox however long its disk needs: a full or failing one is tried again until the gateway stops. */
function durably(outbox: Journal<UplinkRow>, log: Log): Running & { readonly take: TakeRows; readonly taken: number } {
  const stopped = new AbortController();
  let taken = 0;
  let said = false;
  return {
    get taken() {
      return taken;
    },
    async take(rows) {
      for (const delay of retryDelays(200, 10_000)) {
        try {
          await outbox.append(rows);
          taken += rows.length;
          said = false;
          return;
        } catch (err) {
          if (!(err instanceof JournalError && err.retryable) || stopped.signal.aborted) throw err;
          if (!said) log.warn({ err }, 'the outbox cannot be written; it is tried again and the field waits');
          said = true;
          await wait(delay, stopped.signal);
        }
      }
    },
    stop: () => stopped.abort(),
  };
}
