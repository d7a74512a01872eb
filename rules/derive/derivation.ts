import type { Device } from '../../devices/contract/registry.ts';
import type { LocalTime } from '../../kit/local-time.ts';

/** Newest live values of one device, as the engine keeps them; undefined for what was never heard. */
export interface Known {
  readonly device: Device;
  number(measurement: string): number | undefined;
  flag(measurement: string): boolean | undefined;
  /** Source time of the newest value of a measurement, ms. */
  timeOf(measurement: string): number | undefined;
  /** Source time of the newest value of anything, ms. */
  readonly heardAt: number | undefined;
}

/** What a derived measurement is computed from. Valid during the call only: the engine uses one for all. */
export interface DeriveContext extends Known {
  /** Source time of the reading, or time of the tick, ms. */
  readonly at: number;
  /** Receive time, ms. */
  readonly received: number;
  /** What this device's derivations remember between calls: plain data, kept in snapshots. */
  readonly memory: Record<string, unknown>;
  readonly local: LocalTime;
  readonly sun: { readonly altitude: number; readonly dark: boolean };
  /** It speaks for its circuit: the first of its type by id. */
  readonly leadsCircuit: boolean;
  /** All devices of the same circuit and type, itself included, in the order of their ids. */
  circuit(): readonly Known[];
  /** Whether each device mounted on this one is heard. */
  mounted(): readonly boolean[];
}

/** How one derived measurement is made. */
export interface Derivation {
  readonly makes: string;
  /** Measurements whose arrival makes it anew; empty for what only passing time changes. */
  readonly from: readonly string[];
  /** Looked at again after so much time, ms, also without a reading. */
  readonly tickMs?: number;
  /** The same value is stored again no sooner than this, ms; a changed one always is. */
  readonly repeatMs: number;
  /** A changed value is stored no more often than this, ms. Never given for what a P1 or P2 rule judges. */
  readonly throttleMs?: number;
  /** The value in the measurement's unit, or null while it cannot be known. Pure but for `memory`. */
  compute(context: DeriveContext): number | boolean | null;
}
