import type { Bilingual } from '../model/device-type.ts';
import type { Priority } from './alarm.ts';

/**
 * What a gateway needs to judge the P1 rules of its devices alone: rules compiled by the platform, limits already worked out for
 * each device. Kept on the gateway's disk, so that a restart without an uplink still has it.
 */
export interface SiteBundle {
  /** Changes whenever anything in it does; a gateway that holds this version needs no other. */
  readonly version: string;
  readonly catalogueVersion: string;
  /** Rules with a time of day, a window or a condition are not among them: they are the platform's. */
  readonly rules: readonly SiteRule[];
}

/** One P1 rule for one device; what `rules/judge` takes, with words for the person who is called. */
export interface SiteRule {
  readonly device: string;
  readonly deviceName: string;
  /** `<item code>.<rule id>`. */
  readonly rule: string;
  /** Levels of one matter: the highest that stands is told. Null where it stands alone. */
  readonly ladder: string | null;
  readonly priority: Priority;
  readonly measurement: string;
  /** Limits are in the unit that the device sends. */
  readonly op: '>' | '>=' | '<' | '<=' | '==' | '!=';
  readonly limit: number | boolean | string;
  /** The limit of the return (deadband applied); equal to `limit` for text and booleans. */
  readonly returnLimit: number | boolean | string;
  readonly onDelayMs: number;
  readonly offDelayMs: number;
  /** Unit the limit is in, as it is shown. */
  readonly unit: string;
  readonly title: Bilingual;
  /** The standard's text, from the catalogue. */
  readonly text: string;
}
