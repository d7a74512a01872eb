import { defineDeviceType, hours, minutes } from '../model/device-type.ts';
import { batteryPowered } from './shared.ts';

/**
 * Leak and carbon monoxide alarm of a home or a manned room. Detector life is five years.
 */
export const gasAlarmHousehold = defineDeviceType({
  id: 'gas-alarm-household',
  title: { zh: '家用燃气报警器', en: 'Household gas alarm' },
  layer: 'gas',
  measuresGas: true,
  // CJJ/T 146-2011: detectors serve five years in dwellings.
  lifeYears: 5,
  measurements: {
    'alarm.ch4': {
      title: { zh: '燃气浓度', en: 'Gas concentration' },
      kind: 'number',
      unit: '%{LEL}',
      range: [0, 100],
      maxPerMinute: 50,
      everyMs: minutes(5),
      combustible: true,
    },
    'alarm.co': {
      title: { zh: '一氧化碳', en: 'Carbon monoxide' },
      kind: 'number',
      unit: '[ppm]',
      range: [0, 2000],
      maxPerMinute: 600,
      everyMs: minutes(5),
    },
    'air.co': {
      title: { zh: '室内一氧化碳质量浓度', en: 'Carbon monoxide in the room air' },
      kind: 'number',
      unit: 'mg/m3',
      range: [0, 2000],
      everyMs: minutes(5),
    },
    'alarm.valveState': {
      title: { zh: '自闭阀', en: 'Self-closing valve' },
      kind: 'text',
      unit: '1',
      states: {
        open: { zh: '开启', en: 'Open' },
        closed: { zh: '关闭', en: 'Closed' },
        fault: { zh: '故障', en: 'Fault' },
      },
      everyMs: minutes(30),
    },
    'alarm.muted': { title: { zh: '已消音', en: 'Muted on site' }, kind: 'boolean', unit: '1' },
    'alarm.sensorFault': {
      title: { zh: '探测器故障', en: 'Detector fault' },
      kind: 'boolean',
      unit: '1',
      everyMs: minutes(30),
    },
    'alarm.ageYears': {
      title: { zh: '使用年限', en: 'Age of the detector' },
      kind: 'number',
      unit: 'a',
      range: [0, 50],
      everyMs: hours(24),
      derived: true,
    },
    ...batteryPowered('alarm'),
  },
});
