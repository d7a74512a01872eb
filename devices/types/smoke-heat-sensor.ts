import { defineDeviceType, minutes } from '../model/device-type.ts';
import { batteryPowered } from './shared.ts';

/**
 * Fire detector of a charging shed. It reports on change and proves itself alive every quarter of an hour.
 */
export const smokeHeatSensor = defineDeviceType({
  id: 'smoke-heat-sensor',
  title: { zh: '感烟感温探测器', en: 'Smoke and heat detector' },
  layer: 'safety',
  measurements: {
    'fire.smoke': { title: { zh: '烟雾', en: 'Smoke' }, kind: 'boolean', unit: '1', everyMs: minutes(15) },
    'fire.temperature': {
      title: { zh: '温度', en: 'Temperature' },
      kind: 'number',
      unit: 'Cel',
      range: [-30, 200],
      maxPerMinute: 60,
      everyMs: minutes(15),
    },
    'fire.sensorFault': { title: { zh: '探测器故障', en: 'Detector fault' }, kind: 'boolean', unit: '1' },
    ...batteryPowered('fire'),
  },
});
