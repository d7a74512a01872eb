import { describe, expect, it } from 'vitest';
import { benchDevice, bystanders, engineBench, kitchen, momentOf } from './engine-bench.ts';

const L2 = 'G05-14.com-l2';
const expired = { expires: '2026-11-22' };
const site = { site: 's1' };

describe('a detector that cannot be trusted', () => {
  it.each([
    ['past its registered life', { expires: '2026-11-22' }, 'expired'],
    ['older than its type may be', { installed: '2023-11-23' }, 'expired'],
    ['past its calibration', { calibrationDue: '2026-11-22' }, 'uncalibrated'],
    ['calibrated too long ago', { calibrated: '2025-11-22', calibrationDueDays: 365 }, 'uncalibrated'],
    ['never calibrated though it should be', { calibrationDueDays: 365 }, 'uncalibrated'],
  ])('%s: its alarm says so', (_, more, mark) => {
    const b = engineBench({ devices: [kitchen('k1', more)] });
    b.reads('10:00:05', 'k1', { 'alarm.ch4': 46 });
    expect(b.alarm(L2)!.marks).toEqual([mark]);
  });

  it('is not marked on its last good day, and is at midnight, though its alarm stands since before', () => {
    const b = engineBench({ devices: [kitchen('k1', { expires: '2026-11-23' })] }, '23:55');
    b.reads('23:56', 'k1', { 'alarm.ch4': 46 });
    expect(b.alarm(L2)!.marks).toEqual([]);
    b.passes('+1 00:00:10');
    expect(b.alarm(L2)!.marks).toEqual(['expired']);
  });

  it('that says its self-test failed is marked at once, and no more when it passes', () => {
    const b = engineBench({ devices: [kitchen('k1')] });
    b.reads('10:00:05', 'k1', { 'alarm.ch4': 46 });
    b.says('10:01', 'k1', { selfTest: 'fail' });
    expect(b.alarm(L2)!.marks).toEqual(['self-test-failed']);
    b.says('10:02', 'k1', { selfTest: 'pass' });
    expect(b.alarm(L2)!.marks).toEqual([]);
  });

  it('remembers what it said over kill -9', () => {
    const b = engineBench({ devices: [kitchen('k1')] });
    b.says('10:00:10', 'k1', { selfTest: 'fail', calibrated: '2026-11-01' });
    const heldTo = b.keeps();
    b.restarts(heldTo);
    b.reads('10:01', 'k1', { 'alarm.ch4': 46 });
    expect(b.alarm(L2)!.marks).toEqual(['self-test-failed']);
  });

  it('has an alarm about its age on the day it is marked as expired', () => {
    const b = engineBench({
      devices: [kitchen('k1', { installed: '2023-11-23' }), kitchen('k2', { installed: '2023-11-24' })],
    });
    for (const device of ['k1', 'k2']) b.reads('10:00:05', device, { 'alarm.ch4': 0 });
    const age = (device: string) =>
      b.derived.find((entry) => entry.device === device)?.values['alarm.ageYears'] as number;
    expect(age('k1')).toBe(3);
    expect(age('k2')).toBeLessThan(3);
  });
});

describe('a P1 of a marked detector', () => {
  const leak = (others: ReturnType<typeof kitchen>[] = []) => {
    const b = engineBench({ devices: [kitchen('k1', { ...expired, ...site }), ...others] });
    b.reads('10:00:05', 'k1', { 'alarm.ch4': 46 });
    b.acknowledges('10:01', b.alarm(L2)!.id);
    b.reads('10:02', 'k1', { 'alarm.ch4': 0 });
    b.passes('10:03:05');
    expect(b.shows).toContain(`${L2} latched-ack`);
    return b;
  };
  const reset = (b: ReturnType<typeof leak>, time: string) => b.asks(time, { type: 'reset', alarm: b.alarm(L2)!.id });
  const judge = (b: ReturnType<typeof leak>, time: string) =>
    b.asks(time, {
      type: 'judge',
      of: { alarms: [b.alarm(L2)!.id] },
      kind: 'cooking',
      evidence: 'cook says a pan boiled over',
    });

  it('does not end on its own word', () => {
    const b = leak();
    expect(reset(b, '10:04').refused).toMatchObject([{ code: 'needs-evidence', zh: expect.stringContaining('研判') }]);
    expect(b.shows).toContain(`${L2} latched-ack`);
  });

  it('ends once a person has judged it after its return', () => {
    const b = leak();
    judge(b, '10:04');
    expect(reset(b, '10:05').done).toEqual([b.alarm(L2)!.id]);
    expect(b.shows).not.toContain(`${L2} latched-ack`);
  });

  it('needs a verdict of after its return: what was said while it stood does not say that it is over', () => {
    const b = engineBench({ devices: [kitchen('k1', expired)] });
    b.reads('10:00:05', 'k1', { 'alarm.ch4': 46 });
    b.acknowledges('10:01', b.alarm(L2)!.id);
    judge(b, '10:01:30');
    b.reads('10:02', 'k1', { 'alarm.ch4': 0 });
    b.passes('10:03:05');
    expect(reset(b, '10:04').refused).toMatchObject([{ code: 'needs-evidence' }]);
  });

  it.each([
    ['at its site', kitchen('k2', { ...site, lon: 112.9 }), 0, {}, true],
    ['within a hundred metres', kitchen('k2', { lat: 26.9005 }), 0, {}, true],
    ['that is far away', kitchen('k2', { lat: 26.902 }), 0, {}, false],
    ['that is expired itself', kitchen('k2', { ...site, ...expired }), 0, {}, false],
    ['that reads gas too', kitchen('k2', site), 12, {}, false],
    ['whose reading is doubtful', kitchen('k2', site), 0, { quality: { 'alarm.ch4': 0x40000000 } }, false],
    ['that measures something else', benchDevice('k2', 'gas-rtu', site), 0, {}, false],
  ])('another detector %s bears it out or does not', (_, other, value, more, ends) => {
    const b = leak([other]);
    const measurement = other.type === 'gas-rtu' ? 'rtu.outletPressure' : 'alarm.ch4';
    b.reads('10:04', 'k2', { [measurement]: value }, more);
    expect(reset(b, '10:05').done).toHaveLength(ends ? 1 : 0);
  });

  it('is not borne out by what another detector read before the return', () => {
    const b = engineBench({ devices: [kitchen('k1', { ...expired, ...site }), kitchen('k2', site)] });
    b.reads('10:00:05', 'k1', { 'alarm.ch4': 46 });
    b.reads('10:01', 'k2', { 'alarm.ch4': 0 });
    b.acknowledges('10:01', b.alarm(L2)!.id);
    b.reads('10:02', 'k1', { 'alarm.ch4': 0 });
    b.passes('10:03:05');
    expect(reset(b, '10:04').refused).toMatchObject([{ code: 'needs-evidence' }]);
  });

  it('that has returned before its detector was marked waits for a reset from then on', () => {
    const RULE = 'C04-02.heating';
    const b = engineBench({ devices: [benchDevice('b1', 'waste-bin', { expires: '2026-11-23' })] }, '23:50');
    b.reads('23:51', 'b1', { 'bin.temperature': 30 });
    b.reads('23:52', 'b1', { 'bin.temperature': 45 });
    for (const time of ['23:53', '23:54', '23:55', '23:56']) b.reads(time, 'b1', { 'bin.temperature': 45 });
    expect(b.alarm(RULE)).toMatchObject({ active: false, acked: false, latched: false });
    b.passes('+1 00:00:10');
    expect(b.alarm(RULE)).toMatchObject({ latched: true, marks: ['expired'] });
  });
});

describe('a verdict', () => {
  it('stands at its alarm, and the newest counts', () => {
    const b = engineBench({ devices: [kitchen('k1')] });
    b.reads('10:00:05', 'k1', { 'alarm.ch4': 46 });
    const of = { alarms: [b.alarm(L2)!.id] };
    b.asks('10:01', { type: 'judge', of, kind: 'real', evidence: 'smell of gas in the yard' });
    b.asks('10:05', { type: 'judge', of, kind: 'biogas', evidence: 'septic tank opened next door' }, bystanders.lin);
    expect(b.alarm(L2)!.verdict).toEqual({
      kind: 'biogas',
      by: 'lin',
      at: momentOf('10:05'),
      evidence: 'septic tank opened next door',
    });
    expect(b.shows).toContain(`${L2} unack`);
  });

  it('closes a row of late data: it waited for nothing else', () => {
    const b = engineBench({ devices: [kitchen('k1')] });
    b.reads('14:00', 'k1', { 'alarm.ch4': 0 });
    b.readsLate('14:00:10', '11:00', 'k1', { 'alarm.ch4': 60 });
    b.readsLate('14:00:10', '11:10', 'k1', { 'alarm.ch4': 0 });
    b.passes('14:00:15');
    const { id } = b.alarm(L2)!;
    expect(b.acknowledges('14:01', id)).toMatchObject({ refused: { code: 'needs-verdict' } });
    b.asks('14:02', { type: 'judge', of: { alarms: [id] }, kind: 'test', evidence: 'test gas at 11:00' });
    expect(b.alarm(L2)).toMatchObject({ closedAt: momentOf('14:02'), needsVerdict: false, verdict: { kind: 'test' } });
  });

  it.each(['', '—', 'ok', '！！！！！！'])('without words (%j) is none', (evidence) => {
    const b = engineBench({ devices: [kitchen('k1')] });
    b.reads('10:00:05', 'k1', { 'alarm.ch4': 46 });
    const of = { alarms: [b.alarm(L2)!.id] };
    expect(() => b.asks('10:01', { type: 'judge', of, kind: 'real', evidence })).toThrow();
  });
});
