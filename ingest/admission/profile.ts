import type { Device } from '../../devices/contract/registry.ts';
import type { DeviceType, Measurement } from '../../devices/model/device-type.ts';
import { sentUnit } from '../../devices/model/sent-unit.ts';
import { conversion } from '../../devices/model/units.ts';
import { didYouMean } from '../../devices/registry/did-you-mean.ts';
import type { ClockMemory } from './clock-check.ts';
import type { SkewMemory } from './clock-skew.ts';
import { seedOf } from './repeats.ts';
import type { SequenceMemory } from './sequence.ts';

/** One measurement of a device as admission needs it: looked up once a value. */
export interface Field {
  readonly name: string;
  readonly measurement: Measurement;
  readonly kind: Measurement['kind'];
  readonly low: number;
  readonly high: number;
  /** Largest believable change a minute, canonical unit; Infinity when the type names none. */
  readonly steepest: number;
  /** Place of its last value in {@link DeviceMemory.last}; -1 when it is not remembered. */
  readonly slot: number;
  /** From the unit the device counts in to the canonical one; null when they are the same. */
  readonly convert: ((value: number) => number) | null;
  /** Why its values cannot be converted, should a registration have slipped through. */
  readonly unusable: string | null;
  readonly states: ReadonlySet<string> | null;
  /** A P1 or P2 rule judges it: it travels in the journal's reserved lane. */
  readonly safety: boolean;
  /** A P3 rule judges it. What is neither waits first when the journal fills. */
  readonly judged: boolean;
  /** Stands for its name in digests. */
  readonly seed: number;
}

/** What all devices of one type and the same units have in common. */
export interface Profile {
  readonly type: string;
  readonly fields: ReadonlyMap<string, Field>;
  /** The fields in the order in which they came last: the next reading mostly names the same, and no table is searched. */
  readonly inOrder: Field[];
  /** How many fields are remembered for steepness. */
  readonly slots: number;
}

/** What admission remembers of one device; about 400 bytes beside its id, its places in the pools included. */
export interface DeviceMemory extends ClockMemory, SequenceMemory, SkewMemory {
  readonly id: string;
  /** Stands for its id in digests. */
  readonly seed: number;
  readonly profile: Profile;
  readonly gateway: string | undefined;
  /** `[value, source time]` for each slot of its profile; null until the first value. */
  last: Float64Array | null;
  /** Source time of its newest believed reading, ms; -Infinity before any. */
  newestAt: number;
}

/** True where a P1 or P2 rule of the catalogue judges this measurement. */
export type IsSafety = (deviceType: string, measurement: string) => boolean;

/** Which measurements rules of the catalogue judge, by the highest priority among them. */
export interface Judged {
  readonly isSafety: IsSafety;
  /** True where a P3 rule judges it. */
  readonly isJudged: IsSafety;
}

function fieldOf(device: Device, type: DeviceType, name: string, slot: number, judged: Judged): Field {
  const measurement = type.measurements[name] as Measurement;
  const unit = sentUnit(device, name, measurement);
  const numeric = measurement.kind === 'number';
  const outcome = numeric && unit !== measurement.unit ? conversion(unit, measurement.unit, device.gas) : null;
  return {
    name,
    measurement,
    kind: measurement.kind,
    low: numeric ? (measurement.range?.[0] ?? Number.NEGATIVE_INFINITY) : Number.NEGATIVE_INFINITY,
    high: numeric ? (measurement.range?.[1] ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY,
    steepest: measurement.maxPerMinute ?? Number.POSITIVE_INFINITY,
    slot,
    convert: outcome && 'convert' in outcome ? outcome.convert : null,
    unusable: outcome && 'refused' in outcome ? outcome.refused : null,
    states: measurement.states ? new Set(Object.keys(measurement.states)) : null,
    safety: judged.isSafety(type.id, name),
    judged: judged.isJudged(type.id, name),
    seed: seedOf(name),
  };
}

function compile(device: Device, type: DeviceType, judged: Judged): Profile {
  let slots = 0;
  const fields = new Map<string, Field>();
  for (const [name, measurement] of Object.entries(type.measurements)) {
    const remembered = measurement.kind === 'number' && measurement.maxPerMinute !== undefined;
    fields.set(name, fieldOf(device, type, name, remembered ? slots++ : -1, judged));
  }
  return { type: type.id, fields, inOrder: [], slots };
}

/** Makes profiles, one for each distinct combination of type, gas and units. */
export function profiles(types: Readonly<Record<string, DeviceType>>, judged: Judged) {
  const made = new Map<string, Profile>();
  return {
    /** The profile of a device; undefined when its type does not exist. */
    of(device: Device): Profile | undefined {
      const type = Object.hasOwn(types, device.type) ? types[device.type] : undefined;
      if (!type) return undefined;
      const key = JSON.stringify([device.type, device.gas, device.gasUnit, device.units]);
      let profile = made.get(key);
      if (!profile) {
        profile = compile(device, type, judged);
        made.set(key, profile);
      }
      return profile;
    },
    /** Forgets all of them: the catalogue changed, so {@link Judged} may answer otherwise. */
    forget: () => made.clear(),
  };
}

/** The measurement a vendor probably meant: same letters but for case, the same last part, or one mistyped a little. */
export function nearestName(name: string, fields: ReadonlyMap<string, Field>): string | undefined {
  const wanted = name.toLowerCase();
  const tail = wanted.slice(wanted.lastIndexOf('.') + 1);
  const tails = new Map<string, string>();
  let byTail: string | undefined;
  for (const known of fields.keys()) {
    const lower = known.toLowerCase();
    if (lower === wanted) return known;
    const itsTail = lower.slice(lower.lastIndexOf('.') + 1);
    if (itsTail === tail) byTail ??= known;
    tails.set(itsTail, known);
  }
  return byTail ?? tails.get(didYouMean(tail, tails.keys()) ?? '');
}
