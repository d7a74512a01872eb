import { cleanups, type Running } from '../kit/cleanups.ts';
import type { Clock } from '../kit/clock.ts';
import type { Journal } from '../kit/journal/journal.ts';
import type { Log } from '../kit/log.ts';
import { retryDelays, wait } from '../kit/retry.ts';
import type { GatewayConfig } from './config.ts';
import { startFieldClient } from './mqtt/field-client.ts';
import { startStationsClient } from './opcua/stations-client.ts';
import { outboxDrain } from './outbox/drain.ts';
import type { TakeRows, UplinkRow } from './row.ts';
import { openUplink, type UplinkConnection } from './uplink/uplink-connection.ts';

export interface GatewayParts {
  readonly config: GatewayConfig;
  readonly outbox: Journal<UplinkRow>;
  /** Where this gateway keeps keys and trusted certificates. */
  readonly pkiDir: string;
  readonly clock: Clock;
  readonly log: Log;
}

export interface GatewayStats {
  readonly id: string;
  readonly connected: boolean;
  /** Rows taken from the field since the start, all of them durable. */
  readonly taken: number;
  readonly sent: number;
  /** Blocks that wait for the platform's acknowledgement. */
  readonly backlog: number;
  /** Field messages that could not be read. */
  readonly refused: number;
  readonly lastRefusal: string | null;
}

export interface Gateway extends Running {
  stats(): Promise<GatewayStats>;
  /** Cuts the uplink for `ms` of world time, as if the cable were pulled; the field is heard and kept meanwhile. */
  unplug(ms: number): void;
}

/** Starts a gateway: the uplink first, then the field, so that the first reading already has somewhere to go. */
export async function startGateway({ config, outbox, pkiDir, clock, log }: GatewayParts): Promise<Gateway> {
  const stopping = cleanups(log);
  let taken = 0;
  let refused = 0;
  let lastRefusal: string | null = null;
  const refuse = (reason: string) => {
    refused += 1;
    lastRefusal = reason;
  };
  const take: TakeRows = async (rows) => {
    await outbox.append(rows);
    taken += rows.length;
  };
  try {
    const drain = await outboxDrain(outbox, log);
    const link = stopping.add('uplink', keepLinked(config, drain, refuse, log));
    for (const source of config.mqtt) {
      stopping.add('field', startFieldClient({ gateway: config.id, source, take, onRefused: refuse, clock, log }));
    }
    for (const source of config.opcua) {
      stopping.add('stations', await startStationsClient({ gateway: config.id, source, pkiDir, take, clock, log }));
    }
    return {
      stats: async () => ({
        id: config.id,
        connected: link.connected(),
        taken,
        sent: drain.sent,
        backlog: await drain.backlog(),
        refused,
        lastRefusal,
      }),
      unplug: link.unplug,
      stop: stopping.run,
    };
  } catch (err) {
    await stopping.run();
    throw err;
  }
}

const steadyMs = 10_000;

/** Holds the uplink up for ever: a new connection after each that went, with growing waits while there is none. */
function keepLinked(
  config: GatewayConfig,
  drain: Awaited<ReturnType<typeof outboxDrain>>,
  onRefusal: (reason: string) => void,
  log: Log,
) {
  const stopped = new AbortController();
  let current: UplinkConnection | undefined;
  let pulledUntil = 0;

  const once = async (): Promise<void> => {
    const connection = await openUplink(config, onRefusal, log);
    current = connection;
    const draining = drain.over(connection);
    log.info({ url: config.uplink.url }, 'the uplink is up');
    await connection.gone;
    current = undefined;
    await draining.stop();
    log.warn({}, 'the uplink went down; readings gather in the outbox');
  };
  const run = async (): Promise<void> => {
    let delays = retryDelays(500, 30_000);
    let said = false;
    while (!stopped.signal.aborted) {
      const pulled = pulledUntil - Date.now();
      if (pulled > 0) {
        await wait(pulled, stopped.signal);
        continue;
      }
      const began = Date.now();
      try {
        await once();
        said = false;
      } catch (err) {
        if (!said)
          log.warn(
            { err: (err as Error).message, url: config.uplink.url },
            'the platform cannot be reached; readings gather in the outbox',
          );
        said = true;
      }
      if (Date.now() - began > steadyMs) delays = retryDelays(500, 30_000);
      await wait(delays.next().value, stopped.signal);
    }
  };
  const running = run();
  return {
    connected: () => current !== undefined,
    unplug(ms: number) {
      pulledUntil = Date.now() + ms;
      void current?.close();
    },
    async stop() {
      stopped.abort();
      await current?.close();
      await running;
    },
  };
}
