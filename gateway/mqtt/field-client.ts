import { connect } from 'mqtt';
import type { Running } from '../../kit/cleanups.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { FieldMqtt } from '../config.ts';
import { normaliseMessage, ruleFor } from '../normalise/field-message.ts';
import type { TakeRows } from '../row.ts';

export interface FieldClientParts {
  readonly gateway: string;
  readonly source: FieldMqtt;
  readonly take: TakeRows;
  /** Told of every message that cannot be read; it is counted, and acknowledged so that it does not come for ever. */
  readonly onRefused: (reason: string) => void;
  readonly clock: Clock;
  readonly log: Log;
}

const reconnectMs = 1000;

/**
 * Listens to a field broker and acknowledges a message only when its rows are durable. The session outlives the connection, so
 * the broker keeps what comes while this gateway is away. Messages are taken one at a time: a full outbox holds back the
 * broker, and nothing is lost.
 */
export function startFieldClient({
  gateway,
  source,
  take,
  onRefused,
  clock,
  log,
}: FieldClientParts): Running & { connected(): boolean } {
  const client = connect(source.url, {
    clientId: `yanshao-gateway-${gateway}`,
    clean: false,
    username: source.username,
    password: source.password,
    // Spread, so that the gateways of one broker do not return as one.
    reconnectPeriod: reconnectMs + Math.floor(Math.random() * reconnectMs),
    reconnectOnConnackError: true,
  });
  client.handleMessage = (packet, done) => {
    const rule = ruleFor(packet.topic, source.topics);
    const read = rule
      ? normaliseMessage(packet.topic, Buffer.from(packet.payload), rule, clock.now())
      : { refused: `topic ${packet.topic} is not configured` };
    if ('refused' in read) {
      onRefused(read.refused);
      return done();
    }
    take(read.rows).then(
      () => done(),
      (err: Error) => {
        log.error({ err }, 'the outbox did not take a field message; the field keeps it');
        // Leaves it unacknowledged and makes the broker send it again.
        client.reconnect();
        done(err);
      },
    );
  };
  let said = false;
  client.on('connect', () => {
    said = false;
    client.subscribe(
      source.topics.map(({ filter }) => filter),
      { qos: 1 },
      (err) => {
        if (err) log.warn({ err: err.message, url: source.url }, 'the field broker refused a subscription');
      },
    );
  });
  client.on('error', (err) => {
    if (!said)
      log.warn(
        { err: err.message, url: source.url },
        'the field broker cannot be reached or refuses this gateway; it keeps trying',
      );
    said = true;
  });
  return { connected: () => client.connected, stop: async () => void (await client.endAsync(true)) };
}
