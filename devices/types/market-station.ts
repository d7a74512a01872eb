import { defineDeviceType, minutes } from '../model/device-type.ts';

/**
 * Floor, air and waste bin of a market hall.
 */
export const marketStation = defineDeviceType({
  id: 'market-station',
  title: { zh: '农贸市场监测站', en: 'Market hall station' },
  layer: 'environment',
  measurements: {
    'floor.waterPresent': {
      title: { zh: '地面积水', en: 'Water on the floor' },
      kind: 'boolean',
      unit: '1',
      everyMs: minutes(10),
    },
    'air.nh3': {
      title: { zh: '氨', en: 'Ammonia' },
      kind: 'number',
      unit: 'mg/m3',
      range: [0, 50],
      everyMs: minutes(5),
    },
    'air.temperature': {
      title: { zh: '室温', en: 'Hall temperature' },
      kind: 'number',
      unit: 'Cel',
      range: [-20, 60],
      maxPerMinute: 5,
      everyMs: minutes(5),
    },
    'bin.fillPercent': {
      title: { zh: '垃圾桶满溢度', en: 'Waste bin fill level' },
      kind: 'number',
      unit: '%',
      range: [0, 100],
      everyMs: minutes(30),
    },
  },
});
