import type { IncidentPlace, Point } from '../../devices/contract/incident.ts';
import type { ClosedValve } from './evidence.ts';
import type { Sign } from './link.ts';

/** What an incident is described by: its outermost members, their middle, the pipes they name and the area they lie in. */
export interface Outline {
  readonly outer: readonly Point[];
  readonly centre: Point;
  readonly circuits: ReadonlySet<string>;
  readonly area: string | null;
}

/** What the book asks of the registry and the newest readings; answers follow from the journal alone. */
export interface Surroundings {
  /** The pipe or circuit that a device names. */
  circuitOf(device: string): string | null;
  /** Ring, sites, valves, crews, records and wind, as they stand at `at`, ms. */
  place(outline: Outline, at: number): IncidentPlace;
  /** The valves known to be closed now, as a look between two members; null while there is none. */
  closedBetween(): ((a: Sign, b: Sign) => ClosedValve | null) | null;
}
