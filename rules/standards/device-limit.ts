import type { Device } from '../../devices/contract/registry.ts';

/** Why a limit is not the one that was asked for: that one is above a ceiling, or cannot be had. */
export interface Capped {
  readonly kind: 'too-high' | 'missing';
  readonly text: string;
}

/** A limit as it stands for one device. */
export type DeviceLimit =
  | { readonly limit: number; readonly back: number; readonly capped?: Capped }
  | { readonly missing: string };

/** What a rule compares with, in the canonical unit of its measurement. */
export interface Limits {
  /** Limit and return limit where they are the same for all devices, in the canonical unit (booleans 0/1, words by number). */
  readonly limit: number;
  readonly back: number;
  /** Where they follow from a device's constants or gas. */
  readonly perDevice: ((device: Device) => DeviceLimit) | null;
  /** The limit is a plain number in this unit; '' for flags and words. */
  readonly unit: string;
}
