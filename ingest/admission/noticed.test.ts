import { describe, expect, it } from 'vitest';
import { topics } from '../../devices/contract/topics.ts';
import { admissionBench, TEN, testDevice } from './admission-bench.ts';
import { clockSkews, SAMPLE_EVERY_MS } from './clock-skew.ts';
import { takeSequence } from './sequence.ts';

const bench = () => admissionBench([testDevice('d-1'), testDevice('d-2', { gateway: 'gw-1' })]);
/** A little before the messages come. */
const PAST = TEN - 60_000;
type Bench = ReturnType<typeof bench>;
const timed = (ts: number, value: number, more: object = {}) => ({ ts, values: { 'alarm.ch4': value }, ...more });
/** Sends, and lets it become durable. */
const tells = (b: Bench, body: unknown, received = TEN) => {
  const told = b.tells('d-1', body, received);
  b.judge.durable(told);
  return told;
};

describe('a reading that comes again', () => {
  it('is acknowledged and not journaled twice', () => {
    const b = bench();
    expect(tells(b, timed(TEN, 3)).telemetry).toHaveLength(1);
    const again = tells(b, timed(TEN, 3), TEN + 2000);
    expect([again.telemetry, again.refusals, again.readings]).toEqual([[], [], 0]);
    expect(b.judge.stats().duplicates).toBe(1);
  });

  it('is journaled again while the first is not durable: its acknowledgement must not rest on hope', () => {
    const b = bench();
    b.tells('d-1', timed(TEN, 3));
    expect(b.tells('d-1', timed(TEN, 3)).telemetry).toHaveLength(1);
    expect(b.judge.stats().duplicates).toBe(0);
  });

  it('is known among others of its message, also when it was steep or doubtful the first time', () => {
    const b = bench();
    tells(b, [timed(TEN - 60_000, 1), timed(TEN, 99), { ts: TEN + 1, values: { 'alarm.co': 5000 } }]);
    const again = tells(b, [timed(TEN, 99), { ts: TEN + 1, values: { 'alarm.co': 5000 } }, timed(TEN + 2, 1)]);
    expect(again.telemetry.map(({ at }) => at)).toEqual([TEN + 2]);
    expect(b.judge.stats().duplicates).toBe(2);
  });

  it.each([
    ['another value', timed(TEN, 4)],
    ['another time', timed(TEN + 1, 3)],
    ['another measurement of the same moment', { ts: TEN, values: { 'alarm.co': 3 } }],
    ['another quality', timed(TEN, 3, { quality: { 'alarm.ch4': 'bad' } })],
    ['one more measurement', { ts: TEN, values: { 'alarm.ch4': 3, 'alarm.co': 1 } }],
    ['a text where a number stood', { ts: TEN, values: { 'alarm.note': '3' } }],
    ['no time of its own', { 'alarm.ch4': 3 }],
  ])('with %s is another reading', (_what, body) => {
    const b = bench();
    tells(b, timed(TEN, 3));
    expect(tells(b, body).telemetry).toHaveLength(1);
  });

  it('is another device’s reading when another device says it', () => {
    const b = bench();
    tells(b, timed(TEN, 3));
    expect(b.carries('gw-1', { 'd-2': [timed(TEN, 3)] }).telemetry).toHaveLength(1);
  });

  it('falls out of a short memory and is journaled again, which leaves one copy', () => {
    const b = bench();
    for (let n = 0; n < 5; n++) tells(b, timed(TEN + n, n));
    expect(tells(b, timed(TEN, 0)).telemetry).toHaveLength(1);
  });

  it('is forgotten with its device, and the next one in its place is not taken for it', () => {
    const b = bench();
    tells(b, timed(TEN, 3));
    b.judge.deviceChanged('d-1');
    expect(tells(b, timed(TEN, 3)).telemetry).toHaveLength(1);
  });
});

describe('a claim to be late', () => {
  it('is not believed of a reading newer than all others and fresh: it is live', () => {
    const b = bench();
    tells(b, timed(TEN - 10_000, 1));
    expect(tells(b, timed(TEN - 1000, 50, { historical: true })).telemetry[0]!.historical).toBeUndefined();
    expect(b.judge.stats().falseLate).toBe(1);
  });

  it('is believed of what is older than the newest, of a backlog, and of a device nobody has heard', () => {
    const b = bench();
    expect(tells(b, timed(TEN - 1000, 1, { historical: true })).telemetry[0]!.historical).toBe(true);
    tells(b, timed(TEN, 1));
    expect(tells(b, timed(TEN - 500, 2, { historical: true })).telemetry[0]!.historical).toBe(true);
    const later = TEN + 4 * 3_600_000;
    expect(tells(b, timed(TEN + 1000, 2, { historical: true }), later).telemetry[0]!.historical).toBe(true);
    expect(b.judge.stats().falseLate).toBe(0);
  });
});

describe('sequence numbers', () => {
  it.each([
    ['the first', -1, 7, true, 'next', 0],
    ['one after the other', 7, 8, true, 'next', 0],
    ['a jump', 7, 11, true, 'gap', 3],
    ['a jump beyond reason', 7, 5_000_000, true, 'restarted', 0],
    ['an old one on new news', 700, 1, true, 'restarted', 0],
    ['an old one on old news', 700, 1, false, 'replayed', 0],
  ] as const)('%s: %s then %s', (_what, seq, next, isNews, finding, missing) => {
    const memory = { seq, missing: 0 };
    expect(takeSequence(memory, next, isNews)).toBe(finding);
    expect(memory.missing).toBe(missing);
  });

  it('count what is missing, list whose it is, and take it back when it comes late', () => {
    const b = bench();
    for (const [n, seq] of [1, 2, 5].entries()) tells(b, timed(PAST + n * 1000, n, { seq }));
    expect(b.judge.stats()).toMatchObject({ missing: 2, gaps: [{ device: 'd-1', missing: 2 }] });
    tells(b, timed(PAST + 1200, 7, { seq: 3, historical: true }));
    tells(b, timed(PAST + 1400, 8, { seq: 4, historical: true }));
    expect(b.judge.stats()).toMatchObject({ missing: 0, gaps: [], replayed: 0 });
  });

  it('mark an old message that is played again, and keep it', () => {
    const b = bench();
    for (let n = 1; n <= 6; n++) tells(b, timed(PAST + n * 1000, n, { seq: n }));
    const [again] = tells(b, timed(PAST + 1000, 90, { seq: 1 })).telemetry;
    expect(again).toMatchObject({ seq: 1, replayed: true });
    expect(b.judge.stats().replayed).toBe(1);
  });
});

describe('a device’s clock', () => {
  const measure = (lags: readonly number[], tolerated = 120_000) => {
    const skews = clockSkews(tolerated);
    const memory = { id: 'd-1', place: 3, skewDueAt: 0 };
    skews.forget(memory);
    for (const [n, lag] of lags.entries()) skews.sample(memory, lag, TEN + n * SAMPLE_EVERY_MS);
    return { off: skews.off.get('d-1')?.skewMs, is: skews.of(memory)?.skewMs, stats: skews.stats() };
  };

  it('is measured by the middle of its last readings: one slow message moves nothing', () => {
    expect(measure([200, 300, 250, 240_000, 260]).is).toBe(-260);
    expect(measure([200, 300, 250, 240_000, 260]).off).toBeUndefined();
  });

  it('is unknown until enough was heard', () => {
    expect(measure([200, 300]).is).toBeUndefined();
  });

  it('that is off is told, behind or ahead', () => {
    expect(measure([600_000, 600_100, 600_050, 600_020, 600_200]).off).toBe(-600_050);
    expect(measure(Array(7).fill(-200_000)).off).toBe(200_000);
    expect(measure(Array(7).fill(-200_000)).stats).toMatchObject({ measured: 1, off: 1, worst: [{ device: 'd-1' }] });
  });

  it('is not called wrong because a backlog drains', () => {
    expect(measure([3_600_000, 3_000_000, 2_400_000, 1_800_000, 1_200_000]).off).toBeUndefined();
  });

  it('is right again only when it is right by half of what is tolerated', () => {
    const wrong = Array(7).fill(150_000);
    expect(measure([...wrong, ...Array(7).fill(100_000)]).off).toBe(-100_000);
    expect(measure([...wrong, ...Array(7).fill(10_000)]).off).toBeUndefined();
  });

  it('is measured from live readings with a time of their own, one in ten seconds', () => {
    const b = bench();
    for (let n = 0; n < 6; n++) {
      const now = TEN + n * SAMPLE_EVERY_MS;
      tells(b, timed(now - 200_000, n), now);
      tells(b, timed(now - 199_000, n), now);
      tells(b, { 'alarm.ch4': n }, now);
      tells(b, timed(now - 40_000_000, n, { historical: true }), now);
    }
    expect(b.judge.clockOf('d-1')).toMatchObject({ skewMs: -200_000 });
    expect([...b.judge.clocksOff.keys()]).toEqual(['d-1']);
    expect(b.judge.clockOf('nobody')).toBeNull();
  });
});

describe('a stranger', () => {
  it('is counted by whoever carried it: unknown, or another gateway’s', () => {
    const b = bench();
    b.carries('gw-1', { nobody: [timed(TEN, 1)], 'd-1': [timed(TEN, 1)], 'd-2': [timed(TEN, 1)] });
    b.send('gw-1', topics.gatewayConnect, { device: 'ghost' });
    expect(b.judge.stats().strangers).toEqual([{ client: 'gw-1', unknown: 2, forged: 1, device: 'ghost', at: TEN }]);
  });
});

describe('how urgent a message is', () => {
  it('is how urgent its most urgent reading is', () => {
    const b = admissionBench([testDevice('d-1')]);
    expect(b.tells('d-1', { 'alarm.ch4': 1, 'alarm.note': 'x' })).toMatchObject({ safety: true });
    expect(b.tells('d-1', { 'alarm.flow': 1, 'alarm.note': 'x' })).toMatchObject({ safety: false, routine: false });
    expect(b.tells('d-1', { 'alarm.note': 'x' })).toMatchObject({ safety: false, routine: true });
    expect(b.send('d-1', topics.attributes, { firmware: '1' })).toMatchObject({ safety: false, routine: false });
  });
});
