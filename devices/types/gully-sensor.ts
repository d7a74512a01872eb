import { defineDeviceType, hours } from '../model/device-type.ts';
import { batteryPowered } from './shared.ts';

/**
 * Silt, overfilling and an opened grill of a road gully, after the gully sensor function of TALQ.
 */
export const gullySensor = defineDeviceType({
  id: 'gully-sensor',
  title: { zh: '雨水口监测终端', en: 'Road gully sensor' },
  layer: 'water',
  source: 'TALQ 2.7.1 GullySensorFunction',
  measurements: {
    'gully.siltLevel': {
      title: { zh: '淤积程度', en: 'Silt level' },
      kind: 'number',
      unit: '%',
      range: [0, 100],
      maxPerMinute: 30,
      everyMs: hours(1),
    },
    'gully.overfull': { title: { zh: '雨水口满溢', en: 'Gully overfull' }, kind: 'boolean', unit: '1' },
    'gully.grillOpened': { title: { zh: '雨水箅子被打开', en: 'Grill opened' }, kind: 'boolean', unit: '1' },
    ...batteryPowered('gully'),
  },
});
