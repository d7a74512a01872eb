import { defineDeviceType, minutes } from '../model/device-type.ts';

/**
 * Dust, noise and weather at a building site or on a pole.
 */
export const envStation = defineDeviceType({
  id: 'env-station',
  title: { zh: '环境监测站', en: 'Environment station' },
  layer: 'environment',
  source: 'Smart Data Models AirQualityObserved, NoiseLevelObserved, WeatherObserved',
  measurements: {
    'env.pm10': {
      title: { zh: '可吸入颗粒物 PM10', en: 'Particulate matter PM10' },
      kind: 'number',
      unit: 'ug/m3',
      range: [0, 2000],
      maxPerMinute: 800,
      everyMs: minutes(1),
    },
    'env.pm25': {
      title: { zh: '细颗粒物 PM2.5', en: 'Particulate matter PM2.5' },
      kind: 'number',
      unit: 'ug/m3',
      range: [0, 1000],
      maxPerMinute: 500,
      everyMs: minutes(1),
    },
    'env.noiseLAeq': {
      title: { zh: '等效声级', en: 'Noise, LAeq' },
      kind: 'number',
      unit: 'dB',
      range: [20, 140],
      everyMs: minutes(1),
    },
    'env.temperature': {
      title: { zh: '气温', en: 'Air temperature' },
      kind: 'number',
      unit: 'Cel',
      range: [-40, 60],
      maxPerMinute: 5,
      everyMs: minutes(5),
    },
    'env.humidity': {
      title: { zh: '相对湿度', en: 'Relative humidity' },
      kind: 'number',
      unit: '%',
      range: [0, 100],
      maxPerMinute: 30,
      everyMs: minutes(5),
    },
    'env.windSpeed': {
      title: { zh: '风速', en: 'Wind speed' },
      kind: 'number',
      unit: 'm/s',
      range: [0, 60],
      everyMs: minutes(1),
    },
    'env.rain1h': {
      title: { zh: '近1小时雨量', en: 'Rain in the last hour' },
      kind: 'number',
      unit: 'mm',
      range: [0, 200],
      maxPerMinute: 30,
      everyMs: minutes(5),
      tells: 'rain',
    },
  },
});
