import { defineDeviceType, minutes } from '../model/device-type.ts';

/**
 * Village lamp with its own panel and battery.
 */
export const solarLight = defineDeviceType({
  id: 'solar-light',
  title: { zh: '太阳能路灯', en: 'Solar street light' },
  layer: 'lighting',
  measurements: {
    'light.batterySoc': {
      title: { zh: '蓄电池电量', en: 'Battery charge' },
      kind: 'number',
      unit: '%',
      range: [0, 100],
      maxPerMinute: 20,
      everyMs: minutes(30),
    },
    'light.panelPower': {
      title: { zh: '光伏功率', en: 'Panel power' },
      kind: 'number',
      unit: 'W',
      range: [0, 1000],
      everyMs: minutes(30),
    },
    'light.lampOn': { title: { zh: '灯亮', en: 'Lamp lit' }, kind: 'boolean', unit: '1', everyMs: minutes(30) },
  },
});
