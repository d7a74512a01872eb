import type { Bilingual } from '../model/device-type.ts';
import type { Doubt, Value } from './entry.ts';

/** P1 urgent, P2 high, P3 medium, P4 low. */
export type Priority = 'P1' | 'P2' | 'P3' | 'P4';

/** OPC UA severities of the priorities (OPC 10000-9 §5.5.2; our banding). */
export const opcuaSeverity: Readonly<Record<Priority, number>> = { P1: 900, P2: 700, P3: 500, P4: 200 };

/** What escapes, burns or falls: gas alarms join into incidents, and P1 of gas and fire is hidden by two people only. */
export type Hazard = 'gas' | 'fire' | 'water' | 'structure' | 'power';

/** What hides an alarm from operators while its life-cycle computes on underneath (ANSI/ISA-18.2, IEC 62682). */
export type Override =
  | {
      readonly kind: 'shelved';
      /** When it ends by itself, ms. */
      readonly until: number;
      /** It also ends when the alarm returns to normal, whichever comes first. */
      readonly oneShot: boolean;
      readonly by: string;
      /** The second person, where one was needed. */
      readonly confirmedBy: string | null;
      readonly reason: string;
    }
  | {
      readonly kind: 'suppressed';
      /** The suppression of the catalogue, or the platform's own, that hides it. */
      readonly rule: string;
      /** What stands for it: the id of a device or gateway. */
      readonly because: string;
    }
  | {
      readonly kind: 'out-of-service';
      readonly workOrder: string;
      readonly by: string;
      readonly confirmedBy: string | null;
      readonly reason: string;
      /** When it ends by itself, ms; null: when somebody returns it to service. */
      readonly until: number | null;
    };

/** Why the word of a detector is worth less than it should be. */
export type DetectorMark = 'expired' | 'uncalibrated' | 'self-test-failed';

/** 研判: what it was. Everything but a real leak or fire counts against the precision of its model, site and rule. */
export const verdictKinds = ['real', 'biogas', 'cooking', 'sensor-fault', 'test', 'works'] as const;
export type VerdictKind = (typeof verdictKinds)[number];

export interface Verdict {
  readonly kind: VerdictKind;
  readonly by: string;
  readonly at: number;
  /** What it rests on, in words. */
  readonly evidence: string;
}

/** What nobody watches while this alarm stands. */
export interface Blindness {
  readonly devices: number;
  /** Devices by type, most first. */
  readonly byType: readonly { readonly type: string; readonly count: number }[];
  /** Sites that no other working device of the same hazard watches, by kind of site. */
  readonly unprotected: readonly { readonly kind: string; readonly count: number }[];
  /** Alarms that it hides now. */
  readonly hidden: number;
}

/** ISA-18.2 process-side state as three booleans: every row of the standard's table is one combination. */
export interface Lifecycle {
  readonly active: boolean;
  readonly acked: boolean;
  /** Latched alarms stay until a person resets them after the return. */
  readonly latched: boolean;
}

/** The catalogue item an alarm was raised under, frozen as it stood then. */
export interface Clause {
  /** Catalogue item code, `G05-14`; empty for the platform's own alarms. */
  readonly item: string;
  readonly name: string;
  readonly text: string;
  readonly provenance: 'quoted' | 'adapted' | 'illustrative';
  readonly problem: string;
  readonly catalogueVersion: string;
  /** 属地 / 牵头: who answers for it. */
  readonly department: string;
  readonly cooperating: readonly string[];
  /** The procedure that went with it then, `<id>@<version>`. */
  readonly procedure?: string;
  /** Overlays of the device's place that were laid over the catalogue, widest first. */
  readonly overlays?: readonly { readonly id: string; readonly title: Bilingual }[];
}

/** Deadlines of an alarm, ms since 1970; null where the item sets none. */
export interface Deadlines {
  readonly ack: number | null;
  readonly arrive: number | null;
  readonly makeSafe: number | null;
  readonly close: number | null;
  readonly clock: 'continuous' | 'working';
}

/** An alarm as every page, list and script sees it. */
export interface Alarm extends Lifecycle {
  /** `<device>/<item>.<rule>/<source time of the episode's first abnormal sample>`: never changes, never doubles. */
  readonly id: string;
  readonly device: string;
  readonly deviceName: string;
  readonly deviceType: string;
  readonly site: string | null;
  readonly siteName: string | null;
  readonly area: string | null;
  readonly lon: number;
  readonly lat: number;
  /** `<item code>.<rule id>`, unique in the catalogue. */
  readonly rule: string;
  readonly measurement: string;
  readonly priority: Priority;
  readonly severity: number;
  /** All that lies over it, strongest first: out of service, shelved, suppressed. */
  readonly overrides: readonly Override[];
  /** The first of them: what people see. */
  readonly override: Override | null;
  readonly hazard: Hazard | null;
  /** It stands for the detector that opened its incident: of several levels there the one that shows. */
  readonly firstOut: boolean;
  /** The incident it belongs to. */
  readonly incident: string | null;
  /** The newest verdict. */
  readonly verdict: Verdict | null;
  /** What is known against its detector; while there is any, a P1 does not close on this detector's word alone. */
  readonly marks: readonly DetectorMark[];
  /** What it leaves unwatched; null for alarms that blind nobody. */
  readonly blind: Blindness | null;
  /** `history`: found in late data. With `needsVerdict` it no longer holds and only wants a person's judgement, silently. */
  readonly lane: 'live' | 'history';
  readonly needsVerdict: boolean;
  /** A higher level of the same measurement has taken over: one sound, one row. */
  readonly supersededBy: string | null;
  /** Source time of the first abnormal sample, ms. */
  readonly since: number;
  /** When the alarm was raised (after its on-delay), on the journal's time, ms. */
  readonly raisedAt: number;
  readonly returnedAt: number | null;
  readonly ackedAt: number | null;
  readonly ackedBy: string | null;
  readonly closedAt: number | null;
  /** The value that raised it, in `unit`. */
  readonly value: Value | null;
  /** The newest value and its source time. */
  readonly lastValue: Value | null;
  readonly lastAt: number | null;
  readonly lastQuality: number;
  readonly doubts: readonly Doubt[];
  readonly op: string | null;
  readonly limit: Value | null;
  readonly unit: string;
  /** Why it was raised, with the numbers. */
  readonly explanation: Bilingual;
  readonly clause: Clause;
  readonly deadlines: Deadlines;
  readonly demo: boolean;
  /** The drill it belongs to; left out for what is real. */
  readonly drill?: string | undefined;
  /** Number of the last event that touched it; the live stream counts by it. */
  readonly seq: number;
}

/** One line of an alarm's history. */
export interface AlarmEvent {
  readonly seq: number;
  readonly alarm: string;
  /** On the platform's clock, ms. */
  readonly at: number;
  readonly kind:
    | 'raised'
    | 'reraised'
    | 'returned'
    | 'acknowledged'
    | 'reset'
    | 'superseded'
    | 'closed'
    | 'note'
    /** Somebody asked for what a second person must confirm. */
    | 'asked'
    | 'shelved'
    | 'unshelved'
    | 'out-of-service'
    | 'in-service'
    | 'judged';
  readonly actor: string | null;
  readonly note: string | null;
}

/** What the duty desk lists: not closed. Normal, acknowledged or never raised alarms are gone from it. */
export const isOpen = (alarm: Lifecycle): boolean => alarm.active || !alarm.acked || alarm.latched;
