import { describe, expect, it } from 'vitest';
import type { Condition, ConditionEntry } from '../../devices/contract/entry.ts';
import { conditionWords } from './condition-words.ts';
import { engineBench, kitchen, momentOf } from './engine-bench.ts';

const gateway = { id: 'g1', name: '北区网关', lon: 112.5, lat: 26.8, demo: false };
const bench = () => engineBench({ devices: [kitchen('k1')], gateways: [gateway] });
const filling = { percent: 64, megabytes: 512, consumer: 'store', behind: 1200 };
const begins = (
  time: string,
  condition: Condition,
  facts: ConditionEntry['facts'],
  subject = 'platform',
): Omit<ConditionEntry, 'kind'> => ({ subject, condition, active: true, at: momentOf(time), facts });

describe('a condition of the platform', () => {
  it('is an alarm while it lasts, with its figures in both languages', () => {
    const b = bench();
    b.condition('10:01', begins('10:01', 'journal-filling', filling));
    expect(b.shows).toEqual(['platform.journal-filling unack']);
    const alarm = b.alarm('platform.journal-filling')!;
    expect(alarm).toMatchObject({
      id: `platform/platform.journal-filling/${momentOf('10:01')}`,
      priority: 'P2',
      device: 'platform',
      deviceName: '日志将满',
    });
    expect(alarm.explanation.zh).toContain('日志已用 64%（上限 512 MB），最慢的是时序库写入，落后 1200 块');
    expect(alarm.explanation.en).toContain('the journal is 64 % full (cap 512 MB)');
    b.acknowledges('10:02', alarm.id);
    b.condition('10:03', { ...begins('10:03', 'journal-filling', filling), active: false });
    expect(b.shows).toEqual([]);
  });

  it('waits for a person after it has ended, as any alarm that nobody saw', () => {
    const b = bench();
    b.condition('10:01', begins('10:01', 'journal-unwritable', { seconds: 90, text: 'disk full' }));
    b.condition('10:02', {
      ...begins('10:02', 'journal-unwritable', { seconds: 90, text: 'disk full' }),
      active: false,
    });
    expect(b.shows).toEqual(['platform.journal-unwritable rtn-unack']);
    expect(b.alarm('platform.journal-unwritable')!.explanation.zh).toContain('日志有 1.5 分钟无法写入');
    expect(b.alarm('platform.journal-unwritable')!.explanation.en).toContain('disk full');
  });

  it('told again is no news; its figures are renewed', () => {
    const b = bench();
    b.condition(
      '10:01',
      begins('10:01', 'consumer-cut-off', { consumer: 'store', from: 1, through: 10, blocks: 10, megabytes: 4 }),
    );
    b.condition(
      '10:03',
      begins('10:01', 'consumer-cut-off', { consumer: 'store', from: 1, through: 30, blocks: 30, megabytes: 12 }),
    );
    expect(b.told()).toEqual(['raised platform.consumer-cut-off']);
    b.passes('10:04');
    expect(b.alarm('platform.consumer-cut-off')!.explanation.en).toContain('blocks 1 to 30');
  });

  it('that ends without having begun is nothing', () => {
    const b = bench();
    b.condition('10:01', { ...begins('10:01', 'store-stopped', {}), active: false });
    expect(b.shows).toEqual([]);
  });

  it('is found back after a restart, and told again it is the same alarm', () => {
    const b = bench();
    b.condition('10:01', begins('10:01', 'journal-filling', filling));
    b.restarts(b.keeps());
    b.condition('10:02', begins('10:01', 'journal-filling', filling));
    expect(b.shows).toEqual(['platform.journal-filling unack']);
    expect(b.told()).toEqual(['raised platform.journal-filling']);
    b.condition('10:03', { ...begins('10:03', 'journal-filling', filling), active: false });
    expect(b.shows).toEqual(['platform.journal-filling rtn-unack']);
  });

  it('of a kind that a newer program knows does no harm', () => {
    const b = bench();
    b.condition('10:01', begins('10:01', 'toString' as Condition, {}));
    expect(b.shows).toEqual([]);
  });
});

describe('a condition of a device or gateway', () => {
  it('stands at the device, and is more urgent where a leak alarm hangs on its clock', () => {
    const b = bench();
    b.condition('10:01', begins('10:01', 'clock-skew', { seconds: -600 }, 'k1'));
    const alarm = b.alarm('platform.clock-skew')!;
    expect(alarm).toMatchObject({ device: 'k1', deviceType: 'gas-alarm-commercial', priority: 'P3' });
    expect(alarm.explanation).toEqual({
      zh: 'k1 的时钟慢 10 分钟（近期读数的中位数）：请为设备对时，否则事件时间不可信',
      en: 'the clock of k1 is 10 min slow (median of recent readings): set it, or times of events cannot be trusted',
    });
  });

  it('stands at the gateway', () => {
    const b = bench();
    b.condition('10:01', begins('10:01', 'outbox-dropped', { dropped: 40, oldest: '2026-11-20' }, 'g1'));
    expect(b.alarm('platform.outbox-dropped')).toMatchObject({ device: 'g1', deviceName: '北区网关', priority: 'P3' });
  });

  it('of all clocks at once is the platform’s own', () => {
    const b = bench();
    b.condition('10:01', begins('10:01', 'clock-skew', { devices: 80, measured: 100 }));
    expect(b.alarm('platform.clock-skew')).toMatchObject({ device: 'platform', priority: 'P2' });
    expect(b.alarm('platform.clock-skew')!.explanation.zh).toContain('多半是平台自己的时钟错了');
  });

  it('has words in both languages for whatever is reported', () => {
    for (const words of Object.values(conditionWords)) {
      for (const facts of [{}, { ['a'.repeat(100)]: 'x'.repeat(1000) }]) {
        const { zh, en } = words.explain(facts, '网关');
        expect(zh.length * en.length).toBeGreaterThan(0);
        expect(en.length).toBeLessThan(700);
      }
    }
  });
});
