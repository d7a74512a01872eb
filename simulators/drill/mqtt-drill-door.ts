import { connect, type MqttClient } from 'mqtt';
import { topics } from '../../devices/contract/topics.ts';
import { pinnedCertificate } from '../../kit/pinned-certificate.ts';
import type { DrillDoor } from './drill-door.ts';

export interface MqttDrillDoorOptions {
  /** Where devices connect now; undefined while ingest has not said so. */
  readonly url: () => string | undefined;
  /** The access token of a drill's detector. */
  readonly token: (drill: string) => string;
  /** Certificate of the door, PEM file, where it speaks TLS: this one and no other is believed. */
  readonly certificate?: string | undefined;
}

interface Line {
  readonly to: string;
  readonly client: MqttClient;
}

const WITHIN_MS = 10_000;
const AGAIN_MS = 1_000;

/**
 * The MQTT door: each detector keeps a connection of its own under its own token, publishes with QoS 1 and waits for the PUBACK,
 * which means "durable in the journal". Nothing is kept for a line that is down: a reading that is late is none.
 */
export function mqttDrillDoor({ url, token, certificate }: MqttDrillDoorOptions): DrillDoor {
  const lines = new Map<string, Line>();
  const leave = async (drill: string): Promise<void> => {
    const line = lines.get(drill);
    lines.delete(drill);
    await line?.client.endAsync(true);
  };
  const lineTo = async (drill: string): Promise<MqttClient> => {
    const to = url();
    if (!to) throw new Error('ingest has not said where its door is');
    const held = lines.get(drill);
    if (held?.to === to) return held.client;
    await leave(drill);
    const tls = to.startsWith('mqtt:') || certificate === undefined ? {} : pinnedCertificate(certificate);
    const client = connect(to, {
      ...tls,
      ...(to.startsWith('wss:') && { wsOptions: tls }),
      ...{ clientId: drill, username: token(drill), clean: true, keepalive: 30 },
      ...{ reconnectPeriod: AGAIN_MS, reconnectOnConnackError: true, connectTimeout: WITHIN_MS },
    } as Parameters<typeof connect>[1] & object);
    // The door may not have heard of the detector yet: the line tries again by itself, and `send` says what it waits for.
    client.on('error', () => {});
    lines.set(drill, { to, client });
    return client;
  };
  return {
    async send(drill, ts, values) {
      const client = await lineTo(drill);
      if (!client.connected) throw new Error('the detector is not connected to the door yet');
      const sent = client.publishAsync(topics.telemetry, JSON.stringify({ ts, values }), { qos: 1 });
      // What comes after the wait is over is nobody's any more.
      sent.catch(() => {});
      await Promise.race([sent, tooLate()]);
    },
    leave,
    async stop() {
      await Promise.all([...lines.keys()].map(leave));
    },
  };
}

const tooLate = (): Promise<never> =>
  new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`the door did not acknowledge within ${WITHIN_MS / 1000} s`)), WITHIN_MS).unref();
  });
