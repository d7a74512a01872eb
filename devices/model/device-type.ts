import type { UnitCode } from './units.ts';

/** A text in both languages of the platform. */
export interface Bilingual {
  readonly zh: string;
  readonly en: string;
}

export type ValueKind = 'number' | 'boolean' | 'text';

/** What a measurement can be in a judgement of gas in an underground space. */
export type UndergroundRole =
  | 'methane'
  | 'ethane'
  | 'temperature'
  | 'demand'
  | 'pressure'
  | 'rain'
  | 'knocks'
  | 'cover-open';

/** One quantity that a device of a type reports, or that is derived from what it reports. */
export interface Measurement {
  readonly title: Bilingual;
  readonly kind: ValueKind;
  /** Canonical UCUM unit of a number (`1` when it has none); readings are stored and judged in it. */
  readonly unit: UnitCode;
  /**
   * What the instrument can report, in `unit`. A value outside is kept with lowered quality: it is a fault or an
   * over-range, not to be thrown away. What is healthy is a matter for the catalogue.
   */
  readonly range?: readonly [low: number, high: number];
  /** The largest believable change per minute, in `unit`; a steeper one is kept with lowered quality. */
  readonly maxPerMinute?: number;
  /** The words a text measurement may take; without them any text, as somebody else words it. */
  readonly states?: Readonly<Record<string, Bilingual>>;
  /** How often a device of this type reports it, ms; absent where it reports on change. */
  readonly everyMs?: number;
  /** Computed by the platform from other readings (rules/derive); a device may also send it itself. */
  readonly derived?: true;
  /** Counts combustible gas: a device's `gasUnit` says in which unit it sends this one. */
  readonly combustible?: true;
  /** What it tells about gas in an underground space (devices/biogas); a type that has `methane` sits in one. */
  readonly tells?: UndergroundRole;
}

/** What a device of one kind is: data, from which parsing, validation, simulators, charts and documents are made. */
export interface DeviceType {
  readonly id: string;
  readonly title: Bilingual;
  /** The domain it belongs to, for map layers. */
  readonly layer: 'gas' | 'lighting' | 'sanitation' | 'water' | 'environment' | 'traffic' | 'safety' | 'people';
  /** True for types that measure combustible gas: such a device must declare its gas and the unit it counts in. */
  readonly measuresGas?: true;
  /** How many years a device of this type may serve, where its life ends by date and not by fault. */
  readonly lifeYears?: number;
  /** Where the measurements come from when the type follows a public data model. */
  readonly source?: string;
  readonly measurements: Readonly<Record<string, Measurement>>;
}

/** Declares a device type; exists so that measurement names stay literal types. */
export function defineDeviceType<const T extends DeviceType>(type: T): T {
  return type;
}

export const seconds = (n: number): number => n * 1000;
export const minutes = (n: number): number => n * 60_000;
export const hours = (n: number): number => n * 3_600_000;
