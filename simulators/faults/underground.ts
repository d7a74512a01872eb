import { rounded } from '../city/chance.ts';
import type { FaultKind } from './fault.ts';

/** Methane and what a pit's ethane sensor sees of it, as an underground monitor reports them. */
const seen = (methane: number, ethaneShare: number, floorPpm: number) => ({
  'ug.ch4Vol': rounded(methane, 3),
  'ug.ethane': rounded(floorPpm + methane * 10_000 * ethaneShare, 1),
});

/**
 * Biogas of a sewer, %VOL, `hours` after the demonstration began. It has come and gone for days (`hours` below 0), with the
 * warmth and the flow of sewage, and never rang; some minutes after the beginning it rises over the lowest limit and stays.
 */
export function sewerLevel(hours: number): number {
  const past = 0.5 + 0.3 * Math.cos((2 * Math.PI * hours) / 33) + 0.08 * Math.cos((2 * Math.PI * (hours - 1)) / 12);
  return hours <= 0 ? past : past + 0.5 * (1 - Math.exp(-hours / 0.25));
}

export const sewerGas: FaultKind = {
  kind: 'sewer-gas',
  title: { zh: '窨井沼气积聚', en: 'Biogas in a manhole' },
  expect: {
    zh: '甲烷几天来时起时落，开始约 5 分钟后缓慢升过 1 %VOL（三级 P3），乙烷不升。详情中的“沼气研判参考”应偏向沼气，并列出理由。',
    en: 'Methane that has come and gone for days slowly passes 1 %VOL (P3) about five minutes in, and ethane does not rise. The biogas advice beside the alarm leans to biogas and lists its reasons.',
  },
  strikes: ['underground-gas'],
  lastsS: 72 * 3600,
  alter: (values, { elapsedS }) => ({ ...values, ...seen(sewerLevel(elapsedS / 3600), 0, 4) }),
};

/** Natural gas in a pit, %VOL, `t` seconds after a pipe beside it broke: it comes quickly, and stays. */
export const pitLeakLevel = (t: number): number => (t <= 0 ? 0 : 2.9 * (1 - Math.exp(-t / 150)));

export const pitLeak: FaultKind = {
  kind: 'pit-leak',
  title: { zh: '阀井燃气泄漏', en: 'Gas leak beside a valve pit' },
  expect: {
    zh: '甲烷一分多钟后过 1 %VOL，约 5 分钟后过 2.5 %VOL，乙烷随之上升：先 P3 后 P2。“沼气研判参考”应指向泄漏，并列出理由。',
    en: 'Methane passes 1 %VOL after more than a minute and 2.5 %VOL after about five, and ethane rises with it: P3, then P2. The biogas advice beside the alarm points to a leak and lists its reasons.',
  },
  strikes: ['underground-gas'],
  lastsS: 2 * 3600,
  everyMs: 10_000,
  alter(values, { elapsedS }) {
    if (elapsedS <= 0) return values;
    const before = typeof values['ug.ch4Vol'] === 'number' ? values['ug.ch4Vol'] : 0;
    return { ...values, ...seen(before + pitLeakLevel(elapsedS), 0.014, 2) };
  },
};
