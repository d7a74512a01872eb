import type { Visit, VisitStage } from '../../../devices/contract/campaign.ts';
import { type PointFeature, positionFault } from '../map/features.ts';

/** How far a visit is, as the map says it: to be made, made, or come to nothing. */
export const visitStates = ['open', 'done', 'failed'] as const;
export type VisitState = (typeof visitStates)[number];

const stateOf: Readonly<Record<VisitStage, VisitState>> = {
  planned: 'open',
  again: 'open',
  started: 'open',
  done: 'done',
  unreached: 'failed',
  refused: 'failed',
  missed: 'failed',
};
export const visitStateOf = ({ stage }: Pick<Visit, 'stage'>): VisitState => stateOf[stage];

export interface VisitProperties {
  readonly id: string;
  readonly state: VisitState;
}

/** Visits as the map draws them; one whose position nobody can believe is left to the list. */
export const toVisitFeatures = (
  visits: readonly Pick<Visit, 'id' | 'stage' | 'lon' | 'lat'>[],
): readonly PointFeature<VisitProperties>[] =>
  visits
    .filter(({ lon, lat }) => positionFault(lon, lat) === null)
    .map((visit) => ({
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [visit.lon, visit.lat] },
      properties: { id: visit.id, state: visitStateOf(visit) },
    }));

/** How many visits stand where. */
export const visitCounts = (visits: readonly Pick<Visit, 'stage'>[]): Readonly<Record<VisitState, number>> => {
  const counts = { open: 0, done: 0, failed: 0 };
  for (const visit of visits) counts[visitStateOf(visit)]++;
  return counts;
};
