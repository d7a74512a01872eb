import { defineDeviceType, minutes } from '../model/device-type.ts';
import { batteryPowered } from './shared.ts';

/**
 * Methane in a valve pit, manhole or culvert beside a gas pipe. Ethane is in natural gas but not in sewer gas.
 */
export const undergroundGas = defineDeviceType({
  id: 'underground-gas',
  title: { zh: '地下空间可燃气体监测仪', en: 'Underground gas monitor' },
  layer: 'gas',
  measuresGas: true,
  measurements: {
    'ug.ch4Vol': {
      title: { zh: '甲烷体积分数', en: 'Methane' },
      kind: 'number',
      unit: '%{VOL}',
      range: [0, 100],
      maxPerMinute: 5,
      everyMs: minutes(10),
      combustible: true,
      tells: 'methane',
    },
    'ug.ethane': {
      title: { zh: '乙烷', en: 'Ethane' },
      kind: 'number',
      unit: '[ppm]',
      range: [0, 10000],
      everyMs: minutes(30),
      tells: 'ethane',
    },
    'ug.temperature': {
      title: { zh: '井内温度', en: 'Temperature in the pit' },
      kind: 'number',
      unit: 'Cel',
      range: [-30, 80],
      maxPerMinute: 10,
      everyMs: minutes(30),
      tells: 'temperature',
    },
    'ug.waterPresent': {
      title: { zh: '井内积水', en: 'Water in the pit' },
      kind: 'boolean',
      unit: '1',
      everyMs: minutes(30),
    },
    ...batteryPowered('ug'),
  },
});
