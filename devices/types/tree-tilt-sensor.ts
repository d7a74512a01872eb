import { defineDeviceType, minutes } from '../model/device-type.ts';
import { batteryPowered } from './shared.ts';

/**
 * Lean of a street tree against the lean stored when the sensor was fixed to it.
 */
export const treeTiltSensor = defineDeviceType({
  id: 'tree-tilt-sensor',
  title: { zh: '行道树倾斜监测终端', en: 'Street tree tilt sensor' },
  layer: 'safety',
  measurements: {
    'tree.tiltDelta': {
      title: { zh: '树干倾角变化', en: 'Change of trunk lean' },
      kind: 'number',
      unit: 'deg',
      range: [0, 90],
      maxPerMinute: 60,
      everyMs: minutes(30),
    },
    ...batteryPowered('tree'),
  },
});
