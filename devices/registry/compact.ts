import type { Device, Site } from '../contract/registry.ts';
import { canonicalJson } from './canonical-json.ts';

/** Makes equal parts of many records one object in memory: a million devices have a few dozen types, areas and owners. */
export interface Compact {
  device(device: Device): Device;
  site(site: Site): Site;
}

/** Beyond this many distinct texts a field is not one that records share; then they are kept as they come. */
const MOST_SHARED = 200_000;

/** A {@link Compact} with nothing shared yet. The records it hands back are frozen. */
export function compactor(): Compact {
  const texts = new Map<string, string>();
  const objects = new Map<string, object>();

  const text = <T extends string | undefined>(value: T): T => {
    if (value === undefined) return value;
    const kept = texts.get(value);
    if (kept !== undefined) return kept as T;
    if (texts.size < MOST_SHARED) texts.set(value, value);
    return value;
  };
  const object = <T extends object | undefined>(value: T): T => {
    if (value === undefined) return value;
    const key = canonicalJson(value);
    const kept = objects.get(key);
    if (kept) return kept as T;
    const frozen = Object.freeze(value);
    if (objects.size < MOST_SHARED) objects.set(key, frozen);
    return frozen;
  };
  /** Leaves out absent keys: a field that is there and undefined costs as much as one that says something. */
  const shared = <T extends object>(record: T, fields: readonly (keyof T)[], parts: readonly (keyof T)[]): T => {
    const copy = {} as T;
    for (const key of Object.keys(record) as (keyof T)[]) {
      const value = record[key];
      if (value === undefined) continue;
      if (parts.includes(key)) copy[key] = object(value as object) as T[keyof T];
      else if (fields.includes(key)) copy[key] = text(value as string) as T[keyof T];
      else copy[key] = value;
    }
    return Object.freeze(copy);
  };

  return {
    device: (device) => shared(device, sharedTexts, sharedParts),
    site: (site) => shared(site, ['area', 'grid', 'attribution'], []),
  };
}

const sharedTexts = [
  'type',
  'model',
  'area',
  'grid',
  'site',
  'mountedOn',
  'gateway',
  'circuit',
  'owner',
  'operator',
  'maintainer',
  'installed',
  'expires',
  'calibrated',
  'calibrationDue',
  'attribution',
] as const satisfies readonly (keyof Device)[];
const sharedParts = ['units', 'constants', 'facts'] as const satisfies readonly (keyof Device)[];
