import type { JournalEntry, TelemetryEntry } from '../../devices/contract/entry.ts';
import { deviceSchema, gatewaySchema } from '../../devices/contract/registry.ts';
import { emptyRegistry, type RegistryCache, registryCache } from '../../devices/registry/registry-cache.ts';
import { deviceTypes } from '../../devices/types/registry.ts';
import { type HandClock, handClock } from '../../kit/clock.ts';
import { silentLog } from '../../kit/log.ts';
import { admission } from '../admission/admission.ts';
import type { Refusal } from '../admission/refusals.ts';
import type { Intake } from '../intake.ts';
import { decodePayload } from './codec/decode.ts';
import { encodePayload } from './codec/encode.ts';
import type { Integer, Metric, Payload } from './codec/payload.ts';
import { rawOf } from './codec/value.ts';
import type { SessionLimits } from './edge-node.ts';
import { type SparkplugHost, sparkplugHost } from './host.ts';
import { readMapping } from './mapping.ts';

export const START = Date.UTC(2026, 10, 22, 2, 0, 0);

const at = { lon: 112.6, lat: 26.9 };
const station = (id: string, more: object = {}) =>
  deviceSchema.parse({
    id,
    type: 'gas-rtu',
    name: id,
    gateway: 'gw-1',
    gas: 'natural',
    gasUnit: '%{LEL}',
    ...at,
    ...more,
  });

/** Gateway gw-1 with the regulating stations rtu-1 and rtu-2; rtu-9 stands behind gw-2. */
export const testRegistry = (): RegistryCache =>
  registryCache({
    ...emptyRegistry,
    gateways: ['gw-1', 'gw-2'].map((id) => gatewaySchema.parse({ id, name: id, ...at })),
    devices: [station('rtu-1'), station('rtu-2'), station('rtu-9', { gateway: 'gw-2' })],
  });

export const testMapping = `
sets:
  regulator:
    "Outlet/Pressure": { measurement: rtu.outletPressure, unit: kPa }
    "Outlet/PressurePa": { measurement: rtu.inletPressure, unit: Pa }
    "Flow": { measurement: rtu.flowRate, unit: m3/h, scale: 0.1 }
    "Total": { measurement: rtu.flowTotal, unit: m3 }
    "Door": { measurement: rtu.doorOpen }
    "Valve": { measurement: rtu.shutoffValveClosed, words: { "0": false, "1": true } }
nodes:
  - group: G
    node: N
    gateway: gw-1
    device: rtu-1
    use: regulator
    devices:
      - { device: PT, id: rtu-2, use: regulator }
`;

/** A metric with its value in the field that its datatype asks for. */
export const metric = (
  name: string | number,
  datatype: number,
  value: Integer | boolean | string | Uint8Array | null,
  more: Partial<Metric> = {},
): Metric => ({
  ...(typeof name === 'string' ? { name } : { alias: name }),
  datatype,
  ...(value === null ? { isNull: true } : { raw: rawOf(value, datatype) }),
  ...more,
});

export interface HostBench {
  readonly host: SparkplugHost;
  readonly clock: HandClock;
  readonly registry: RegistryCache;
  readonly entries: JournalEntry[];
  readonly refusals: (Refusal & { readonly topic: string; readonly client: string })[];
  /** Commands that went out, decoded. */
  readonly commands: { readonly topic: string; readonly payload: Payload }[];
  /** `NBIRTH`, `DDATA/PT` and so on, of edge node G/N. */
  send(what: string, payload: Payload | Uint8Array, more?: { node?: string; gateway?: string }): void;
  telemetry(): TelemetryEntry[];
  /** `rtu-2 up`, in order. */
  connections(): string[];
}

/** A host application over a hand-set clock; what it would journal and quarantine is gathered. */
export function hostBench(options: { mapping?: string; limits?: Partial<SessionLimits> } = {}): HostBench {
  const clock = handClock(START);
  const registry = testRegistry();
  const entries: JournalEntry[] = [];
  const refusals: HostBench['refusals'] = [];
  const commands: HostBench['commands'] = [];
  const intake: Pick<Intake, 'settle' | 'append'> = {
    settle(message, _size, admitted, done) {
      entries.push(...admitted.entries);
      refusals.push(...admitted.refusals.map((one) => ({ ...one, topic: message.topic, client: message.client })));
      done(null, admitted);
    },
    async append(more) {
      entries.push(...more);
      return 0;
    },
  };
  const { mapping, faults, missing } = readMapping(options.mapping ?? testMapping, registry, deviceTypes);
  if (!mapping) throw new Error(JSON.stringify(faults));
  const host = sparkplugHost({
    hostId: 'yanshao',
    mapping,
    missing,
    registry,
    types: deviceTypes,
    admission: admission({ registry, types: deviceTypes, isSafety: () => false }),
    intake,
    clock,
    log: silentLog,
    limits: options.limits,
  });
  host.linkUp({
    command(_to, topic, bytes) {
      const decoded = decodePayload(bytes);
      if ('payload' in decoded) commands.push({ topic, payload: decoded.payload });
      return true;
    },
  });
  return {
    host,
    clock,
    registry,
    entries,
    refusals,
    commands,
    send(what, payload, { node = 'N', gateway } = {}) {
      const [type, device] = what.split('/');
      const topic = `spBv1.0/G/${type}/${node}${device === undefined ? '' : `/${device}`}`;
      const bytes = payload instanceof Uint8Array ? payload : encodePayload(payload);
      host.receive(topic, bytes, { gateway }, () => {});
    },
    telemetry: () => entries.filter((entry): entry is TelemetryEntry => entry.kind === 'telemetry'),
    connections: () =>
      entries.flatMap((entry) => (entry.kind === 'connection' ? [`${entry.subject} ${entry.state}`] : [])),
  };
}
