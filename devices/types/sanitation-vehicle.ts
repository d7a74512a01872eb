import { defineDeviceType, minutes, seconds } from '../model/device-type.ts';
import { positioned, seen } from './shared.ts';

/**
 * Sweeper or sprinkler with a positioning terminal and, on some, a camera with recognition.
 *
 * The `ops.*` figures follow from its track and its route; a dispatch system that already has them may send them.
 */
export const sanitationVehicle = defineDeviceType({
  id: 'sanitation-vehicle',
  title: { zh: '环卫作业车', en: 'Sanitation vehicle' },
  layer: 'sanitation',
  measurements: {
    ...positioned('vehicle', seconds(30)),
    'vehicle.speed': {
      title: { zh: '车速', en: 'Speed' },
      kind: 'number',
      unit: 'km/h',
      range: [0, 120],
      maxPerMinute: 1200,
      everyMs: seconds(30),
    },
    'vehicle.washPump': { title: { zh: '冲洗泵运行', en: 'Wash pump running' }, kind: 'boolean', unit: '1' },
    'camera.roadDirty': seen({ zh: '路面脏污处数', en: 'Dirty patches on the road' }, minutes(5)),
    'ops.shiftEnded': { title: { zh: '班次结束', en: 'Shift has ended' }, kind: 'boolean', unit: '1' },
    'ops.rainWarning': {
      title: { zh: '暴雨预警', en: 'Rain warning in force' },
      kind: 'text',
      unit: '1',
      states: {
        none: { zh: '无', en: 'None' },
        blue: { zh: '蓝色', en: 'Blue' },
        yellow: { zh: '黄色', en: 'Yellow' },
        orange: { zh: '橙色', en: 'Orange' },
        red: { zh: '红色', en: 'Red' },
      },
    },
    'ops.routeCoverage': {
      title: { zh: '路线覆盖率', en: 'Route covered' },
      kind: 'number',
      unit: '%',
      range: [0, 100],
      everyMs: minutes(10),
      derived: true,
    },
    'ops.firstPassDelay': {
      title: { zh: '首趟作业延误', en: 'First pass late by' },
      kind: 'number',
      unit: 'min',
      range: [0, 1440],
      everyMs: minutes(10),
      derived: true,
    },
    'ops.washPasses': {
      title: { zh: '当日冲洗遍数', en: 'Wash passes today' },
      kind: 'number',
      unit: '1',
      range: [0, 100],
      everyMs: minutes(10),
      derived: true,
    },
  },
});
