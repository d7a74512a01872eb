import { connect, type MqttClient } from 'mqtt';
import { topics } from '../../devices/contract/topics.ts';
import type { Log } from '../../kit/log.ts';
import type { GatewayConfig } from '../config.ts';
import type { Uplink } from '../outbox/drain.ts';
import type { UplinkRow } from '../row.ts';

/** One connection to the platform; it ends once and is not revived. */
export interface UplinkConnection extends Uplink {
  /** Resolves when the connection has gone, whoever ended it. */
  readonly gone: Promise<void>;
  close(): Promise<void>;
}

const connectTimeoutMs = 10_000;

/**
 * Connects with the gateway's token. Nothing is kept in the client: mqtt.js's own stores resend one by one and drop what is
 * published meanwhile; the outbox is what remembers. Rejects when the platform does not answer or refuses the token.
 */
export function openUplink(
  { id, uplink: { url, token } }: GatewayConfig,
  onRefusal: (message: string) => void,
  log: Log,
): Promise<UplinkConnection> {
  return new Promise((resolve, reject) => {
    const client = connect(url, {
      clientId: `gateway-${id}`,
      username: token,
      clean: true,
      reconnectPeriod: 0,
      queueQoSZero: false,
      connectTimeout: connectTimeoutMs,
      resubscribe: false,
    });
    const pending = new Set<(err: Error) => void>();
    let opened = false;
    const gone = new Promise<void>((done) => {
      client.on('close', () => {
        for (const fail of pending) fail(new Error('the uplink went down'));
        pending.clear();
        // Frees the client's own store: what is in it lies in the outbox too.
        client.end(true);
        if (!opened) reject(new Error(`the platform at ${url} did not take the connection`));
        done();
      });
    });
    client.on('error', (err) => {
      if (!opened) reject(err);
      else log.warn({ err: err.message }, 'the uplink reports an error');
    });
    client.on('message', (_topic, payload) => onRefusal(payload.toString('utf8')));
    client.once('connect', () => {
      opened = true;
      client.subscribe(topics.errors, { qos: 0 });
      resolve({
        gone,
        send: (rows) => publish(client, pending, rows),
        close: async () => void (await client.endAsync(true)),
      });
    });
  });
}

function publish(client: MqttClient, pending: Set<(err: Error) => void>, rows: readonly UplinkRow[]): Promise<void> {
  return new Promise((resolve, reject) => {
    if (!client.connected) return reject(new Error('the uplink is down'));
    pending.add(reject);
    client.publish(topics.gatewayTelemetry, toGatewayMessage(rows), { qos: 1 }, (err) => {
      pending.delete(reject);
      if (err) reject(err);
      else resolve();
    });
  });
}

/** Rows as the gateway API wants them: by device, each device's in order. */
export function toGatewayMessage(rows: readonly UplinkRow[]): string {
  const byDevice: Record<string, Omit<UplinkRow, 'device'>[]> = {};
  for (const { device, ...row } of rows) {
    byDevice[device] ??= [];
    byDevice[device].push(row);
  }
  return JSON.stringify(byDevice);
}
