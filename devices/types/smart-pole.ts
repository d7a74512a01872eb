import { defineDeviceType, hours, minutes } from '../model/device-type.ts';

/**
 * Street lighting column that also carries signals, charging and other devices.
 *
 * `road.*` figures stand for the pole's lighting circuit or road and are reported by the pole that leads it.
 */
export const smartPole = defineDeviceType({
  id: 'smart-pole',
  title: { zh: '多杆合一智慧灯杆', en: 'Multi-function smart pole' },
  layer: 'lighting',
  source: 'TALQ 2.7.1; uCIFI object 3416',
  measurements: {
    'pole.lampOn': { title: { zh: '灯亮', en: 'Lamp lit' }, kind: 'boolean', unit: '1', everyMs: minutes(5) },
    'pole.dimLevel': {
      title: { zh: '调光指令', en: 'Commanded light level' },
      kind: 'number',
      unit: '%',
      range: [0, 100],
      everyMs: minutes(5),
    },
    'pole.lampPower': {
      title: { zh: '灯具功率', en: 'Lamp power' },
      kind: 'number',
      unit: 'W',
      range: [0, 1000],
      everyMs: minutes(5),
    },
    'pole.energy': {
      title: { zh: '累计电量', en: 'Energy, cumulative' },
      kind: 'number',
      unit: 'kW.h',
      range: [0, 10000000],
      everyMs: hours(1),
    },
    'pole.ambientLight': {
      title: { zh: '环境照度', en: 'Ambient light' },
      kind: 'number',
      unit: 'lx',
      range: [0, 150000],
      everyMs: minutes(5),
    },
    'pole.lampFailure': { title: { zh: '灯具故障', en: 'Lamp failure' }, kind: 'boolean', unit: '1' },
    'pole.lampCycling': { title: { zh: '灯具频闪', en: 'Lamp cycling' }, kind: 'boolean', unit: '1' },
    /** Against the lean stored at commissioning. A struck pole moves at once. */
    'pole.tiltDelta': {
      title: { zh: '灯杆倾角变化', en: 'Change of pole lean' },
      kind: 'number',
      unit: 'deg',
      range: [0, 90],
      everyMs: minutes(10),
    },
    'pole.impact': { title: { zh: '撞击', en: 'Impact' }, kind: 'boolean', unit: '1' },
    'pole.residualCurrent': {
      title: { zh: '剩余电流', en: 'Residual current' },
      kind: 'number',
      unit: 'mA',
      range: [0, 1000],
      everyMs: minutes(5),
    },
    'pole.voltage': {
      title: { zh: '供电电压', en: 'Supply voltage' },
      kind: 'number',
      unit: 'V',
      range: [0, 400],
      everyMs: minutes(5),
    },
    'pole.current': {
      title: { zh: '供电电流', en: 'Supply current' },
      kind: 'number',
      unit: 'A',
      range: [0, 63],
      everyMs: minutes(5),
    },
    'pole.supplyLoss': { title: { zh: '供电中断', en: 'Supply lost' }, kind: 'boolean', unit: '1' },
    'pole.doorOpen': { title: { zh: '检修门打开', en: 'Service door open' }, kind: 'boolean', unit: '1' },
    'pole.waterImmersion': { title: { zh: '杆内浸水', en: 'Water inside' }, kind: 'boolean', unit: '1' },
    'ev.connectorTemperature': {
      title: { zh: '充电枪温度', en: 'Charging connector temperature' },
      kind: 'number',
      unit: 'Cel',
      range: [-30, 150],
      maxPerMinute: 30,
      everyMs: minutes(1),
    },
    'ev.faultCode': {
      title: { zh: '充电桩故障码', en: 'Charger fault code' },
      kind: 'number',
      unit: '1',
      range: [0, 65535],
    },
    'signal.supplyLoss': { title: { zh: '信号灯失电', en: 'Traffic signal lost supply' }, kind: 'boolean', unit: '1' },
    'signal.faultCode': {
      title: { zh: '信号机故障码', en: 'Traffic signal fault code' },
      kind: 'number',
      unit: '1',
      range: [0, 65535],
    },
    /** Measured power over rated power at the commanded level (constant `ratedPower`). */
    'pole.lampPowerRatio': {
      title: { zh: '功率比', en: 'Power against expected' },
      kind: 'number',
      unit: '%',
      range: [0, 300],
      everyMs: minutes(5),
      derived: true,
    },
    'pole.dayBurner': {
      title: { zh: '白天亮灯', en: 'Lit by day' },
      kind: 'boolean',
      unit: '1',
      everyMs: minutes(5),
      derived: true,
    },
    /** False while any device mounted on this pole is silent. */
    'pole.mountOnline': {
      title: { zh: '挂载设备在线', en: 'Mounted devices online' },
      kind: 'boolean',
      unit: '1',
      everyMs: minutes(5),
      derived: true,
    },
    'road.litRate': {
      title: { zh: '亮灯率', en: 'Share of lamps lit' },
      kind: 'number',
      unit: '%',
      range: [0, 100],
      everyMs: minutes(5),
      derived: true,
    },
    'road.consecutiveDark': {
      title: { zh: '连续灭灯数', en: 'Neighbouring lamps dark' },
      kind: 'number',
      unit: '1',
      range: [0, 500],
      everyMs: minutes(5),
      derived: true,
    },
  },
});
