import { describe, expect, it } from 'vitest';
import { BAD } from '../../devices/model/quality.ts';
import { benchDevice, catalogueOf, engineBench } from './engine-bench.ts';

const rule = {
  id: 'plume',
  title: { zh: '高于本底', en: 'Above background' },
  kind: 'baseline',
  measurement: 'fence.ch4',
  op: '>',
  limit: { value: 0.6, unit: '[ppm]' },
  measure: 'difference',
  by: 'trailing',
  learnS: 1800,
  minimum: 15,
  against: { withinM: 200 },
  priority: 'P2',
};
const names = ['n', 'e', 's', 'w', 'far'] as const;
/** Metres to the north as degrees. */
const north = (metres: number) => 26.9 + metres / 111_195;
const clock = (minute: number) =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

/** Four monitors of a fence and one that is a kilometre away; all have read 2 ppm for half an hour. */
function fence(changed: object = {}) {
  const devices = names.map((id, i) =>
    benchDevice(id, 'methane-fence-line', { lat: north(id === 'far' ? 1200 : i * 60), gasUnit: '[ppm]' }),
  );
  const catalogue = catalogueOf('methane-fence-line', { ...rule, ...changed });
  const b = engineBench({ devices }, '00:00', { catalogue });
  let minute = 0;
  const bench = Object.assign(b, {
    /** The next minute: everybody reads 2 ppm but those who are named; null says nothing. */
    say(values: Partial<Record<(typeof names)[number], number | null>> = {}, quality: Record<string, number> = {}) {
      minute++;
      for (const id of names) {
        const value = id in values ? values[id] : 2;
        const said = quality[id] === undefined ? {} : { quality: { 'fence.ch4': quality[id] } };
        if (value !== null) b.reads(clock(minute), id, { 'fence.ch4': value! }, said);
      }
      return bench;
    },
    rang() {
      return b.alarms().map((alarm) => alarm.device);
    },
  });
  for (let i = 0; i < 30; i++) bench.say();
  return bench;
}

describe('a rule against what the devices around have in common', () => {
  it('rings for one that rises alone', () => {
    expect(fence().say({ w: 3 }).rang()).toEqual(['w']);
  });

  it('stays quiet when the air of the whole place rises', () => {
    const b = fence();
    for (let i = 1; i <= 10; i++) {
      const ppm = 2 + i / 5;
      b.say({ n: ppm, e: ppm, s: ppm, w: ppm });
    }
    expect(b.rang()).toEqual([]);
  });

  it('rings for one that rises further than the place does, and says what was taken away', () => {
    const b = fence();
    b.say({ n: 2.5, e: 2.5, s: 2.5, w: 2.5 });
    b.say({ n: 2.5, e: 2.5, s: 2.5, w: 3.5 });
    expect(b.rang()).toEqual(['w']);
    const { value, explanation } = b.alarm('G05-01.plume')!;
    expect(value).toBeCloseTo(1);
    expect(explanation.zh).toBe(
      '甲烷 3.5 ppm，基线 2 ppm（近 30 分钟），减去周围设备共有的 0.5 ppm 后高 1 ppm（差 1 ppm > 限值 0.6 ppm）（高于本底）',
    );
    expect(explanation.en).toBe(
      'Methane 3.5 ppm, usually 2 ppm (the last 30 min), less 0.5 ppm that the devices around have in common: 1 ppm above (difference 1 ppm > limit 0.6 ppm) (Above background)',
    );
  });

  it('takes nothing away for a device with nobody near enough', () => {
    const b = fence();
    b.say({ n: 3, e: 3, s: 3, w: 3, far: 3 });
    b.say({ n: 3, e: 3, s: 3, w: 3, far: 3 });
    expect(b.rang()).toContain('far');
  });

  it.each([
    ['are silent', { n: null, e: null }, {}],
    ['read badly', {}, { n: BAD, e: BAD }],
  ] as const)('takes nothing away when all others but one %s: two tell nothing of a place', (_, values, quality) => {
    const b = fence();
    for (let i = 0; i < 5; i++) b.say({ ...values }, quality);
    b.say({ ...values, s: 3, w: 3 }, quality);
    b.say({ ...values, s: 3, w: 3 }, quality);
    expect(b.rang()).toEqual(expect.arrayContaining(['w']));
  });

  it('has nothing to take away at devices without a site where it looks along the site', () => {
    const b = fence({ against: { along: 'site' } });
    expect(b.say({ n: 3, e: 3, s: 3, w: 3 }).rang().toSorted()).toEqual(['e', 'n', 's', 'w']);
  });

  it('judges the same after the process was killed', () => {
    const b = fence();
    b.say({ n: 2.4, e: 2.4, s: 2.4, w: 2.4 });
    const held = b.keeps();
    b.say({ n: 2.5, e: 2.5, s: 2.5, w: 2.5 });
    b.restarts(held);
    b.say({ n: 2.8, e: 2.8, s: 2.8, w: 2.8 });
    expect(b.rang()).toEqual([]);
    b.say({ n: 2.8, e: 2.8, s: 2.8, w: 3.6 });
    expect(b.rang()).toEqual(['w']);
  });
});

describe('a trailing baseline', () => {
  it('of a device that reports once a minute remembers no more than it was told to', () => {
    const b = fence();
    // Half an hour at 2.5 ppm, below the limit: then that is the usual of the last half hour, whatever was before.
    for (let i = 0; i < 31; i++) b.say({ far: 2.5 });
    b.say({ far: 3.05 });
    expect(b.rang()).toEqual([]);
    b.say({ far: 3.2 });
    expect(b.rang()).toEqual(['far']);
  });
});
