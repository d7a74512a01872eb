import { idSchema } from '../../devices/contract/place.ts';
import type { Value } from '../../kit/telemetry/telemetry-store.ts';
import type { FieldMqtt } from '../config.ts';
import type { UplinkRow } from '../row.ts';
import { filterMatches } from './topic-filter.ts';

export type FieldTopic = FieldMqtt['topics'][number];

/** A message as the field broker delivered it. */
export interface FieldMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** Receive time on the platform's clock, ms. */
  readonly received: number;
  /** The broker kept it from before we subscribed: nobody knows how old it is. */
  readonly retained: boolean;
}

/** What became of a field message: rows for the uplink, and what of it could not be read, with the reason. */
export interface Normalised {
  readonly rows: readonly UplinkRow[];
  readonly refused: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;

/** No honest report is larger; the outbox must be able to hold it. */
export const largestPayload = 1_000_000;

/** Keys that may stand beside `values`, as the platform's device API has them. */
const beside = new Set(['ts', 'values', 'seq', 'quality', 'historical', 'metadata']);

/**
 * A field device's message as rows for the uplink: named, scaled and timed, never judged; that is ingest's part. It reads what
 * the platform's device API reads: `{"m": v}`, `{"ts", "values", …}`, or an array of either. The receive time stands in where
 * the device has no clock. What cannot be read is refused with its reason, and the rest is kept.
 */
export function normaliseMessage(message: FieldMessage, rule: FieldTopic): Normalised {
  const { topic, payload } = message;
  const device = deviceOf(topic, rule);
  if (device === undefined) {
    return { rows: [], refused: [`topic ${topic}: level ${rule.device} does not name a device`] };
  }
  if (payload.length > largestPayload) {
    return { rows: [], refused: [`${device}: a payload of ${payload.length} bytes; ${largestPayload} is the most`] };
  }
  let body: unknown;
  try {
    body = JSON.parse(utf8.decode(payload));
  } catch (err) {
    return { rows: [], refused: [`${device}: the payload is not JSON in UTF-8 (${(err as Error).message})`] };
  }
  const refused: string[] = [];
  const refuse = (reason: string) => void refused.push(`${device}: ${reason}`);
  const rows: UplinkRow[] = [];
  const elements = Array.isArray(body) ? body : [body];
  if (elements.length === 0) refuse('an empty list says nothing');
  for (const element of elements) {
    const row = rowOf(element, device, message, rule.map, refuse);
    if (row) rows.push(row);
  }
  return { rows, refused };
}

/** The device a topic speaks of; undefined where it names none. */
function deviceOf(topic: string, rule: FieldTopic): string | undefined {
  const device = typeof rule.device === 'number' ? topic.split('/')[rule.device] : rule.device;
  return idSchema.safeParse(device).success ? device : undefined;
}

/** Characters of an unreadable message that travel on. */
const evidenceLength = 4096;

/**
 * What could not be read of a message, as a row for the platform's quarantine, where the device's vendor can read it with the
 * reasons; undefined where nothing was refused or no device is named.
 */
export function evidenceOf(
  { topic, payload, received }: FieldMessage,
  rule: FieldTopic,
  refused: readonly string[],
): UplinkRow | undefined {
  const device = deviceOf(topic, rule);
  if (device === undefined || refused.length === 0) return undefined;
  const text = Buffer.from(payload.subarray(0, evidenceLength)).toString('utf8');
  return { device, ts: received, values: {}, unreadable: `${refused.slice(0, 5).join('; ')} — ${text}` };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** One element as a row, or undefined after its refusal. */
function rowOf(
  element: unknown,
  device: string,
  { received, retained }: FieldMessage,
  map: FieldTopic['map'],
  refuse: (reason: string) => void,
): UplinkRow | undefined {
  if (!isObject(element)) return refuse(`${shown(element)} is not an object of values`) as undefined;
  const timed = element.values !== undefined;
  const header = timed ? element : {};
  const given = timed ? element.values : element;
  if (!isObject(given)) return refuse(`"values" is ${shown(given)}, not an object`) as undefined;
  const { ts, seq, historical, quality } = header;
  if (ts !== undefined && !(typeof ts === 'number' && Number.isFinite(ts)))
    return refuse(`"ts" is ${shown(ts)}, not a number of milliseconds`) as undefined;
  // Stamped with the time of arrival, it would make a device that is long silent look alive at every reconnection.
  if (ts === undefined && retained)
    return refuse('a retained message without "ts" is of unknown age: publish it without retain') as undefined;
  for (const key in header) if (!beside.has(key)) refuse(`"${key}" beside "values" means nothing here`);
  const named = namedValues(given, map, refuse);
  if (Object.keys(named).length === 0) return undefined;
  const qualities = quality === undefined ? undefined : namedQualities(quality, given, map, refuse);
  const seqIsGood = typeof seq === 'number' && Number.isSafeInteger(seq) && seq >= 0;
  if (seq !== undefined && !seqIsGood) refuse(`"seq" is ${shown(seq)}, not a whole number from 0`);
  if (historical !== undefined && typeof historical !== 'boolean')
    refuse(`"historical" is ${shown(historical)}, not true or false`);
  return {
    device,
    ts: (ts as number | undefined) ?? received,
    ...(ts === undefined && { untimed: true as const }),
    values: named,
    ...(qualities && { quality: qualities }),
    ...(seqIsGood && { seq }),
    ...(historical === true && { historical }),
  };
}

const nameOf = (field: string, map: FieldTopic['map']) =>
  Object.hasOwn(map, field) ? (map[field]?.measurement ?? field) : field;

/** Field names as measurements, numbers scaled; a text or boolean is never scaled. */
function namedValues(given: Json, map: FieldTopic['map'], refuse: (reason: string) => void): Record<string, Value> {
  const out = new Map<string, Value>();
  if (Object.keys(given).length === 0) refuse('no values in it');
  for (const [field, raw] of Object.entries(given)) {
    const name = nameOf(field, map);
    const scale = Object.hasOwn(map, field) ? (map[field]?.scale ?? 1) : 1;
    const value = typeof raw === 'number' ? raw * scale : raw;
    if (typeof value !== 'boolean' && typeof value !== 'string' && !Number.isFinite(value))
      refuse(`"${field}" is ${shown(raw)}: a value is a number, true, false or a text`);
    else if (out.has(name)) refuse(`"${field}" and another field are both "${name}": the first counts`);
    else out.set(name, value as Value);
  }
  return Object.fromEntries(out);
}

/** Qualities under the names that their values got. */
function namedQualities(
  quality: unknown,
  given: Json,
  map: FieldTopic['map'],
  refuse: (reason: string) => void,
): Record<string, number | string> | undefined {
  if (!isObject(quality)) return refuse(`"quality" is ${shown(quality)}, not an object`) as undefined;
  const out = new Map<string, number | string>();
  for (const [field, word] of Object.entries(quality)) {
    if (!Object.hasOwn(given, field)) refuse(`"quality" speaks of "${field}", which is not among the values`);
    else if (typeof word === 'number' || typeof word === 'string') out.set(nameOf(field, map), word);
    else {
      refuse(`the quality of "${field}" is ${shown(word)}: taken for uncertain`);
      out.set(nameOf(field, map), 'uncertain');
    }
  }
  return out.size > 0 ? Object.fromEntries(out) : undefined;
}

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

/** The first configured topic whose filter matches. */
export const ruleFor = (topic: string, rules: readonly FieldTopic[]): FieldTopic | undefined =>
  rules.find(({ filter }) => filterMatches(filter, topic));
