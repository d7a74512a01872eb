import { defineDeviceType, hours, minutes } from '../model/device-type.ts';
import { batteryPowered } from './shared.ts';

/**
 * Cover and water level of a manhole. The cover reports at once when it moves; the level on a schedule.
 */
export const manholeSensor = defineDeviceType({
  id: 'manhole-sensor',
  title: { zh: '智能井盖监测终端', en: 'Manhole sensor' },
  layer: 'safety',
  measurements: {
    'manhole.coverTilt': {
      title: { zh: '井盖倾角', en: 'Cover tilt' },
      kind: 'number',
      unit: 'deg',
      range: [0, 180],
      everyMs: hours(1),
    },
    'manhole.coverOpen': {
      title: { zh: '井盖打开', en: 'Cover open' },
      kind: 'boolean',
      unit: '1',
      tells: 'cover-open',
    },
    /** Below zero when water stands above the rim. */
    'manhole.freeboard': {
      title: { zh: '液面距井口', en: 'Water below the rim' },
      kind: 'number',
      unit: 'm',
      range: [-1, 15],
      maxPerMinute: 5,
      everyMs: minutes(10),
    },
    ...batteryPowered('manhole'),
  },
});
