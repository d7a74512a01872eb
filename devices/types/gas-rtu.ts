import { defineDeviceType, hours, minutes } from '../model/device-type.ts';

/**
 * Remote terminal unit of a gas regulating station or box, polled by the SCADA system and read by us: never written to.
 *
 * Constants of a station: `Ps` set point of the regulator, `MOP` maximum operating pressure of the inlet, `Qmax`, spans of
 * the three transmitters (`span` outlet, `spanInlet`, `spanFlow`) and `baseline30d`, the usual lowest flow at night.
 */
export const gasRtu = defineDeviceType({
  id: 'gas-rtu',
  title: { zh: '燃气调压站远传终端', en: 'Gas station RTU' },
  layer: 'gas',
  measuresGas: true,
  measurements: {
    'rtu.inletPressure': {
      title: { zh: '进口压力', en: 'Inlet pressure' },
      kind: 'number',
      unit: 'MPa',
      range: [0, 6],
      maxPerMinute: 1,
      everyMs: minutes(1),
    },
    'rtu.outletPressure': {
      title: { zh: '出口压力', en: 'Outlet pressure' },
      kind: 'number',
      unit: 'kPa',
      range: [0, 1000],
      maxPerMinute: 400,
      everyMs: minutes(1),
      tells: 'pressure',
    },
    'rtu.gasTemperature': {
      title: { zh: '燃气温度', en: 'Gas temperature' },
      kind: 'number',
      unit: 'Cel',
      range: [-40, 100],
      maxPerMinute: 10,
      everyMs: minutes(1),
    },
    'rtu.flowRate': {
      title: { zh: '瞬时流量', en: 'Flow rate' },
      kind: 'number',
      unit: 'm3/h',
      range: [0, 50000],
      everyMs: minutes(1),
      tells: 'demand',
    },
    'rtu.flowTotal': {
      title: { zh: '累计流量', en: 'Volume, cumulative' },
      kind: 'number',
      unit: 'm3',
      range: [0, 10000000000],
      maxPerMinute: 1000,
      everyMs: minutes(1),
    },
    'rtu.filterDp': {
      title: { zh: '过滤器差压', en: 'Filter differential pressure' },
      kind: 'number',
      unit: 'kPa',
      range: [0, 200],
      everyMs: minutes(5),
    },
    'rtu.odorant': {
      title: { zh: '加臭剂浓度', en: 'Odorant' },
      kind: 'number',
      unit: 'mg/m3',
      range: [0, 100],
      maxPerMinute: 20,
      everyMs: minutes(10),
    },
    'rtu.odorantPumpFault': { title: { zh: '加臭泵故障', en: 'Odorant pump fault' }, kind: 'boolean', unit: '1' },
    'rtu.ch4': {
      title: { zh: '可燃气体浓度', en: 'Combustible gas' },
      kind: 'number',
      unit: '%{LEL}',
      range: [0, 100],
      maxPerMinute: 50,
      everyMs: minutes(1),
      combustible: true,
    },
    'rtu.shutoffValveClosed': {
      title: { zh: '切断阀关闭', en: 'Slam-shut valve closed' },
      kind: 'boolean',
      unit: '1',
      everyMs: minutes(1),
    },
    'rtu.doorOpen': { title: { zh: '门打开', en: 'Door open' }, kind: 'boolean', unit: '1' },
    'rtu.mainsLoss': { title: { zh: '市电中断', en: 'Mains lost' }, kind: 'boolean', unit: '1' },
    'rtu.upsVoltage': {
      title: { zh: 'UPS 电压', en: 'UPS voltage' },
      kind: 'number',
      unit: 'V',
      range: [0, 60],
      everyMs: minutes(5),
    },
    /** Whether the terminal (or its SCADA system) holds an alarm of its own active; how urgent it thinks it, 0 to 1000; its words. */
    'rtu.eventActive': {
      title: { zh: '终端自报警', en: 'Alarm raised by the terminal' },
      kind: 'boolean',
      unit: '1',
    },
    'rtu.eventSeverity': {
      title: { zh: '终端自报警严重度', en: 'Severity of the terminal’s alarm' },
      kind: 'number',
      unit: '1',
      range: [0, 1000],
    },
    'rtu.eventMessage': {
      title: { zh: '终端自报警内容', en: 'Words of the terminal’s alarm' },
      kind: 'text',
      unit: '1',
    },
    /** Seconds since 1970-01-01T00:00:00Z by the terminal itself. */
    'rtu.clock': {
      title: { zh: '终端时钟', en: 'Clock of the terminal' },
      kind: 'number',
      unit: 's',
      range: [0, 4102444800],
      everyMs: minutes(5),
    },
    'rtu.nightMinFlow': {
      title: { zh: '夜间最小流量', en: 'Lowest flow at night' },
      kind: 'number',
      unit: 'm3/h',
      range: [0, 50000],
      everyMs: hours(24),
      derived: true,
    },
    /** Without sign: slow and fast are equally wrong. */
    'rtu.clockSkew': {
      title: { zh: '时钟偏差', en: 'Clock off by' },
      kind: 'number',
      unit: 's',
      range: [0, 4102444800],
      everyMs: minutes(5),
      derived: true,
    },
    'rtu.lastSeenAge': {
      title: { zh: '数据时延', en: 'Time since last heard' },
      kind: 'number',
      unit: 's',
      range: [0, 31557600],
      everyMs: minutes(1),
      derived: true,
    },
  },
});
