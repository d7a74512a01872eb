import { defineDeviceType, minutes } from '../model/device-type.ts';
import { batteryPowered } from './shared.ts';

/**
 * Lean of a signboard against its lean at commissioning, with a wind gauge on some.
 */
export const tiltSensor = defineDeviceType({
  id: 'tilt-sensor',
  title: { zh: '广告牌倾斜监测终端', en: 'Signboard tilt sensor' },
  layer: 'safety',
  measurements: {
    'board.tiltDelta': {
      title: { zh: '广告牌倾角变化', en: 'Change of board lean' },
      kind: 'number',
      unit: 'deg',
      range: [0, 90],
      everyMs: minutes(30),
    },
    'env.windSpeed': {
      title: { zh: '风速', en: 'Wind speed' },
      kind: 'number',
      unit: 'm/s',
      range: [0, 60],
      everyMs: minutes(5),
    },
    ...batteryPowered('board'),
  },
});
