import { connectAsync, type MqttClient } from 'mqtt';

/** One reading as it was sent. */
export interface Sent {
  readonly device: string;
  readonly ts: number;
  readonly value: number;
}

interface Message {
  readonly body: string;
  readonly readings: readonly Sent[];
  /** When it was given to be sent, on the monotonic clock. */
  readonly since: number;
  published: boolean;
}

/**
 * A device or gateway that behaves as MQTT asks: it keeps every message until its PUBACK, and sends again, in order, what was
 * not acknowledged when the connection comes back.
 */
export interface StubbornDevice {
  /** Sends now if connected, else as soon as it is. */
  send(body: unknown, readings: readonly Sent[]): void;
  connect(): Promise<void>;
  readonly connected: boolean;
  /** Messages handed to the socket and not acknowledged. */
  readonly inFlight: number;
  /** Messages not acknowledged, whether sent or not. */
  readonly waiting: number;
  /** Readings whose PUBACK has arrived. */
  readonly acknowledged: readonly Sent[];
  /** Messages sent more than once. */
  readonly resent: number;
  end(): Promise<void>;
}

export interface StubbornOptions {
  /** Told of each message that was acknowledged and how long it had waited since it was given, ms. */
  readonly onAcknowledged?: (readings: readonly Sent[], waitedMs: number) => void;
}

export function stubbornDevice(
  port: () => number,
  token: string,
  topic: string,
  { onAcknowledged }: StubbornOptions = {},
): StubbornDevice {
  const waiting = new Set<Message>();
  const acknowledged: Sent[] = [];
  let client: MqttClient | undefined;
  let inFlight = 0;
  let resent = 0;

  const publish = (through: MqttClient, message: Message) => {
    if (message.published) resent++;
    message.published = true;
    inFlight++;
    through.publish(topic, message.body, { qos: 1 }, (err) => {
      if (through === client) inFlight--;
      if (err || !waiting.delete(message)) return;
      acknowledged.push(...message.readings);
      onAcknowledged?.(message.readings, performance.now() - message.since);
    });
  };
  return {
    send(body, readings) {
      const message = { body: JSON.stringify(body), readings, since: performance.now(), published: false };
      waiting.add(message);
      if (client?.connected) publish(client, message);
    },
    async connect() {
      inFlight = 0;
      const fresh = await connectAsync({
        host: '127.0.0.1',
        port: port(),
        username: token,
        reconnectPeriod: 0,
        connectTimeout: 5000,
      });
      fresh.on('error', () => {});
      fresh.once('close', () => {
        if (client === fresh) client = undefined;
      });
      client = fresh;
      for (const message of waiting) publish(fresh, message);
    },
    get connected() {
      return client?.connected ?? false;
    },
    get inFlight() {
      return inFlight;
    },
    get waiting() {
      return waiting.size;
    },
    acknowledged,
    get resent() {
      return resent;
    },
    async end() {
      await client?.endAsync(true);
    },
  };
}
