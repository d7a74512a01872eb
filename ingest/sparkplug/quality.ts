import { BAD, GOOD, type StatusCode, UNCERTAIN } from '../../devices/model/quality.ts';
import { isUnit, type UnitCode, unitCodes, unitText } from '../../devices/model/units.ts';
import type { PropertySet } from './codec/payload.ts';

/** OPC 10000-4: the value is the last one known. */
export const STALE: StatusCode = 0x40900000;

const propertyOf = (properties: PropertySet | undefined, name: string) => {
  if (!properties) return undefined;
  const exact = properties.get(name);
  if (exact) return exact;
  // "Quality" in the specification, "quality" at some makers.
  for (const [key, value] of properties) if (key.toLowerCase() === name.toLowerCase()) return value;
  return undefined;
};

/**
 * The `Quality` of a metric as a status code; undefined where it says nothing (which means good, chapter 6 "Quality Codes").
 *
 * 192 is good, 0 bad, 500 stale: the specification knows no others. Others come all the same: the classic OPC codes up to 255 (top two
 * of eight bits), and 32-bit codes of OPC UA and of Ignition 8, whose top two bits are the severity alike. A code that is none of these
 * makes the value uncertain.
 */
export function qualityOf(properties: PropertySet | undefined): StatusCode | undefined {
  const property = propertyOf(properties, 'Quality');
  if (!property || property.isNull || !property.raw) return undefined;
  const { raw } = property;
  if (raw.field === 'string') return wordQuality[raw.value.toLowerCase()] ?? UNCERTAIN;
  if (raw.field !== 'int' && raw.field !== 'long') return UNCERTAIN;
  return codeOf(Number(BigInt.asUintN(32, BigInt(raw.value))));
}

const wordQuality: Readonly<Record<string, StatusCode>> = { good: GOOD, uncertain: UNCERTAIN, bad: BAD, stale: STALE };

function codeOf(code: number): StatusCode {
  if (code === 500) return STALE;
  if (code >= 0x10000) return code;
  if (code > 255) return UNCERTAIN;
  return [BAD, UNCERTAIN, UNCERTAIN, GOOD][code >>> 6] as StatusCode;
}

const units = new Map<string, UnitCode>();
for (const code of unitCodes) {
  for (const spelling of [code, unitText(code, 'en'), unitText(code, 'zh')]) {
    if (spelling !== '') units.set(spelling.replaceAll(/\s/g, ''), code);
  }
}
for (const [spelling, code] of Object.entries({
  C: 'Cel',
  '℃': 'Cel',
  degC: 'Cel',
  '°F': '[degF]',
  degF: '[degF]',
  '%LEL': '%{LEL}',
  LEL: '%{LEL}',
  '%VOL': '%{VOL}',
  'm^3/h': 'm3/h',
  'Nm3/h': 'm3/h',
  'm^3': 'm3',
  'μg/m³': 'ug/m3',
})) {
  units.set(spelling, code);
}

/** The `engUnit` of a metric: as it was written, and as a unit of ours where it is one that we know. */
export function engUnitOf(
  properties: PropertySet | undefined,
): { text: string; unit: UnitCode | undefined } | undefined {
  const raw = propertyOf(properties, 'engUnit')?.raw;
  if (raw?.field !== 'string' || raw.value.trim() === '') return undefined;
  const text = raw.value.trim();
  const written = text.replaceAll(/\s/g, '');
  return { text, unit: isUnit(written) ? written : units.get(written) };
}
