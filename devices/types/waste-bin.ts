import { defineDeviceType, hours, minutes } from '../model/device-type.ts';
import { batteryPowered, positioned } from './shared.ts';

/**
 * Waste bin with an ultrasonic fill sensor, a thermometer and a tilt switch.
 *
 * A bin reports every half hour and at once when it tilts, is emptied or grows hot.
 */
export const wasteBin = defineDeviceType({
  id: 'waste-bin',
  title: { zh: '智能垃圾桶', en: 'Smart waste bin' },
  layer: 'sanitation',
  source: 'Smart Data Models WasteContainer; OMA/uCIFI object 3435',
  measurements: {
    /** Falls at once when the bin is emptied and rises at once with a sack: no steepness is unbelievable. */
    'bin.fillPercent': {
      title: { zh: '满溢度', en: 'Fill level' },
      kind: 'number',
      unit: '%',
      range: [0, 100],
      everyMs: minutes(30),
    },
    'bin.temperature': {
      title: { zh: '桶内温度', en: 'Temperature inside' },
      kind: 'number',
      unit: 'Cel',
      range: [-40, 200],
      maxPerMinute: 60,
      everyMs: minutes(30),
    },
    'bin.tilt': {
      title: { zh: '倾角', en: 'Tilt' },
      kind: 'number',
      unit: 'deg',
      range: [0, 180],
      everyMs: minutes(30),
    },
    /** True in the report of a collection. */
    'bin.emptied': { title: { zh: '已清运', en: 'Emptied' }, kind: 'boolean', unit: '1' },
    ...positioned('bin', hours(6)),
    'bin.temperatureRate': {
      title: { zh: '桶内升温速率', en: 'Heating inside' },
      kind: 'number',
      unit: 'Cel/min',
      range: [-60, 120],
      everyMs: minutes(30),
      derived: true,
    },
    'bin.distanceFromHome': {
      title: { zh: '偏离原位距离', en: 'Distance from its place' },
      kind: 'number',
      unit: 'm',
      range: [0, 100000],
      everyMs: hours(6),
      derived: true,
    },
    'bin.hoursSinceEmptied': {
      title: { zh: '距上次清运时长', en: 'Time since emptied' },
      kind: 'number',
      unit: 'h',
      range: [0, 8760],
      everyMs: minutes(30),
      derived: true,
    },
    ...batteryPowered('bin'),
  },
});
