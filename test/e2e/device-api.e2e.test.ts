import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ingestClient } from '../../devices/contract/ingest-client.ts';
import type { IngestPort } from '../../devices/contract/ports.ts';
import { topics } from '../../devices/contract/topics.ts';
import { answerTopic, publishTable, subscribeTable } from '../../ingest/api/topic-table.ts';
import { dataFolder } from '../../kit/data-folder.ts';
import { rpcClient } from '../../kit/rpc/rpc.ts';
import { addDevice, type Platform, startPlatform } from '../support/platform.ts';
import { until } from '../support/until.ts';

/** Every line of the tables in docs/device-api.md, tried against a platform that runs: the page cannot say what is not so. */
interface Row {
  readonly direction: string;
  readonly topic: string;
  readonly ruling: string;
}
const page = readFileSync(new URL('../../docs/device-api.md', import.meta.url), 'utf8');
const words: Readonly<Record<string, string>> = {
  发布: 'publish',
  订阅: 'subscribe',
  支持: 'supported',
  忽略: 'ignored',
  拒绝: 'refused',
};
const rowsBelow = (heading: string): Row[] =>
  (page.split(heading)[1] ?? '')
    .split('\n---')[0]!
    .split('\n')
    .map((line) => /^\| (\S+) \| `([^`]+)` \| (\S+) \| \S/.exec(line))
    .filter((found) => found !== null)
    .map(([, direction = '', topic = '', ruling = '']) => ({
      direction: words[direction] ?? direction,
      topic,
      ruling: words[ruling] ?? ruling,
    }));
const rows = rowsBelow('## 每个主题');
const published = rows.filter(({ direction }) => direction === 'publish');
const subscribed = rows.filter(({ direction }) => direction === 'subscribe');

describe('the page on the device API', () => {
  it('says the same in both languages', () => {
    expect(rows.length).toBeGreaterThan(60);
    expect(rowsBelow('## Topic by topic')).toEqual(rows);
  });

  it('leaves no topic out that the platform knows, and each once', () => {
    expect(
      published
        .map(({ topic }) => topic)
        .filter((topic) => topic !== 'custom/topic')
        .sort(),
    ).toEqual(Object.keys(publishTable).sort());
    const granted = subscribed.filter(({ ruling }) => ruling === 'supported').map(({ topic }) => topic);
    expect(granted.sort()).toEqual([...subscribeTable].sort());
  });
});

describe('a platform that runs', () => {
  let platform: Platform;
  let ingest: IngestPort;
  let device: MqttClient;
  let gateway: MqttClient;
  const heard: { topic: string; body: Record<string, unknown> }[] = [];
  const speaker = (topic: string) => (topic.startsWith('v1/gateway') ? gateway : device);
  const concrete = (topic: string) => topic.replaceAll('+', '7');

  async function client(token: string): Promise<MqttClient> {
    const mqtt = await connectAsync({
      host: '127.0.0.1',
      port: platform.mqttPort,
      username: token,
      reconnectPeriod: 0,
    });
    mqtt.on('error', () => {});
    mqtt.on('message', (topic, payload) => heard.push({ topic, body: JSON.parse(payload.toString()) }));
    return mqtt;
  }

  beforeAll(async () => {
    platform = await startPlatform({ YANSHAO_DEMO: 'off' });
    const gas = ['--type', 'gas-alarm-commercial', '--gas', 'natural', '--gas-unit', '%{LEL}'];
    const token = await addDevice(platform, 'kitchen-1', ...gas);
    const gatewayToken = await addDevice(platform, 'gw-1', '--type', 'gateway');
    await addDevice(platform, 'behind-1', ...gas, '--gateway', 'gw-1');
    const folder = dataFolder(join(platform.dataDir, 'live'));
    ingest = ingestClient(rpcClient({ url: folder.find('ingest')?.url ?? '', secret: folder.secret() }));
    device = await client(token);
    gateway = await client(gatewayToken);
  });
  afterAll(async () => {
    await device?.endAsync(true);
    await gateway?.endAsync(true);
    await platform?.stop();
  });

  it('grants and refuses subscriptions as the page says', async () => {
    for (const { topic, ruling } of subscribed) {
      const mqtt = speaker(topic);
      const code = await mqtt.subscribeAsync(topic, { qos: 1 }).then(
        ([granted]) => granted?.qos ?? 128,
        () => 128,
      );
      expect(code < 128 ? 'supported' : 'refused', topic).toBe(ruling);
    }
    await gateway.subscribeAsync(topics.errors);
  });

  it('keeps, answers, ignores and refuses what is published as the page says', async () => {
    const before = await ingest.stats();
    const now = Date.now();
    for (const { topic } of published) {
      const body = JSON.stringify(bodyFor(topic, now));
      // Acknowledged whatever becomes of it: nothing of this is worth sending again.
      await speaker(topic).publishAsync(concrete(topic), body, { qos: 1 });
    }
    const those = (ruling: string) => published.filter((row) => row.ruling === ruling).map(({ topic }) => topic);

    const refused = those('refused');
    const held = await ingest.quarantine({ limit: 100 });
    expect(held.map(({ topic }) => topic).sort()).toEqual(refused.map(concrete).sort());
    for (const { topic, reason } of held) {
      expect(reason.zh, topic).toMatch(/[\u4e00-\u9fff]/);
      expect(reason.en, topic).toMatch(/[a-z]{3}/);
    }
    await until(
      'every refusal is told',
      () => heard.filter(({ topic }) => topic === topics.errors).length >= refused.length,
    );
    const told = heard.filter(({ topic }) => topic === topics.errors).map(({ body }) => body.topic);
    expect(told.sort()).toEqual(refused.map(concrete).sort());

    const after = await ingest.stats();
    expect(Object.keys(after.ignored).sort()).toEqual(those('ignored').sort());
    expect(new Set(Object.values(after.ignored))).toEqual(new Set([1]));

    const supported = those('supported');
    const questions = supported.filter((topic) => topic.includes('req'));
    for (const topic of questions) {
      const answer = topic.startsWith('v1/gateway') ? 'v1/gateway/attributes/response' : answerTopic(concrete(topic));
      const { body } = await until(`an answer on ${answer}`, () => heard.find((one) => one.topic === answer));
      expect(body).toMatchObject({ door: 'direct', serverTime: expect.any(Number) });
    }
    expect(after.accepted - before.accepted).toBe(supported.length - questions.length);
    const { body } = await until('the receipt', () => heard.find(({ topic }) => topic === topics.gatewayReceipts));
    expect(body).toEqual({ received: [7] });
  });

  it('answers what ThingsBoard’s clients ask of it, and runs nothing else', async () => {
    for (const topic of ['v1/devices/me/rpc/request/9', 'v2/r/j/req/9']) {
      await device.publishAsync(topic, '{"method":"getSessionLimits","params":{}}', { qos: 1 });
      const { body } = await until('the limits', () => heard.find((one) => one.topic === answerTopic(topic)));
      expect(body).toMatchObject({ maxPayloadSize: expect.any(Number), rateLimits: expect.any(Object) });
    }
  });

  it('counts what it ignores where an operator looks', async () => {
    const text = await until('the metrics', async () => {
      const metrics = await (await fetch(`${platform.url}/metrics`, { headers: await bearer() })).text();
      return metrics.includes('yanshao_ingest_messages_ignored_total{topic="v1/gateway/metrics"} 1')
        ? metrics
        : undefined;
    });
    expect(text).toContain('yanshao_ingest_messages_ignored_total{topic="v1/devices/me/claim"} 1');
  });
  const bearer = async () => ({ authorization: `Bearer ${await platform.apiToken()}` });

  it('lets nobody register themselves', async () => {
    const provision = { host: '127.0.0.1', port: platform.mqttPort, username: 'provision', reconnectPeriod: 0 };
    await expect(connectAsync(provision)).rejects.toThrow(/user ?name|authorized/i);
  });
});

/** What a well-meaning sender puts on a topic. */
function bodyFor(topic: string, now: number): unknown {
  if (topic === topics.gatewayEvents)
    return [{ condition: 'outbox-dropped', active: true, at: now, facts: { rows: 3 } }];
  if (topic === 'v1/gateway/attributes/request')
    return { id: 1, device: 'behind-1', client: false, keys: ['serverTime'] };
  if (topic === topics.gatewayConnect || topic === topics.gatewayDisconnect) return { device: 'behind-1' };
  if (topic.startsWith(topics.gatewayTelemetry)) {
    const offset = topic === topics.gatewayTelemetry ? 1 : 2;
    return { 'behind-1': [{ ts: now - offset, values: { 'alarm.ch4': offset } }] };
  }
  if (topic === topics.gatewayAttributes) return { 'behind-1': { firmware: '1.0' } };
  if (topic.includes('rpc') || topic.startsWith('v2/r')) return { method: 'openValve', params: {} };
  if (topic.includes('attributes/request') || topic.includes('/req/')) return { sharedKeys: 'serverTime' };
  if (topic.includes('attributes') || topic.startsWith('v2/a')) return { firmware: '1.0' };
  return { 'alarm.ch4': 3.2 };
}
