import { describe, expect, it } from 'vitest';
import { engineBench, kitchen, momentOf } from './engine-bench.ts';

const bench = () => engineBench({ devices: [kitchen('k1')] });

describe('an outbox that drains after hours', () => {
  it('opens a case for a verdict, without ringing, where an urgent matter is over', () => {
    const b = bench();
    b.reads('10:01', 'k1', { 'alarm.ch4': 0 });
    b.reads('14:00', 'k1', { 'alarm.ch4': 0 });
    b.readsLate('14:00:10', '11:00', 'k1', { 'alarm.ch4': 60 });
    b.readsLate('14:00:10', '11:10', 'k1', { 'alarm.ch4': 0 });
    b.readsLate('14:00:10', '11:20', 'k1', { 'alarm.ch4': 0 });
    b.passes('14:00:15');
    const found = b.alarm('G05-14.com-l2')!;
    expect(found).toMatchObject({ lane: 'history', needsVerdict: true, active: false });
    expect(found.id).toBe(`k1/G05-14.com-l2/${momentOf('11:00')}`);
    expect(found.raisedAt).toBe(momentOf('14:00:12'));
    expect(found.explanation.zh).toMatch(/^补传数据：.*现已恢复，待研判$/);
  });

  it('rings under its true identity where the matter still holds and nothing newer says otherwise', () => {
    const b = bench();
    b.reads('10:01', 'k1', { 'alarm.ch4': 0 });
    b.readsLate('14:00:10', '13:50', 'k1', { 'alarm.ch4': 60 });
    b.readsLate('14:00:10', '13:55', 'k1', { 'alarm.ch4': 60 });
    expect(b.shows).not.toContain('G05-14.com-l2 unack');
    b.passes('14:00:13');
    expect(b.shows).toContain('G05-14.com-l2 unack');
    expect(b.alarm('G05-14.com-l2')).toMatchObject({ lane: 'live', since: momentOf('13:50'), needsVerdict: false });
    b.reads('14:01', 'k1', { 'alarm.ch4': 0 });
    b.passes('14:02:05');
    expect(b.shows).toContain('G05-14.com-l2 latched-unack');
  });

  it('never touches a live timer', () => {
    const b = bench();
    b.reads('14:00', 'k1', { 'alarm.ch4': 15 });
    b.readsLate('14:00:05', '11:00', 'k1', { 'alarm.ch4': 0 });
    b.readsLate('14:00:06', '11:10', 'k1', { 'alarm.ch4': 60 });
    b.passes('14:00:10');
    expect(b.shows).toContain('G05-14.com-l1 unack');
    expect(b.alarm('G05-14.com-l1')!.since).toBe(momentOf('14:00'));
  });

  it('keeps delays by the readings of the time', () => {
    const b = bench();
    b.reads('14:00', 'k1', { 'alarm.ch4': 0 });
    b.readsLate('14:00:10', '11:00:00', 'k1', { 'alarm.ch4': 15 });
    b.readsLate('14:00:10', '11:00:05', 'k1', { 'alarm.ch4': 0 });
    b.passes('14:00:20');
    expect(b.alarm('G05-14.com-l1')).toBeUndefined();
  });

  it('lets an episode that was open when the line broke end where the backlog says it ended', () => {
    const b = bench();
    b.reads('10:01', 'k1', { 'alarm.ch4': 60 });
    b.readsLate('14:00', '10:02', 'k1', { 'alarm.ch4': 60 });
    b.readsLate('14:00', '10:05', 'k1', { 'alarm.ch4': 0 });
    b.readsLate('14:00', '10:20', 'k1', { 'alarm.ch4': 0 });
    b.passes('14:01:10');
    expect(b.shows).toContain('G05-14.com-l2 latched-unack');
    expect(b.alarms().filter((a) => a.rule === 'G05-14.com-l2')).toHaveLength(1);
  });

  it('is recognised without the mark, by how late it is', () => {
    const b = bench();
    b.reads('10:01', 'k1', { 'alarm.ch4': 0 });
    for (const at of ['11:00', '11:01', '11:02']) {
      b.reads('14:00:10', 'k1', { 'alarm.ch4': at === '11:01' ? 60 : 0 }, { at: momentOf(at) });
    }
    b.passes('14:02');
    expect(b.alarm('G05-14.com-l2')).toMatchObject({ lane: 'history', needsVerdict: true });
  });
});

describe('a claim of old news', () => {
  it('is not believed of what is fresh: it rings at once', () => {
    const b = bench();
    b.reads('10:01', 'k1', { 'alarm.ch4': 60 }, { historical: true });
    expect(b.shows).toEqual(['G05-14.com-l2 unack']);
  });
});

describe('time that cannot be', () => {
  it('a reading from the future does not silence what comes after it', () => {
    const b = bench();
    b.reads('10:01', 'k1', { 'alarm.ch4': 0 }, { at: momentOf('+1 10:00') });
    b.reads('10:02', 'k1', { 'alarm.ch4': 60 });
    expect(b.shows).toEqual(['G05-14.com-l2 unack']);
  });

  it('a redelivered reading is nobody’s news', () => {
    const b = bench();
    b.reads('10:01', 'k1', { 'alarm.ch4': 5 });
    b.reads('10:01:30', 'k1', { 'alarm.ch4': 5 }, { at: momentOf('10:01') });
    expect(b.engine.counts).toMatchObject({ duplicate: 1, late: 0 });
  });

  it('a clock that was set back does not make a detector deaf', () => {
    const b = bench();
    for (let s = 0; s < 6; s++) b.reads(`10:00:${10 + s * 5}`, 'k1', { 'alarm.ch4': 0 });
    // From here on its clock is eight minutes slow.
    b.reads('10:01', 'k1', { 'alarm.ch4': 60 }, { at: momentOf('09:53') });
    b.reads('10:01:10', 'k1', { 'alarm.ch4': 60 }, { at: momentOf('09:53:10') });
    expect(b.shows).toContain('G05-14.com-l2 unack');
    expect(b.engine.counts.clocksSetBack).toBe(1);
  });
});
