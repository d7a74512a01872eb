import type { Doubt, Source, TelemetryEntry, Value } from '../../devices/contract/entry.ts';
import { GOOD, type StatusCode, UNCERTAIN } from '../../devices/model/quality.ts';
import { type ClockLimits, judgeClock } from './clock-check.ts';
import type { Noticed } from './noticed.ts';
import { type DeviceMemory, type Field, nearestName } from './profile.ts';
import { reasons } from './reasons.ts';
import type { Refusals } from './refusals.ts';
import { digest, seedOf } from './repeats.ts';
import {
  canonical,
  codeOfDoubt,
  doubtOfRange,
  isPlain,
  isTooSteep,
  parseQuality,
  refusalOf,
  remember,
  worse,
} from './values.ts';

/** Everything that is the same for all readings of one message. */
export interface Carrier {
  readonly received: number;
  readonly source: Source;
  /** The gateway that carried it, or undefined. */
  readonly gateway: string | undefined;
  readonly limits: ClockLimits;
  /** Where refusals go; made on first use. */
  readonly refusals: () => Refusals;
  /** What the message adds up to. */
  readonly tally: { readings: number; doubtful: number; safety: boolean; judged: boolean; marks: number[] };
  /** What is noticed over many messages. */
  readonly noticed: Noticed;
  /** Judged again after a fix: late by definition, and nothing is learned from it. */
  readonly readmitted: boolean;
}

/** News this fresh are live, whatever their sender says, ms. */
const FRESH_MS = 60_000;

type Json = Readonly<Record<string, unknown>>;

/** The marks of a message in which no reading had a time yet; never written to. */
export const noMarks: number[] = [];

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Keys that may stand beside `values`. `metadata` is ThingsBoard's; it is accepted and ignored. `untimed: true` is a gateway's
 * word that `ts` is its own, as nobody in the field gave one; any other value of it says nothing.
 */
const beside = new Set(['ts', 'values', 'seq', 'quality', 'historical', 'untimed', 'metadata']);

/** What the parts beside `values` say. */
interface Header {
  readonly ts: number | undefined;
  readonly untimed: boolean;
  readonly seq: number | undefined;
  readonly historical: boolean;
  readonly quality: Json | undefined;
}

const bare: Header = { ts: undefined, untimed: true, seq: undefined, historical: false, quality: undefined };

/**
 * Judges one element of a telemetry message (`{"m": v}` or `{"ts", "values", …}`) and appends an entry to `into` when
 * anything of it can be kept. What cannot be read goes to the carrier's refusals; the rest is kept.
 */
export function admitReading(element: unknown, memory: DeviceMemory, carrier: Carrier, into: TelemetryEntry[]): void {
  const device = memory.id;
  if (!isObject(element)) {
    carrier.refusals().add(device, 'wrong-shape', reasons.notAnObject(element));
    return;
  }
  const timed = element.values;
  if (timed === undefined) {
    admitValues(element, bare, memory, carrier, into);
    return;
  }
  if (!isObject(timed)) {
    carrier.refusals().add(device, 'wrong-shape', reasons.notAnObject(timed));
    return;
  }
  const header = headerOf(element, timed, device, carrier);
  if (header) admitValues(timed, header, memory, carrier, into);
}

/** The parts beside `values`, or undefined when the time cannot be read and with it the whole element. */
function headerOf(element: Json, values: Json, device: string, carrier: Carrier): Header | undefined {
  const { ts, seq, historical, quality } = element;
  if (ts !== undefined && (typeof ts !== 'number' || !Number.isFinite(ts))) {
    carrier.refusals().add(device, 'wrong-shape', reasons.badTs(ts));
    return undefined;
  }
  for (const key in element) {
    if (!beside.has(key)) carrier.refusals().add(device, 'wrong-shape', reasons.strayKey(key));
  }
  const seqIsGood = typeof seq === 'number' && Number.isSafeInteger(seq) && seq >= 0;
  if (seq !== undefined && !seqIsGood) carrier.refusals().add(device, 'wrong-shape', reasons.badSeq(seq));
  if (historical !== undefined && typeof historical !== 'boolean') {
    carrier.refusals().add(device, 'wrong-shape', reasons.badHistorical(historical));
  }
  const qualityIsGood = isObject(quality);
  if (quality !== undefined && !qualityIsGood) {
    carrier.refusals().add(device, 'wrong-shape', reasons.badQuality('*', quality));
  } else if (qualityIsGood) {
    for (const name in quality) {
      if (!Object.hasOwn(values, name)) carrier.refusals().add(device, 'wrong-shape', reasons.strayQuality(name));
    }
  }
  return {
    // Some senders count fractions of a millisecond; the platform's time is whole ones.
    ts: ts === undefined ? undefined : Math.round(ts),
    untimed: ts === undefined || element.untimed === true,
    seq: seqIsGood ? seq : undefined,
    historical: historical === true,
    quality: qualityIsGood ? quality : undefined,
  };
}

/** Judges the values of one moment. The object that was parsed becomes the entry's when its values are plain. */
function admitValues(raw: Json, header: Header, memory: DeviceMemory, carrier: Carrier, into: TelemetryEntry[]): void {
  const { received, tally } = carrier;
  const late = header.historical || carrier.readmitted;
  const clock = header.ts === undefined ? undefined : judgeClock(header.ts, received, late, memory, carrier.limits);
  const timed = header.ts !== undefined && clock === undefined;
  const at = timed ? (header.ts as number) : received;
  const plain = lookOver(raw, at, header.quality === undefined && clock === undefined, memory);
  const said = digest.end(header.quality);
  // Only a reading with a time of its own can be told from a new one that says the same.
  if (timed && !carrier.readmitted && carrier.noticed.repeats.has(memory.place, at, said)) {
    carrier.noticed.duplicate();
    return;
  }
  const judged = plain
    ? keepPlain(raw, at, memory, carrier)
    : judgeClosely(raw, at, header.quality, clock, memory, carrier);
  if (!judged) return;
  const entry: Mutable<TelemetryEntry> = {
    kind: 'telemetry',
    device: memory.id,
    at,
    received,
    source: carrier.source,
    values: judged.values,
  };
  if (header.untimed) entry.untimed = true;
  if (clock) entry.claimedAt = header.ts;
  if (late && !(timed && isFreshNews(at, header, memory, carrier))) entry.historical = true;
  if (header.seq !== undefined) {
    entry.seq = header.seq;
    if (!carrier.readmitted && carrier.noticed.sequence(memory, header.seq, at) && !late) entry.replayed = true;
  }
  if (carrier.gateway !== undefined) entry.gateway = carrier.gateway;
  if (judged.quality) entry.quality = judged.quality;
  if (judged.doubts) entry.doubts = judged.doubts;
  into.push(entry);
  if (carrier.readmitted) return;
  // A literal of its own for the first: most messages hold one reading, and an array that grows costs more.
  if (timed && tally.marks === noMarks) tally.marks = [memory.place, at, said];
  else if (timed) tally.marks.push(memory.place, at, said);
  if (!header.untimed && !header.historical) learn(header.ts as number, timed, memory, carrier);
  if (timed && at > memory.newestAt) memory.newestAt = Math.min(at, received);
}

/** Whether a reading that its sender calls late is newer than anything the device has said, and hardly late at all. */
function isFreshNews(at: number, header: Header, memory: DeviceMemory, carrier: Carrier): boolean {
  if (!header.historical || carrier.readmitted || memory.newestAt === Number.NEGATIVE_INFINITY) return false;
  if (at <= memory.newestAt || carrier.received - at > FRESH_MS) return false;
  carrier.noticed.falseLate();
  return true;
}

/** What a live reading says of its device's clock. */
function learn(claimed: number, timed: boolean, memory: DeviceMemory, { received, noticed }: Carrier): void {
  if (timed && claimed < memory.newestAt) noticed.late();
  else if (received >= memory.skewDueAt) noticed.clocks.sample(memory, received - claimed, received);
}

interface Judged {
  values: Readonly<Record<string, Value>>;
  quality?: Record<string, StatusCode>;
  doubts?: Record<string, Doubt[]>;
}

/** The fields of the values in hand, and whether one of them is to be converted; one list for all readings, so that none is made for each. */
const inHand: Field[] = [];
let converting = false;

/**
 * One look at every value: makes the {@link digest} of them and says whether all may stand as they are (converted at most), as
 * nearly all do. Remembers nothing of the device.
 */
function lookOver(raw: Json, at: number, unqualified: boolean, memory: DeviceMemory): boolean {
  const { fields, inOrder } = memory.profile;
  let plain = unqualified;
  let place = 0;
  converting = false;
  inHand.length = 0;
  digest.begin(memory.seed);
  for (const name in raw) {
    const value = raw[name];
    const expected = inOrder[place];
    const field = expected !== undefined && expected.name === name ? expected : fields.get(name);
    if (field !== undefined && field !== expected && place < fields.size) inOrder[place] = field;
    place++;
    digest.take(field === undefined ? seedOf(name) : field.seed, value);
    if (!plain) continue;
    if (field === undefined || !isPlain(field, value, at, memory)) plain = false;
    else {
      if (field.convert !== null) converting = true;
      inHand.push(field);
    }
  }
  return plain && inHand.length > 0;
}

/** Keeps the values that {@link lookOver} has just found plain. The object that was parsed becomes the entry's. */
function keepPlain(raw: Json, at: number, memory: DeviceMemory, { tally }: Carrier): Judged {
  const values = raw as Record<string, Value>;
  const remembers = memory.profile.slots > 0;
  for (let i = 0; i < inHand.length; i++) {
    const field = inHand[i] as Field;
    if (field.safety) tally.safety = true;
    if (field.judged) tally.judged = true;
    if (converting && field.convert !== null) values[field.name] = field.convert(values[field.name] as number);
    if (remembers && field.slot >= 0) remember(field, values[field.name] as Value, at, memory);
  }
  tally.readings += inHand.length;
  return { values };
}

/** The closer look at every value: refused, converted, doubted. */
function judgeClosely(
  raw: Json,
  at: number,
  senders: Json | undefined,
  clock: Doubt | undefined,
  memory: DeviceMemory,
  carrier: Carrier,
): Judged | undefined {
  const values: Record<string, Value> = {};
  const judged: Judged = { values };
  let kept = 0;
  let asked = 0;
  for (const name in raw) {
    asked++;
    const field = fieldOr(name, memory, carrier);
    if (!field) continue;
    const given = raw[name];
    const refused = refusalOf(field, given);
    if (refused) {
      carrier.refusals().add(memory.id, 'wrong-type', refused);
      continue;
    }
    const value = typeof given === 'number' ? canonical(field, given) : (given as Value);
    values[name] = value;
    kept++;
    if (field.safety) carrier.tally.safety = true;
    if (field.judged) carrier.tally.judged = true;
    judgeOne(judged, field, value, at, senders?.[name], memory, carrier);
  }
  if (asked === 0) carrier.refusals().add(memory.id, 'wrong-shape', reasons.empty());
  if (kept === 0) return undefined;
  carrier.tally.readings += kept;
  if (clock) doubtAll(judged, clock, carrier);
  return judged;
}

/** The field of this name, or undefined after the refusal of an unknown one. */
function fieldOr(name: string, memory: DeviceMemory, carrier: Carrier): Field | undefined {
  const { fields, type } = memory.profile;
  const field = fields.get(name);
  if (field) return field;
  if (name === 'ts') carrier.refusals().add(memory.id, 'unknown-measurement', reasons.tsAlone());
  else {
    const refusals = carrier.refusals();
    // A message of ten thousand wrong names is not searched for ten thousand right ones.
    const nearest = refusals.count < 10 ? nearestName(name, fields) : undefined;
    refusals.add(memory.id, 'unknown-measurement', reasons.unknownMeasurement(name, type, nearest));
  }
  return undefined;
}

/** Adds quality and doubts of one value to what is being judged. */
function judgeOne(
  judged: Judged,
  field: Field,
  value: Value,
  at: number,
  sendersWord: unknown,
  memory: DeviceMemory,
  carrier: Carrier,
): void {
  let code = GOOD;
  if (sendersWord !== undefined) {
    const said = parseQuality(sendersWord);
    if (said === undefined)
      carrier.refusals().add(memory.id, 'wrong-type', reasons.badQuality(field.name, sendersWord));
    code = said ?? UNCERTAIN;
  }
  const range = doubtOfRange(field, value);
  const steep: Doubt | undefined =
    typeof value === 'number' && isTooSteep(field, value, at, memory) ? 'too-steep' : undefined;
  remember(field, value, at, memory);
  if (range || steep) {
    const doubts = [range, steep].filter((doubt) => doubt !== undefined);
    for (const doubt of doubts) code = worse(code, codeOfDoubt(doubt));
    judged.doubts ??= {};
    judged.doubts[field.name] = doubts;
    carrier.tally.doubtful++;
  }
  if (code !== GOOD) {
    judged.quality ??= {};
    judged.quality[field.name] = code;
  }
}

/** A wrong clock lowers every value of its entry. */
function doubtAll(judged: Judged, clock: Doubt, carrier: Carrier): void {
  judged.quality ??= {};
  for (const name in judged.values) {
    judged.quality[name] = worse(judged.quality[name] ?? GOOD, UNCERTAIN);
    if (!judged.doubts?.[name]) carrier.tally.doubtful++;
  }
  judged.doubts ??= {};
  judged.doubts['*'] = [clock];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
