import { defineDeviceType, minutes } from '../model/device-type.ts';

/**
 * Air, visitors and cubicles of a public toilet.
 */
export const toiletSensor = defineDeviceType({
  id: 'toilet-sensor',
  title: { zh: '公厕环境终端', en: 'Public toilet sensor' },
  layer: 'environment',
  measurements: {
    'air.nh3': {
      title: { zh: '氨', en: 'Ammonia' },
      kind: 'number',
      unit: 'mg/m3',
      range: [0, 50],
      everyMs: minutes(5),
    },
    'air.h2s': {
      title: { zh: '硫化氢', en: 'Hydrogen sulphide' },
      kind: 'number',
      unit: 'mg/m3',
      range: [0, 20],
      everyMs: minutes(5),
    },
    'air.temperature': {
      title: { zh: '室温', en: 'Room temperature' },
      kind: 'number',
      unit: 'Cel',
      range: [-20, 60],
      maxPerMinute: 5,
      everyMs: minutes(5),
    },
    'toilet.visitors': {
      title: { zh: '当日人次', en: 'Visitors today' },
      kind: 'number',
      unit: '1',
      range: [0, 20000],
      everyMs: minutes(15),
    },
    'toilet.freeCubicles': {
      title: { zh: '空闲蹲位', en: 'Free cubicles' },
      kind: 'number',
      unit: '1',
      range: [0, 100],
      everyMs: minutes(5),
    },
  },
});
