import { describe, expect, it } from 'vitest';
import { loadConfig } from '../kit/config.ts';
import { checkBrokerUrl, checkMqttDoor, ingestSettings } from './config.ts';
import { brokerOptions } from './mqtt/broker-options.ts';
import { doorUrls } from './mqtt/door-urls.ts';

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

  const tls = { YANSHAO_MQTT_TLS_CERT: 'cert.pem', YANSHAO_MQTT_TLS_KEY: 'key.pem' };

  it('open TLS and WebSocket to the network once there is a certificate, and keep plain MQTT on loopback', () => {
    const given = config({ ...tls, YANSHAO_MQTT_HOST: '0.0.0.0', YANSHAO_MQTT_TLS_CA: 'ca.pem' });
    expect(() => checkMqttDoor(given)).not.toThrow();
    expect(brokerOptions(given)).toMatchObject({
      plain: { host: '127.0.0.1', port: 1883 },
      tls: { host: '0.0.0.0', port: 8883 },
      wss: { host: '0.0.0.0', port: 8884 },
      certificate: { cert: 'cert.pem', key: 'key.pem', ca: 'ca.pem' },
    });
    expect(doorUrls(given, { plain: 1883, tls: 8883, wss: 8884 })).toEqual([
      'mqtt://127.0.0.1:1883',
      'mqtts://0.0.0.0:8883',
      'wss://0.0.0.0:8884/mqtt',
    ]);
  });

  it('close a door that is off, and offer no WebSocket without TLS', () => {
    const off = config({ ...tls, YANSHAO_MQTT_PORT: 'off', YANSHAO_MQTT_WSS_PORT: 'off' });
    expect(() => checkMqttDoor(off)).not.toThrow();
    expect(brokerOptions(off)).toMatchObject({ plain: undefined, wss: undefined, tls: { port: 8883 } });
    expect(brokerOptions(config({}))).not.toHaveProperty('wss');
  });

  it.each([
    ['no door at all', { YANSHAO_MQTT_PORT: 'off' }, /no door is left/],
    ['a certificate for no door', { ...tls, YANSHAO_MQTT_TLS_PORT: 'off', YANSHAO_MQTT_WSS_PORT: 'off' }, /both off/],
    ['two doors on one port', { ...tls, YANSHAO_MQTT_TLS_PORT: '1883' }, /must differ/],
    ['an authority without a certificate', { YANSHAO_MQTT_TLS_CA: 'ca.pem' }, /YANSHAO_MQTT_TLS_CA/],
  ])('refuse %s', (_what, env, why) => {
    expect(() => checkMqttDoor(config(env))).toThrow(why);
  });

  it('name every fault of the doors at once', () => {
    const wrong = config({ YANSHAO_MQTT_HOST: '0.0.0.0', YANSHAO_MQTT_TLS_KEY: 'key.pem', YANSHAO_MQTT_PORT: 'off' });
    expect(() => checkMqttDoor(wrong)).toThrow(/YANSHAO_MQTT_TLS_CERT[\s\S]*TLS is required[\s\S]*no door is left/);
  });

  it('let a gateway send more than a device', () => {
    const { device, gateway } = brokerOptions(config({})).limits;
    expect(gateway.messages.perSecond).toBeGreaterThan(device.messages.perSecond);
    expect(gateway.bytes.perSecond).toBeGreaterThan(device.bytes.perSecond);
  });
});

describe('an external broker', () => {
  const check = (over: Partial<Parameters<typeof checkBrokerUrl>[0]>) => () =>
    checkBrokerUrl({
      mqttBrokerUrl: undefined,
      mqttBrokerCert: undefined,
      mqttBrokerKey: undefined,
      mqttBrokerGroup: undefined,
      ...over,
    });
  it('is spoken to in the clear on this machine only', () => {
    for (const mqttBrokerUrl of [
      'mqtt://127.0.0.1:1883',
      'mqtt://[::1]',
      'mqtts://broker.lan:8883',
      'wss://broker.lan',
    ])
      expect(check({ mqttBrokerUrl })).not.toThrow();
    expect(check({ mqttBrokerUrl: 'mqtt://broker.lan' })).toThrow(/in the clear.*mqtts:/);
    expect(check({ mqttBrokerUrl: 'ws://10.0.0.5:8083' })).toThrow(/wss:/);
  });
  it('needs a certificate with its key, and an address for its group', () => {
    expect(check({ mqttBrokerUrl: 'mqtts://b', mqttBrokerCert: 'c.pem' })).toThrow(/only one is set/);
    expect(check({ mqttBrokerGroup: 'city' })).toThrow(/YANSHAO_MQTT_BROKER_URL too/);
  });
});
