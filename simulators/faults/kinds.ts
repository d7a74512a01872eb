import { constant, type Values } from '../city/behaviour/behaviour.ts';
import { clamp, rounded } from '../city/chance.ts';
import type { FaultKind } from './fault.ts';
import { pitLeak, sewerGas } from './underground.ts';

/** Number in a report, or `otherwise` where the report has none. */
const number = (values: Values, name: string, otherwise: number): number => {
  const value = values[name];
  return typeof value === 'number' ? value : otherwise;
};

/**
 * Gas in a kitchen, %LEL, `t` seconds after a hose came off: 0.8 a second (48 a minute, as steep as the detector is
 * believed) to 55, held until the valve has shut the gas off, then aired out.
 */
export function leakLevel(t: number): number {
  if (t <= 0) return 0;
  const risen = Math.min(55, 0.8 * t);
  return t < 130 ? risen : 55 * Math.exp(-(t - 130) / 45);
}

const leak: FaultKind = {
  kind: 'leak',
  title: { zh: '餐馆燃气泄漏', en: 'Gas leak in a restaurant' },
  expect: {
    zh: '浓度约 12 秒后过 10 %LEL（二级 P2），约 50 秒后过 40 %LEL（一级 P1），紧急切断阀随即关闭；邻近探测器略有上升。数分钟后消散，告警回到“已恢复”。',
    en: 'Passes 10 %LEL (P2) after about 12 s and 40 %LEL (P1) after about 50 s, when the emergency valve closes; detectors nearby rise a little. Airs out after some minutes and the alarm shows as returned.',
  },
  strikes: ['gas-alarm-commercial'],
  lastsS: 360,
  everyMs: 2000,
  reachM: 250,
  alter(values, { elapsedS, distanceM }) {
    const before = number(values, 'alarm.ch4', 0.3);
    if (distanceM > 0) {
      const share = 0.15 * clamp(1 - distanceM / 250, 0, 1);
      return { ...values, 'alarm.ch4': rounded(Math.max(before, share * leakLevel(elapsedS - 20)), 2) };
    }
    return {
      ...values,
      'alarm.ch4': rounded(Math.max(Math.min(before, 1), leakLevel(elapsedS)), 2),
      'alarm.valveState': elapsedS >= 52 ? 'closed' : 'open',
      'alarm.fan': elapsedS >= 14,
    };
  },
};

/** How fast gas goes from one underground space to the next here, m/s: far faster than through soil, so that people can watch it. */
const SPREAD_MS = 1;
/** How far it spreads, m. */
const SPREAD_M = 95;

/** A share of what flows out of a broken pipe, 0 to 1, `t` seconds after it arrives: rises for a minute and a half, airs out after ten. */
const risen = (t: number): number => {
  if (t <= 0) return 0;
  return t < 600 ? Math.min(1, t / 90) : Math.exp(-(t - 600) / 60);
};

const spreadingLeak: FaultKind = {
  kind: 'spreading-leak',
  title: { zh: '管道泄漏蔓延', en: 'Leak that spreads under ground' },
  expect: {
    zh: '一处阀井甲烷升到 6 %VOL（约 80 秒后 P1），气体沿地下蔓延：邻近阀井和厨房随后报警。几条告警合为一起事件：地图上画出警戒范围，标出首发，列出范围内场所、最近的阀门与抢修班组。',
    en: 'Methane in one pit rises to 6 %VOL (P1 after about 80 s) and spreads under ground: the next pit and a kitchen alarm after it. The alarms are one incident: a guard ring on the map, the first-out marked, sites inside, the nearest valves and crew.',
  },
  strikes: ['underground-gas'],
  alsoTouches: ['gas-alarm-commercial'],
  lastsS: 1200,
  everyMs: 4000,
  reachM: SPREAD_M,
  alter(values, { elapsedS, distanceM }) {
    const share = risen(elapsedS - distanceM / SPREAD_MS);
    if (share === 0) return values;
    if ('ug.ch4Vol' in values) {
      const most = distanceM === 0 ? 6 : 3.4;
      const ethane = rounded(Math.max(number(values, 'ug.ethane', 0), 900 * share), 0);
      return {
        ...values,
        'ug.ch4Vol': rounded(Math.max(number(values, 'ug.ch4Vol', 0), most * share), 2),
        // Natural gas brings ethane with it, which sewer gas does not.
        ...('ug.ethane' in values && { 'ug.ethane': ethane }),
      };
    }
    return { ...values, 'alarm.ch4': rounded(Math.max(number(values, 'alarm.ch4', 0.3), 24 * share), 2) };
  },
};

const silentGateway: FaultKind = {
  kind: 'silent-gateway',
  title: { zh: '网关失联', en: 'Silent gateway' },
  expect: {
    zh: '该网关现场侧断开 10 分钟，其后设备数据停止更新；超过时限后出现一条网关/失联告警，并计入受影响设备数，而不是每台设备各报一条。',
    en: 'The field side of one gateway is cut for ten minutes and the devices behind it stop moving. After the limit there is one alarm for the gateway that counts what is blind behind it, not one per device.',
  },
  strikes: ['gateway'],
  lastsS: 600,
  cutsGateway: true,
};

const stuckSensor: FaultKind = {
  kind: 'stuck-sensor',
  title: { zh: '测量值卡死', en: 'Stuck sensor' },
  expect: {
    zh: '一座调压站的压力与流量保持不变而时钟仍在走；曲线变成直线，超过标准目录中的时间窗（如 6 小时，演示倍速下更快）后报“数据冻结”。',
    en: 'Pressure and flow of one station stay exactly the same while its clock runs on: the chart goes flat, and after the window in the catalogue (such as 6 h; sooner at a faster demonstration clock) a frozen-value alarm appears.',
  },
  strikes: ['gas-rtu'],
  lastsS: 8 * 3600,
  alter: (values, { held }) => ({ ...held, 'rtu.clock': values['rtu.clock']! }),
};

const tiltedPole: FaultKind = {
  kind: 'tilted-pole',
  title: { zh: '灯杆倾斜', en: 'Leaning lamp pole' },
  expect: {
    zh: '一根灯杆在几秒内倾斜到约 12°，约 10 秒后报 P1“灯杆倾倒危险”，15 分钟后扶正。',
    en: 'One pole leans to about 12 degrees within seconds; some 10 s later a P1 alarm warns that it may fall. It is set upright after 15 minutes.',
  },
  strikes: ['smart-pole'],
  lastsS: 900,
  everyMs: 4000,
  alter: (values, { elapsedS }) => ({
    ...values,
    'pole.tiltDelta': rounded(Math.min(12.4, number(values, 'pole.tiltDelta', 0.2) + 4 * elapsedS), 2),
  }),
};

const burningBin: FaultKind = {
  kind: 'burning-bin',
  title: { zh: '垃圾桶起火', en: 'Burning waste bin' },
  expect: {
    zh: '桶内温度每秒约升 0.95 ℃，升温速率先报警，过 60 ℃ 报 P1“垃圾桶火情”，约两分钟后降温。',
    en: 'Heats by about 0.95 Cel a second: the rate of rise alarms first, then P1 at 60 Cel. Cools down after about two minutes.',
  },
  strikes: ['waste-bin'],
  lastsS: 420,
  everyMs: 4000,
  alter(values, { elapsedS }) {
    const before = number(values, 'bin.temperature', 20);
    const hot = Math.min(95, before + 0.95 * elapsedS);
    const cooling = elapsedS > 150 ? Math.exp(-(elapsedS - 150) / 60) : 1;
    return { ...values, 'bin.temperature': rounded(before + (hot - before) * cooling, 1) };
  },
};

/** What badly made firmware has been seen to send. */
const badPayloads: readonly ((id: string) => string)[] = [
  () => '{"values":{"alarm.ch4":1.2',
  () => 'CH4=1.2%LEL;VALVE=OPEN',
  () => '{"values":{"alarm.ch4":"one point two"}}',
  () => '{"values":{"alarm.valveState":3}}',
  (id) => JSON.stringify({ values: { [`${id}.gas`]: 1.2 } }),
  () => '[]',
];

const badPayload: FaultKind = {
  kind: 'bad-payload',
  title: { zh: '报文格式错误', en: 'Malformed messages' },
  expect: {
    zh: '一台报警器在 30 秒内轮流发送残缺 JSON、非 JSON 文本、错误类型和未知测量量；每条都应在“隔离区”中列出原因，其余设备不受影响。',
    en: 'For 30 s one alarm sends broken JSON, text that is no JSON, wrong types and unknown measurements in turn. Each is listed in quarantine with its reason; nothing else is disturbed.',
  },
  strikes: ['gas-alarm-commercial', 'gas-alarm-household'],
  lastsS: 30,
  everyMs: 3000,
  directOnly: true,
  payload: (nth, device) => badPayloads[nth % badPayloads.length]!(device.id),
};

const pressure: FaultKind = {
  kind: 'pressure',
  title: { zh: '调压站出口超压', en: 'Station outlet over pressure' },
  expect: {
    zh: '一座调压站出口压力在约 15 秒内升到设定压力的 1.28 倍：先 P2 后 P1，3 分钟后恢复。',
    en: 'The outlet of one station rises to 1.28 of its set point within about 15 s: P2, then P1. Back to normal after three minutes.',
  },
  strikes: ['gas-rtu'],
  lastsS: 180,
  everyMs: 2000,
  alter(values, { elapsedS, device }) {
    const ps = constant(device, 'Ps', 'kPa', 2.5);
    return { ...values, 'rtu.outletPressure': rounded(ps * (1.02 + Math.min(0.26, 0.018 * elapsedS)), 4) };
  },
};

/** Every fault that can be played on purpose, in the order in which they are offered. */
export const faultKinds: readonly FaultKind[] = [
  leak,
  spreadingLeak,
  silentGateway,
  stuckSensor,
  tiltedPole,
  burningBin,
  badPayload,
  pressure,
  pitLeak,
  sewerGas,
];

/** A demonstration's opening: world seconds after the start, and what begins then. */
export interface ScriptLine {
  readonly afterS: number;
  readonly kind: string;
}

/** Early enough that the first P1 gas alarm is there within 90 s of the start; one thing at a time. */
export const openingScript: readonly ScriptLine[] = [
  // Its past is told when the devices hand in theirs; it rings when the leak is over.
  { afterS: 0, kind: 'sewer-gas' },
  { afterS: 25, kind: 'leak' },
  { afterS: 110, kind: 'tilted-pole' },
];
