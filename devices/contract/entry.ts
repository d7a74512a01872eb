import { jsonCodec } from '../../kit/journal/journal.ts';
import type { Value } from '../../kit/telemetry/telemetry-store.ts';
import type { StatusCode } from '../model/quality.ts';
import type { RegistryChange } from './registry.ts';
import type { StandardsVersion } from './standards.ts';

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
  /** `at` is the receive time because the sender gave none: ours, or the gateway's that heard it. */
  readonly untimed?: true;
  /** What the sender's clock said, when it was not believed. */
  readonly claimedAt?: number;
  /** The sender says this is old news (an outbox draining); rules check the claim. */
  readonly historical?: true;
  readonly seq?: number;
  /** Old by its time and its `seq`, not seen before and not marked: somebody plays old messages again. */
  readonly replayed?: true;
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

/**
 * Something that is wrong with the platform or a gateway itself, as whoever sees it reports it: rules make it an alarm while it
 * lasts. Told once when it begins and once when it ends; telling it again changes nothing.
 */
export interface ConditionEntry {
  readonly kind: 'condition';
  /** `platform`, the id of a gateway or device, `seat:<id>`, or `channel:<line>`. */
  readonly subject: string;
  readonly condition: Condition;
  readonly active: boolean;
  /** When it began or ended, ms. */
  readonly at: number;
  /** The figures that explain it, in the order they are shown. */
  readonly facts: Readonly<Record<string, number | string>>;
}

/** Conditions that watch the path of a reading, and of an alarm to a person. */
export type Condition =
  /** The journal nears its cap: lower classes of measurements wait. */
  | 'journal-filling'
  /** The journal could not be written for a while (disk full or failing): nothing was acknowledged meanwhile. */
  | 'journal-unwritable'
  /** A consumer was cut off, so that the journal could go on: what it had not read is lost to it. */
  | 'consumer-cut-off'
  /** The telemetry store takes nothing until a person mends something. */
  | 'store-stopped'
  /** The store's series near their limit. */
  | 'series-limit'
  /** A sender's clock is wrong by more than is tolerated. */
  | 'clock-skew'
  /** A gateway's outbox is over its age or size, and it let go of its oldest readings. */
  | 'outbox-dropped'
  /** No page with unlocked sound watches a seat. */
  | 'seat-unstaffed'
  /** The heartbeat of the alarm path did not come round for three minutes. */
  | 'alarm-path-silent'
  /** A means of telling people fails again and again, or messages wait long for it. */
  | 'channel-stuck'
  /** People are to be told and none of them has an address that this platform can use. */
  | 'nobody-reachable';

/** An alarm that a gateway raised by itself while it could not reach the platform; its readings follow through the outbox. */
export interface EdgeAlarmEntry {
  readonly kind: 'edge-alarm';
  readonly gateway: string;
  /** The id that the platform gives the same episode (`<device>/<rule>/<since>`). */
  readonly alarm: string;
  readonly device: string;
  readonly rule: string;
  /** Source time of the first abnormal sample, ms. */
  readonly since: number;
  /** When the gateway raised it, on the platform's clock as the gateway knew it, ms. */
  readonly raisedAt: number;
  /** Source time of the return, ms; null while it holds. */
  readonly returnedAt: number | null;
  /** The value that raised it, in the unit that the device sends. */
  readonly value: Value;
  /** When the local webhook took it, ms; null while nobody could be told. */
  readonly toldAt: number | null;
}

/** Another version of the standards, approved: it judges from its `from` on. Holds all that judging needs. */
export interface StandardsEntry {
  readonly kind: 'standards';
  /** When it was approved, ms. */
  readonly at: number;
  readonly version: StandardsVersion;
}

export type JournalEntry =
  | TelemetryEntry
  | TickEntry
  | ConnectionEntry
  | AttributesEntry
  | RegistryEntry
  | ConditionEntry
  | EdgeAlarmEntry
  | StandardsEntry;

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
