import { readFileSync } from 'node:fs';
import { connect, type MqttClient } from 'mqtt';
import { topics } from '../../devices/contract/topics.ts';
import type { Log } from '../../kit/log.ts';
import type { GatewayConfig } from '../config.ts';
import type { UplinkRow } from '../row.ts';
import { toGatewayMessage } from './gateway-message.ts';
import type { UplinkConnection } from './keep-linked.ts';

const connectTimeoutMs = 10_000;
/** A platform that vanished without a word is missed after one and a half of these. */
const keepaliveSeconds = 20;

/**
 * Connects with the gateway's token. Nothing is kept in the client: mqtt.js's own stores resend one by one and drop what is
 * published meanwhile; the outbox is what remembers. Rejects when the platform does not answer or refuses the token, or when
 * `signal` is aborted first.
 */
export async function openUplink(
  { id, uplink: { url, token, ca } }: GatewayConfig,
  onRefusal: (message: string) => void,
  log: Log,
  signal: AbortSignal,
): Promise<UplinkConnection> {
  signal.throwIfAborted();
  const client = connect(url, {
    clientId: `gateway-${id}`,
    username: token,
    ...(ca !== undefined && { ca: readFileSync(ca) }),
    clean: true,
    reconnectPeriod: 0,
    queueQoSZero: false,
    connectTimeout: connectTimeoutMs,
    keepalive: keepaliveSeconds,
    resubscribe: false,
  });
  let opened = false;
  // Before that, it is why the connection could not be opened.
  client.on('error', (err) => opened && log.warn({ err: err.message }, 'the uplink reports an error'));
  const pending = new Set<(err: Error) => void>();
  const gone = new Promise<void>((done) => {
    client.once('close', () => {
      for (const fail of pending) fail(new Error('the uplink went down'));
      pending.clear();
      // Frees the client's own store: what is in it lies in the outbox too.
      client.end(true);
      done();
    });
  });
  client.on('message', (_topic, payload) => {
    for (const refusal of refusalsIn(payload.toString('utf8'))) onRefusal(refusal);
  });
  const giveUp = () => void client.end(true);
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    await connected(client, url);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
  opened = true;
  client.subscribe(topics.errors, { qos: 0 });
  return {
    gone,
    send: (rows) => publish(client, pending, rows),
    close: async () => void (await client.endAsync(true)),
  };
}

const connected = (client: MqttClient, url: string): Promise<void> =>
  new Promise((resolve, reject) => {
    client.once('error', reject);
    client.once('close', () => reject(new Error(`the platform at ${url} did not take the connection`)));
    client.once('connect', () => resolve());
  });

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

/** The refusals in one word of the platform, each as text; the whole word where it is not of the form we know. */
function refusalsIn(text: string): string[] {
  try {
    const { refusals } = JSON.parse(text) as { refusals?: unknown };
    if (Array.isArray(refusals) && refusals.length > 0) return refusals.map((refusal) => JSON.stringify(refusal));
  } catch {
    // Another platform's words are counted as they are.
  }
  return [text];
}
