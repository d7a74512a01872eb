import { isUtf8 } from 'node:buffer';
import type {
  AttributesEntry,
  ConnectionEntry,
  JournalEntry,
  Source,
  TelemetryEntry,
} from '../../devices/contract/entry.ts';
import type { Device } from '../../devices/contract/registry.ts';
import type { AdmissionStats, ClockSkew } from '../../devices/contract/stats.ts';
import { topics } from '../../devices/contract/topics.ts';
import type { DeviceType } from '../../devices/model/device-type.ts';
import { type ClockLimits, defaultClockLimits, judgeClock } from './clock-check.ts';
import { admitGatewayEvents } from './gateway-events.ts';
import { noticed } from './noticed.ts';
import { type DeviceMemory, type IsSafety, profiles } from './profile.ts';
import { admitReading, type Carrier, isObject, noMarks } from './reading.ts';
import { reasons } from './reasons.ts';
import { gatherRefusals, type Refusal, type Refusals } from './refusals.ts';
import { seedOf } from './repeats.ts';

/** A message as a door hands it in. Identity is the credential, never the topic. */
export interface Message {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** Device or gateway id of the credential. */
  readonly client: string;
  /** Receive time on the platform's clock, ms. */
  readonly received: number;
}

/** One device's values of one moment, already decoded; `quality` holds status codes. */
export interface AdmittedRow {
  readonly device: string;
  /** Source time, ms; absent where the sender gave none. */
  readonly ts?: number;
  readonly values: Readonly<Record<string, unknown>>;
  readonly quality?: Readonly<Record<string, number>>;
  readonly historical?: boolean;
}

/** Where rows come from. */
export interface RowsFrom {
  /** The gateway that speaks for the devices. */
  readonly client: string;
  /** Receive time on the platform's clock, ms. */
  readonly received: number;
  readonly source: Source;
  /** When the sender sent them, by its own clock, ms. */
  readonly sentAt?: number;
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
  /** No rule above P4 judges anything in it: it waits first when the journal fills. */
  readonly routine?: boolean;
  /** `[place, time, digest]` of each reading in it, to be told from redeliveries once it is durable. */
  readonly marks?: readonly number[];
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
  /** True where a P3 rule judges a measurement; without it everything counts as judged. */
  readonly isJudged?: IsSafety;
  readonly limits?: Partial<ClockLimits>;
  /** By how much a device's clock may be off before somebody is told, ms. */
  readonly clockToleratedMs?: number;
}

/** A clock off by more than this is told to people, ms. */
export const CLOCK_TOLERATED_MS = 120_000;

/** How a message is judged when it is not fresh from its sender. */
export interface Again {
  /** Judged again after a fix: news of old, and nothing is learned from it. */
  readonly readmitted: true;
}

export interface Admission {
  /**
   * Judges one message: pure but for what it remembers of each device (last values, how its clock stood). Never throws,
   * whatever the bytes are.
   */
  admit(message: Message, again?: Again): Admitted;
  /**
   * Judges rows that another decoder made (Sparkplug): the same judgement as of a gateway's telemetry, without its JSON. Never
   * throws.
   */
  admitRows(rows: readonly AdmittedRow[], from: RowsFrom): Admitted;
  /** What was admitted is durable: from now on its redelivery is known for one. */
  durable(admitted: Admitted): void;
  /** The type of a device, also of one removed since it spoke; undefined when it was never known. */
  typeOf(device: string): string | undefined;
  /** What was noticed over many messages. */
  stats(): AdmissionStats;
  /** A device's clock as measured; null while too little was heard of it. */
  clockOf(device: string): ClockSkew | null;
  /** Devices whose clock is off by more than is tolerated. */
  readonly clocksOff: ReadonlyMap<string, ClockSkew>;
  /** By how much the field's clocks, taken together, are ahead of ours, ms; null while too few are measured. */
  fieldAheadMs(): number | null;
  /** A device's record changed or went: what is compiled from it is made anew. */
  deviceChanged(device: string): void;
  /** The catalogue changed: which measurements are safety is asked again. */
  safetyChanged(): void;
}

const nothing: readonly Refusal[] = [];
const noBytes = new Uint8Array(0);

/** The judge at the door. One for all doors of a process. */
export function admission(parts: AdmissionParts): Admission {
  const { registry, types, isSafety, isJudged = () => true, limits, clockToleratedMs = CLOCK_TOLERATED_MS } = parts;
  const clockLimits = { ...defaultClockLimits, ...limits };
  const compiled = profiles(types, { isSafety, isJudged });
  const notice = noticed(clockToleratedMs);
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
      seed: seedOf(id),
      place: notice.repeats.place(),
      newestAt: Number.NEGATIVE_INFINITY,
      seq: -1,
      missing: 0,
      skewDueAt: Number.NEGATIVE_INFINITY,
    };
    notice.clocks.forget(memory);
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
        notice.stranger(message.client, id, 'forged', message.received);
        refusals().add(id, 'not-behind-this-gateway', reasons.notBehind(id, message.client));
        return undefined;
      }
    } else if (memory === undefined && registry.isGateway(id)) {
      refusals().add(null, 'unknown-device', reasons.gatewaySelf(id));
      return undefined;
    }
    if (typeof memory === 'object') return memory;
    notice.stranger(message.client, id, 'unknown', message.received);
    refusals().add(
      id,
      'unknown-device',
      memory === undefined ? reasons.unknownDevice(id) : reasons.unknownType(id, memory),
    );
    return undefined;
  };

  const forget = (memory: DeviceMemory): void => {
    notice.clocks.forget(memory);
    notice.repeats.free(memory.place);
  };

  /** What one message adds up to while it is judged. */
  const gathering = () => {
    const entries: JournalEntry[] = [];
    let gathered: Refusals | undefined;
    const refusals = (): Refusals => (gathered ??= gatherRefusals());
    const tally: Carrier['tally'] = { readings: 0, doubtful: 0, safety: false, judged: false, marks: noMarks };
    const done = (): Admitted => ({
      entries,
      refusals: gathered ? gathered.list() : nothing,
      readings: tally.readings,
      doubtful: tally.doubtful,
      safety: tally.safety,
      // What is no reading (attributes, connections) is not routine.
      routine: tally.readings > 0 && !tally.judged,
      marks: tally.marks,
    });
    return { entries, refusals, tally, done };
  };

  const door: Door = { speaksFor, isGateway: (id) => registry.isGateway(id), limits: clockLimits, noticed: notice };

  const admit = (message: Message, again?: Again): Admitted => {
    const { entries, refusals, tally, done } = gathering();
    const judge = judges[message.topic];
    if (!judge) {
      const sparkplug = message.topic.startsWith('spBv1.0/');
      refusals().add(null, 'unknown-topic', sparkplug ? reasons.sparkplug() : reasons.unknownTopic(message.topic));
      return done();
    }
    const body = parse(message.payload, refusals);
    if (body === undefined) return done();
    judge({ message, body, entries, refusals, tally, readmitted: again !== undefined, door });
    return done();
  };

  const admitRows: Admission['admitRows'] = (rows, { client, received, source, sentAt }) => {
    const { entries, refusals, tally, done } = gathering();
    const message: Message = { topic: '', payload: noBytes, client, received };
    const carrier: Carrier = {
      received,
      source,
      gateway: client,
      limits: clockLimits,
      refusals,
      tally,
      noticed: notice,
      readmitted: false,
    };
    const heard = new Set<string>();
    for (const { device, ...element } of rows) {
      const memory = speaksFor(device, message, true, refusals);
      if (!memory) continue;
      // The message's own time shows how the sender's clock stands; its values may be honestly old.
      if (sentAt !== undefined && !heard.has(device)) judgeClock(sentAt, received, false, memory, clockLimits);
      heard.add(device);
      admitReading(element, memory, carrier, entries as TelemetryEntry[]);
    }
    return done();
  };

  return {
    admit,
    admitRows,
    durable({ marks = [] }) {
      for (let i = 0; i < marks.length; i += 3) {
        notice.repeats.add(marks[i] as number, marks[i + 1] as number, marks[i + 2] as number);
      }
    },
    stats: notice.stats,
    clockOf(device) {
      const memory = memories.get(device);
      return memory ? notice.clocks.of(memory) : null;
    },
    clocksOff: notice.clocks.off,
    fieldAheadMs: notice.clocks.overall,
    typeOf(device) {
      return memories.get(device)?.profile.type ?? registry.device(device)?.type ?? formerTypes.get(device);
    },
    deviceChanged(device) {
      const memory = memories.get(device);
      const former = memory?.profile.type;
      if (memory) forget(memory);
      memories.delete(device);
      if (!registry.device(device) && former) formerTypes.set(device, former);
      else formerTypes.delete(device);
    },
    safetyChanged() {
      compiled.forget();
      for (const memory of memories.values()) forget(memory);
      memories.clear();
    },
  };
}

/** What is the same for all messages. */
interface Door extends Pick<Carrier, 'limits' | 'noticed'> {
  /** The memory of a device this client may speak for, or undefined after the refusal. */
  readonly speaksFor: (
    id: string,
    message: Message,
    viaGateway: boolean,
    refusals: () => Refusals,
  ) => DeviceMemory | undefined;
  readonly isGateway: (id: string) => boolean;
}

/** One message on its way through a topic's judge. */
interface Case extends Pick<Carrier, 'refusals' | 'tally' | 'readmitted'> {
  readonly message: Message;
  readonly body: unknown;
  readonly entries: JournalEntry[];
  readonly door: Door;
}

const carrierOf = ({ message, refusals, tally, readmitted, door }: Case, viaGateway: boolean): Carrier => ({
  received: message.received,
  source: viaGateway ? 'gateway' : 'mqtt',
  gateway: viaGateway ? message.client : undefined,
  limits: door.limits,
  refusals,
  tally,
  noticed: door.noticed,
  readmitted,
});

/** Topics that carry something to keep. Made without a prototype: topics are foreign text. */
const judges: Readonly<Record<string, (of: Case) => void>> = Object.assign(Object.create(null), {
  [topics.telemetry]: admitTelemetry,
  [topics.gatewayTelemetry]: admitGatewayTelemetry,
  [topics.attributes]: admitAttributes,
  [topics.gatewayAttributes]: admitGatewayAttributes,
  [topics.gatewayEvents]: admitEvents,
  [topics.gatewayConnect]: (of: Case) => admitConnection(of, 'up'),
  [topics.gatewayDisconnect]: (of: Case) => admitConnection(of, 'down'),
});

function admitTelemetry(of: Case): void {
  const { message, body, entries, refusals, door } = of;
  const memory = door.speaksFor(message.client, message, false, refusals);
  if (memory) admitElements(body, memory, carrierOf(of, false), entries as TelemetryEntry[], refusals);
}

function admitGatewayTelemetry(of: Case): void {
  const { message, body, entries, refusals, door } = of;
  if (!isObject(body)) {
    refusals().add(null, 'wrong-shape', reasons.notGatewayBatch(body));
    return;
  }
  const via = carrierOf(of, true);
  let devices = 0;
  for (const id in body) {
    devices++;
    const memory = door.speaksFor(id, message, true, refusals);
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

function admitAttributes({ message, body, entries, refusals, door }: Case): void {
  // A gateway says of itself what its pages show; readings of its own it has none.
  const { client } = message;
  const id = door.isGateway(client) ? client : door.speaksFor(client, message, false, refusals)?.id;
  if (id !== undefined) keepAttributes(id, body, message.received, entries, refusals);
}

function admitGatewayAttributes({ message, body, entries, refusals, door }: Case): void {
  if (!isObject(body)) {
    refusals().add(null, 'wrong-shape', reasons.notGatewayBatch(body));
    return;
  }
  for (const id in body) {
    const memory = door.speaksFor(id, message, true, refusals);
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

function admitEvents({ message, body, entries, refusals, tally, door }: Case): void {
  const before = entries.length;
  admitGatewayEvents({
    gateway: message.client,
    isGateway: door.isGateway(message.client),
    body,
    entries,
    refusals,
    speaksFor: (device) => door.speaksFor(device, message, true, refusals) !== undefined,
  });
  // It travels in the reserved lane.
  if (entries.length > before) tally.safety = true;
}

function admitConnection({ message, body, entries, refusals, door }: Case, state: 'up' | 'down'): void {
  const device = isObject(body) ? body.device : undefined;
  if (typeof device !== 'string') {
    refusals().add(null, 'wrong-shape', reasons.notConnect(body));
    return;
  }
  const memory = door.speaksFor(device, message, true, refusals);
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
