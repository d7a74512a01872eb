import { describe, expect, it } from 'vitest';
import { anAlarm } from '../alarms/test-alarm.ts';
import { memberRows, membersByIncident, toIncidentFeatures } from './incident-features.ts';
import { anIncident } from './test-incident.ts';

const pit = anAlarm({ id: 'pit-1/r/1', device: 'pit-1', incident: 'i-1', firstOut: true, since: 10, lon: 1, lat: 1 });
const kitchen = anAlarm({ id: 'k-1/r/2', device: 'k-1', incident: 'i-1', since: 5, lon: 2, lat: 2 });
const level2 = anAlarm({ id: 'pit-1/r2/3', device: 'pit-1', incident: 'i-1', since: 12, lon: 1, lat: 1 });
const two = anIncident({ id: 'i-1', firstOut: pit.id, counts: { detectors: 2, members: 2, open: 2, active: 2 } });

describe('an incident on the map', () => {
  it('is a ring, a tie from the first-out to every other place, and the mark of the first-out', () => {
    const features = toIncidentFeatures([two], [kitchen, level2, pit], null);
    expect(features.map(({ properties, geometry }) => [properties.part, geometry.type])).toEqual([
      ['ring', 'Polygon'],
      ['tie', 'LineString'],
      ['first', 'Point'],
    ]);
    expect(features[1]!.geometry.coordinates).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect(features[2]!.geometry.coordinates).toEqual([1, 1]);
  });

  it('is not drawn for a lone detector, unless that is selected', () => {
    const lone = anIncident({ id: 'i-1', counts: { detectors: 1, members: 1, open: 1, active: 1 } });
    expect(toIncidentFeatures([lone], [pit], null)).toEqual([]);
    expect(toIncidentFeatures([lone], [pit], 'i-1').map(({ properties }) => properties.part)).toEqual(['ring']);
  });
});

describe('the members of an incident', () => {
  it('stand in the order of their onset, the first-out first', () => {
    const own = membersByIncident([kitchen, level2, pit]).get('i-1')!;
    expect(own.map(({ id }) => id)).toEqual([pit.id, kitchen.id, level2.id]);
  });

  it('are one row a level ladder: what a higher level took over steps behind it', () => {
    const behind = { ...pit, supersededBy: level2.id };
    expect(memberRows([behind, kitchen, level2]).map(({ id }) => id)).toEqual([kitchen.id, level2.id]);
  });
});
