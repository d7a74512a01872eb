import { defineDeviceType, hours } from '../model/device-type.ts';

/**
 * Attended or recognising station where households hand in sorted waste; each delivery is weighed and traced.
 */
export const sortingStation = defineDeviceType({
  id: 'sorting-station',
  title: { zh: '分类投放站', en: 'Waste sorting station' },
  layer: 'sanitation',
  measurements: {
    'sorting.deliveries': {
      title: { zh: '当日投放次数', en: 'Deliveries today' },
      kind: 'number',
      unit: '1',
      range: [0, 20000],
      everyMs: hours(1),
    },
    'sorting.misSortRatio': {
      title: { zh: '错投率', en: 'Share sorted wrongly' },
      kind: 'number',
      unit: '%',
      range: [0, 100],
      everyMs: hours(1),
    },
    'sorting.binKg': {
      title: { zh: '当日桶重合计', en: 'Weight of the bins today' },
      kind: 'number',
      unit: 'kg',
      range: [0, 50000],
      everyMs: hours(1),
    },
    'sorting.truckKg': {
      title: { zh: '当日交车重量', en: 'Weight handed to trucks today' },
      kind: 'number',
      unit: 'kg',
      range: [0, 50000],
      everyMs: hours(1),
    },
  },
});
