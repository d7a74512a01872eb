import { defineDeviceType, minutes, seconds } from '../model/device-type.ts';
import { positioned } from './shared.ts';

/**
 * Collection or muck truck with lid switch, load sensor and positioning.
 */
export const wasteTruck = defineDeviceType({
  id: 'waste-truck',
  title: { zh: '垃圾清运车', en: 'Waste truck' },
  layer: 'sanitation',
  measurements: {
    ...positioned('truck', seconds(30)),
    'truck.speed': {
      title: { zh: '车速', en: 'Speed' },
      kind: 'number',
      unit: 'km/h',
      range: [0, 140],
      maxPerMinute: 1200,
      everyMs: seconds(30),
    },
    'truck.loaded': { title: { zh: '载货', en: 'Loaded' }, kind: 'boolean', unit: '1', everyMs: seconds(30) },
    'truck.weight': {
      title: { zh: '载重', en: 'Load' },
      kind: 'number',
      unit: 't',
      range: [0, 60],
      everyMs: minutes(5),
    },
    'truck.lidClosed': {
      title: { zh: '厢盖闭合', en: 'Lid closed' },
      kind: 'boolean',
      unit: '1',
      everyMs: seconds(30),
    },
    'truck.dumpOutsideFence': {
      title: { zh: '围栏外倾倒', en: 'Dumped outside the permitted place' },
      kind: 'boolean',
      unit: '1',
    },
    'truck.leachateLeak': { title: { zh: '渗滤液滴漏', en: 'Leachate leaking' }, kind: 'boolean', unit: '1' },
  },
});
