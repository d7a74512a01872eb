import type { Bilingual } from '../model/device-type.ts';
import type { Person } from './duty.ts';
import type { DutyKind } from './duty-kinds.ts';

/** Where it is: an area code of the city, and a grid inside of it; null where it stands in none. */
export interface DutyPlace {
  readonly area: string | null;
  readonly grid?: string | null;
}

/** Somebody who can be asked, how they come to it, and why. */
export interface OnDutyPerson {
  readonly person: Person;
  readonly as: 'on-shift' | 'swapped-in' | 'deputy' | 'next';
  readonly because: Bilingual;
}

/** What is missing where nobody can be asked. */
export interface DutyHole {
  readonly code: 'no-assignment' | 'no-post' | 'nobody-there';
  readonly zh: string;
  readonly en: string;
}

/** Who has a duty at a moment: persons whom to ask first, then the next in line, or a hole. Never neither. */
export interface OnDuty {
  readonly department: string | null;
  readonly post: string | null;
  readonly crew: string | null;
  readonly persons: readonly OnDutyPerson[];
  /** Every step from the clause to the persons. */
  readonly because: readonly Bilingual[];
  readonly hole: DutyHole | null;
}

/** Items that nobody can be asked about at some hours in some places. */
export interface DutyGap {
  /** `dispatcher-only`: nobody has it but whoever dispatches. */
  readonly code: 'nobody' | 'dispatcher-only';
  readonly duty: DutyKind;
  /** Codes of the catalogue. */
  readonly items: readonly string[];
  /** Empty: everywhere. */
  readonly places: readonly DutyPlace[];
  /** Local times, over midnight where `to` is not later; the same twice is the whole day. */
  readonly from: string;
  readonly to: string;
  readonly dates: readonly string[];
  /** Somebody's life may hang on one of the items. */
  readonly hazard: boolean;
  readonly zh: string;
  readonly en: string;
}
