import { type Case, type Happening, undergroundCase } from '../../simulators/underground/case.ts';
import type { Town } from '../../simulators/underground/town.ts';

/** How many cases of each happening a set has, for each town. */
export type Mix = Readonly<Record<Happening, number>>;

/** A set of simulated alarms; `label` keeps its seeds apart from those of every other set. */
export interface CaseSet {
  readonly label: string;
  readonly towns: readonly Town[];
  readonly mix: Mix;
}

/** The cases of a set, one after the other; how many draws of each happening raised no alarm is counted. */
export function* casesOf({ label, towns, mix }: CaseSet): Generator<Case> {
  for (const town of towns) {
    for (const [happening, count] of Object.entries(mix) as [Happening, number][]) {
      for (let n = 0; n < count; n++) {
        const one = undergroundCase(town, happening, `${label}-${n}`);
        if (one) yield one;
      }
    }
  }
}

/** Half biogas and half leaks, which is what the score takes as its beginning. */
export const evenly = (n: number): Mix => ({
  biogas: 3 * n,
  leak: n,
  'growing-leak': n,
  'leak-on-biogas': n,
  cleaning: 0,
  drift: 0,
});

/** All that rings in a pit. */
export const everything = (n: number): Mix => ({ ...evenly(n), cleaning: n >> 1, drift: n >> 1 });
