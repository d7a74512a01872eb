import type { VerdictKind } from '../contract/alarm.ts';

/** One value of a measurement: source time, ms. */
export interface Point {
  readonly at: number;
  readonly value: number;
}

/** Values of one measurement, oldest first, bad ones left out. */
export type Series = readonly Point[];

/** Another underground space and its methane, %VOL. */
export interface Neighbour {
  readonly metres: number;
  readonly methane: Series;
}

/**
 * All that is known around one underground space up to one moment. Only the methane is needed; what is absent was not
 * measured, and no reason is made of it.
 */
export interface Evidence {
  /** The stretch that is looked at, ms; `to` is the moment of the judgement, nothing after it is used. */
  readonly from: number;
  readonly to: number;
  /** %VOL. */
  readonly methane: Series;
  /** ppm: natural gas has it, sewer gas has not. */
  readonly ethane?: Series;
  /** In the space, Cel. */
  readonly temperature?: Series;
  /** Gas drawn from the network that passes here, m3/h. */
  readonly demand?: Series;
  /** Of the pipe nearby, any unit. */
  readonly pressure?: Series;
  /** Rain in the last hour, mm. */
  readonly rain?: Series;
  /** Knocks on the ground counted by a guard of the pipe. */
  readonly knocks?: Series;
  /** When the cover was opened, ms. */
  readonly opened?: readonly number[];
  readonly neighbours?: readonly Neighbour[];
  /** What earlier alarms of this point turned out to be. */
  readonly verdicts?: readonly VerdictKind[];
}
