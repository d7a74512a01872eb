import { describe, expect, it } from 'vitest';
import { anAlarm, aShelf } from '../alarms/test-alarm.ts';
import { positionFault, toMapFeatures } from './features.ts';

const pole = { id: 'pole-1', name: 'Pole 1', type: 'smart-pole', lon: 112.6, lat: 26.9 };
const kitchen = { id: 'kitchen-1', name: 'Kitchen 1', type: 'gas-alarm-commercial', lon: 112.61, lat: 26.91 };
const bounds = [111.5, 26.1, 113.3, 27.5] as const;

describe('what the map draws', () => {
  it('is a quiet dot for a device that is well, with its layer', () => {
    const { devices, alerts } = toMapFeatures([pole], [], { layerOf: () => 'lighting' });
    expect(devices).toHaveLength(1);
    expect(devices[0]).toMatchObject({ id: 'pole-1', properties: { id: 'pole-1', layer: 'lighting' } });
    expect(alerts).toEqual([]);
  });

  it('says of what is played that it is', () => {
    const { alerts } = toMapFeatures([], [anAlarm({ device: 'D1', drill: 'D1' })]);
    expect(alerts.map(({ properties }) => properties.drill)).toEqual([true]);
  });

  it('is the symbol of the worst alarm, and how many more there are', () => {
    const alarms = [
      anAlarm({ device: 'kitchen-1', priority: 'P3' }),
      anAlarm({ device: 'kitchen-1', priority: 'P1' }),
      anAlarm({ device: 'kitchen-1', priority: 'P2' }),
    ];
    const { alerts } = toMapFeatures([kitchen], alarms);
    expect(alerts.map((alert) => alert.properties)).toEqual([
      { id: 'kitchen-1', icon: 'p1', rank: 1, unacked: true, more: '+2', drill: false },
    ]);
  });

  it('is hollow for an alarm that returned and nobody acknowledged', () => {
    const { alerts } = toMapFeatures([kitchen], [anAlarm({ device: 'kitchen-1', active: false })]);
    expect(alerts[0]?.properties.icon).toBe('p1-hollow');
  });

  it('stops calling for attention once the worst is acknowledged', () => {
    const { alerts } = toMapFeatures([kitchen], [anAlarm({ device: 'kitchen-1', acked: true })]);
    expect(alerts[0]?.properties.unacked).toBe(false);
  });

  it('is a dashed ring for a stale device, unless it has an alarm', () => {
    const stale = new Set(['pole-1', 'kitchen-1']);
    const { alerts } = toMapFeatures([pole, kitchen], [anAlarm({ device: 'kitchen-1' })], { stale });
    expect(alerts.map((alert) => alert.properties.icon)).toEqual(['stale', 'p1']);
  });

  it('puts P1 last, so that it is drawn on top of everything', () => {
    const alarms = [anAlarm({ device: 'kitchen-1', priority: 'P1' }), anAlarm({ device: 'pole-1', priority: 'P4' })];
    const { alerts } = toMapFeatures([pole, kitchen], alarms);
    expect(alerts.map((alert) => alert.properties.rank)).toEqual([4, 1]);
  });

  it('leaves out what was put aside', () => {
    const shelved = anAlarm({ device: 'pole-1', override: aShelf });
    expect(toMapFeatures([pole], [shelved]).alerts).toEqual([]);
  });

  it('shows an alarm whose device the registry no longer holds, at the alarm’s own place', () => {
    const { alerts } = toMapFeatures([], [anAlarm({ device: 'gone-1', lon: 112.5, lat: 26.8 })]);
    expect(alerts[0]?.geometry.coordinates).toEqual([112.5, 26.8]);
  });
});

describe('a position that cannot be believed', () => {
  it.each([
    ['longitude and latitude swapped', 26.9, 112.6, 'not-a-position'],
    ['not a number', Number.NaN, 26.9, 'not-a-position'],
    ['zero, zero', 0, 0, 'null-island'],
    ['another continent', 2.35, 48.85, 'outside-city'],
    ['the next county', 113.5, 27.6, null],
    ['the middle of the city', 112.6, 26.9, null],
  ])('%s', (_, lon, lat, why) => {
    expect(positionFault(lon, lat, bounds)).toBe(why);
  });

  it('is listed with its reason and never drawn', () => {
    const { devices, offMap } = toMapFeatures([{ ...pole, lon: 26.9, lat: 112.6 }, kitchen], [], { bounds });
    expect(devices.map((device) => device.properties.id)).toEqual(['kitchen-1']);
    expect(offMap).toEqual([{ id: 'pole-1', name: 'Pole 1', lon: 26.9, lat: 112.6, why: 'not-a-position' }]);
  });
});
