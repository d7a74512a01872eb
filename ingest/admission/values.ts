import type { Doubt, Value } from '../../devices/contract/entry.ts';
import type { Bilingual } from '../../devices/model/device-type.ts';
import {
  BAD,
  GOOD,
  type StatusCode,
  UNCERTAIN,
  UNCERTAIN_OUT_OF_RANGE,
  UNCERTAIN_SENSOR,
} from '../../devices/model/quality.ts';
import type { DeviceMemory, Field } from './profile.ts';
import { reasons } from './reasons.ts';

/** The longest text value that is kept. */
const TEXT_MAX = 1024;

/** Why a value cannot be read as its measurement, or undefined when it can. Nothing is coerced. */
export function refusalOf(field: Field, raw: unknown): Bilingual | undefined {
  const { name, measurement } = field;
  switch (measurement.kind) {
    case 'number':
      if (typeof raw !== 'number') return reasons.wrongType(name, measurement, raw);
      if (field.unusable) return reasons.noConversion(name, field.unusable);
      return Number.isFinite(canonical(field, raw)) ? undefined : reasons.notFinite(name);
    case 'boolean':
      return typeof raw === 'boolean' ? undefined : reasons.wrongType(name, measurement, raw);
    case 'text':
      if (typeof raw !== 'string') return reasons.wrongType(name, measurement, raw);
      if (field.states && !field.states.has(raw)) return reasons.unknownState(name, raw, [...field.states]);
      return raw.length > TEXT_MAX ? reasons.textTooLong(name, raw.length, TEXT_MAX) : undefined;
  }
}

/**
 * True for a value that may stand as it came, converted at most: of its kind, finite, in range, not too steep. The quick
 * answer for nearly every value; a false only means that a closer look is due. Remembers nothing.
 */
export function isPlain(field: Field, raw: unknown, at: number, memory: DeviceMemory): boolean {
  switch (field.kind) {
    case 'number': {
      if (typeof raw !== 'number' || field.unusable !== null) return false;
      const value = canonical(field, raw);
      return (
        value >= field.low && value <= field.high && Number.isFinite(value) && !isTooSteep(field, value, at, memory)
      );
    }
    case 'boolean':
      return typeof raw === 'boolean';
    case 'text':
      return typeof raw === 'string' && (field.states ? field.states.has(raw) : raw.length <= TEXT_MAX);
  }
}

/** A number in its measurement's canonical unit. */
export const canonical = (field: Field, raw: number): number => (field.convert ? field.convert(raw) : raw);

/** Out of what the instrument can report. */
export function doubtOfRange(field: Field, value: Value): Doubt | undefined {
  return typeof value === 'number' && (value < field.low || value > field.high) ? 'out-of-range' : undefined;
}

/**
 * Moved faster than the thing can, since this device's previous value. At least a minute's worth of change is always
 * allowed, so that noise between two samples of a fast device is no doubt. Values older than the newest are not compared.
 */
export function isTooSteep(field: Field, value: number, at: number, memory: DeviceMemory): boolean {
  if (field.slot < 0 || memory.last === null) return false;
  const before = memory.last[field.slot * 2] as number;
  const beforeAt = memory.last[field.slot * 2 + 1] as number;
  if (at <= beforeAt) return false;
  const minutes = Math.max(1, (at - beforeAt) / 60_000);
  return Math.abs(value - before) > field.steepest * minutes;
}

/** Keeps a value for the next comparison, unless a newer one is kept already. */
export function remember(field: Field, value: Value, at: number, memory: DeviceMemory): void {
  if (field.slot < 0 || typeof value !== 'number') return;
  memory.last ??= new Float64Array(memory.profile.slots * 2).fill(Number.NaN);
  const place = field.slot * 2;
  if (at <= (memory.last[place + 1] as number)) return;
  memory.last[place] = value;
  memory.last[place + 1] = at;
}

/** The status code that a doubt gives. */
export const codeOfDoubt = (doubt: Doubt): StatusCode =>
  doubt === 'out-of-range' ? UNCERTAIN_OUT_OF_RANGE : doubt === 'too-steep' ? UNCERTAIN_SENSOR : UNCERTAIN;

/** The worse of two status codes by severity; `ours` tells more when they are equally bad and the sender only gave a bare word. */
export function worse(senders: StatusCode, ours: StatusCode): StatusCode {
  const a = senders >>> 30;
  const b = ours >>> 30;
  if (a !== b) return a > b ? senders : ours;
  return senders === UNCERTAIN || senders === GOOD ? ours : senders;
}

/** A sender's word for quality as a status code, or undefined when it is none. */
export function parseQuality(raw: unknown): StatusCode | undefined {
  if (raw === 'good') return GOOD;
  if (raw === 'uncertain') return UNCERTAIN;
  if (raw === 'bad') return BAD;
  return typeof raw === 'number' && Number.isInteger(raw) && raw >= 0 && raw <= 0xffffffff ? raw : undefined;
}
