import { jsonCodec } from '../../kit/journal/journal.ts';
import type { Value } from '../../kit/telemetry/telemetry-store.ts';
import type { StatusCode } from '../model/quality.ts';
import type { RegistryChange } from './registry.ts';

export type { Value };

/** Which door a reading came through. */
export type Source = 'mqtt' | 'gateway' | 'opcua' | 'sparkplug' | 'replay' | 'derived';

/** Why a reading that was kept is doubtful. Each lowers its quality or changes the time it is judged at; none drops it. */
export type Doubt =
  | 'out-of-range'
  | 'too-steep'
  | 'not-a-number'
  | 'clock-in-future'
  | 'clock-in-past'
  | 'clock-in-seconds'
  | 'clock-eight-hours-off';

/**
 * What one device reported for one moment, admitted: measurements known, values in canonical units. The journal's main
 * entry; decoded once, at the door.
 */
export interface TelemetryEntry {
  readonly kind: 'telemetry';
  readonly device: string;
  /** Source time, ms; the receive time where the sender gave none or its clock is wrong. */
  readonly at: number;
  /** Receive time on the platform's clock, ms. */
  readonly received: number;
  /** `at` is the receive time because the sender gave none. */
  readonly untimed?: true;
  /** What the sender's clock said, when it was not believed. */
  readonly claimedAt?: number;
  /** The sender says this is old news (an outbox draining); rules check the claim. */
  readonly historical?: true;
  readonly seq?: number;
  readonly source: Source;
  /** The gateway that carried it. */
  readonly gateway?: string;
  readonly values: Readonly<Record<string, Value>>;
  /** Status codes of the values that are not plainly good. */
  readonly quality?: Readonly<Record<string, StatusCode>>;
  /** Reasons for those, by measurement; the key `*` speaks of the whole entry (its clock). */
  readonly doubts?: Readonly<Record<string, readonly Doubt[]>>;
}

/** Time as ingest sees it, once a second: what rules advance their timers by. */
export interface TickEntry {
  readonly kind: 'tick';
  readonly at: number;
}

/** A credentialed client came or went. */
export interface ConnectionEntry {
  readonly kind: 'connection';
  /** Device or gateway id. */
  readonly subject: string;
  readonly state: 'up' | 'down';
  readonly at: number;
}

/** Client attributes of a device: firmware, serial, calibration date, self-check result. */
export interface AttributesEntry {
  readonly kind: 'attributes';
  readonly device: string;
  readonly received: number;
  readonly values: Readonly<Record<string, unknown>>;
}

/** A change of the registry, in the order of its versions. */
export interface RegistryEntry {
  readonly kind: 'registry';
  readonly change: RegistryChange;
}

export type JournalEntry = TelemetryEntry | TickEntry | ConnectionEntry | AttributesEntry | RegistryEntry;

/** Raise when an entry changes shape; readers accept this and the one before. */
export const ENTRY_SCHEMA = 1;

/** How the platform's journal is written. */
export const entryCodec = jsonCodec<JournalEntry>(ENTRY_SCHEMA);

/** One value of an entry, taken alone. */
export interface Reading {
  readonly device: string;
  readonly measurement: string;
  readonly at: number;
  readonly received: number;
  readonly value: Value;
  readonly quality: StatusCode;
}
