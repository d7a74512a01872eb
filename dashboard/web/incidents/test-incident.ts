import type { Incident } from '../../../devices/contract/incident.ts';

/** An incident for tests: one member at a crossing, nothing around it. */
export const anIncident = (changes: Partial<Incident> = {}): Incident => ({
  id: 'incident:pit-1/r/1',
  hazard: 'gas',
  name: 'pit-1',
  area: null,
  openedAt: 1000,
  closedAt: null,
  mergedInto: null,
  firstOut: 'pit-1/r/1',
  priority: 'P1',
  members: ['pit-1/r/1'],
  counts: { detectors: 1, members: 1, open: 1, active: 1 },
  centre: { lon: 112.6, lat: 26.9 },
  ring: [
    [112.59, 26.89],
    [112.61, 26.89],
    [112.6, 26.91],
    [112.59, 26.89],
  ],
  ringM: 100,
  sites: [],
  siteCounts: [],
  valves: [],
  crews: [],
  records: [],
  wind: null,
  history: [],
  demo: true,
  seq: 1,
  ...changes,
});
