import type { IncidentPlace, Point } from '../../devices/contract/incident.ts';
import type { ClosedValve } from './evidence.ts';
import type { Sign } from './link.ts';

/** What an incident is described by: its guard ring, the middle of its members, the pipes they name and the area they lie in. */
export interface Outline {
  readonly ring: IncidentPlace['ring'];
  readonly centre: Point;
  readonly circuits: ReadonlySet<string>;
  readonly area: string | null;
}

/** What of an incident's place follows from the registry and the newest readings. */
export type Around = Omit<IncidentPlace, 'centre' | 'ring' | 'ringM'>;

/** What the book asks of the registry and the newest readings; answers follow from the journal alone. */
export interface Surroundings {
  /** The pipe or circuit that a device names, and its English name. */
  deviceOf(device: string): { readonly circuit: string | null; readonly nameEn: string | null };
  /** Sites, valves, crews, records and wind, as they stand at `at`, ms. */
  around(outline: Outline, at: number): Around;
  /** The valves known to be closed now, as a look between two members; null while there is none. */
  closedBetween(): ((a: Sign, b: Sign) => ClosedValve | null) | null;
}
