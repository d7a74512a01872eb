import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { type AttributesAnswer, type Receipts, relayedTopic, topics } from '../../devices/contract/topics.ts';
import type { Log } from '../../kit/log.ts';
import type { GatewayConfig } from '../config.ts';
import type { UplinkRow } from '../row.ts';
import { toGatewayMessage } from './gateway-message.ts';
import type { Asked, Door, UplinkConnection } from './keep-linked.ts';

const connectTimeoutMs = 10_000;
/** A platform that vanished without a word is missed after one and a half of these. */
const keepaliveSeconds = 20;
/** What is not answered within so long is taken for unanswered, ms. */
const answerMs = 10_000;
/** So long a message may be under way: a broker may have it, and nobody behind it, ms. */
const receiptMs = 60_000;

const requests = topics.attributesRequest.slice(0, -1);
const responses = 'v1/devices/me/attributes/response/';

export interface UplinkParts {
  readonly config: Pick<GatewayConfig, 'id' | 'uplink'>;
  readonly onRefusal: (message: string) => void;
  /** A clock that only counts, ms. */
  readonly monotonic: () => number;
  readonly log: Log;
}

/**
 * Connects with the gateway's credential. Nothing is kept in the client: mqtt.js's own stores resend one by one and drop what
 * is published meanwhile; the outbox is what remembers. Rejects when the platform does not answer or refuses the credential,
 * or when `signal` is aborted first.
 */
export async function openUplink(parts: UplinkParts, signal: AbortSignal): Promise<UplinkConnection> {
  const { config, onRefusal, monotonic, log } = parts;
  const { id, uplink } = config;
  signal.throwIfAborted();
  const client = connect(uplink.url, optionsOf(config));
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
  const at = (topic: string) => (uplink.prefix ? relayedTopic(id, topic) : topic);
  /** Who waits for an answer or a receipt, by its number. */
  const questions = new Map<number, (answer: unknown) => void>();
  const receipts = new Map<number, () => void>();
  client.on('message', (topic, payload) => {
    const bare = uplink.prefix ? topic.slice(at('').length) : topic;
    if (bare === topics.gatewayReceipts) {
      for (const number of numbersIn(payload)) receipts.get(number)?.();
    } else if (bare.startsWith(responses)) questions.get(Number(bare.slice(responses.length)))?.(jsonIn(payload));
    else if (bare === topics.errors) for (const refusal of refusalsIn(payload.toString('utf8'))) onRefusal(refusal);
  });

  /** Resolves by `settle` of `body`; rejects when the link goes down first, or after `withinMs`. */
  const answered = <T>(
    withinMs: number,
    what: string,
    body: (settle: (value: T) => void, fail: (err: Error) => void) => void,
  ) =>
    new Promise<T>((resolve, reject) => {
      if (!client.connected) return reject(new Error('the uplink is down'));
      const end = () => {
        clearTimeout(timer);
        pending.delete(fail);
      };
      const fail = (err: Error) => {
        end();
        reject(err);
      };
      const timer = setTimeout(() => fail(new Error(`${what} within ${withinMs / 1000} s`)), withinMs);
      pending.add(fail);
      body((value) => {
        end();
        resolve(value);
      }, fail);
    });
  const publish = (topic: string, text: string): Promise<void> =>
    answered(receiptMs, `nothing on ${topic} was acknowledged`, (settle, fail) => {
      client.publish(at(topic), text, { qos: 1 }, (err) => (err ? fail(err) : settle()));
    });

  // Numbers of an earlier life of this gateway may still be on their way: each life counts from somewhere else.
  let number = randomInt(2 ** 47);
  let door: Door = 'direct';
  const send = async (rows: readonly UplinkRow[]): Promise<void> => {
    if (door === 'direct') return publish(topics.gatewayTelemetry, toGatewayMessage(rows));
    const mine = ++number;
    try {
      await answered<void>(receiptMs, 'the platform sent no receipt', (settle, fail) => {
        receipts.set(mine, settle);
        client.publish(
          at(`${topics.gatewayTelemetry}/${mine}`),
          toGatewayMessage(rows),
          { qos: 1 },
          (err) => err && fail(err),
        );
      });
    } finally {
      receipts.delete(mine);
    }
  };
  const ask = async (sharedKeys?: string): Promise<Asked> => {
    const mine = ++number;
    const askedAt = monotonic();
    try {
      const answer = await answered(
        answerMs,
        'the platform did not answer',
        (settle: (answer: unknown) => void, fail) => {
          questions.set(mine, settle);
          client.publish(
            at(`${requests}${mine}`),
            JSON.stringify({ sharedKeys }),
            { qos: 0 },
            (err) => err && fail(err),
          );
        },
      );
      return { ...(answer as AttributesAnswer), askedAt, answeredAt: monotonic() };
    } finally {
      questions.delete(mine);
    }
  };

  const giveUp = () => void client.end(true);
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    await connected(client, uplink.url);
    // What was refused is told to whoever wants to hear it; a broker that does not let us hear receipts must not be believed.
    await client.subscribeAsync([topics.errors, topics.gatewayReceipts, `${responses}+`].map(at), { qos: 1 });
  } catch (err) {
    client.end(true);
    throw err;
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
  opened = true;
  return {
    gone,
    send,
    ask,
    through: (kind) => {
      door = kind;
    },
    tell: (events) => publish(topics.gatewayEvents, JSON.stringify(events)),
    report: (attributes) => publish(topics.attributes, JSON.stringify(attributes)),
    close: async () => void (await client.endAsync(true)),
  };
}

function optionsOf({ id, uplink }: UplinkParts['config']): IClientOptions {
  const { token, username = token, password, ca, certificate, key } = uplink;
  return {
    clientId: `gateway-${id}`,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(ca !== undefined && { ca: readFileSync(ca) }),
    ...(certificate !== undefined && { cert: readFileSync(certificate) }),
    ...(key !== undefined && { key: readFileSync(key) }),
    clean: true,
    // A buffer for each of 65,536 numbers is 8 MB.
    writeCache: false,
    reconnectPeriod: 0,
    queueQoSZero: false,
    connectTimeout: connectTimeoutMs,
    keepalive: keepaliveSeconds,
    resubscribe: false,
  };
}

const connected = (client: MqttClient, url: string): Promise<void> =>
  new Promise((resolve, reject) => {
    client.once('error', reject);
    client.once('close', () => reject(new Error(`the platform at ${url} did not take the connection`)));
    client.once('connect', () => resolve());
  });

function jsonIn(payload: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(payload).toString('utf8'));
  } catch {
    return undefined;
  }
}

function numbersIn(payload: Uint8Array): readonly number[] {
  const { received } = (jsonIn(payload) ?? {}) as Partial<Receipts>;
  return Array.isArray(received) ? received : [];
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
