import { isUtf8 } from 'node:buffer';
import type { AttributesEntry, ConnectionEntry, JournalEntry, TelemetryEntry } from '../../devices/contract/entry.ts';
import type { Device } from '../../devices/contract/registry.ts';
import { topics } from '../../devices/contract/topics.ts';
import type { DeviceType } from '../../devices/model/device-type.ts';
import { type ClockLimits, defaultClockLimits } from './clock-check.ts';
import { type DeviceMemory, type IsSafety, profiles } from './profile.ts';
import { admitReading, type Carrier, isObject } from './reading.ts';
import { reasons } from './reasons.ts';
import { gatherRefusals, type Refusal, type Refusals } from './refusals.ts';

/** A message as a door hands it in. Identity is the credential, never the topic. */
export interface Message {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** Device or gateway id of the credential. */
  readonly client: string;
  /** Receive time on the platform's clock, ms. */
  readonly received: number;
}

/** What became of one message. Anything in `entries` is to be journaled, anything in `refusals` to be quarantined. */
export interface Admitted {
  readonly entries: readonly JournalEntry[];
  readonly refusals: readonly Refusal[];
  /** Values kept. */
  readonly readings: number;
  /** Values kept with lowered quality by the platform's own judgement. */
  readonly doubtful: number;
  /** A P1 or P2 rule judges something in it. */
  readonly safety: boolean;
}

/** What admission asks of the registry. */
export interface AdmissionRegistry {
  device(id: string): Device | undefined;
  /** Whether a gateway of this id is registered. */
  isGateway(id: string): boolean;
}

export interface AdmissionParts {
  readonly registry: AdmissionRegistry;
  readonly types: Readonly<Record<string, DeviceType>>;
  readonly isSafety: IsSafety;
  readonly limits?: Partial<ClockLimits>;
}

export interface Admission {
  /**
   * Judges one message: pure but for what it remembers of each device (last values, how its clock stood). Never throws,
   * whatever the bytes are.
   */
  admit(message: Message): Admitted;
  /** The type of a device, also of one removed since it spoke; undefined when it was never known. */
  typeOf(device: string): string | undefined;
  /** A device's record changed or went: what is compiled from it is made anew. */
  deviceChanged(device: string): void;
  /** The catalogue changed: which measurements are safety is asked again. */
  safetyChanged(): void;
}

const nothing: readonly Refusal[] = [];

/** The judge at the door. One for all doors of a process. */
export function admission({ registry, types, isSafety, limits }: AdmissionParts): Admission {
  const clockLimits = { ...defaultClockLimits, ...limits };
  const compiled = profiles(types, isSafety);
  const memories = new Map<string, DeviceMemory>();
  /** Types of removed devices, for what stands in the journal still. */
  const formerTypes = new Map<string, string>();

  /** What is remembered of a device; a text when its registered type does not exist; undefined when it is not registered. */
  const memoryOf = (id: string): DeviceMemory | string | undefined => {
    const known = memories.get(id);
    if (known) return known;
    const device = registry.device(id);
    if (!device) return undefined;
    const profile = compiled.of(device);
    if (!profile) return device.type;
    const memory: DeviceMemory = {
      id,
      profile,
      gateway: device.gateway,
      last: null,
      clockRightAt: Number.NEGATIVE_INFINITY,
      lagAtStart: Number.NaN,
    };
    memories.set(id, memory);
    return memory;
  };

  /** The memory of a device this client may speak for, or undefined after the refusal. */
  const speaksFor = (id: string, message: Message, viaGateway: boolean, refusals: () => Refusals) => {
    const memory = memoryOf(id);
    if (viaGateway) {
      // Asked before anything else is said of the device: whose it is, is nobody else's business.
      const gateway = typeof memory === 'object' ? memory.gateway : registry.device(id)?.gateway;
      if (memory !== undefined && gateway !== message.client) {
        refusals().add(id, 'not-behind-this-gateway', reasons.notBehind(id, message.client));
        return undefined;
      }
    } else if (memory === undefined && registry.isGateway(id)) {
      refusals().add(null, 'unknown-device', reasons.gatewaySelf(id));
      return undefined;
    }
    if (typeof memory === 'object') return memory;
    refusals().add(
      id,
      'unknown-device',
      memory === undefined ? reasons.unknownDevice(id) : reasons.unknownType(id, memory),
    );
    return undefined;
  };

  const admit = (message: Message): Admitted => {
    const entries: JournalEntry[] = [];
    let gathered: Refusals | undefined;
    const refusals = (): Refusals => (gathered ??= gatherRefusals());
    const tally = { readings: 0, doubtful: 0, safety: false };
    const done = (): Admitted => ({
      entries,
      refusals: gathered ? gathered.list() : nothing,
      readings: tally.readings,
      doubtful: tally.doubtful,
      safety: tally.safety,
    });
    const judge = judges[message.topic];
    if (!judge) {
      const sparkplug = message.topic.startsWith('spBv1.0/');
      refusals().add(null, 'unknown-topic', sparkplug ? reasons.sparkplug() : reasons.unknownTopic(message.topic));
      return done();
    }
    const body = parse(message.payload, refusals);
    if (body === undefined) return done();
    judge({
      message,
      body,
      entries,
      refusals,
      speaksFor: (id, viaGateway) => speaksFor(id, message, viaGateway, refusals),
      carrier: (viaGateway) => ({
        received: message.received,
        source: viaGateway ? 'gateway' : 'mqtt',
        gateway: viaGateway ? message.client : undefined,
        limits: clockLimits,
        refusals,
        tally,
      }),
    });
    return done();
  };

  return {
    admit,
    typeOf(device) {
      return memories.get(device)?.profile.type ?? registry.device(device)?.type ?? formerTypes.get(device);
    },
    deviceChanged(device) {
      const former = memories.get(device)?.profile.type;
      memories.delete(device);
      if (!registry.device(device) && former) formerTypes.set(device, former);
      else formerTypes.delete(device);
    },
    safetyChanged() {
      compiled.forget();
      memories.clear();
    },
  };
}

/** One message on its way through a topic's judge. */
interface Case {
  readonly message: Message;
  readonly body: unknown;
  readonly entries: JournalEntry[];
  readonly refusals: () => Refusals;
  readonly speaksFor: (id: string, viaGateway: boolean) => DeviceMemory | undefined;
  readonly carrier: (viaGateway: boolean) => Carrier;
}

/** Topics that carry something to keep. Made without a prototype: topics are foreign text. */
const judges: Readonly<Record<string, (of: Case) => void>> = Object.assign(Object.create(null), {
  [topics.telemetry]: admitTelemetry,
  [topics.gatewayTelemetry]: admitGatewayTelemetry,
  [topics.attributes]: admitAttributes,
  [topics.gatewayAttributes]: admitGatewayAttributes,
  [topics.gatewayConnect]: (of: Case) => admitConnection(of, 'up'),
  [topics.gatewayDisconnect]: (of: Case) => admitConnection(of, 'down'),
});

function admitTelemetry({ message, body, entries, refusals, speaksFor, carrier }: Case): void {
  const memory = speaksFor(message.client, false);
  if (memory) admitElements(body, memory, carrier(false), entries as TelemetryEntry[], refusals);
}

function admitGatewayTelemetry({ body, entries, refusals, speaksFor, carrier }: Case): void {
  if (!isObject(body)) {
    refusals().add(null, 'wrong-shape', reasons.notGatewayBatch(body));
    return;
  }
  const via = carrier(true);
  let devices = 0;
  for (const id in body) {
    devices++;
    const memory = speaksFor(id, true);
    if (memory) admitElements(body[id], memory, via, entries as TelemetryEntry[], refusals);
  }
  if (devices === 0) refusals().add(null, 'wrong-shape', reasons.empty());
}

function admitElements(
  body: unknown,
  memory: DeviceMemory,
  carrier: Carrier,
  into: TelemetryEntry[],
  refusals: () => Refusals,
): void {
  if (!Array.isArray(body)) {
    admitReading(body, memory, carrier, into);
    return;
  }
  for (const element of body) admitReading(element, memory, carrier, into);
  if (body.length === 0) refusals().add(memory.id, 'wrong-shape', reasons.empty());
}

function admitAttributes({ message, body, entries, refusals, speaksFor }: Case): void {
  const memory = speaksFor(message.client, false);
  if (memory) keepAttributes(memory.id, body, message.received, entries, refusals);
}

function admitGatewayAttributes({ message, body, entries, refusals, speaksFor }: Case): void {
  if (!isObject(body)) {
    refusals().add(null, 'wrong-shape', reasons.notGatewayBatch(body));
    return;
  }
  for (const id in body) {
    const memory = speaksFor(id, true);
    if (memory) keepAttributes(id, body[id], message.received, entries, refusals);
  }
}

function keepAttributes(
  device: string,
  values: unknown,
  received: number,
  entries: JournalEntry[],
  refusals: () => Refusals,
): void {
  if (!isObject(values)) refusals().add(device, 'wrong-shape', reasons.notAttributes(values));
  else if (isDeeper(values, ATTRIBUTES_DEPTH)) {
    refusals().add(device, 'wrong-shape', reasons.attributesTooDeep(ATTRIBUTES_DEPTH));
  } else entries.push({ kind: 'attributes', device, received, values } satisfies AttributesEntry);
}

/** Attributes are kept as they are, and every reader of the journal must be able to take them in. */
const ATTRIBUTES_DEPTH = 20;

/** Whether a JSON value is nested more than `most` levels. */
const isDeeper = (value: unknown, most: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (most === 0 || Object.values(value).some((inner) => isDeeper(inner, most - 1)));

function admitConnection({ message, body, entries, refusals, speaksFor }: Case, state: 'up' | 'down'): void {
  const device = isObject(body) ? body.device : undefined;
  if (typeof device !== 'string') {
    refusals().add(null, 'wrong-shape', reasons.notConnect(body));
    return;
  }
  const memory = speaksFor(device, true);
  if (!memory) return;
  entries.push({ kind: 'connection', subject: device, state, at: message.received } satisfies ConnectionEntry);
}

/** JSON in UTF-8, or undefined after the refusal. */
function parse(payload: Uint8Array, refusals: () => Refusals): unknown {
  const bytes = Buffer.isBuffer(payload)
    ? payload
    : Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const text = bytes.toString('utf8');
  try {
    const body: unknown = JSON.parse(text);
    // Bytes that are not UTF-8 decode to U+FFFD, inside strings too: such a name or word is not what was sent.
    if (text.includes('\ufffd') && !isUtf8(bytes)) {
      refusals().add(null, 'not-json', reasons.notUtf8());
      return undefined;
    }
    // `undefined` is taken by the refusal; JSON has no such value.
    return body;
  } catch (err) {
    const reason = isUtf8(bytes) ? reasons.notJson(text, detailOf(err)) : reasons.notUtf8();
    refusals().add(null, 'not-json', reason);
    return undefined;
  }
}

/** V8's words without its quotation of the text, which may be long. */
const detailOf = (err: unknown): string => String((err as Error).message).split(/,? "|, \.\.\./, 1)[0] as string;
