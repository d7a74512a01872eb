import type { MqttClient } from 'mqtt';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { JournalEntry } from '../devices/contract/entry.ts';
import type { Credential } from '../devices/contract/registry.ts';
import type { Journal } from '../kit/journal/journal.ts';
import { memoryJournal } from '../kit/journal/memory/memory-journal.ts';
import { TEN, testDevice } from './admission/admission-bench.ts';
import { type IngestBench, ingestBench, tokenOf, tokensFor } from './ingest-bench.ts';

let bench: IngestBench;
const start = async (over?: Parameters<typeof ingestBench>[0]) => {
  bench = await ingestBench(over);
  return bench;
};
afterEach(() => bench.stop());

/** A journal whose appends of telemetry wait until they are let go. */
function heldJournal() {
  const inner = memoryJournal<JournalEntry>({ capBytes: 64e6, safetyBytes: 16e6 });
  let letGo = () => {};
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const journal: Journal<JournalEntry> = {
    ...inner,
    async append(entries, lane) {
      if (entries.some((entry) => entry.kind === 'telemetry')) await gate;
      return inner.append(entries, lane);
    },
  };
  return { journal, letGo };
}

const telemetry = 'v1/devices/me/telemetry';

/** What the client hears next. */
const nextMessage = (client: MqttClient): Promise<[topic: string, payload: Buffer]> =>
  new Promise((resolve) => client.once('message', (topic, payload) => resolve([topic, payload])));

describe('ingest', () => {
  it('acknowledges a message when it is durable, and not before', async () => {
    const { journal, letGo } = heldJournal();
    const { connect, telemetry: kept, ingest } = await start({ journal });
    const device = await connect('d-1');
    let acknowledged = false;
    const published = device.publishAsync(telemetry, '{"alarm.flow": 3}', { qos: 1 }).then(() => {
      acknowledged = true;
    });
    await device.publishAsync('v1/devices/me/attributes/request/1', '{}', { qos: 1 });
    expect(acknowledged).toBe(false);
    expect((await ingest.stats()).accepted).toBe(0);
    letGo();
    await published;
    expect(await kept()).toMatchObject([{ device: 'd-1', received: TEN, values: { 'alarm.flow': 3 } }]);
    expect(await ingest.stats()).toMatchObject({
      accepted: 1,
      readings: 1,
      refused: 0,
      doubtful: 0,
      lost: 0,
      clients: 1,
    });
  });

  it('acknowledges a bad message too, keeps it where its vendor can read it, and tells the sender', async () => {
    const { connect, ingest, entries } = await start();
    const device = await connect('d-1');
    await device.subscribeAsync('v1/devices/me/errors');
    const error = nextMessage(device);
    await device.publishAsync(telemetry, '{"alarm.ch4": NaN}', { qos: 1 });
    const [topic, payload] = await error;
    expect(topic).toBe('v1/devices/me/errors');
    expect(JSON.parse(String(payload))).toMatchObject({ topic: telemetry, refusals: [{ code: 'not-json' }] });
    const [row] = await ingest.quarantine({ client: 'd-1', limit: 10 });
    expect(row).toMatchObject({ client: 'd-1', code: 'not-json', topic: telemetry, size: 18, received: TEN });
    expect(Buffer.from(row?.payload ?? '', 'base64').toString()).toBe('{"alarm.ch4": NaN}');
    expect((await ingest.stats()).refused).toBe(1);
    expect(device.connected).toBe(true);
    expect((await entries()).filter((entry) => entry.kind === 'telemetry')).toEqual([]);
  });

  it('tells a refusal to its sender only', async () => {
    const { connect } = await start();
    const [one, other] = await Promise.all([connect('d-1'), connect('d-4')]);
    const heard = vi.fn();
    other.on('message', heard);
    await other.subscribeAsync('v1/devices/me/errors');
    await one.subscribeAsync('v1/devices/me/errors');
    const error = nextMessage(one);
    await one.publishAsync(telemetry, 'x', { qos: 1 });
    await error;
    await other.publishAsync(telemetry, '{"alarm.flow": 1}', { qos: 1 });
    expect(heard).not.toHaveBeenCalled();
  });

  it('names the device of what it could not read, where the sender is one', async () => {
    const { connect, ingest } = await start();
    await (await connect('d-1')).publishAsync(telemetry, 'x', { qos: 1 });
    await (await connect('gw-1')).publishAsync('v1/gateway/telemetry', 'x', { qos: 1 });
    expect(await ingest.quarantine({ device: 'd-1', limit: 10 })).toMatchObject([{ client: 'd-1', code: 'not-json' }]);
    expect(await ingest.quarantine({ client: 'gw-1', limit: 10 })).toMatchObject([{ device: null, code: 'not-json' }]);
  });

  it('swallows a message of 5 MB, acknowledges and quarantines it, and goes on', async () => {
    const { connect, ingest, telemetry: kept } = await start();
    const device = await connect('d-1');
    const body = `{"alarm.note": "${'x'.repeat(5_000_000)}"}`;
    await Promise.all([
      device.publishAsync(telemetry, body, { qos: 1 }),
      device.publishAsync(telemetry, '{"alarm.flow": 7}', { qos: 1 }),
    ]);
    const [row] = await ingest.quarantine({ client: 'd-1', limit: 10 });
    expect(row).toMatchObject({ code: 'too-large', size: body.length });
    expect(Buffer.from(row?.payload ?? '', 'base64').toString()).toMatch(/^\{"alarm.note": "xxx/);
    expect(await kept()).toMatchObject([{ values: { 'alarm.flow': 7 } }]);
  });

  it.each([
    ['nobody', {}, 'Not authorized'],
    ['an unknown token', { username: 'no-such-token-0123456789' }, 'Bad username or password'],
    ['a wrong password', { username: 'user-1', password: 'wrong' }, 'Bad username or password'],
    ['a revoked token', { username: tokenOf('gone') }, 'Not authorized'],
  ])('lets %s not in', async (_who, options, why) => {
    const gone = { ...(tokensFor(['gone'])[0] as Credential), revoked: true };
    const { registry, connect } = await start();
    registry.apply({ version: 1, at: 0, put: 'credential', record: gone });
    await expect(connect('d-1', { username: undefined, ...options })).rejects.toThrow(why);
  });

  it('refuses shared subscriptions, wildcards and other people’s topics in the SUBACK', async () => {
    const { connect } = await start();
    const device = await connect('d-1');
    for (const filter of [
      '$share/g/v1/devices/me/telemetry',
      '#',
      'v1/devices/me/+',
      telemetry,
      'v1/devices/d-2/errors',
    ]) {
      await expect(device.subscribeAsync(filter)).rejects.toThrow(/0x80|128|[Uu]nspecified/);
    }
  });

  it('answers a device that has no clock', async () => {
    const { connect } = await start();
    const device = await connect('d-1');
    await device.subscribeAsync('v1/devices/me/attributes/response/+');
    const answer = nextMessage(device);
    await device.publishAsync('v1/devices/me/attributes/request/7', '{"sharedKeys":"serverTime"}');
    const [topic, payload] = await answer;
    expect(topic).toBe('v1/devices/me/attributes/response/7');
    expect(JSON.parse(String(payload))).toMatchObject({ serverTime: TEN });
  });

  it('does not let one identity take over another’s connection by its client id', async () => {
    const { connect } = await start();
    const one = await connect('d-1', { clientId: 'same' });
    const other = await connect('d-4', { clientId: 'same' });
    await one.publishAsync(telemetry, '{"alarm.flow": 1}', { qos: 1 });
    await other.publishAsync(telemetry, '{"alarm.flow": 1}', { qos: 1 });
    expect([one.connected, other.connected]).toEqual([true, true]);
  });

  it('journals who comes and goes', async () => {
    const { connect, entries } = await start();
    const gateway = await connect('gw-1');
    await gateway.endAsync();
    await vi.waitFor(async () =>
      expect((await entries()).filter((entry) => entry.kind === 'connection')).toEqual([
        { kind: 'connection', subject: 'gw-1', state: 'up', at: TEN },
        { kind: 'connection', subject: 'gw-1', state: 'down', at: TEN },
      ]),
    );
  });

  it('puts a client out when its credential is revoked', async () => {
    const { connect, ingest } = await start();
    const device = await connect('d-1');
    const closed = new Promise((resolve) => device.once('close', () => resolve(true)));
    const record = { ...(tokensFor(['d-1'])[0] as Credential), revoked: true };
    await ingest.append([{ kind: 'registry', change: { version: 1, at: TEN, put: 'credential', record } }]);
    await closed;
    await expect(connect('d-1')).rejects.toThrow('Not authorized');
  });

  it('knows a device from the moment its registration is in the journal', async () => {
    const { connect, ingest, telemetry: kept } = await start();
    const gateway = await connect('gw-1');
    const batch = JSON.stringify({ 'd-9': [{ ts: TEN, values: { 'alarm.flow': 1 } }] });
    await gateway.publishAsync('v1/gateway/telemetry', batch, { qos: 1 });
    expect((await ingest.quarantine({ device: 'd-9', limit: 1 }))[0]).toMatchObject({
      code: 'unknown-device',
      client: 'gw-1',
    });
    const record = testDevice('d-9', { gateway: 'gw-1' });
    await ingest.append([{ kind: 'registry', change: { version: 1, at: TEN, put: 'device', record } }]);
    await gateway.publishAsync('v1/gateway/telemetry', batch, { qos: 1 });
    expect(await kept()).toMatchObject([{ device: 'd-9', gateway: 'gw-1', source: 'gateway' }]);
  });

  it('takes QoS 0 and QoS 2 as well', async () => {
    const { connect, telemetry: kept } = await start();
    const device = await connect('d-1');
    await device.publishAsync(telemetry, '{"alarm.flow": 0}', { qos: 0 });
    await device.publishAsync(telemetry, '{"alarm.flow": 2}', { qos: 2 });
    expect((await kept()).map((entry) => entry.values['alarm.flow'])).toEqual([0, 2]);
  });

  it('tells the time in the journal once a second', async () => {
    const { clock, entries } = await start();
    const ticks = async () => (await entries()).flatMap((entry) => (entry.kind === 'tick' ? [entry.at - TEN] : []));
    await vi.waitFor(async () => expect(await ticks()).toEqual([0]));
    clock.pass(1000);
    await vi.waitFor(async () => expect(await ticks()).toEqual([0, 1000]));
  });

  it('takes what it journaled to the store, and reads it back', async () => {
    const { connect, ingest } = await start();
    const device = await connect('d-1');
    await device.publishAsync(telemetry, `{"ts": ${TEN - 5}, "values": {"alarm.co": 5000}}`, { qos: 1 });
    const series = { type: 'test-alarm', device: 'd-1', measurement: 'alarm.co', from: TEN - 10, to: TEN };
    await vi.waitFor(async () =>
      expect(await ingest.series(series)).toEqual([{ at: TEN - 5, value: 5000, quality: 0x40940000 }]),
    );
    await vi.waitFor(async () => {
      const { store, journal } = await ingest.stats();
      expect(store).toMatchObject({ engine: 'memory', lagMs: 0, problem: null, position: journal.head });
    });
  });
});
