import { defineDeviceType, hours, minutes } from '../model/device-type.ts';
import { batteryPowered } from './shared.ts';

/**
 * Leak alarm of a restaurant kitchen with its emergency valve and fan. Detector life is three years.
 */
export const gasAlarmCommercial = defineDeviceType({
  id: 'gas-alarm-commercial',
  title: { zh: '餐饮燃气泄漏报警器', en: 'Commercial gas leak alarm' },
  layer: 'gas',
  measuresGas: true,
  // CJJ/T 146-2011: detectors serve three years in commerce and industry.
  lifeYears: 3,
  measurements: {
    'alarm.ch4': {
      title: { zh: '燃气浓度', en: 'Gas concentration' },
      kind: 'number',
      unit: '%{LEL}',
      range: [0, 100],
      maxPerMinute: 50,
      everyMs: minutes(1),
      combustible: true,
    },
    'alarm.valveState': {
      title: { zh: '紧急切断阀', en: 'Emergency shut-off valve' },
      kind: 'text',
      unit: '1',
      states: {
        open: { zh: '开启', en: 'Open' },
        closed: { zh: '关闭', en: 'Closed' },
        fault: { zh: '故障', en: 'Fault' },
      },
      everyMs: minutes(5),
    },
    'alarm.fan': { title: { zh: '排风机运行', en: 'Fan running' }, kind: 'boolean', unit: '1', everyMs: minutes(5) },
    'alarm.muted': { title: { zh: '已消音', en: 'Muted on site' }, kind: 'boolean', unit: '1' },
    'alarm.sensorFault': {
      title: { zh: '探测器故障', en: 'Detector fault' },
      kind: 'boolean',
      unit: '1',
      everyMs: minutes(5),
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
