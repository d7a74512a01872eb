import { connectAsync } from 'mqtt';
import { afterEach, describe, expect, it } from 'vitest';
import { deviceTypes } from '../../devices/types/registry.ts';
import { testAlarm } from '../../ingest/admission/admission-bench.ts';
import { type IngestBench, ingestBench, testRegistry, tokenOf } from '../../ingest/ingest-bench.ts';
import { datatypes } from '../../ingest/sparkplug/codec/datatypes.ts';
import { readMapping } from '../../ingest/sparkplug/mapping.ts';
import type { SparkplugOptions } from '../../ingest/sparkplug/sparkplug-options.ts';
import { systemClock } from '../../kit/clock.ts';
import { layCable } from '../support/cable.ts';
import { type MosquittoServer, startMosquitto } from '../support/servers.ts';
import { type NodeMetric, type SparkplugEdgeNode, startEdgeNode } from '../support/sparkplug-node.ts';
import { needs } from '../support/tools.ts';
import { until } from '../support/until.ts';

/** Sparkplug B over real sockets: a Mosquitto between, and the embedded broker. Edge node G/N is gateway gw-1. */
const mappingText = `
nodes:
  - group: G
    node: N
    gateway: gw-1
    device: d-2
    metrics:
      Flow: { measurement: alarm.flow }
    devices:
      - device: Kitchen
        id: d-3
        metrics:
          Gas: { measurement: alarm.ch4 }
          Flow: { measurement: alarm.flow, scale: 0.1 }
`;
const types = { ...deviceTypes, [testAlarm.id]: testAlarm };
const flow: NodeMetric = { name: 'Flow', alias: 10, datatype: datatypes.Double };
const metrics = [flow, { name: 'Fan', alias: 11, datatype: datatypes.Boolean }];
const devices = {
  Kitchen: [
    { name: 'Gas', alias: 20, datatype: datatypes.Float },
    { name: 'Flow', alias: 21, datatype: datatypes.Int32 },
  ],
};

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const sparkplugWith = (url?: string, reorderMs = 400): SparkplugOptions => {
  const { mapping, missing } = readMapping(mappingText, testRegistry(), types);
  if (!mapping) throw new Error('the mapping of this test is wrong');
  return {
    hostId: 'yanshao',
    mapping,
    missing,
    reorderMs,
    broker: url === undefined ? undefined : { url, receiveMaximum: 100 },
  };
};

async function startHost(url?: string, reorderMs?: number): Promise<IngestBench & { halt(): Promise<void> }> {
  const bench = await ingestBench({ sparkplug: sparkplugWith(url, reorderMs), clock: systemClock });
  let stopped: Promise<void> | undefined;
  const halt = () => (stopped ??= bench.stop());
  stops.push(halt);
  if (url !== undefined)
    await until('the host is linked', async () => (await bench.ingest.sparkplug({}))?.broker?.connected);
  return { ...bench, halt };
}

async function mosquitto(): Promise<MosquittoServer> {
  const broker = await startMosquitto();
  stops.push(() => broker.stop());
  return broker;
}

async function edgeNode(
  port: number,
  over: { bdSeq?: number; obeys?: boolean; username?: string } = {},
): Promise<SparkplugEdgeNode> {
  const { bdSeq, obeys, username } = over;
  const node = await startEdgeNode({
    group: 'G',
    node: 'N',
    host: 'yanshao',
    metrics,
    devices,
    url: `mqtt://127.0.0.1:${port}`,
    connection: { ...(username !== undefined && { username }) },
    ...(bdSeq !== undefined && { bdSeq }),
    ...(obeys !== undefined && { obeys }),
  });
  stops.push(() => node.mqtt.endAsync(true));
  return node;
}

/** Everything that is said on STATE, and who is asked for what. */
async function listener(port: number) {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 }, false);
  stops.push(() => client.endAsync(true));
  const heard: { topic: string; qos: number; retain: boolean; body: { online: boolean; timestamp: number } | null }[] =
    [];
  client.on('message', (topic, payload, { qos, retain }) =>
    heard.push({ topic, qos, retain, body: topic.includes('/STATE/') ? JSON.parse(payload.toString()) : null }),
  );
  await client.subscribeAsync('spBv1.0/#', { qos: 1 });
  return { client, heard, states: () => heard.flatMap(({ body }) => body ?? []) };
}

const gas = async (bench: IngestBench, name = 'alarm.ch4', device = 'd-3') =>
  (await bench.telemetry())
    .filter((entry) => entry.device === device && name in entry.values)
    .map((entry) => entry.values[name]);
const arrived = (bench: IngestBench, wanted: readonly unknown[], name?: string, device?: string) =>
  until(
    `readings ${JSON.stringify(wanted)}`,
    async () => JSON.stringify(await gas(bench, name, device)) === JSON.stringify(wanted),
  ).catch(async (err) => {
    expect(await gas(bench, name, device)).toEqual(wanted);
    throw err;
  });
const nodeOf = async (bench: IngestBench) => (await bench.ingest.sparkplug({}))?.nodes[0];
const links = async (bench: IngestBench) =>
  (await bench.entries()).flatMap((entry) => (entry.kind === 'connection' ? [`${entry.subject} ${entry.state}`] : []));

needs('mosquitto')('the host application at a Mosquitto', () => {
  it('tck-id-host-topic-phid-birth: after its subscriptions it is born, retained, with the timestamp of its will', async () => {
    const broker = await mosquitto();
    const cable = await layCable(broker.port);
    stops.push(() => cable.stop());
    const ear = await listener(broker.port);
    await startHost(`mqtt://127.0.0.1:${cable.port}`);
    // tck-id-host-topic-phid-birth-message: the first thing it says is its birth; only then does it ask anybody for theirs.
    await until('the birth and the first request', () => ear.heard.length >= 2);
    expect(ear.heard.map(({ topic }) => topic)).toEqual(['spBv1.0/STATE/yanshao', 'spBv1.0/G/NCMD/N']);
    expect(ear.heard[0]).toMatchObject({ qos: 1, body: { online: true, timestamp: expect.any(Number) } });
    // tck-id-topics-ncmd-mqtt
    expect(ear.heard[1]).toMatchObject({ qos: 0, retain: false });
    // tck-id-host-topic-phid-birth-retain: who comes later hears it too.
    const late = await listener(broker.port);
    await until('the retained birth', () => late.heard.length > 0);
    expect(late.heard[0]).toMatchObject({ retain: true, qos: 1, body: { online: true } });

    // tck-id-host-topic-phid-death-required, -payload-timestamp-connect: its will is what the broker says when it goes without a word.
    cable.unplug();
    await until('the will', () => ear.states().length >= 2);
    const [birth, death] = ear.states();
    expect(death).toEqual({ online: false, timestamp: birth?.timestamp });
    // tck-id-host-topic-phid-death-qos, -death-retain
    expect(ear.heard.findLast(({ body }) => body?.online === false)).toMatchObject({ qos: 1 });
    const afterwards = await listener(broker.port);
    await until('the retained death', () => afterwards.heard.length > 0);
    expect(afterwards.heard[0]).toMatchObject({ retain: true, qos: 1, body: death });
    cable.mend();
    await until('the next birth', () => ear.states().length >= 3);
    const again = ear.states()[2];
    expect(again?.online).toBe(true);
    expect(again?.timestamp).toBeGreaterThan(birth?.timestamp ?? 0);
  });

  it('tck-id-message-flow-hid-sparkplug-state-message-delivered: told that it is offline, it says again that it is not', async () => {
    const broker = await mosquitto();
    const ear = await listener(broker.port);
    const host = await startHost(broker.url);
    await until('the birth', () => ear.states().length === 1);
    const [birth] = ear.states();
    await ear.client.publishAsync('spBv1.0/STATE/yanshao', JSON.stringify({ online: false, timestamp: 5 }), {
      qos: 1,
      retain: true,
    });
    await until('it contradicts', () => ear.states().length >= 3);
    expect(ear.states()[2]).toEqual(birth);

    // tck-id-host-topic-phid-death-payload-timestamp-disconnect-clean
    await host.halt();
    // Mosquitto delivers once for each of overlapping subscriptions, so it may have contradicted twice.
    await until('its death', () => ear.states().at(-1)?.online === false);
    const death = ear.states().at(-1);
    expect(death?.timestamp).toBeGreaterThan(birth?.timestamp ?? 0);
  });

  it('reads birth, data, data out of order, and after a lost message asks for the birth', async () => {
    const broker = await mosquitto();
    const host = await startHost(broker.url);
    const node = await edgeNode(broker.port);
    await node.birth();
    await until('it is online', async () => (await nodeOf(host))?.state === 'online');
    await node.say('Kitchen', 'Gas', 1);
    const late = node.prepare('Kitchen', 'Gas', 2);
    await node.say('Kitchen', 'Gas', 3);
    await late();
    await arrived(host, [1, 2, 3]);
    expect(node.rebirths).toBe(0);
    await node.say('Kitchen', 'Flow', 250);
    await arrived(host, [25], 'alarm.flow');
    await node.say(undefined, 'Flow', 7);
    await arrived(host, [7], 'alarm.flow', 'd-2');

    node.prepare('Kitchen', 'Gas', 4);
    await node.say('Kitchen', 'Gas', 5);
    await until('it was asked', () => node.rebirths === 1);
    // What came after the gap is read once the birth shows that the aliases meant the same; the birth has the newest value too.
    await arrived(host, [1, 2, 3, 5, 5]);
    expect(await nodeOf(host)).toMatchObject({
      state: 'online',
      rebirths: expect.any(Number),
      lastRebirthReason: 'lost-messages',
    });
    const entries = (await host.telemetry()).filter((entry) => entry.device === 'd-3');
    expect(entries[0]).toMatchObject({ source: 'sparkplug', gateway: 'gw-1' });
  });

  it('lists a metric that no mapping names, and quarantines it once a birth', async () => {
    const broker = await mosquitto();
    const host = await startHost(broker.url);
    const node = await edgeNode(broker.port);
    await node.birth();
    for (const on of [true, false, true]) await node.say(undefined, 'Fan', on);
    const listed = async () => (await host.ingest.sparkplug({}))?.metrics.find(({ metric }) => metric === 'Fan');
    // The birth had no value for it.
    await until('it is counted', async () => ((await listed())?.count ?? 0) >= 4);
    expect(await listed()).toMatchObject({ node: 'G/N', device: null, code: 'unmapped-metric', lastValue: 'true' });
    const rows = await host.ingest.quarantine({ client: 'gw-1', limit: 100 });
    expect(rows).toMatchObject([{ code: 'unmapped-metric', topic: 'spBv1.0/G/NDATA/N' }]);
    expect(rows[0]?.reason.zh).toContain('Fan');
  });

  it('tck-id-operational-behavior-edge-node-termination: the will of a node that vanished takes node and devices down', async () => {
    const broker = await mosquitto();
    const host = await startHost(broker.url);
    const node = await edgeNode(broker.port, { bdSeq: 7 });
    await node.birth();
    await until('both are up', async () => (await links(host)).includes('d-3 up'));
    node.vanish();
    await until('both are down', async () => (await links(host)).filter((link) => link.endsWith('down')).length === 3);
    expect((await nodeOf(host))?.state).toBe('offline');

    const next = await edgeNode(broker.port, { bdSeq: 8 });
    await next.birth();
    await until('it is back', async () => (await nodeOf(host))?.bdSeq === '8');
    await next.deviceDies('Kitchen');
    await until('the device is down', async () => (await links(host)).at(-1) === 'd-3 down');
    expect((await nodeOf(host))?.state).toBe('online');
    await next.leave();
    await until('the node is down', async () => (await nodeOf(host))?.state === 'offline');
  });

  it('begins anew: trusts nothing before the birth that it asks for, and takes the history that was kept meanwhile', async () => {
    const broker = await mosquitto();
    const first = await startHost(broker.url);
    const node = await edgeNode(broker.port);
    await node.birth();
    await node.say('Kitchen', 'Gas', 1);
    await arrived(first, [1]);
    await first.halt();
    await until('the node knows', () => node.states.at(-1)?.online === false);
    // A node with store and forward keeps what it measures now, and sends it marked when STATE is online again.
    const missed = Date.now() - 120_000;
    const second = await startHost(broker.url);
    await until('the node knows', () => node.states.at(-1)?.online === true);
    await until('it was asked', () => node.rebirths >= 1);
    await until('it is online', async () => (await nodeOf(second))?.state === 'online');
    await node.say('Kitchen', 'Gas', 2, { history: missed });
    await node.say('Kitchen', 'Gas', 3);
    await until('all are there', async () => (await gas(second)).length === 3);
    const late = (await second.telemetry()).find((entry) => entry.at === missed);
    expect(late).toMatchObject({ device: 'd-3', historical: true, values: { 'alarm.ch4': 2 } });
    expect((await second.telemetry()).at(-1)).toMatchObject({ values: { 'alarm.ch4': 3 } });
  });

  it('forgets what it heard when its link breaks, and asks again', async () => {
    const broker = await mosquitto();
    const cable = await layCable(broker.port);
    stops.push(() => cable.stop());
    const host = await startHost(`mqtt://127.0.0.1:${cable.port}`);
    const node = await edgeNode(broker.port);
    await node.birth();
    await until('it is online', async () => (await nodeOf(host))?.state === 'online');
    const before = node.rebirths;
    cable.unplug();
    await node.say('Kitchen', 'Gas', 1);
    cable.mend();
    await until('it was asked', () => node.rebirths > before);
    // The value that was missed is that of the birth.
    await arrived(host, [1]);
  });
});

describe('an edge node at the embedded broker', () => {
  it('hears STATE as a retained message, is read, is asked for its birth, and its will counts', async () => {
    const host = await startHost(undefined, 300);
    const node = await edgeNode(host.ingest.mqttPort, { username: tokenOf('gw-1') });
    await until('STATE', () => node.states.length === 1);
    expect(node.states[0]).toMatchObject({ online: true, timestamp: expect.any(Number) });
    await node.birth();
    await node.say('Kitchen', 'Gas', 1);
    await arrived(host, [1]);
    node.prepare('Kitchen', 'Gas', 2);
    await node.say('Kitchen', 'Gas', 3);
    await until('it was asked', () => node.rebirths === 1);
    await arrived(host, [1, 3, 3]);
    node.vanish();
    await until('it is offline', async () => (await nodeOf(host))?.state === 'offline');
    await until('its devices are down', async () => (await links(host)).includes('d-3 down'));
  });

  it('is told when the host goes', async () => {
    const host = await startHost();
    const node = await edgeNode(host.ingest.mqttPort, { username: tokenOf('gw-1') });
    await until('STATE', () => node.states.length === 1);
    const [birth] = node.states;
    await host.halt();
    await until('its death', () => node.states.length === 2);
    expect(node.states[1]?.online).toBe(false);
    expect(node.states[1]?.timestamp).toBeGreaterThan(birth?.timestamp ?? 0);
  });

  it('may not speak for the edge node of another gateway, nor hear its commands', async () => {
    const host = await startHost();
    const client = await host.connect('gw-2');
    await expect(client.subscribeAsync('spBv1.0/G/NCMD/N')).rejects.toThrow();
    await expect(client.subscribeAsync('spBv1.0/#')).rejects.toThrow();
    await client.publishAsync('spBv1.0/G/NBIRTH/N', Buffer.from('0801', 'hex'), { qos: 1 });
    expect(await host.ingest.quarantine({ client: 'gw-2', limit: 5 })).toMatchObject([
      { code: 'not-behind-this-gateway', topic: 'spBv1.0/G/NBIRTH/N' },
    ]);
    expect((await nodeOf(host))?.state).not.toBe('online');
  });
});
