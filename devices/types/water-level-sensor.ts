import { defineDeviceType, minutes } from '../model/device-type.ts';
import { batteryPowered } from './shared.ts';

/**
 * Depth of standing water at a low point or underpass.
 */
export const waterLevelSensor = defineDeviceType({
  id: 'water-level-sensor',
  title: { zh: '道路积水监测终端', en: 'Road water level sensor' },
  layer: 'water',
  measurements: {
    'road.waterDepth': {
      title: { zh: '积水深度', en: 'Water depth' },
      kind: 'number',
      unit: 'cm',
      range: [0, 300],
      maxPerMinute: 60,
      everyMs: minutes(5),
    },
    ...batteryPowered('water'),
  },
});
