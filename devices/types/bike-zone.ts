import { defineDeviceType, minutes } from '../model/device-type.ts';

/**
 * A marked parking zone; a gateway or the companies' platform counts the bicycles in it.
 */
export const bikeZone = defineDeviceType({
  id: 'bike-zone',
  title: { zh: '共享单车停放区', en: 'Shared bike parking zone' },
  layer: 'traffic',
  measurements: {
    'bike.parked': {
      title: { zh: '停放数', en: 'Bicycles parked' },
      kind: 'number',
      unit: '1',
      range: [0, 2000],
      everyMs: minutes(5),
    },
    'bike.zoneRatio': {
      title: { zh: '停放饱和度', en: 'Parked against places' },
      kind: 'number',
      unit: '%',
      range: [0, 1000],
      everyMs: minutes(5),
    },
    'bike.outOfZone': {
      title: { zh: '区外停放', en: 'Bicycles left outside the zone' },
      kind: 'boolean',
      unit: '1',
      everyMs: minutes(5),
    },
    'bike.outOfZoneMinutes': {
      title: { zh: '区外停放时长', en: 'Left outside for' },
      kind: 'number',
      unit: 'min',
      range: [0, 525600],
      everyMs: minutes(5),
      derived: true,
    },
  },
});
