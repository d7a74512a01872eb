import { describe, expect, it } from 'vitest';
import type { SiteRule } from '../../devices/contract/site-bundle.ts';
import { type LocalChange, type LocalState, localJudge } from './local-judge.ts';

const ch4: SiteRule = {
  device: 'k1',
  deviceName: '一号厨房',
  rule: 'G05-14.com-l2',
  ladder: null,
  priority: 'P1',
  measurement: 'alarm.ch4',
  op: '>=',
  limit: 40,
  returnLimit: 35,
  onDelayMs: 0,
  offDelayMs: 60_000,
  unit: '%{LEL}',
  title: { zh: '二级报警', en: 'Level 2' },
  text: '…',
};
const valve: SiteRule = {
  ...ch4,
  rule: 'G05-14.valve',
  measurement: 'alarm.valveState',
  op: '==',
  limit: 'fault',
  returnLimit: 'fault',
  offDelayMs: 0,
};
const flame: SiteRule = { ...valve, rule: 'G05-14.flame', measurement: 'alarm.flame', limit: true, returnLimit: true };
const judge = (held?: LocalState) =>
  localJudge({ version: '1', catalogueVersion: '1', rules: [ch4, valve, flame] }, held);
const row = (ts: number, values: Record<string, number | boolean | string>, more = {}) => ({
  device: 'k1',
  ts,
  values,
  ...more,
});
/** At a glance: what was raised by id, what returned. */
const glance = (changes: readonly LocalChange[]) =>
  changes.map((one) => ('raised' in one ? `+ ${one.raised.alarm}` : `- ${one.returned} ${one.at}`));

describe('a gateway that judges alone', () => {
  it('raises on one sample, under the identity the platform will give it', () => {
    const [raised] = judge().take(row(1000, { 'alarm.ch4': 45 }), 1200);
    expect(raised).toEqual({
      raised: {
        alarm: 'k1/G05-14.com-l2/1000',
        device: 'k1',
        rule: 'G05-14.com-l2',
        since: 1000,
        raisedAt: 1200,
        returnedAt: null,
        value: 45,
        site: ch4,
      },
    });
  });

  it('raises once while it lasts, and returns beyond the deadband after the off-delay', () => {
    const one = judge();
    one.take(row(1000, { 'alarm.ch4': 45 }), 1000);
    expect(one.take(row(2000, { 'alarm.ch4': 50 }), 2000)).toEqual([]);
    expect(one.take(row(3000, { 'alarm.ch4': 37 }), 3000)).toEqual([]);
    expect(one.take(row(4000, { 'alarm.ch4': 5 }), 4000)).toEqual([]);
    expect(one.tick(63_000)).toEqual([]);
    expect(glance(one.tick(64_000))).toEqual(['- k1/G05-14.com-l2/1000 64000']);
  });

  it('knows words and flags', () => {
    const one = judge();
    expect(glance(one.take(row(1000, { 'alarm.valveState': 'fault', 'alarm.flame': true }), 1000))).toEqual([
      '+ k1/G05-14.valve/1000',
      '+ k1/G05-14.flame/1000',
    ]);
    expect(glance(one.take(row(2000, { 'alarm.valveState': 'open', 'alarm.flame': false }), 2000))).toEqual([
      '- k1/G05-14.valve/1000 2000',
      '- k1/G05-14.flame/1000 2000',
    ]);
  });

  it('lets a doubtful value raise and not clear; a bad one does neither', () => {
    const one = judge();
    expect(one.take(row(1000, { 'alarm.ch4': 90 }, { quality: { 'alarm.ch4': 'bad' } }), 1000)).toEqual([]);
    expect(one.take(row(2000, { 'alarm.ch4': 90 }, { quality: { 'alarm.ch4': 'uncertain' } }), 2000)).toHaveLength(1);
    one.take(row(3000, { 'alarm.ch4': 0 }, { quality: { 'alarm.ch4': 0x40000000 } }), 3000);
    expect(one.tick(100_000)).toEqual([]);
  });

  it('does not judge old news', () => {
    const one = judge();
    expect(one.take(row(1000, { 'alarm.ch4': 90 }, { historical: true }), 5000)).toEqual([]);
    one.take(row(3000, { 'alarm.ch4': 1 }), 3000);
    expect(one.take(row(2000, { 'alarm.ch4': 90 }), 3100)).toEqual([]);
  });

  it('goes on after a restart with what stood, and raises it no second time', () => {
    const one = judge();
    one.take(row(1000, { 'alarm.ch4': 45 }), 1000);
    const again = judge(JSON.parse(JSON.stringify(one.state())));
    expect(again.take(row(2000, { 'alarm.ch4': 46 }), 2000)).toEqual([]);
    again.take(row(3000, { 'alarm.ch4': 1 }), 3000);
    expect(glance(again.tick(63_000))).toEqual(['- k1/G05-14.com-l2/1000 63000']);
    expect(again.state()).toEqual({});
  });
});
