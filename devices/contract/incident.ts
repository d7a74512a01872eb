import type { Bilingual } from '../model/device-type.ts';
import type { Priority } from './alarm.ts';
import type { BesideKind } from './beside.ts';

/** A place in WGS-84. */
export interface Point {
  readonly lon: number;
  readonly lat: number;
}

/** Why members were joined, or an incident was split (docs/decisions: joining and splitting a leak picture). */
export type IncidentEvidence =
  /** The same detector, at another of its levels. */
  | 'device'
  | 'site'
  | 'pipe'
  | 'distance'
  /** The member that joined both sides was judged to be no leak. */
  | 'verdict'
  /** It returned and stayed good while both sides stand. */
  | 'returned'
  /** A valve between them is closed, and only one side fell. */
  | 'valve'
  /** It came last, long after both sides: gas from one cannot have passed it on the way to the other. */
  | 'order';

/** One line of an incident's history. */
export interface IncidentEvent {
  readonly seq: number;
  readonly incident: string;
  /** On the platform's clock, ms. */
  readonly at: number;
  readonly kind: 'opened' | 'joined' | 'merged' | 'split' | 'apart' | 'closed';
  /** The alarm it speaks of. */
  readonly alarm: string | null;
  /** The other incident, of a merger or a split. */
  readonly other: string | null;
  readonly by: IncidentEvidence | null;
  readonly text: Bilingual;
}

/** An alarm's place in its incident. Every gas alarm has exactly one. */
export interface IncidentMember extends Point {
  /** Alarm id. */
  readonly alarm: string;
  readonly incident: string;
  readonly device: string;
  /** The device's name. */
  readonly name: string;
  readonly nameEn: string | null;
  readonly deviceType: string;
  readonly site: string | null;
  readonly circuit: string | null;
  /** The drill it plays in; left out for what is real. */
  readonly drill?: string | undefined;
  readonly priority: Priority;
  /** Source time of the first abnormal sample, ms. */
  readonly since: number;
  /** Members of an incident in the order in which they took their places: what is found first does not hang on a restart. */
  readonly no: number;
  /** When it took its place, on the platform's clock, ms. */
  readonly joinedAt: number;
  readonly by: IncidentEvidence | null;
  readonly active: boolean;
  readonly returnedAt: number | null;
  readonly closedAt: number | null;
  /** It no longer joins others: by which evidence, and since when. */
  readonly cut: { readonly by: 'verdict' | 'returned' | 'order'; readonly at: number } | null;
}

/** A site inside the guard ring. */
export interface SiteInside extends Point {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly nameEn: string | null;
  /** From the centre, m. */
  readonly distanceM: number;
}

export interface ValveNear extends Point {
  readonly id: string;
  readonly name: string;
  readonly nameEn: string | null;
  readonly distanceM: number;
  /** The pipe it sits on. */
  readonly pipe: string | null;
  /** On a pipe that members name: these come first. */
  readonly onPipe: boolean;
  readonly state: 'open' | 'closed' | 'unknown';
  /** Source time of the state, ms. */
  readonly stateAt: number | null;
}

export interface CrewNear extends Point {
  readonly id: string;
  readonly name: string;
  readonly nameEn: string | null;
  readonly department: string;
  readonly phone: string;
  readonly distanceM: number;
}

/** A record in force inside the ring. */
export interface RecordInside {
  readonly kind: Extract<BesideKind, 'work-order' | 'permit' | 'protection-plan'>;
  readonly id: string;
  readonly name: string;
  readonly reference: string;
  readonly who: string | null;
  readonly from: string;
  readonly to: string | null;
}

export interface WindNear {
  readonly device: string;
  /** Degrees from north that it comes from. */
  readonly fromDeg: number;
  /** m/s. */
  readonly speed: number | null;
  /** Source time, ms. */
  readonly at: number;
}

/** What the registry and the newest readings say of an incident's place. */
export interface IncidentPlace {
  readonly centre: Point;
  /** The guard ring, closed, [lon, lat], counter-clockwise. */
  readonly ring: readonly (readonly [number, number])[];
  /** Its distance from the members, m. */
  readonly ringM: number;
  /** Nearest first; the counts are of all. */
  readonly sites: readonly SiteInside[];
  readonly siteCounts: readonly { readonly kind: string; readonly count: number }[];
  readonly valves: readonly ValveNear[];
  readonly crews: readonly CrewNear[];
  readonly records: readonly RecordInside[];
  readonly wind: WindNear | null;
}

/** Gas alarms that are one leak, as far as the evidence goes. One detector alone is an incident of one. */
export interface Incident extends IncidentPlace {
  /** `incident:` and the id of its first-out alarm: never changes. */
  readonly id: string;
  readonly hazard: 'gas';
  /** Of the first-out's device. */
  readonly name: string;
  readonly nameEn: string | null;
  readonly area: string | null;
  readonly openedAt: number;
  /** When the last of its members was closed, ms. */
  readonly closedAt: number | null;
  /** The incident that took its members over. */
  readonly mergedInto: string | null;
  /** The alarm that opened it. */
  readonly firstOut: string;
  /** Worst of the members that stand; of all while none does. */
  readonly priority: Priority;
  /** Members by the onset of their alarms; only the first hundred. */
  readonly members: readonly string[];
  /** Detectors, and their alarms: levels of one detector are alarms of their own. */
  readonly counts: {
    readonly detectors: number;
    readonly members: number;
    readonly open: number;
    readonly active: number;
  };
  /** The newest lines, oldest first. */
  readonly history: readonly IncidentEvent[];
  readonly demo: boolean;
  /** Counts up with every change of any incident; the live stream follows it. */
  readonly seq: number;
}
