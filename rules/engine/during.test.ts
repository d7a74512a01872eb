import { describe, expect, it } from 'vitest';
import { benchCity, benchDevice, catalogueOf, engineBench } from './engine-bench.ts';

const loud = (during: object) => ({
  id: 'loud',
  title: { zh: '夜间噪声', en: 'Loud at night' },
  kind: 'threshold',
  measurement: 'env.noiseLAeq',
  op: '>',
  limit: { value: 55, unit: 'dB' },
  priority: 'P3',
  during,
});
const street = (during: object, begins: string, city = benchCity) =>
  engineBench({ devices: [benchDevice('e1', 'env-station')] }, begins, {
    catalogue: catalogueOf('env-station', loud(during)),
    city,
  });

describe('a rule with hours', () => {
  it('begins with them, though nothing new is read, and ends with them', () => {
    const b = street({ between: ['22:00', '06:00'] }, '21:00');
    b.reads('21:10', 'e1', { 'env.noiseLAeq': 60 });
    b.passes('21:59');
    expect(b.shows).toEqual([]);
    b.passes('22:02');
    expect(b.shows).toEqual(['G05-01.loud unack']);
    expect(b.alarm('G05-01.loud')!.explanation.zh).toBe('等效声级 60 dB > 限值 55 dB（夜间噪声；22:00–06:00）');
    b.passes('+1 06:02');
    expect(b.shows).toEqual(['G05-01.loud rtn-unack']);
  });

  it('keeps to the calendar of the city: a holiday is a day off, whatever its weekday', () => {
    const working = { ...benchCity.working, holidays: ['2026-11-24'] };
    const b = street({ dayKind: 'working' }, '23:00', { ...benchCity, working });
    b.reads('23:10', 'e1', { 'env.noiseLAeq': 60 });
    expect(b.shows).toEqual(['G05-01.loud unack']);
    b.passes('+1 00:02');
    expect(b.shows).toEqual(['G05-01.loud rtn-unack']);
  });

  it('is right again after kill -9 in the minute before', () => {
    const b = street({ between: ['22:00', '06:00'] }, '21:00');
    b.reads('21:10', 'e1', { 'env.noiseLAeq': 60 });
    const heldTo = b.keeps();
    b.passes('21:59:30');
    b.restarts(heldTo);
    b.passes('22:02');
    expect(b.shows).toEqual(['G05-01.loud unack']);
  });
});

describe('a window seen otherwise than as its mean', () => {
  const peak = { ...loud({}), during: undefined, id: 'peak', windowS: 600, aggregate: 'max' };
  it('rings by its largest value, and is not cleared while most of it is doubtful', () => {
    const b = engineBench({ devices: [benchDevice('e1', 'env-station')] }, '10:00', {
      catalogue: catalogueOf('env-station', peak),
    });
    const clock = (m: number) => `10:${String(m).padStart(2, '0')}`;
    for (let m = 1; m <= 11; m++) b.reads(clock(m), 'e1', { 'env.noiseLAeq': m === 5 ? 80 : 40 });
    expect(b.alarm('G05-01.peak')!.explanation.en).toContain('largest of 10 min, 80 dB > limit 55 dB');
    const doubtful = { quality: { 'env.noiseLAeq': 0x40000000 } };
    for (let m = 12; m <= 23; m++) b.reads(clock(m), 'e1', { 'env.noiseLAeq': 40 }, doubtful);
    b.reads(clock(24), 'e1', { 'env.noiseLAeq': 40 });
    expect(b.shows).toEqual(['G05-01.peak unack']);
    for (let m = 25; m <= 30; m++) b.reads(clock(m), 'e1', { 'env.noiseLAeq': 40 });
    expect(b.shows).toEqual(['G05-01.peak rtn-unack']);
  });
});
