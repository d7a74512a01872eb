import { describe, expect, it } from 'vitest';
import { BAD, UNCERTAIN, UNCERTAIN_OUT_OF_RANGE } from '../../devices/model/quality.ts';
import { benchDevice, catalogueOf, engineBench } from './engine-bench.ts';

const above = {
  id: 'above',
  title: { zh: '高于平时', en: 'Above its usual' },
  kind: 'baseline',
  measurement: 'fence.ch4',
  op: '>=',
  limit: { value: 1, unit: '[ppm]' },
  deadband: { value: 0.3, unit: '[ppm]' },
  measure: 'difference',
  by: 'trailing',
  learnS: 7200,
  priority: 'P2',
};
const clock = (minute: number) => {
  const day = Math.floor(minute / 1440);
  const time = `${String(Math.floor((minute % 1440) / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
  return day === 0 ? time : `+${day} ${time}`;
};
/** A monitor that was read each minute since midnight; `reads` gives it the next minute's value. */
function monitor(...rules: object[]) {
  const b = engineBench({ devices: [benchDevice('m1', 'methane-fence-line')] }, '00:00', {
    catalogue: catalogueOf('methane-fence-line', ...rules),
  });
  let minute = 0;
  return Object.assign(b, {
    say(value: number, times = 1, quality?: number) {
      for (let i = 0; i < times; i++) {
        b.reads(clock(++minute), 'm1', { 'fence.ch4': value }, quality ? { quality: { 'fence.ch4': quality } } : {});
      }
      return b;
    },
  });
}

describe('a value against what is usual for its device', () => {
  it('rings with the value, the usual and the difference', () => {
    const b = monitor(above);
    b.say(2, 60);
    b.say(3.5);
    expect(b.shows).toEqual(['G05-01.above unack']);
    const alarm = b.alarm('G05-01.above')!;
    expect(alarm).toMatchObject({ value: 1.5, limit: 1, unit: '[ppm]', op: '>=' });
    expect(alarm.explanation.zh).toBe(
      '甲烷 3.5 ppm，基线 2 ppm（近 2 小时），高 1.5 ppm（差 1.5 ppm ≥ 限值 1 ppm）（高于平时）',
    );
    expect(alarm.explanation.en).toBe(
      'Methane 3.5 ppm, usually 2 ppm (the last 2 h): 1.5 ppm above (difference 1.5 ppm ≥ limit 1 ppm) (Above its usual)',
    );
  });

  it('rests while too little is known, and the statistics say at how many devices', () => {
    const b = monitor(above);
    b.say(2, 20);
    b.say(99);
    expect(b.shows).toEqual([]);
    expect(b.engine.stats().learning).toEqual([{ rule: 'G05-01.above', devices: 1 }]);
    b.say(2, 40);
    expect(b.engine.stats().learning).toEqual([]);
    b.say(99);
    expect(b.shows).toEqual(['G05-01.above unack']);
    b.registry('02:00', { version: 1, remove: 'device', id: 'm1' });
    expect(b.engine.stats().learning).toEqual([]);
  });

  it('returns below the deadband, on a good reading only', () => {
    const b = monitor(above);
    b.say(2, 60);
    b.say(3.5);
    b.say(2.8);
    b.say(2, 1, UNCERTAIN);
    b.say(2, 1, BAD);
    expect(b.shows).toEqual(['G05-01.above unack']);
    b.say(2.6);
    expect(b.shows).toEqual(['G05-01.above rtn-unack']);
  });

  it('believes a detector that is driven beyond its range, and says why its reading is doubtful', () => {
    const b = monitor(above);
    b.say(2, 60);
    b.say(20_000, 1, UNCERTAIN_OUT_OF_RANGE);
    expect(b.shows).toEqual(['G05-01.above unack']);
    expect(b.alarm('G05-01.above')!.explanation.en).toContain('the quality of the reading is uncertain');
  });

  it('learns nothing of a leak, however long it takes to be found', () => {
    const b = monitor(above);
    b.say(2, 120);
    b.say(4, 200);
    expect(b.shows).toEqual(['G05-01.above unack']);
    b.say(2);
    expect(b.shows).toEqual(['G05-01.above rtn-unack']);
  });

  it('takes another level for usual once it has stood for twice the time, and returns then', () => {
    const b = monitor(above);
    b.say(2, 120);
    b.say(4, 245);
    expect(b.engine.stats().learning).toEqual([{ rule: 'G05-01.above', devices: 1 }]);
    expect(b.shows).toEqual(['G05-01.above unack']);
    b.say(4, 70);
    expect(b.shows).toEqual(['G05-01.above rtn-unack']);
  });

  it('asks for three of ten samples, where the rule wants that', () => {
    const b = monitor({ ...above, samples: { k: 3, of: 10 } });
    b.say(2, 60);
    b.say(9);
    b.say(2, 3);
    b.say(9);
    expect(b.shows).toEqual([]);
    b.say(9);
    expect(b.shows).toEqual(['G05-01.above unack']);
    expect(b.alarm('G05-01.above')!.explanation.zh).toContain('最近 10 个样本中 3 个异常');
    expect(b.alarm('G05-01.above')!.explanation.en).toContain('3 of the last 10 samples');
    b.say(2, 4);
    expect(b.shows).toEqual(['G05-01.above unack']);
    b.say(2);
    expect(b.shows).toEqual(['G05-01.above rtn-unack']);
  });

  it('judges a late reading against what is usual now, and learns nothing of it', () => {
    const b = monitor(above);
    b.say(2, 60);
    b.readsLate('01:05', '00:30', 'm1', { 'fence.ch4': 9 });
    b.readsLate('01:05', '00:31', 'm1', { 'fence.ch4': 2 });
    b.passes('01:06');
    expect(b.alarm('G05-01.above')).toMatchObject({ lane: 'history', needsVerdict: true, value: 7 });
    b.reads('01:07', 'm1', { 'fence.ch4': 2.5 });
    expect(b.shows).toEqual(['G05-01.above rtn-unack history']);
  });

  it.each([
    [
      'ratio',
      { limit: { value: 1.5, unit: '1' }, floor: { value: 1, unit: '[ppm]' } },
      3.5,
      '3.5 ppm，基线 2 ppm（近 2 小时），为其 1.75 倍 ≥ 限值 1.5 倍',
    ],
    [
      'deviations',
      { limit: { value: 4, unit: '1' }, floor: { value: 0.25, unit: '[ppm]' } },
      3.5,
      '偏离 6 个离散度（各 0.25 ppm）≥ 限值 4',
    ],
  ])('may be measured as %s', (measure, more, value, words) => {
    const { deadband, ...rule } = above;
    const b = monitor({ ...rule, ...more, measure });
    b.say(2, 60);
    b.say(value);
    expect(b.alarm('G05-01.above')!.explanation.zh).toContain(words);
    expect(deadband.unit).toBe('[ppm]');
  });
});

describe('kill -9 while a baseline learns', () => {
  const day = (killAt: number | null, keptBefore: number) => {
    const b = monitor({ ...above, samples: { k: 2, of: 4 } });
    let heldTo = 0;
    const values = [...Array(70).fill(2), 9, 2, 9, 9, 2, 2, 2, 2, 2, ...Array(30).fill(2.2), 3.25, 3.25];
    values.forEach((value, i) => {
      b.say(value);
      if (killAt !== null && i === killAt - keptBefore) heldTo = Math.max(0, b.keeps());
      if (i === killAt) b.restarts(heldTo);
    });
    return { alarms: b.alarms().map(({ id, active, explanation }) => [id, active, explanation.en]), told: b.told() };
  };
  const usual = day(null, 0);
  it('has something to compare with', () => {
    const told = ['raised', 'returned', 'reraised'].map((kind) => `${kind} G05-01.above`);
    expect(usual.told).toEqual(told);
  });
  it.each(
    [1, 2, 30, 31, 61, 69, 70, 71, 72, 73, 75, 80, 95, 110].flatMap((at) => [
      [at, 0],
      [at, 1],
      [at, Math.min(at, 17)],
    ]),
  )('after reading %i, kept %i readings before, the day ends the same', (at, before) =>
    expect(day(at, before)).toEqual(usual),
  );

  it('bins are written when a span has ended, not with each reading', () => {
    const b = monitor({ ...above, by: 'hour-of-week', learnS: 5 * 604_800 });
    const rows = () => b.engine.snapshot(99).rows.map(({ device }) => device);
    b.say(2, 59);
    rows();
    b.say(2);
    expect(rows()).toEqual(['m1', 'm1|learned', '*together', '*']);
    b.say(2, 30);
    expect(rows()).toEqual(['m1', '*together', '*']);
  });
});
