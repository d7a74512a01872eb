import { describe, expect, it } from 'vitest';
import { type Overlay, overlaySchema } from '../../devices/contract/overlay.ts';
import { BAD, UNCERTAIN_OUT_OF_RANGE } from '../../devices/model/quality.ts';
import { benchDevice, catalogueOf, engineBench, momentOf } from './engine-bench.ts';

const weak = {
  id: 'sign',
  kind: 'threshold',
  measurement: 'fence.ch4',
  op: '>=',
  limit: { value: 3, unit: '[ppm]' },
  priority: 'P3',
  silent: true,
};
const two = {
  id: 'plume',
  title: { zh: '厂界泄漏', en: 'Leak at the fence' },
  kind: 'neighbours',
  measurement: 'fence.ch4',
  of: 'sign',
  k: 2,
  withinM: 150,
  withinS: 600,
  priority: 'P2',
};
/** Sensors 100 m from each other along a fence: a and b are neighbours, a and c are not. */
const sensor = (id: string, place: number, more: object = {}) =>
  benchDevice(id, 'methane-fence-line', { lat: 26.9 + (place * 100) / 111_195, ...more });
const fence = (rules: object[] = [weak, two], records = {}) =>
  engineBench({ devices: [sensor('a', 0), sensor('b', 1), sensor('c', 2), sensor('far', 40)], ...records }, '10:00', {
    catalogue: catalogueOf('methane-fence-line', ...rules),
  });
const methane = (value: number) => ({ 'fence.ch4': value });

describe('two neighbours of a fence line', () => {
  it('are one alarm, at the one that was first, with the names and values of both', () => {
    const b = fence();
    b.reads('10:01', 'b', methane(4));
    expect(b.shows).toEqual([]);
    b.reads('10:03', 'a', methane(3.5));
    expect(b.shows).toEqual(['G05-01.plume unack']);
    const alarm = b.alarm('G05-01.plume')!;
    expect(alarm).toMatchObject({ device: 'b', since: momentOf('10:03'), value: 2, limit: 2, op: '>=' });
    expect(alarm.explanation.zh).toBe(
      '甲烷：150 m 内、10 分钟内 2 台异常 ≥ 2 台：b 4 ppm（首报）、a 3.5 ppm（厂界泄漏）',
    );
    expect(alarm.explanation.en).toBe(
      'Methane: 2 devices abnormal within 150 m in 10 min ≥ 2: b 4 ppm (first), a 3.5 ppm (Leak at the fence)',
    );
  });

  it('are none while only one of them, or two that are not neighbours, are abnormal', () => {
    const b = fence();
    b.reads('10:01', 'a', methane(40));
    b.reads('10:02', 'c', methane(40));
    b.reads('10:03', 'far', methane(40));
    b.reads('10:04', 'a', methane(40));
    expect(b.shows).toEqual([]);
    expect(b.events).toEqual([]);
  });

  it('are none when the second comes too late', () => {
    const b = fence();
    b.reads('10:01', 'a', methane(4));
    b.reads('10:02', 'a', methane(2));
    b.reads('10:12', 'b', methane(4));
    expect(b.shows).toEqual([]);
  });

  it('take a third in without a second alarm, and name it', () => {
    const b = fence();
    b.reads('10:01', 'a', methane(4));
    b.reads('10:02', 'b', methane(4));
    b.reads('10:03', 'c', methane(5));
    expect(b.shows).toEqual(['G05-01.plume unack']);
    expect(b.alarm('G05-01.plume')!.explanation.en).toContain('3 devices abnormal');
    expect(b.alarm('G05-01.plume')!.explanation.en).toContain('c 5 ppm');
  });

  it('return once fewer than two were abnormal within the time', () => {
    const b = fence();
    b.reads('10:01', 'a', methane(4));
    b.reads('10:02', 'b', methane(4));
    b.reads('10:03', 'a', methane(2));
    b.reads('10:04', 'b', methane(2));
    b.passes('10:10');
    expect(b.shows).toEqual(['G05-01.plume unack']);
    b.passes('10:14');
    expect(b.shows).toEqual(['G05-01.plume rtn-unack']);
  });

  it('do not return because a sensor failed or fell silent', () => {
    const b = fence();
    b.reads('10:01', 'a', methane(4));
    b.reads('10:02', 'b', methane(4));
    b.reads('10:03', 'b', methane(0), { quality: { 'fence.ch4': BAD } });
    b.passes('11:30');
    expect(b.shows).toContain('G05-01.plume unack');
    b.reads('11:31', 'a', methane(2));
    b.passes('11:33');
    expect(b.shows).toContain('G05-01.plume rtn-unack');
  });

  it('believe a sensor that is driven beyond its range', () => {
    const b = fence();
    b.reads('10:01', 'a', methane(20_000), { quality: { 'fence.ch4': UNCERTAIN_OUT_OF_RANGE } });
    b.reads('10:02', 'b', methane(4));
    expect(b.shows).toEqual(['G05-01.plume unack']);
  });

  it('count before the on-delay of the rule that is counted, and ring by that rule too unless it is silent', () => {
    const b = fence([{ ...weak, silent: false, onDelayS: 3600 }, two]);
    b.reads('10:01', 'a', methane(4));
    b.reads('10:02', 'b', methane(4));
    expect(b.shows).toEqual(['G05-01.plume unack']);
    b.reads('11:01:30', 'a', methane(4));
    expect(b.shows).toContain('G05-01.sign unack');
  });

  it('wait out an on-delay of their own', () => {
    const b = fence([weak, { ...two, onDelayS: 120 }]);
    b.reads('10:01', 'a', methane(4));
    b.reads('10:02', 'b', methane(4));
    b.passes('10:03');
    expect(b.shows).toEqual([]);
    b.passes('10:04:05');
    expect(b.shows).toEqual(['G05-01.plume unack']);
  });

  it('may be those of one site, or along one pipe, wherever they stand', () => {
    const devices = [
      sensor('a', 0, { circuit: 'p1' }),
      sensor('b', 30, { circuit: 'p1' }),
      sensor('c', 1, { circuit: 'p2' }),
    ];
    const { withinM, ...anywhere } = two;
    const b = fence([weak, { ...anywhere, along: 'circuit' }], { devices });
    b.reads('10:01', 'a', methane(4));
    b.reads('10:02', 'c', methane(4));
    expect(b.shows).toEqual([]);
    b.reads('10:03', 'b', methane(4));
    expect(b.alarm('G05-01.plume')!.explanation.zh).toContain('同一管线（回路）上');
    expect(withinM).toBe(150);
  });

  it('rest in a backlog: what one device sends hours late says nothing of its neighbours then', () => {
    const b = fence();
    b.reads('12:00', 'a', methane(2));
    b.reads('12:00', 'b', methane(2));
    b.readsLate('12:01', '10:01', 'a', methane(4));
    b.readsLate('12:01', '10:02', 'b', methane(4));
    b.passes('12:10');
    expect(b.alarms().filter((alarm) => alarm.rule === 'G05-01.plume')).toEqual([]);
  });

  it('see a sensor that is registered later, and forget one that is removed', () => {
    const b = fence();
    b.registry('10:01', { version: 1, put: 'device', record: sensor('d', 41) });
    b.reads('10:02', 'far', methane(4));
    b.reads('10:03', 'd', methane(4));
    expect(b.shows).toEqual(['G05-01.plume unack']);
    b.registry('10:04', { version: 2, remove: 'device', id: 'far' });
    expect(b.shows).toEqual([]);
    b.reads('10:05', 'd', methane(4));
    expect(b.shows).toEqual([]);
  });
});

describe('the border of a town that has other rules', () => {
  const first = { ...weak, id: 'aaa-first', limit: { value: 900, unit: '[ppm]' } };
  const catalogue = catalogueOf('methane-fence-line', first, weak, two);
  const item = catalogue.domains[0]!.categories[0]!.items[0]!.code;
  const town = (rules: object): Overlay =>
    overlaySchema.parse({
      ...{ id: 'town', title: { zh: '镇', en: 'Town' }, kind: 'town', areas: ['000001'], provenance: 'illustrative' },
      changes: [{ item, rules }],
    });
  /** Two sensors in the city, and between them one of a town. */
  const border = (rules: object, killed = false) => {
    const devices = [sensor('a', 0), sensor('b', 1, { area: '000001' }), sensor('c', 2)];
    const standards = [{ seq: 1, from: 0, to: null, catalogue, overlays: [town(rules)] }];
    const b = engineBench({ devices }, '10:00', { catalogue, standards });
    b.reads('10:01', 'b', methane(4));
    if (killed) b.restarts(b.keeps(99));
    b.reads('10:03', 'a', methane(3.5));
    return b;
  };

  it.each([
    ['in the same order', { [weak.id]: { limit: { value: 2, unit: '[ppm]' } } }, false],
    ['in another order, as it takes one away', { [first.id]: { off: true } }, false],
    ['in another order, over kill -9', { [first.id]: { off: true } }, true],
  ])('parts nobody: rules %s', (_, rules, killed) => {
    const b = border(rules, killed);
    expect(b.shows).toEqual(['G05-01.plume unack']);
    const alarm = b.alarm('G05-01.plume')!;
    expect(alarm).toMatchObject({ device: 'b', value: 2 });
    b.reads('10:04', 'c', methane(5));
    expect(b.alarms().filter(({ rule }) => rule === 'G05-01.plume')).toHaveLength(1);
    expect(b.alarm('G05-01.plume')!.explanation.en).toContain('3 devices abnormal');
    for (const id of ['a', 'b', 'c']) b.reads('10:05', id, methane(0));
    b.passes('10:16');
    expect(b.shows).toEqual(['G05-01.plume rtn-unack']);
  });

  it('stands where the town has taken the rule away: it counts for itself', () => {
    const b = border({ [two.id]: { off: true } });
    expect(b.shows).toEqual([]);
    b.reads('10:04', 'c', methane(5));
    expect(b.shows).toEqual([]);
  });
});

describe('kill -9 among neighbours', () => {
  const day = (killAt: number | null, keepAt: number, units: number) => {
    const b = fence();
    let heldTo = 0;
    const steps: [string, string, number][] = [
      ['10:01', 'a', 4],
      ['10:02', 'b', 4],
      ['10:04', 'c', 5],
      ['10:06', 'a', 2],
      ['10:07', 'b', 2],
      ['10:08', 'c', 2],
      ['10:20', 'b', 4],
      ['10:22', 'a', 6],
    ];
    steps.forEach(([time, device, value], i) => {
      b.reads(time, device, methane(value));
      if (i === keepAt) heldTo = Math.max(0, b.keeps(units));
      if (i === killAt) b.restarts(heldTo);
    });
    b.passes('10:50');
    const plumes = b.alarms().filter(({ rule }) => rule === 'G05-01.plume');
    return plumes.map(({ id, active, explanation, returnedAt }) => [id, active, returnedAt, explanation.en]);
  };
  const usual = day(null, -1, 0);
  const cases = [0, 1, 2, 3, 4, 5, 6, 7].flatMap((kill) =>
    [...Array(kill + 1).keys()].flatMap((keep) => [1, 99].map((units) => [kill, keep, units] as const)),
  );
  it('has an alarm to compare with', () => expect(usual).toHaveLength(2));
  it.each(cases)(
    'after reading %i, with what was kept after reading %i of %i devices, the day ends the same',
    (...at) => {
      expect(day(...at)).toEqual(usual);
    },
  );
});
