import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import type { Log } from '../../kit/log.ts';
import { fixed } from '../city/chance.ts';

/** One device's own connection to a broker, the way firmware holds one. */
export interface DeviceLink {
  /** Publishes with QoS 1 when the line is up; otherwise the report is lost, as in a device without memory, and counted. */
  send(topic: string, payload: string): void;
  /** Publishes with QoS 1; true once the broker acknowledged it, false when it did not within ten seconds or is not there. */
  deliver(topic: string, payload: string): Promise<boolean>;
  connected(): boolean;
  stop(): Promise<void>;
}

export interface DeviceLinkOptions {
  readonly url: string;
  readonly clientId: string;
  readonly username: string;
  readonly password?: string;
  readonly counters: LinkCounters;
  /** The line came up, for the first time or again. */
  readonly onUp: () => void;
  readonly log: Log;
}

/** What happened to reports, over all links that share it. */
export interface LinkCounters {
  sent: number;
  acknowledged: number;
  /** Not sent: the line was down, or the broker had not answered for the last ones. */
  lost: number;
  failed: number;
  refused: number;
  /** Lines that are up now. */
  up: number;
}

export const linkCounters = (): LinkCounters => ({ sent: 0, acknowledged: 0, lost: 0, failed: 0, refused: 0, up: 0 });

/** Reports a device has on the way before it waits; a broker that is this far behind is not helped by more. */
const WINDOW = 16;
const ANSWER_WITHIN_MS = 10_000;
/** Connections of a city are spread over this long, so that the broker is not stormed. */
const SPREAD_MS = 2_000;

/** Opens a {@link DeviceLink}; it connects in the background and for ever, with a wait of its own between attempts. */
export function deviceLink(options: DeviceLinkOptions): DeviceLink {
  const { clientId, counters, log } = options;
  let client: MqttClient | undefined;
  let inFlight = 0;
  let up = false;
  const timer = setTimeout(
    () => {
      client = connect(options.url, settings(options));
      client.on('error', (err) => {
        counters.refused += 1;
        // A city behind one shut door complains as one: once, and again after every thousand attempts.
        if (counters.refused % 1000 !== 1) return;
        log.warn(
          { err: err.message, clientId, refused: counters.refused },
          'a simulated device was refused or cannot reach its broker; it keeps trying',
        );
      });
      client.on('connect', () => {
        inFlight = 0;
        counters.up += 1;
        up = true;
        options.onUp();
      });
      client.on('close', () => {
        if (up) counters.up -= 1;
        up = false;
      });
    },
    Math.floor(fixed(`${clientId}/connect`) * SPREAD_MS),
  );

  /** `answered` hears the outcome, unless nothing could be sent. */
  function publish(topic: string, payload: string, answered: (acknowledged: boolean) => void): boolean {
    if (!client?.connected || inFlight >= WINDOW) {
      counters.lost += 1;
      return false;
    }
    inFlight += 1;
    counters.sent += 1;
    client.publish(topic, payload, { qos: 1 }, (err) => {
      inFlight = Math.max(0, inFlight - 1);
      if (err) counters.failed += 1;
      else counters.acknowledged += 1;
      answered(!err);
    });
    return true;
  }

  return {
    connected: () => client?.connected ?? false,
    send: (topic, payload) => void publish(topic, payload, () => undefined),
    deliver: (topic, payload) =>
      new Promise((resolve) => {
        const patience = setTimeout(() => resolve(false), ANSWER_WITHIN_MS);
        const end = (acknowledged: boolean) => {
          clearTimeout(patience);
          resolve(acknowledged);
        };
        if (!publish(topic, payload, end)) end(false);
      }),
    async stop() {
      clearTimeout(timer);
      await client?.endAsync(!client.connected);
    },
  };
}

function settings({ clientId, username, password }: DeviceLinkOptions): IClientOptions {
  return {
    clientId,
    username,
    ...(password !== undefined && { password }),
    keepalive: 60,
    clean: true,
    queueQoSZero: false,
    resubscribe: false,
    // The client's own pause is fixed and has no jitter: each device gets its own, so that they do not return as one.
    reconnectPeriod: 1_500 + Math.floor(fixed(`${clientId}/retry`) * 3_500),
    reconnectOnConnackError: true,
    connectTimeout: 10_000,
  };
}
