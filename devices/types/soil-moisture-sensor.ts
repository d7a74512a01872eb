import { defineDeviceType, minutes } from '../model/device-type.ts';
import { batteryPowered } from './shared.ts';

/**
 * Water content and temperature of the soil in a green space.
 */
export const soilMoistureSensor = defineDeviceType({
  id: 'soil-moisture-sensor',
  title: { zh: '土壤墒情传感器', en: 'Soil moisture sensor' },
  layer: 'environment',
  measurements: {
    'soil.vwc': {
      title: { zh: '土壤体积含水率', en: 'Volumetric water content of the soil' },
      kind: 'number',
      unit: '%',
      range: [0, 60],
      maxPerMinute: 20,
      everyMs: minutes(30),
    },
    'soil.temperature': {
      title: { zh: '土壤温度', en: 'Soil temperature' },
      kind: 'number',
      unit: 'Cel',
      range: [-20, 60],
      maxPerMinute: 5,
      everyMs: minutes(30),
    },
    ...batteryPowered('soil'),
  },
});
