import type { Hazard, Priority } from '../contract/alarm.ts';
import type { TicketClockKind } from '../contract/ticket.ts';

/** Whom and where a fact concerns. */
interface Concerns {
  readonly id: string;
  readonly department: string;
  readonly area: string | null;
}

/** A ticket as figures need it. Merged and rejected ones, drills and demonstrations are no facts. Times in ms. */
export interface TicketFact extends Concerns {
  readonly priority: Priority;
  readonly hazard: Hazard | null;
  readonly openedAt: number;
  readonly closedAt: number | null;
  readonly clocks: readonly { readonly kind: TicketClockKind; readonly due: number; readonly metAt: number | null }[];
  /** Returns as "not mine": which department gave it back, and when. */
  readonly returned: readonly { readonly at: number; readonly from: string }[];
  /** Verifications that failed. */
  readonly failedAt: readonly number[];
  /** When it was opened again after a close. */
  readonly reopenedAt: readonly number[];
  readonly rechecks: readonly { readonly at: number; readonly passed: boolean }[];
  /** What its reporters said, 1 to 5. */
  readonly satisfaction: readonly number[];
}

export interface AlarmFact extends Concerns {
  readonly priority: Priority;
  readonly hazard: Hazard | null;
  readonly raisedAt: number;
  readonly ackedAt: number | null;
}

/** A hazard of the register (隐患台账). */
export interface HazardFact extends Concerns {
  /** By when it was to be put right, ms. */
  readonly due: number;
  /** When it was put right, ms, where that was verified since; null where it was not. */
  readonly putRightAt: number | null;
}

/** A visit of an inspection, and how much it found. */
export interface SampleFinding {
  readonly id: string;
  /** Those that lead the item, or the items of the category, that was looked at. */
  readonly departments: readonly string[];
  readonly area: string | null;
  /** When it was made, ms; of a cycle's sample within the period it was drawn for. */
  readonly at: number;
  /** Item of the catalogue that was looked at; null where it was the place as a whole. */
  readonly item: string | null;
  readonly unannounced: boolean;
  readonly findings: number;
}

/** One item of the catalogue in one area: observed where a device in service watches it, or a visit in the cycle looked at it. */
export interface CellFact extends Concerns {
  readonly observed: boolean;
}

/** A registered site, and the types of the devices in service that stand at it. */
export interface SiteFact extends Concerns {
  readonly kind: string;
  readonly types: readonly string[];
}

/** A registered device: in service and heard, or not. `departments` lead items that it watches. */
export interface DeviceFact {
  readonly id: string;
  readonly departments: readonly string[];
  readonly area: string | null;
  readonly inService: boolean;
}

/** All that the figures of a period are made of. */
export interface Facts {
  readonly tickets: readonly TicketFact[];
  readonly alarms: readonly AlarmFact[];
  readonly hazards: readonly HazardFact[];
  readonly visits: readonly SampleFinding[];
  readonly cells: readonly CellFact[];
  readonly sites: readonly SiteFact[];
  readonly devices: readonly DeviceFact[];
}
