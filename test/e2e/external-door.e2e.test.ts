import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { afterEach, expect, it } from 'vitest';
import { relayedTopic, topics } from '../../devices/contract/topics.ts';
import { startExternalDoor } from '../../ingest/external/external-door.ts';
import { type IngestBench, ingestBench } from '../../ingest/ingest-bench.ts';
import { systemClock } from '../../kit/clock.ts';
import { silentLog } from '../../kit/log.ts';
import { type MqttBroker, startCityMosquitto, startNatsMqtt } from '../support/brokers.ts';
import { needs } from '../support/tools.ts';
import { until } from '../support/until.ts';

/** Ingest as the consumer of real brokers, each with an access list of its own. */
const users = ['platform', 'gw-1', 'd-1', 'spy'].map((name) => ({ name, password: `${name}-secret` }));
const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function behind(broker: MqttBroker, over: { username?: string; group?: string } = {}): Promise<IngestBench> {
  stops.push(() => broker.stop());
  const { username = 'platform', group } = over;
  const external = {
    url: broker.url,
    username,
    password: `${username}-secret`,
    name: 'ingest',
    group,
    receiveMaximum: 100,
    sessionSeconds: 3600,
  };
  const bench = await ingestBench({ external });
  stops.push(() => bench.stop());
  return bench;
}

/** A client of the broker that hears everything said to it. */
async function client(broker: MqttBroker, name: string, protocolVersion: 4 | 5 = 4) {
  const options = {
    host: '127.0.0.1',
    port: broker.port,
    username: name,
    password: `${name}-secret`,
    protocolVersion,
    reconnectPeriod: 0,
  };
  const mqtt: MqttClient = await connectAsync(options as IClientOptions);
  mqtt.on('error', () => {});
  stops.push(() => mqtt.endAsync(true));
  const heard: { topic: string; body: Record<string, unknown> }[] = [];
  mqtt.on('message', (topic, payload) => heard.push({ topic, body: JSON.parse(payload.toString()) }));
  for (const topic of [
    topics.errors,
    topics.gatewayReceipts,
    'v1/gateway/attributes/response',
    'v1/devices/me/attributes/response/+',
  ])
    await mqtt.subscribeAsync(relayedTopic(name, topic), { qos: 1 });
  const say = (topic: string, body: unknown, subject = name) =>
    mqtt.publishAsync(relayedTopic(subject, topic), JSON.stringify(body), { qos: 1 });
  const on = (topic: string) => heard.filter((one) => one.topic === relayedTopic(name, topic)).map(({ body }) => body);
  return { mqtt, say, on };
}

const brokers = [
  { name: 'Mosquitto', tool: 'mosquitto', start: () => startCityMosquitto(users) },
  { name: 'NATS', tool: 'nats-server', start: () => startNatsMqtt(users) },
] as const;
for (const { name, tool, start } of brokers) {
  needs(tool)(`ingest behind ${name}`, () => {
    it('keeps what comes, tells receipts, answers the time, and tells refusals to who sent them', async () => {
      const broker = await start();
      const bench = await behind(broker);
      await until('linked', async () => (await bench.ingest.stats()).external?.up);
      const gateway = await client(broker, 'gw-1');
      const ts = bench.clock.now() - 1000;
      for (let n = 1; n <= 5; n += 1) {
        await gateway.say(`${topics.gatewayTelemetry}/${n}`, { 'd-2': [{ ts: ts + n, values: { 'alarm.ch4': n } }] });
      }
      await until(
        'all are receipted',
        () => gateway.on(topics.gatewayReceipts).flatMap(({ received }) => received).length === 5,
      );
      const kept = (await bench.telemetry()).filter(({ device }) => device === 'd-2');
      expect(kept.map(({ values }) => values['alarm.ch4'])).toEqual([1, 2, 3, 4, 5]);
      expect(kept[0]).toMatchObject({ source: 'gateway', gateway: 'gw-1', at: ts + 1 });

      await gateway.say('v1/gateway/attributes/request', { id: 7, device: 'd-2', keys: ['serverTime'] });
      const [answer] = await until('an answer', () => {
        const heard = gateway.on('v1/gateway/attributes/response');
        return heard.length > 0 ? heard : undefined;
      });
      expect(answer).toMatchObject({ id: 7, device: 'd-2', door: 'relayed', serverTime: bench.clock.now() });

      await gateway.say(topics.gatewayTelemetry, { 'd-4': [{ ts, values: { 'alarm.ch4': 9 } }] });
      await until('the refusal', () => gateway.on(topics.errors).length === 1);
      expect(gateway.on(topics.errors)[0]).toMatchObject({
        refusals: [{ code: 'not-behind-this-gateway', device: 'd-4' }],
      });
      const [refused] = await bench.ingest.quarantine({ limit: 1 });
      expect(refused).toMatchObject({ client: 'gw-1', device: 'd-4' });

      const device = await client(broker, 'd-1');
      await device.say('v1/devices/me/attributes/request/1', { sharedKeys: 'serverTime' });
      await until('the time', () => device.on('v1/devices/me/attributes/response/1').length === 1);
      expect(device.on('v1/devices/me/attributes/response/1')[0]).toMatchObject({ door: 'relayed' });
      expect((await bench.ingest.stats()).external).toMatchObject({ problem: null, foreign: 0, unsent: 0 });
    });
  });
}

needs('mosquitto')('ingest behind Mosquitto', () => {
  it('believes nobody who writes below a name that the access list does not give to them', async () => {
    const broker = await startCityMosquitto(users);
    const bench = await behind(broker);
    await until('linked', async () => (await bench.ingest.stats()).external?.up);
    const spy = await client(broker, 'spy', 5);
    const forged = spy.say(topics.telemetry, { 'alarm.ch4': 99 }, 'd-1');
    // MQTT 5 tells the sender, and Mosquitto 2.0 puts it out; under 3.1.1 it would be acknowledged and dropped.
    await expect(forged).rejects.toThrow(/[Nn]ot authorized/);
    const again = await client(broker, 'spy');
    await again.say(topics.telemetry, { 'alarm.ch4': 98 });
    await until('its own message is refused', async () => (await bench.ingest.stats()).refused === 1);
    expect(await bench.telemetry()).toEqual([]);
    expect((await bench.ingest.quarantine({ limit: 5 }))[0]).toMatchObject({ client: 'spy', code: 'unknown-device' });
  });

  it('ignores and counts what the broker retained, and forgets nothing that is said live with that flag', async () => {
    const broker = await startCityMosquitto(users);
    const device = await client(broker, 'd-1');
    const telemetry = relayedTopic('d-1', topics.telemetry);
    await device.mqtt.publishAsync(telemetry, '{"alarm.ch4": 1}', { qos: 1, retain: true });
    const bench = await behind(broker);
    await until('linked', async () => (await bench.ingest.stats()).external?.up);
    await device.mqtt.publishAsync(telemetry, '{"alarm.ch4": 2}', { qos: 1, retain: true });
    await until('the live one', async () => (await bench.telemetry()).length === 1);
    expect((await bench.telemetry())[0]?.values).toEqual({ 'alarm.ch4': 2 });
  });

  it('says so when the subscriptions are granted and the access list lets nothing through', async () => {
    const broker = await startCityMosquitto(users, { acl: 'pattern readwrite yanshao/%u/#\n' });
    stops.push(() => broker.stop());
    const door = startExternalDoor({
      url: broker.url,
      username: 'platform',
      password: 'platform-secret',
      name: 'deaf',
      receiveMaximum: 10,
      sessionSeconds: 0,
      api: { receive: (_m, _f, done) => done(null), tooLarge: (_m, _s, _f, done) => done(null) },
      maxPacketBytes: 1000,
      clock: systemClock,
      log: silentLog,
      probeWithinMs: 300,
    });
    stops.push(async () => door.stop());
    expect(await door.settled()).toBeNull();
    const { en, zh } = await until('it notices', () => {
      const { problem } = door.stats();
      return problem?.en.includes('delivers nothing') ? problem : undefined;
    });
    expect(en).toMatch(/user platform read and write yanshao\/#/);
    expect(zh).toMatch(/允许用户 platform 读写/);
  });
});

needs('nats-server')('ingest behind NATS', () => {
  it('says so when its subscription is refused', async () => {
    const broker = await startNatsMqtt(users);
    const bench = await behind(broker, { username: 'spy' });
    const problem = await until('it says so', async () => (await bench.ingest.stats()).external?.problem);
    expect(problem.en).toMatch(/refuses the subscription to yanshao\/\+\/v1\/#/);
  });

  it('says so when it shares with others, which MQTT 3.1.1 of NATS grants and does not do', async () => {
    const broker = await startNatsMqtt(users);
    stops.push(() => broker.stop());
    const heard: string[] = [];
    const door = startExternalDoor({
      url: broker.url,
      username: 'platform',
      password: 'platform-secret',
      name: 'one',
      group: 'city',
      receiveMaximum: 10,
      sessionSeconds: 0,
      api: {
        receive(message, _from, done) {
          heard.push(message.topic);
          done(null);
        },
        tooLarge: (_m, _s, _f, done) => done(null),
      },
      maxPacketBytes: 1000,
      clock: systemClock,
      log: silentLog,
      probeWithinMs: 300,
    });
    stops.push(async () => door.stop());
    const problem = await until('it says so', async () => door.stats().problem ?? (await door.settled()));
    expect(problem.en).toMatch(/shared subscription|refuses the subscription/);
    expect(heard).toEqual([]);
  });
});
