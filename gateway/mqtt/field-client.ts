import { readFileSync } from 'node:fs';
import { connect } from 'mqtt';
import type { Running } from '../../kit/cleanups.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { deferAcks, type Incoming } from '../../kit/mqtt/deferred-acks.ts';
import type { FieldMqtt } from '../config.ts';
import { evidenceOf, normaliseMessage, ruleFor } from '../normalise/field-message.ts';
import type { TakeRows } from '../row.ts';

export interface FieldClientParts {
  readonly gateway: string;
  readonly source: FieldMqtt;
  readonly take: TakeRows;
  /** Told of everything that cannot be read; it is counted, and acknowledged so that it does not come for ever. */
  readonly onRefused: (reason: string) => void;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

const reconnectMs = 1000;

/**
 * Listens to a field broker and acknowledges a message only when its rows are durable. The session outlives the connection,
 * so that the broker keeps what comes while this gateway is away; a full outbox holds the broker back. Nothing is lost.
 */
export function startFieldClient(parts: FieldClientParts): Running & { connected(): boolean } {
  const { gateway, source, take, onRefused, clock, log } = parts;
  const { url, username, password, ca, topics } = source;
  const client = connect(url, {
    clientId: `yanshao-gateway-${gateway}`,
    clean: false,
    // A buffer for each of 65,536 numbers is 8 MB.
    writeCache: false,
    username,
    password,
    ...(ca !== undefined && { ca: readFileSync(ca) }),
    // Spread, so that the gateways of one broker do not return as one.
    reconnectPeriod: reconnectMs + Math.floor(Math.random() * reconnectMs),
    reconnectOnConnackError: true,
    resubscribe: false,
  });
  let stopping = false;
  let said = false;
  const complain = (fields: object, message: string) => {
    if (!said) log.warn({ ...fields, url }, message);
    said = true;
  };

  const settle = async ({ topic, payload, retain }: Incoming): Promise<void> => {
    const rule = ruleFor(topic, topics);
    if (!rule) return onRefused(`topic ${topic} is not configured`);
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
    const message = { topic, payload: bytes, received: clock.now(), retained: retain };
    const { rows, refused } = normaliseMessage(message, rule);
    const evidence = evidenceOf(message, rule, refused);
    const all = evidence ? [...rows, evidence] : rows;
    if (all.length > 0) {
      await take(all).catch((err: unknown) => {
        if (!stopping) complain({ err }, 'the outbox is gone; the field broker keeps what comes');
        throw err;
      });
    }
    // What travels on is counted when the platform has refused it and says so; the rest here, and only now, so that what is
    // sent again is not counted again.
    if (!evidence) for (const reason of refused) onRefused(reason);
  };
  deferAcks(client, settle);

  client.on('connect', () => {
    said = false;
    client.subscribe(
      topics.map(({ filter }) => filter),
      { qos: 1 },
      (err) => {
        if (err && !stopping) complain({ err: err.message }, 'the field broker refused a subscription');
      },
    );
  });
  client.on('error', (err) =>
    complain({ err: err.message }, 'the field broker cannot be reached or refuses this gateway; it keeps trying'),
  );
  return {
    connected: () => client.connected,
    async stop() {
      stopping = true;
      await client.endAsync(true);
    },
  };
}
