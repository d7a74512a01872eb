import { describe, expect, it } from 'vitest';
import { loadConfig } from '../kit/config.ts';
import { checkMqttDoor, ingestSettings } from './config.ts';

const config = (env: Record<string, string>) => loadConfig(ingestSettings, { env }).config;

describe('the settings of ingest', () => {
  it('have a safe default each: loopback, the well-known port, the embedded store', () => {
    expect(config({})).toMatchObject({
      mqttHost: '127.0.0.1',
      mqttPort: 1883,
      mqttMaxPacketBytes: 262_144,
      journalCapMb: 512,
      influxUrl: undefined,
    });
  });

  it.each(['127.0.0.1', '127.1.2.3', 'localhost', '::1'])('allow plain MQTT on %s', (host) => {
    expect(() => checkMqttDoor(config({ YANSHAO_MQTT_HOST: host }))).not.toThrow();
  });

  it.each(['0.0.0.0', '192.168.1.9', '::', 'broker.local'])('refuse plain MQTT on %s and say why', (host) => {
    expect(() => checkMqttDoor(config({ YANSHAO_MQTT_HOST: host }))).toThrow(/TLS is required/);
  });

  it('refuse half a certificate', () => {
    expect(() => checkMqttDoor(config({ YANSHAO_MQTT_TLS_CERT: 'cert.pem' }))).toThrow(/YANSHAO_MQTT_TLS_KEY/);
  });
});
