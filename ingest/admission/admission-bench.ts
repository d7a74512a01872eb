import type { TelemetryEntry } from '../../devices/contract/entry.ts';
import { type Device, deviceSchema } from '../../devices/contract/registry.ts';
import { type DeviceType, defineDeviceType } from '../../devices/model/device-type.ts';
import { type Admission, admission } from './admission.ts';

/** A gas alarm as the tests of ingest know it: small, and with one of everything that admission looks at. */
export const testAlarm: DeviceType = defineDeviceType({
  id: 'test-alarm',
  title: { zh: '测试报警器', en: 'Test alarm' },
  layer: 'gas',
  measuresGas: true,
  measurements: {
    'alarm.ch4': {
      title: { zh: '燃气浓度', en: 'Gas' },
      kind: 'number',
      unit: '%{LEL}',
      range: [0, 100],
      maxPerMinute: 50,
      combustible: true,
    },
    'alarm.co': { title: { zh: '一氧化碳', en: 'CO' }, kind: 'number', unit: '[ppm]', range: [0, 1000] },
    'alarm.pressure': { title: { zh: '压力', en: 'Pressure' }, kind: 'number', unit: 'kPa', range: [0, 500] },
    'alarm.flow': { title: { zh: '流量', en: 'Flow' }, kind: 'number', unit: 'm3/h' },
    'alarm.valve': {
      title: { zh: '阀', en: 'Valve' },
      kind: 'text',
      unit: '1',
      states: { open: { zh: '开', en: 'Open' }, closed: { zh: '关', en: 'Closed' } },
    },
    'alarm.note': { title: { zh: '备注', en: 'Note' }, kind: 'text', unit: '1' },
    'alarm.fan': { title: { zh: '风机', en: 'Fan' }, kind: 'boolean', unit: '1' },
  },
});

/** A registered device; `over` says what is special about it. */
export const testDevice = (id: string, over: Partial<Device> = {}): Device =>
  deviceSchema.parse({
    id,
    type: 'test-alarm',
    name: id,
    lon: 112.6,
    lat: 26.9,
    gas: 'natural',
    gasUnit: '%{LEL}',
    ...over,
  });

/** 2026-11-22 10:00 UTC, the hand-set receive time of most tests. */
export const TEN = Date.UTC(2026, 10, 22, 10);

/** An admission over a few devices, fed by plain objects. */
export function admissionBench(devices: readonly Device[], gateways: readonly string[] = ['gw-1']) {
  const registry = new Map(devices.map((device) => [device.id, device]));
  const judge: Admission = admission({
    registry: { device: (id) => registry.get(id), isGateway: (id) => gateways.includes(id) },
    types: { [testAlarm.id]: testAlarm },
    isSafety: (_type, measurement) => measurement === 'alarm.ch4',
    isJudged: (_type, measurement) => measurement === 'alarm.flow',
  });
  const send = (client: string, topic: string, body: unknown, received = TEN) => {
    const text = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
    const { entries, ...rest } = judge.admit({ topic, payload: Buffer.from(text), client, received });
    return {
      ...rest,
      entries,
      telemetry: entries.filter((entry): entry is TelemetryEntry => entry.kind === 'telemetry'),
      codes: rest.refusals.map((refusal) => refusal.code),
    };
  };
  return {
    judge,
    registry,
    send,
    /** Telemetry of a device that connects itself. */
    tells: (client: string, body: unknown, received = TEN) => send(client, 'v1/devices/me/telemetry', body, received),
    /** Telemetry through a gateway. */
    carries: (client: string, body: unknown, received = TEN) => send(client, 'v1/gateway/telemetry', body, received),
  };
}
