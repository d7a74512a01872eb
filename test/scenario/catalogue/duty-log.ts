import type { Value } from '../../../devices/contract/entry.ts';
import type { Device } from '../../../devices/contract/registry.ts';

/** Readings of one moment, by measurement. */
export type Readings = Readonly<Record<string, Value>>;

/** Where the rule stands at a device: its registration, as far as the rule cares. */
export type At = Pick<Device, 'type'> & Partial<Device>;

/**
 * One rule of the catalogue as the duty desk lives through it. Every figure is written by hand from the clause: nothing here
 * reads a limit or an operator from the catalogue, so that a slip there or in the judge shows.
 */
export interface Lived {
  readonly rule: string;
  readonly at: At;
  /** Local time at which it begins; day by default. */
  readonly begins: string;
  /** Nobody is troubled by this, however long it lasts. */
  readonly quiet: Readings;
  /** This is not right. */
  readonly abnormal: Readings;
  /** So many seconds later it rings, and not a second before; 0: at once. */
  readonly ringsAfterS: number;
  /** Better, and not good yet: the alarm stays. */
  readonly still?: Readings;
  /** Good again. */
  readonly back: Readings;
  /** So many seconds later it counts as returned; 0: at once. */
  readonly endsAfterS: number;
  /** It stays until somebody resets it. */
  readonly latched?: true;
  /** What else must be known or registered for the rule to speak. */
  readonly given?: Readings;
  /** Where its condition is false: the same abnormality rings nobody. */
  readonly unless?: readonly Circumstance[];
}

/** A circumstance in which a rule has nothing to say. */
export interface Circumstance {
  readonly because: string;
  readonly begins?: string;
  readonly at?: Partial<Device>;
  readonly given?: Readings;
  /** A record that is open at the device. */
  readonly record?: 'workOrders' | 'permits' | 'protectionPlans';
}

type Figures = Pick<Lived, 'ringsAfterS' | 'endsAfterS' | 'latched' | 'given' | 'unless'> & {
  readonly begins?: string;
};

/** A number over one measurement: `below` the limit, `at` it, `still` within the deadband, `back` beyond it. */
export const level = (
  rule: string,
  at: At,
  measurement: string,
  values: { readonly quiet: number; readonly abnormal: number; readonly still?: number; readonly back: number },
  figures: Figures,
): Lived => ({
  rule,
  at,
  begins: '10:00',
  quiet: { [measurement]: values.quiet },
  abnormal: { [measurement]: values.abnormal },
  ...(values.still === undefined ? {} : { still: { [measurement]: values.still } }),
  back: { [measurement]: values.back },
  ...figures,
});

/** A flag or a word over one measurement. */
export const flag = (
  rule: string,
  at: At,
  measurement: string,
  values: { readonly quiet: Value; readonly abnormal: Value },
  figures: Figures,
): Lived => ({
  rule,
  at,
  begins: '10:00',
  quiet: { [measurement]: values.quiet },
  abnormal: { [measurement]: values.abnormal },
  back: { [measurement]: values.quiet },
  ...figures,
});

export const yes = { quiet: false, abnormal: true } as const;
export const no = { quiet: true, abnormal: false } as const;
export const atOnce = { ringsAfterS: 0, endsAfterS: 0 } as const;
