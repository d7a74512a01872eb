import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Alarm } from '../../devices/contract/alarm.ts';
import type { AlarmsBody, DeviceBody, QuarantineBody, ReadingsBody } from '../../devices/contract/api.ts';
import type { Quarantined, RefusalCode } from '../../devices/contract/quarantine.ts';
import { topics } from '../../devices/contract/topics.ts';
import { addDevice, type Platform, startPlatform } from '../support/platform.ts';
import { until } from '../support/until.ts';

/** Whatever comes through the real door: it is answered, told to its vendor, and disturbs nobody. */
let platform: Platform;
const tokens = new Map<string, string>();
const own = new Map<string, MqttClient>();
const gas = ['--type', 'gas-alarm-commercial', '--gas', 'natural', '--gas-unit', '%{LEL}'];
const doubtful = ['over-range', 'jumping', 'from-1970', 'from-next-year', 'in-seconds'] as const;

beforeAll(async () => {
  platform = await startPlatform({ YANSHAO_DEMO: 'off' });
  tokens.set('gw-1', await addDevice(platform, 'gw-1', '--type', 'gateway'));
  tokens.set('behind-1', await addDevice(platform, 'behind-1', ...gas, '--gateway', 'gw-1'));
  for (const id of ['vendor-1', 'calm-1', ...doubtful]) tokens.set(id, await addDevice(platform, id, ...gas));
});
afterAll(async () => {
  for (const client of own.values()) await client.endAsync(true);
  await platform?.stop();
});

/** Ends the device's earlier connection: one that opens ever more of them is held off, as it should be. */
async function connect(device: string): Promise<MqttClient> {
  await own.get(device)?.endAsync(true);
  const client = await connectAsync({
    host: '127.0.0.1',
    port: platform.mqttPort,
    username: tokens.get(device),
    reconnectPeriod: 0,
  });
  client.on('error', () => {});
  own.set(device, client);
  return client;
}
const publish = async (device: string, body: string | Buffer, topic: string = topics.telemetry) => {
  const client = await connect(device);
  await client.publishAsync(topic, body, { qos: 1 });
  return client;
};
const quarantined = async (query: string): Promise<readonly Quarantined[]> =>
  (await platform.get<QuarantineBody>(`/api/v1/quarantine?${query}`)).items;
const samplesOf = async (device: string) =>
  (await platform.get<ReadingsBody>(`/api/v1/readings?device=${device}&measurement=alarm.ch4`)).samples;
const openAlarms = async (device: string): Promise<readonly Alarm[]> =>
  (await platform.get<AlarmsBody>(`/api/v1/alarms?device=${device}`)).items;

const depth = 60_000;
const deep = `${'['.repeat(depth)}${']'.repeat(depth)}`;

describe('a message that cannot be read', () => {
  /** What is sent, the code it gets, and what its reason must name: the value, and what to do instead. */
  const cases: readonly [what: string, body: string | Buffer, code: RefusalCode, names: RegExp, remedy: RegExp][] = [
    ['not JSON', 'ch4=3.2', 'not-json', /ch4=3\.2/, /Send something like|请发送/],
    ['nothing', '', 'not-json', /empty|空/, /Send a JSON object|请发送/],
    ['cut off', '{"alarm.ch4": 3', 'not-json', /alarm\.ch4/, /Send something like|请发送/],
    ['NaN', '{"alarm.ch4": NaN}', 'not-json', /NaN/, /leave the measurement out|请省略/],
    ['binary', Buffer.from([0xff, 0xfe, 0x00, 0x80, 0xc3]), 'not-json', /UTF-8/, /Send JSON in UTF-8|以 UTF-8 发送/],
    ['GBK', Buffer.from([0x7b, 0x22, 0xc5, 0xa8, 0xb6, 0xc8, 0x22, 0x3a, 0x31, 0x7d]), 'not-json', /GBK/, /UTF-8/],
    ['a bare number', '42', 'wrong-shape', /42/, /Send \{|请发送/],
    ['an empty object', '{}', 'wrong-shape', /no values|没有任何测点/, /at least one|至少/],
    ['text for a number', '{"alarm.ch4": "3.2"}', 'wrong-type', /"3\.2"/, /quotes away|去掉引号/],
    ['null', '{"alarm.ch4": null}', 'wrong-type', /null/, /Leave the measurement out|请省略/],
    ['a number for a word', '{"alarm.valveState": 1}', 'wrong-type', /alarm\.valveState.*1/, /in its type|按类型/],
    ['a word that is none', '{"alarm.valveState": "ajar"}', 'wrong-type', /"ajar"/, /open/],
    ['an unknown measurement', '{"alarm.ch5": 3.2}', 'unknown-measurement', /alarm\.ch5/, /alarm\.ch4/],
    [
      'a time in words',
      '{"ts": "today", "values": {"alarm.ch4": 1}}',
      'wrong-shape',
      /"today"/,
      /leaves ts out|省略 ts/,
    ],
    ['1e999', '{"alarm.ch4": 1e999}', 'wrong-type', /alarm\.ch4/, /scaling|换算/],
    ['JSON nested without end', deep, 'wrong-shape', /array|数组/, /Send \{|请发送/],
    ['a value nested without end', `{"alarm.ch4": ${deep}}`, 'wrong-type', /alarm\.ch4/, /in its type|按类型/],
  ];

  it.each(cases)(
    '%s: acknowledged, and kept with its reason in both languages',
    async (_what, body, code, names, remedy) => {
      const calm = await connect('calm-1');
      const before = (await quarantined('device=vendor-1&limit=1'))[0]?.id ?? 0;
      const client = await publish('vendor-1', body);
      expect(client.connected).toBe(true);
      const [row] = await quarantined('device=vendor-1&limit=1');
      expect(row?.id).toBeGreaterThan(before);
      expect(row).toMatchObject({ device: 'vendor-1', client: 'vendor-1', code, topic: topics.telemetry });
      expect(row?.reason.zh).toMatch(/[一-鿿]/);
      for (const words of [row?.reason.zh, row?.reason.en]) {
        expect(words).toMatch(names);
        expect(words).toMatch(remedy);
      }
      const bytes = Buffer.from(body);
      expect(Buffer.from(row?.payload ?? '', 'base64')).toEqual(bytes.subarray(0, 64 * 1024));
      expect(row?.size).toBe(bytes.length);
      // Beside it a device that behaves is served as ever, on the connection it has.
      await calm.publishAsync(topics.telemetry, '{"alarm.ch4": 1}', { qos: 1 });
      expect(await samplesOf('vendor-1')).toEqual([]);
    },
  );

  it('5 MB: the connection closes or the message is acknowledged; its beginning is kept, and others are served meanwhile', async () => {
    const [vendor, calm] = await Promise.all([connect('vendor-1'), connect('calm-1')]);
    const body = `{"alarm.note": "${'x'.repeat(5_000_000)}"}`;
    const closed = new Promise<string>((resolve) => vendor.once('close', () => resolve('closed')));
    const answer = Promise.race([
      vendor.publishAsync(topics.telemetry, body, { qos: 1 }).then(() => 'acknowledged'),
      closed,
    ]);
    await calm.publishAsync(topics.telemetry, '{"alarm.ch4": 2}', { qos: 1 });
    expect(['acknowledged', 'closed']).toContain(await answer);
    const [row] = await quarantined('device=vendor-1&limit=1');
    expect(row).toMatchObject({ code: 'too-large', size: body.length });
    expect(row?.reason.en).toMatch(/has 5000\d\d\d bytes, at most 262144 .* Send smaller/);
    expect(row?.reason.zh).toMatch(/5000\d\d\d 字节/);
  });

  it('from a gateway about a device nobody knows: the rest of its message is kept', async () => {
    const at = Date.now();
    const element = [{ ts: at, values: { 'alarm.ch4': 3 } }];
    await publish(
      'gw-1',
      JSON.stringify({ 'behind-1': element, 'no-such': element, 'calm-1': element }),
      topics.gatewayTelemetry,
    );
    const rows = await quarantined('limit=2');
    expect(rows.map(({ device, client, code }) => [device, client, code]).sort()).toEqual([
      ['calm-1', 'gw-1', 'not-behind-this-gateway'],
      ['no-such', 'gw-1', 'unknown-device'],
    ]);
    for (const { device, reason } of rows) {
      expect(reason.zh).toContain(device);
      expect(reason.en).toMatch(new RegExp(`${device}.*(Register it|Correct)`));
    }
    expect(await until('the good part is stored', async () => (await samplesOf('behind-1'))[0])).toEqual([at, 3, 0]);
  });

  it('on a topic nobody reads, the vendor is told which to use', async () => {
    await publish('vendor-1', '{"alarm.ch4": 1}', 'sensors/kitchen');
    const [row] = await quarantined('device=vendor-1&limit=1');
    expect(row).toMatchObject({ code: 'unknown-topic', topic: 'sensors/kitchen' });
    expect(row?.reason.en).toContain('v1/devices/me/telemetry');
  });

  it('of all of this the device that behaves has felt nothing', async () => {
    const samples = await until('its readings are stored', async () => {
      const found = await samplesOf('calm-1');
      return found.length >= cases.length + 1 ? found : undefined;
    });
    expect(samples.map(([, value, quality]) => [value, quality])).toEqual([...cases.map(() => [1, 0]), [2, 0]]);
    expect(await quarantined('client=calm-1&device=calm-1&limit=10')).toHaveLength(1);
    expect(platform.output()).not.toMatch(/\n\s+at /);
  });
});

describe('a reading that can be doubted', () => {
  const newest = async (device: string) => {
    const body = await until(`${device} is heard`, async () => {
      const found = await platform.get<DeviceBody>(`/api/v1/devices/${device}`);
      return found.values['alarm.ch4'] ? found : undefined;
    });
    return body.values['alarm.ch4'] as readonly [number, number, number];
  };
  const alarmOf = (device: string, rule: string): Promise<Alarm> =>
    until(`${device} raises ${rule}`, async () =>
      (await openAlarms(device)).find((alarm) => alarm.rule.endsWith(rule)),
    );
  /** OPC UA severity: 0 good, 1 uncertain, 2 bad. */
  const severity = (code: number) => code >>> 30;

  it('above what the instrument can report is kept, marked, and raises its alarm with the doubt', async () => {
    await publish('over-range', '{"alarm.ch4": 3}');
    await publish('over-range', '{"alarm.ch4": 145}');
    const alarm = await alarmOf('over-range', 'com-l2');
    expect(alarm).toMatchObject({ value: 145, active: true, priority: 'P1' });
    expect(alarm.doubts).toContain('out-of-range');
    expect(severity(alarm.lastQuality)).toBe(1);
    const [value, , quality] = await newest('over-range');
    expect([value, severity(quality)]).toEqual([145, 1]);
    expect(await quarantined('device=over-range')).toEqual([]);
  });

  it('60 %LEL up within a second is kept, marked, and rings at once', async () => {
    await publish('jumping', '{"alarm.ch4": 2}');
    await publish('jumping', '{"alarm.ch4": 62}');
    const alarm = await alarmOf('jumping', 'com-l2');
    expect(alarm).toMatchObject({ value: 62, active: true });
    expect(alarm.doubts).toContain('too-steep');
    expect(await quarantined('device=jumping')).toEqual([]);
  });

  it.each([
    ['from-1970', 12_345, 'clock-in-past'],
    ['from-next-year', Date.now() + 366 * 86_400_000, 'clock-in-future'],
    ['in-seconds', Math.floor(Date.now() / 1000), 'clock-in-seconds'],
  ] as const)('%s is judged at the time it came, and rings', async (device, ts, doubt) => {
    const before = Date.now();
    await publish(device, JSON.stringify({ ts, values: { 'alarm.ch4': 45 } }));
    const alarm = await alarmOf(device, 'com-l2');
    expect(alarm.since).toBeGreaterThanOrEqual(before);
    expect(alarm.since).toBeLessThanOrEqual(Date.now());
    expect(alarm.doubts).toContain(doubt);
    expect(alarm.lane).toBe('live');
    const [, at, quality] = await newest(device);
    expect(at).toBe(alarm.since);
    expect(severity(quality)).toBe(1);
    const [sample] = await until('it is stored at the time it came', async () => {
      const found = await samplesOf(device);
      return found.length > 0 ? found : undefined;
    });
    expect(sample?.[0]).toBe(alarm.since);
    // The next reading, with a right clock, is not silenced by it.
    await publish(device, JSON.stringify({ ts: Date.now(), values: { 'alarm.ch4': 46 } }));
    await until('the newer one is seen', async () => (await newest(device))[0] === 46);
  });
});
