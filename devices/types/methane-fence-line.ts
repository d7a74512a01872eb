import { defineDeviceType, minutes } from '../model/device-type.ts';

/**
 * Open-air methane around a plant or station, with wind. The background is near 2 ppm: far below any limit in %LEL.
 */
export const methaneFenceLine = defineDeviceType({
  id: 'methane-fence-line',
  title: { zh: '厂界甲烷监测仪', en: 'Fence-line methane monitor' },
  layer: 'gas',
  measuresGas: true,
  measurements: {
    'fence.ch4': {
      title: { zh: '甲烷', en: 'Methane' },
      kind: 'number',
      unit: '[ppm]',
      range: [0, 10000],
      everyMs: minutes(1),
      combustible: true,
    },
    'fence.windSpeed': {
      title: { zh: '风速', en: 'Wind speed' },
      kind: 'number',
      unit: 'm/s',
      range: [0, 60],
      everyMs: minutes(1),
    },
    'fence.windDirection': {
      title: { zh: '风向', en: 'Wind comes from' },
      kind: 'number',
      unit: 'deg',
      range: [0, 360],
      everyMs: minutes(1),
    },
  },
});
