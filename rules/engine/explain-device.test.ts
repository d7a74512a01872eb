import { describe, expect, it } from 'vitest';
import { BAD } from '../../devices/model/quality.ts';
import { benchDevice, engineBench, kitchen, momentOf } from './engine-bench.ts';

/** A bench with one of each device, and what its rules think of one of them. */
function bench(begins = '10:00') {
  const constants = { Ps: { value: 2.5, unit: 'kPa' }, span: { value: 5, unit: 'kPa' } };
  const devices = [
    kitchen('k1'),
    benchDevice('station', 'gas-rtu', { constants }),
    benchDevice('bare-station', 'gas-rtu'),
    benchDevice('guard', 'pipe-guard'),
    benchDevice('bin', 'waste-bin'),
    benchDevice('lamp', 'smart-pole'),
    benchDevice('dust', 'env-station'),
  ];
  const b = engineBench({ devices }, begins);
  const of = (device: string, rule: string) => b.engine.explain(device)!.rules.find((one) => one.rule === rule)!;
  return { b, of };
}

describe('what the rules think of a device', () => {
  it('is nothing for one that they do not know', () => {
    expect(bench().b.engine.explain('nobody')).toBeNull();
  });

  it('shows the newest value with its age and quality, the limit, and by how much it would have to rise', () => {
    const { b, of } = bench();
    b.reads('10:00:10', 'k1', { 'alarm.ch4': 8 });
    b.passes('10:01:10');
    expect(of('k1', 'G05-14.com-l1')).toMatchObject({
      newest: { value: 8, ageMs: 60_000, quality: 'good' },
      compared: 8,
      limit: { value: 10, back: 7 },
      phase: 'normal',
      leftMs: null,
      alarm: null,
      change: {
        zh: '报警：燃气浓度上升 2 %LEL，至 ≥ 10 %LEL，持续 10 秒',
        en: 'raises: Gas concentration rises by 2 %LEL to ≥ 10 %LEL, for 10 s',
      },
    });
  });

  it('counts a delay down, and names the alarm with how far it would have to fall', () => {
    const { b, of } = bench();
    b.reads('10:00:10', 'k1', { 'alarm.ch4': 30 });
    b.passes('10:00:16');
    expect(of('k1', 'G05-14.com-l1')).toMatchObject({
      phase: 'pending',
      since: momentOf('10:00:10'),
      leftMs: 4000,
      change: { en: 'raises: stays as it is for another 4 s' },
    });
    b.passes('10:00:30');
    expect(of('k1', 'G05-14.com-l1')).toMatchObject({
      phase: 'active',
      alarm: { id: `k1/G05-14.com-l1/${momentOf('10:00:10')}`, active: true, acked: false },
      change: {
        en: 'returns: Gas concentration falls by 23 %LEL to < 7 %LEL, for 1 min, with a reading of good quality',
      },
    });
    b.reads('10:01', 'k1', { 'alarm.ch4': 2 });
    b.passes('10:01:20');
    expect(of('k1', 'G05-14.com-l1')).toMatchObject({
      phase: 'returning',
      leftMs: 40_000,
      change: { en: 'returns: stays normal for another 40 s' },
    });
  });

  it('says that a latched one wants a person, and which level stands on top', () => {
    const { b, of } = bench();
    b.reads('10:00:10', 'k1', { 'alarm.ch4': 46 });
    b.passes('10:00:30');
    expect(of('k1', 'G05-14.com-l2').change.en).toContain('then a person resets it');
    expect(of('k1', 'G05-14.com-l1').alarm!.supersededBy).toBe(`k1/G05-14.com-l2/${momentOf('10:00:10')}`);
  });

  it('tells what a limit follows from, and what rests for want of it', () => {
    const { b, of } = bench();
    b.reads('10:00:10', 'station', { 'rtu.outletPressure': 2.4 });
    const judged = of('station', 'G05-01.pout-hh');
    expect(judged.limit!.from.en).toBe('1.20 * Ps (kPa); Ps = 2.5 kPa');
    expect(judged.limit).toMatchObject({ value: 3, back: 2.9 });
    expect(of('bare-station', 'G05-01.pout-hh')).toMatchObject({
      limit: null,
      change: { en: 'the rule rests: constant Ps is missing; register it with the device' },
    });
  });

  it('counts a silence down, and says what ends it', () => {
    const { b, of } = bench();
    b.reads('10:00:10', 'k1', { 'alarm.ch4': 1 });
    b.passes('10:02:00');
    expect(of('k1', 'G05-14.silent')).toMatchObject({
      leftMs: 190_000,
      change: { en: 'raises: nothing is heard for another 3 min 10 s' },
    });
    b.passes('10:06:00');
    expect(of('k1', 'G05-14.silent')).toMatchObject({ phase: 'active', change: { en: 'returns: it is heard again' } });
  });

  it('shows what a window holds and makes of it', () => {
    const { b, of } = bench();
    b.reads('10:00:10', 'guard', { 'guard.vibrationEvent': 1 });
    b.reads('10:03:00', 'guard', { 'guard.vibrationEvent': 1 });
    expect(of('guard', 'G05-11.vibration')).toMatchObject({
      compared: 2,
      window: { spanMs: 600_000, watchedMs: 170_000, samples: 2 },
    });
    expect(of('guard', 'G05-11.vibration').change.en).toMatch(/, its total of 10 min, rises by 1 to ≥ 3$/);
    // The first has left the window: looking changes nothing, and is right all the same.
    b.passes('10:10:30');
    expect(of('guard', 'G05-11.vibration').compared).toBe(1);
    b.reads('10:11', 'dust', { 'env.pm10': 100 });
    expect(of('dust', 'C04-08.dust')).toMatchObject({ compared: null, window: { spanMs: 3_600_000, samples: 1 } });
    b.reads('10:12', 'bin', { 'bin.temperature': 20 });
    b.reads('10:13', 'bin', { 'bin.temperature': 24 });
    expect(of('bin', 'C04-02.heating').compared).toBe(4);
    b.reads('10:20', 'station', { 'rtu.flowTotal': 7 });
    b.passes('10:50');
    expect(of('station', 'G05-01.dead')).toMatchObject({
      leftMs: 1_800_000,
      change: { en: 'raises: no change for another 30 min 0 s' },
    });
  });

  it('says whether a condition holds now, or that it cannot be told', () => {
    const { b, of } = bench();
    expect(of('lamp', 'C04-07.lamp-failure').condition).toMatchObject({ holds: false });
    b.reads('10:01', 'lamp', { 'pole.lampFailure': true, 'pole.dimLevel': 60 });
    const held = of('lamp', 'C04-07.lamp-failure');
    expect(held).toMatchObject({ phase: 'held', condition: { holds: false } });
    expect(held.change.en).toBe('raises: the value is there; waits for its condition: dark, and commanded on');
    // At night, and nobody has said yet whether the lamp was commanded on: asking is no problem that is counted.
    const night = bench('20:00');
    expect(night.of('lamp', 'C04-07.lamp-failure').condition!.holds).toBeNull();
    expect(night.b.engine.stats().problems.map(({ device }) => device)).not.toContain('lamp');
  });

  it('shows a state by its word, and a bad reading as bad', () => {
    const { b, of } = bench();
    b.reads('10:01', 'k1', { 'alarm.valveState': 'open' }, { quality: { 'alarm.valveState': BAD } });
    expect(of('k1', 'G05-14.com-valve')).toMatchObject({
      newest: { value: 'open', quality: 'bad' },
      limit: { value: 'fault' },
      change: { zh: '报警：紧急切断阀 = 故障，持续 1 分钟' },
    });
  });

  it('is the same after a restart, and asking leaves no trace', () => {
    const { b } = bench();
    b.reads('10:00:10', 'k1', { 'alarm.ch4': 30 });
    b.reads('10:00:12', 'guard', { 'guard.vibrationEvent': 1 });
    b.passes('10:00:14');
    const before = ['k1', 'guard'].map((id) => b.engine.explain(id));
    b.restarts(b.keeps());
    expect(['k1', 'guard'].map((id) => b.engine.explain(id))).toEqual(before);
  });
});
