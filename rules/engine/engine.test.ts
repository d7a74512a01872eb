import { describe, expect, it } from 'vitest';
import { UNCERTAIN_OUT_OF_RANGE } from '../../devices/model/quality.ts';
import { benchDevice, engineBench, glance, kitchen, momentOf } from './engine-bench.ts';

describe('a restaurant leak alarm with two levels', () => {
  const bench = () => engineBench({ devices: [kitchen('k1')] });

  it('rings at the second level on one sample, and says why with the numbers', () => {
    const b = bench();
    b.reads('10:00:05', 'k1', { 'alarm.ch4': 46 });
    expect(b.shows).toEqual(['G05-14.com-l2 unack']);
    const alarm = b.alarm('G05-14.com-l2')!;
    expect(alarm.id).toBe(`k1/G05-14.com-l2/${momentOf('10:00:05')}`);
    expect(alarm.explanation.zh).toBe('燃气浓度 46 %LEL ≥ 限值 40 %LEL（二级报警）');
    expect(alarm.explanation.en).toBe('Gas concentration 46 %LEL ≥ limit 40 %LEL (Level 2)');
    expect(alarm).toMatchObject({ priority: 'P1', severity: 900, value: 46, limit: 40, op: '>=', unit: '%{LEL}' });
    expect(alarm.deadlines.ack).toBe(momentOf('10:05:05'));
    expect(alarm.clause).toMatchObject({ item: 'G05-14', catalogueVersion: '0-bench', department: 'gas' });
  });

  it('is one row on top: the first level stands behind, and shows itself truly when the second is gone', () => {
    const b = bench();
    b.reads('10:00:05', 'k1', { 'alarm.ch4': 46 });
    b.reads('10:00:16', 'k1', { 'alarm.ch4': 46 });
    expect(b.shows).toEqual(['G05-14.com-l2 unack', 'G05-14.com-l1 unack superseded']);
    b.reads('10:01', 'k1', { 'alarm.ch4': 20 });
    b.passes('10:02');
    // Nobody has seen the second level yet: it sounds, and the first does not ring beside it.
    expect(b.shows).toEqual(['G05-14.com-l2 latched-unack', 'G05-14.com-l1 unack superseded']);
    b.acknowledges('10:02:01', b.alarm('G05-14.com-l2')!.id);
    expect(b.shows).toEqual(['G05-14.com-l2 latched-ack', 'G05-14.com-l1 ack']);
  });

  it('climbs: the first level rings first and steps behind', () => {
    const b = bench();
    b.reads('10:00:05', 'k1', { 'alarm.ch4': 15 });
    b.reads('10:00:15', 'k1', { 'alarm.ch4': 15 });
    expect(b.shows).toEqual(['G05-14.com-l1 unack']);
    b.reads('10:00:20', 'k1', { 'alarm.ch4': 50 });
    expect(b.shows).toEqual(['G05-14.com-l1 unack superseded', 'G05-14.com-l2 unack']);
    expect(b.alarm('G05-14.com-l1')!.supersededBy).toBe(b.alarm('G05-14.com-l2')!.id);
  });

  it('acknowledged at the second level does not ring once more at the first', () => {
    const b = bench();
    b.reads('10:00:05', 'k1', { 'alarm.ch4': 46 });
    b.reads('10:00:16', 'k1', { 'alarm.ch4': 46 });
    b.acknowledges('10:00:30', b.alarm('G05-14.com-l2')!.id);
    b.reads('10:01', 'k1', { 'alarm.ch4': 20 });
    b.passes('10:02');
    expect(b.shows).toEqual(['G05-14.com-l2 latched-ack', 'G05-14.com-l1 ack']);
  });

  it('stays latched until a person resets it, and only then is gone', () => {
    const b = bench();
    b.reads('10:00:05', 'k1', { 'alarm.ch4': 46 });
    const { id } = b.alarm('G05-14.com-l2')!;
    expect(b.resets('10:00:10', id)).toMatchObject({ refused: { code: 'still-active' } });
    b.reads('10:01', 'k1', { 'alarm.ch4': 0 });
    b.passes('10:02');
    expect(b.shows).toEqual(['G05-14.com-l2 latched-unack', 'G05-14.com-l1 rtn-unack superseded']);
    expect(b.resets('10:02:10', id)).toMatchObject({ refused: { code: 'not-acknowledged' } });
    b.acknowledges('10:02:20', id);
    b.resets('10:02:30', id);
    expect(b.shows).toEqual([]);
    expect(b.alarm('G05-14.com-l2')).toMatchObject({ closedAt: momentOf('10:02:30'), ackedBy: 'mira' });
  });

  it('raises on an over-range reading, says that it is doubtful, and is not cleared by one', () => {
    const b = bench();
    const doubtful = {
      quality: { 'alarm.ch4': UNCERTAIN_OUT_OF_RANGE },
      doubts: { 'alarm.ch4': ['out-of-range'] as const },
    };
    b.reads('10:00:05', 'k1', { 'alarm.ch4': 130 }, doubtful);
    expect(b.shows).toEqual(['G05-14.com-l2 unack']);
    expect(b.alarm('G05-14.com-l2')!.explanation.zh).toContain('读数超出量程，仍按异常处理');
    b.reads('10:00:10', 'k1', { 'alarm.ch4': 0 }, doubtful);
    b.passes('10:02');
    expect(b.shows).toContain('G05-14.com-l2 unack');
  });

  it('judges words: a valve that says fault', () => {
    const b = bench();
    b.reads('10:00:05', 'k1', { 'alarm.valveState': 'fault' });
    b.passes('10:01:04');
    expect(b.shows).toEqual([]);
    b.passes('10:01:05');
    expect(b.shows).toEqual(['G05-14.com-valve unack']);
    expect(b.alarm('G05-14.com-valve')!.explanation.zh).toBe('紧急切断阀：故障（com-valve）');
  });
});

describe('one episode, one row', () => {
  const bench = () => engineBench({ devices: [benchDevice('p1', 'pipe-guard'), kitchen('k1')] });

  it('goes on under its id when it comes back unacknowledged', () => {
    const b = bench();
    b.reads('10:00:05', 'k1', { 'alarm.ch4': 15 });
    b.passes('10:00:20');
    b.reads('10:01', 'k1', { 'alarm.ch4': 0 });
    b.passes('10:02:01');
    expect(b.shows).toEqual(['G05-14.com-l1 rtn-unack']);
    b.reads('10:03', 'k1', { 'alarm.ch4': 15 });
    b.passes('10:03:11');
    expect(b.shows).toEqual(['G05-14.com-l1 unack']);
    expect(b.alarms()).toHaveLength(1);
    expect(b.told()).toEqual(['raised G05-14.com-l1', 'returned G05-14.com-l1', 'reraised G05-14.com-l1']);
  });

  it('is named after its sample’s own time, also where the device’s clock is ahead of the platform’s', () => {
    const b = bench();
    const ahead = momentOf('10:02:05');
    b.reads('10:00:05', 'k1', { 'alarm.ch4': 45 }, { at: ahead });
    expect(b.alarms().map(({ id, since }) => [id, since])).toEqual([[`k1/G05-14.com-l2/${ahead}`, ahead]]);
  });

  it('is a new one once it was acknowledged and returned', () => {
    const b = bench();
    b.reads('10:00:05', 'k1', { 'alarm.ch4': 15 });
    b.passes('10:00:20');
    b.acknowledges('10:00:30', b.alarm('G05-14.com-l1')!.id);
    b.reads('10:01', 'k1', { 'alarm.ch4': 0 });
    b.passes('10:02:01');
    expect(b.shows).toEqual([]);
    b.reads('10:03', 'k1', { 'alarm.ch4': 15 });
    b.passes('10:03:11');
    expect(b.alarms().map((a) => a.since)).toEqual([momentOf('10:00:05'), momentOf('10:03')]);
  });

  it('rings again when it was acknowledged long ago and still stands, where the city wants that', () => {
    const b = engineBench({ devices: [kitchen('k1')] }, '10:00', { reAlarmMs: 3_600_000 });
    b.reads('10:00:05', 'k1', { 'alarm.ch4': 50 });
    b.acknowledges('10:00:30', b.alarm('G05-14.com-l2')!.id);
    for (let m = 1; m <= 59; m++) b.reads(`10:${m}`, 'k1', { 'alarm.ch4': 50 });
    expect(b.shows).toContain('G05-14.com-l2 ack');
    b.reads('11:01', 'k1', { 'alarm.ch4': 50 });
    expect(b.shows).toContain('G05-14.com-l2 unack');
  });
});

describe('limits by station', () => {
  const station = (constants: object) =>
    benchDevice('r1', 'gas-rtu', { constants: constants as Record<string, { value: number; unit: string }> });

  it('follow from its constants, in whatever unit they were registered', () => {
    const b = engineBench({
      devices: [station({ Ps: { value: 0.0025, unit: 'MPa' }, span: { value: 10, unit: 'kPa' } })],
    });
    b.reads('10:00:05', 'r1', { 'rtu.outletPressure': 3 });
    expect(b.shows).toEqual([]);
    b.reads('10:00:06', 'r1', { 'rtu.outletPressure': 3.1 });
    expect(b.shows).toEqual(['G05-01.pout-hh unack']);
    expect(b.alarm('G05-01.pout-hh')!.explanation.en).toContain('3.1 kPa > limit 3 kPa');
  });

  it('rest while a constant is missing, as a counted problem, and wake when it is registered', () => {
    const b = engineBench({ devices: [station({ span: { value: 10, unit: 'kPa' } })] });
    b.reads('10:00:05', 'r1', { 'rtu.outletPressure': 99 });
    expect(b.shows).toEqual([]);
    expect(b.engine.stats().problems).toEqual([
      { rule: 'G05-01.pout-hh', device: 'r1', text: expect.stringContaining('constant Ps'), count: 1 },
    ]);
    const record = station({ Ps: { value: 2.5, unit: 'kPa' }, span: { value: 10, unit: 'kPa' } });
    b.registry('10:01', { version: 1, put: 'device', record });
    expect(b.engine.stats().problems).toEqual([]);
    b.reads('10:01:05', 'r1', { 'rtu.outletPressure': 99 });
    expect(b.shows).toEqual(['G05-01.pout-hh unack']);
  });

  it('a removed device leaves no alarm behind', () => {
    const b = engineBench({ devices: [kitchen('k1')] });
    b.reads('10:00:05', 'k1', { 'alarm.ch4': 46 });
    b.registry('10:01', { version: 1, remove: 'device', id: 'k1' });
    expect(b.shows).toEqual([]);
    expect(b.events.at(-1)).toMatchObject({ kind: 'closed', note: 'the device was removed from the registry' });
    b.reads('10:02', 'k1', { 'alarm.ch4': 46 });
    expect(b.shows).toEqual([]);
    expect(b.engine.counts.unknownDevice).toBe(1);
  });
});

describe('rules over a window', () => {
  it('count events, and let go when they leave the window, without a further reading', () => {
    const b = engineBench({ devices: [benchDevice('p1', 'pipe-guard')] });
    for (const time of ['10:01', '10:04', '10:07']) b.reads(time, 'p1', { 'guard.vibrationEvent': 1 });
    expect(b.shows).toEqual(['G05-11.vibration unack']);
    expect(b.alarm('G05-11.vibration')!.explanation.zh).toContain('10 分钟内合计 3 ≥ 限值 3');
    b.passes('10:12');
    expect(b.shows).toEqual(['G05-11.vibration rtn-unack']);
  });

  it('judge the mean of an hour, once the hour was watched', () => {
    const b = engineBench({ devices: [benchDevice('e1', 'env-station')] }, '11:00');
    for (let m = 0; m <= 59; m++) b.reads(`11:${m}`, 'e1', { 'env.pm10': 400 });
    expect(b.shows).toEqual([]);
    b.reads('12:00', 'e1', { 'env.pm10': 400 });
    expect(b.shows).toEqual(['C04-08.dust unack']);
    expect(b.alarm('C04-08.dust')).toMatchObject({ value: 400, limit: 150 });
  });

  it('see a bin that heats up faster than the sun can', () => {
    const b = engineBench({ devices: [benchDevice('b1', 'waste-bin')] });
    b.reads('10:00:10', 'b1', { 'bin.temperature': 30 });
    b.reads('10:01:10', 'b1', { 'bin.temperature': 39 });
    expect(b.shows).toContain('C04-02.heating unack');
    // Its value is the rate, and stays that: 50 would be the bin's temperature.
    b.reads('10:02:10', 'b1', { 'bin.temperature': 50 });
    b.acknowledges('10:02:20', b.alarm('C04-02.heating')!.id);
    expect(b.alarm('C04-02.heating')).toMatchObject({ value: 9, lastValue: 9, unit: 'Cel/min' });
  });

  it('see a totaliser that stands still, and only while it is heard', () => {
    const b = engineBench({ devices: [benchDevice('r1', 'gas-rtu')] });
    b.reads('10:00:10', 'r1', { 'rtu.flowTotal': 7 });
    b.reads('10:59', 'r1', { 'rtu.flowTotal': 7 });
    expect(b.shows).not.toContain('G05-01.dead unack');
    b.reads('11:00:10', 'r1', { 'rtu.flowTotal': 7 });
    expect(b.shows).toContain('G05-01.dead unack');
    expect(b.alarm('G05-01.dead')!.explanation.en).toContain('has not changed for 60 min');
    b.reads('11:01', 'r1', { 'rtu.flowTotal': 8 });
    expect(b.shows).toContain('G05-01.dead rtn-unack');
  });
});

describe('a rule with a condition', () => {
  const pole = benchDevice('l1', 'smart-pole');

  it('holds its breath by day and speaks at dusk, though the lamp says nothing new', () => {
    const b = engineBench({ devices: [pole] }, '15:00');
    b.reads('15:01', 'l1', { 'pole.lampFailure': true, 'pole.dimLevel': 100 });
    b.passes('17:30');
    expect(b.shows.filter((s) => s.includes('lamp'))).toEqual([]);
    b.passes('18:30');
    expect(b.shows).toContain('C04-07.lamp-failure unack');
    expect(b.alarm('C04-07.lamp-failure')!.since).toBeGreaterThan(momentOf('17:30'));
  });

  it('returns at dawn', () => {
    const b = engineBench({ devices: [pole] }, '05:00');
    b.reads('05:01', 'l1', { 'pole.lampFailure': true, 'pole.dimLevel': 100 });
    expect(b.shows).toEqual(['C04-07.lamp-failure unack']);
    b.passes('08:00');
    expect(b.shows).toContain('C04-07.lamp-failure rtn-unack');
  });

  it('that needs a reading never heard stays silent below P2, as a counted problem', () => {
    const b = engineBench({ devices: [pole] }, '22:00');
    b.reads('22:01', 'l1', { 'pole.lampFailure': true });
    expect(b.shows).toEqual([]);
    expect(b.engine.stats().problems[0]).toMatchObject({ rule: 'C04-07.lamp-failure', device: 'l1' });
  });

  it('sees the records of the city', () => {
    const b = engineBench({ devices: [benchDevice('r1', 'gas-rtu')] });
    b.reads('10:01', 'r1', { 'rtu.shutoffValveClosed': true });
    expect(b.shows).toEqual(['G05-01.ssv unack']);
  });
});

describe('replay of the journal', () => {
  it('gives the same alarms under the same ids', () => {
    const devices = [kitchen('k1'), kitchen('k2', { gateway: 'g1' }), kitchen('k3', { gateway: 'g1' })];
    const play = () => {
      const b = engineBench({ devices, gateways: [{ id: 'g1', name: 'g1', lon: 0, lat: 0, demo: false }] });
      b.reads('10:00:05', 'k1', { 'alarm.ch4': 46 });
      b.reads('10:00:30', 'k2', { 'alarm.ch4': 12 });
      b.reads('10:01', 'k3', { 'alarm.ch4': 0 });
      b.connection('10:02', 'g1', 'down');
      b.reads('10:03', 'k1', { 'alarm.ch4': 0 });
      b.blindUntil('10:20');
      b.readsLate('10:21', '10:05', 'k2', { 'alarm.ch4': 55 });
      b.readsLate('10:21', '10:06', 'k2', { 'alarm.ch4': 0 });
      b.passes('10:40');
      return b;
    };
    const first = play();
    const second = play();
    expect(first.alarms().length).toBeGreaterThan(4);
    expect(second.alarms()).toEqual(first.alarms());
    expect(second.events).toEqual(first.events);
  });
});

describe('kill -9 in the middle of an on-delay', () => {
  it('the delay goes on as if nothing had happened', () => {
    const b = engineBench({ devices: [kitchen('k1')] });
    b.reads('10:00:05', 'k1', { 'alarm.ch4': 15 });
    const heldTo = b.keeps();
    b.reads('10:00:08', 'k1', { 'alarm.ch4': 16 });
    b.restarts(heldTo);
    expect(b.shows).toEqual([]);
    b.passes('10:00:14');
    expect(b.shows).toEqual([]);
    b.passes('10:00:15');
    expect(b.shows).toEqual(['G05-14.com-l1 unack']);
    expect(b.alarm('G05-14.com-l1')!.since).toBe(momentOf('10:00:05'));
  });

  it('raises nothing twice, and continues numbers and silences', () => {
    const b = engineBench({ devices: [kitchen('k1'), kitchen('k2')] });
    b.reads('10:00:05', 'k1', { 'alarm.ch4': 46 });
    b.reads('10:00:05', 'k2', { 'alarm.ch4': 0 });
    const heldTo = b.keeps(1);
    b.passes('10:03');
    b.reads('10:03', 'k1', { 'alarm.ch4': 46 });
    const before = b.alarms();
    b.restarts(heldTo);
    b.reads('10:04', 'k1', { 'alarm.ch4': 46 });
    expect(b.alarms()).toEqual(before);
    b.passes('10:05:05');
    expect(b.shows).toContain('G05-14.silent unack');
    expect(b.alarm('G05-14.silent')).toMatchObject({ device: 'k2', since: momentOf('10:00:05') });
    expect(b.events.map((e) => e.seq)).toEqual(b.events.map((_, i) => i + 1));
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])(
    'at any block, here the %ith reading, the day ends the same',
    (killAt) => {
      const values = [0, 12, 14, 50, 50, 20, 20, 5, 5, 12, 12, 0];
      const day = (kill: number | null) => {
        const b = engineBench({ devices: [kitchen('k1')] });
        let heldTo = 0;
        values.forEach((value, i) => {
          b.reads(`10:0${Math.floor(i / 2)}:${i % 2 ? 35 : 5}`, 'k1', { 'alarm.ch4': value });
          if (i === Math.floor((kill ?? 0) / 2)) heldTo = b.keeps();
          if (i === kill) b.restarts(heldTo);
        });
        b.passes('10:15');
        return b.alarms().map((a) => `${glance(a)} ${a.id}`);
      };
      expect(day(killAt)).toEqual(day(null));
    },
  );
});
