import { type StatusCode, UNCERTAIN } from '../../devices/model/quality.ts';
import type { AdmittedRow } from '../admission/admission.ts';
import { gatherRefusals, type Refusal } from '../admission/refusals.ts';
import { worse } from '../admission/values.ts';
import type { Integer, Metric } from './codec/payload.ts';
import { readValue, type SparkplugValue } from './codec/value.ts';
import {
  current,
  type DefineParts,
  type Definition,
  type Definitions,
  isOfProtocol,
  type Target,
} from './definitions.ts';
import type { Arrived } from './edge-node.ts';
import { qualityOf } from './quality.ts';
import { reasons } from './reasons.ts';
import { nodeKey } from './topic.ts';
import type { MetricSeen } from './unmapped.ts';

/** What a message comes to. */
export interface ReadMessage {
  readonly rows: readonly AdmittedRow[];
  readonly refusals: readonly Refusal[];
  /** Metrics for the list. */
  readonly seen: readonly MetricSeen[];
  /** A metric has no definition: the birth that gave it was missed. */
  readonly undefinedMetric: boolean;
}

/** How a metric is found: `strict` where the definitions may be newer than the message. */
export interface Reading {
  readonly definitions: Definitions;
  /** The definitions that held when the message was sent; aliases count only where both agree. */
  readonly former?: Definitions | undefined;
  readonly strict: boolean;
  /** Metrics without a definition that were told since the birth. */
  readonly toldUndefined: Set<string>;
}

/**
 * Turns the metrics of a message into rows for admission, in their order: values of one device, time and mark stand in one row. What
 * cannot be a reading is listed, and told to the quarantine once a birth. A birth's own metrics are listed, not quarantined.
 */
export function readMessage(message: Arrived, reading: Reading, parts: DefineParts): ReadMessage {
  const refusals = gatherRefusals();
  const seen: MetricSeen[] = [];
  const rows: MutableRow[] = [];
  const isBirth = message.type === 'NBIRTH' || message.type === 'DBIRTH';
  const node = nodeKey(message);
  let undefinedMetric = false;

  const note = (
    metric: Metric,
    name: string,
    code: MetricSeen['code'],
    reason: MetricSeen['reason'],
    value?: SparkplugValue,
  ) => {
    const at = timeOf(metric, message) ?? message.received;
    seen.push({
      node,
      device: message.device,
      metric: name.slice(0, 200),
      code,
      reason,
      value: shown(value, metric),
      at,
    });
  };

  for (const metric of message.payload.metrics) {
    if (metric.name !== undefined && isOfProtocol(metric.name)) continue;
    const found = find(metric, reading);
    if (typeof found === 'string') {
      const name = metric.name ?? `#${metric.alias ?? '?'}`;
      const reason = found === 'undefined' ? reasons.undefinedMetric(name) : reasons.otherMeaning(name);
      undefinedMetric ||= found === 'undefined';
      const isNews = found === 'other' || !reading.toldUndefined.has(name);
      if (isNews) refusals.add(null, 'unmapped-metric', reason);
      if (reading.toldUndefined.size < 1000) reading.toldUndefined.add(name);
      note(metric, name, 'unmapped-metric', reason);
      continue;
    }
    const definition = current(found, reading.definitions.target, message, parts);
    const { outcome, name } = definition;
    const refuse = (code: Refusal['code'], reason: Refusal['reason'], value?: SparkplugValue) => {
      note(metric, name, code, reason, value);
      // Templates and data sets are told from the birth on, as they may never come in data.
      if (definition.told || (isBirth && code !== 'unsupported')) return;
      definition.told = true;
      refusals.add(reading.definitions.target?.device ?? null, code, reason);
    };
    const read =
      metric.raw && !metric.isNull ? readValue(metric.raw, metric.datatype ?? definition.datatype) : undefined;
    const value = read && 'value' in read ? read.value : undefined;
    if ('code' in outcome) refuse(outcome.code, outcome.reason, value);
    else if (!read) note(metric, name, 'null', reasons.notTaken(name, 'is_null'));
    else if ('refused' in read) refuse('wrong-type', reasons.notTaken(name, read.refused));
    else {
      const made = measured(read.value, outcome, name);
      if ('reason' in made) refuse('wrong-type', made.reason, read.value);
      else {
        if (definition.otherUnit) note(metric, name, 'unit-differs', definition.otherUnit, read.value);
        const doubt = made.inexact || definition.otherUnit ? UNCERTAIN : undefined;
        addTo(rows, metric, message, outcome, made.value, qualityWith(qualityOf(metric.properties), doubt));
      }
    }
  }
  return { rows, refusals: refusals.list(), seen, undefinedMetric };
}

/** The definition of a metric; `undefined` where there is none, `other` where old and new ones disagree. */
function find(metric: Metric, { definitions, former, strict }: Reading): Definition | 'undefined' | 'other' {
  const { name, alias } = metric;
  if (name !== undefined) return definitions.byName.get(name) ?? 'undefined';
  const now = alias === undefined ? undefined : definitions.byAlias.get(alias);
  if (!strict) return now ?? 'undefined';
  const then = alias === undefined ? undefined : former?.byAlias.get(alias);
  return now && then && now.name === then.name && now.datatype === then.datatype ? now : 'other';
}

type Measured =
  | { readonly value: number | boolean | string; readonly inexact: boolean }
  | { readonly reason: Refusal['reason'] };

/** A Sparkplug value as its measurement takes it. */
function measured(value: SparkplugValue, { words, convert, measurement }: Target, name: string): Measured {
  if (typeof value === 'object') return { reason: reasons.notTaken(name, 'bytes / array') };
  if (words) {
    const word = Object.hasOwn(words, String(value)) ? words[String(value)] : undefined;
    return word === undefined ? { reason: reasons.noWord(name, String(value)) } : { value: word, inexact: false };
  }
  const { kind } = measurement;
  // Data may carry a datatype of its own, other than that of the birth.
  if (typeof value === 'boolean' || typeof value === 'string') {
    const fits = kind === (typeof value === 'boolean' ? 'boolean' : 'text');
    return fits ? { value, inexact: false } : { reason: reasons.otherKind(name, String(value), kind) };
  }
  if (kind !== 'number') return { reason: reasons.otherKind(name, String(value), kind) };
  const number = Number(value);
  if (!Number.isFinite(number)) return { reason: reasons.notANumber(name) };
  // A 64-bit integer that no double holds is kept as the nearest one, and says so by its quality.
  const inexact = typeof value === 'bigint' && BigInt(number) !== value;
  return { value: convert ? convert(number) : number, inexact };
}

const qualityWith = (said: StatusCode | undefined, doubt: StatusCode | undefined): StatusCode | undefined =>
  doubt === undefined ? said : worse(said ?? 0, doubt);

interface MutableRow extends AdmittedRow {
  readonly values: Record<string, unknown>;
  quality?: Record<string, number>;
}

/** Source time of a metric: its own, else the message's (tck-id-payloads-name-birth-data-requirement asks for its own). */
function timeOf({ timestamp }: Metric, { payload }: Arrived): number | undefined {
  const time: Integer | undefined = timestamp ?? payload.timestamp;
  return time === undefined ? undefined : Number(time);
}

function addTo(
  rows: MutableRow[],
  metric: Metric,
  message: Arrived,
  target: Target,
  value: unknown,
  quality: StatusCode | undefined,
): void {
  const ts = timeOf(metric, message);
  const historical = metric.isHistorical === true;
  const last = rows.at(-1);
  const fits =
    last &&
    last.device === target.device &&
    last.ts === ts &&
    (last.historical ?? false) === historical &&
    !Object.hasOwn(last.values, target.name);
  const row: MutableRow = fits
    ? last
    : { device: target.device, ...(ts !== undefined && { ts }), values: {}, ...(historical && { historical }) };
  if (!fits) rows.push(row);
  row.values[target.name] = value;
  if (quality) {
    row.quality ??= {};
    row.quality[target.name] = quality;
  }
}

/** A value for people: at most 60 characters. */
function shown(value: SparkplugValue | undefined, { raw, isNull }: Metric): string {
  if (isNull) return 'null';
  if (value === undefined) {
    if (!raw) return '';
    return 'value' in raw && !(raw.value instanceof Uint8Array) ? cut(String(raw.value)) : `(${raw.field})`;
  }
  if (value instanceof Uint8Array) return cut(`0x${Buffer.from(value.subarray(0, 24)).toString('hex')}`);
  return cut(
    Array.isArray(value)
      ? `[${value.slice(0, 10).map(String).join(', ')}${value.length > 10 ? ', …' : ''}]`
      : String(value),
  );
}

const cut = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}…` : text);
