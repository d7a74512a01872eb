import { connectAsync, type IClientOptions } from 'mqtt';
import { topics } from '../../devices/contract/topics.ts';
import { BEAT } from '../../devices/heartbeat/heartbeat-device.ts';
import { pinnedCertificate } from '../../kit/pinned-certificate.ts';
import type { HeartbeatDoor } from './heartbeat.ts';

export interface MqttDoorOptions {
  /** Where devices connect now; undefined while ingest has not said so. */
  readonly url: () => string | undefined;
  readonly token: string;
  /** Certificate of the door, PEM file, where it speaks TLS: this one and no other is believed, whatever host it names. */
  readonly certificate?: string | undefined;
}

const WITHIN_MS = 10_000;

/** The MQTT door: signs in as any device does, publishes with QoS 1 and waits for the PUBACK, which means "durable in the journal". */
export function mqttHeartbeatDoor({ url, token, certificate }: MqttDoorOptions): HeartbeatDoor {
  return {
    async send(number) {
      const to = url();
      if (!to) throw new Error('ingest has not said where its door is');
      const tls: IClientOptions = to.startsWith('mqtt:') || !certificate ? {} : pinned(certificate);
      const client = await connectAsync(to, {
        ...tls,
        username: token,
        reconnectPeriod: 0,
        connectTimeout: WITHIN_MS,
        clean: true,
      });
      // What breaks after the handshake ends the wait below.
      client.on('error', () => {});
      try {
        const payload = JSON.stringify({ [BEAT]: number });
        await Promise.race([client.publishAsync(topics.telemetry, payload, { qos: 1 }), tooLate()]);
      } finally {
        await client.endAsync(true);
      }
    },
  };
}

function pinned(file: string): IClientOptions {
  const tls = pinnedCertificate(file);
  // Over wss the socket below has options of its own.
  return { ...tls, wsOptions: tls } as IClientOptions;
}

const tooLate = (): Promise<never> =>
  new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`the door did not acknowledge within ${WITHIN_MS / 1000} s`)), WITHIN_MS).unref();
  });
