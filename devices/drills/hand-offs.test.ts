import { describe, expect, it } from 'vitest';
import type { Alarm } from '../contract/alarm.ts';
import type { HandOffKind } from '../contract/drill.ts';
import { type DrillTraces, reportOf } from './hand-offs.ts';

const S = 1000;
const MIN = 60 * S;
/** Only what hand-offs are read from. */
const anAlarm = (more: Partial<Alarm> = {}) =>
  ({
    ...{ id: 'D1/G05-14.l2/0', priority: 'P1', since: 0, raisedAt: S },
    deadlines: { ack: 5 * MIN, arrive: null, makeSafe: null, close: null, clock: 'continuous' },
    ...more,
  }) as unknown as Alarm;
const traces = (more: Partial<DrillTraces> = {}): DrillTraces => ({
  drill: { sent: { publishedAt: 0, journaledAt: 40 } } as DrillTraces['drill'],
  ...{ alarms: [anAlarm()], acknowledged: [], shownAt: [], tickets: [], steps: [], shownWithinMs: MIN },
  ...more,
});
const handOff = (kind: HandOffKind, given: DrillTraces, now: number) =>
  reportOf(given, now).handOffs.find((one) => one.kind === kind)!;
const step = (kind: 'accept' | 'arrive' | 'verify' | 'drill-over', at: number, more: object = {}) => ({
  ...{ at, kind, doneAt: null, by: { id: 'wei', name: '小魏', role: 'handler' as const }, to: 'handling' as const },
  ...more,
});

describe('the hand-offs of a drill', () => {
  it('are timed from the reading, and from the last one that was reached', () => {
    const given = traces({ shownAt: [3 * S, 2 * S], acknowledged: [{ at: 2 * MIN, by: '米拉' }] });
    expect(handOff('journaled', given, MIN)).toMatchObject({ at: 40, sinceMs: 40, tookMs: 40 });
    expect(handOff('shown', given, MIN)).toMatchObject({ at: 2 * S, tookMs: S, due: S + MIN, inTime: true });
    expect(handOff('acknowledged', given, MIN)).toMatchObject({
      sinceMs: 2 * MIN,
      tookMs: 2 * MIN - 2 * S,
      by: '米拉',
    });
  });

  it.each([
    ['can still be reached in time', 4 * MIN, null],
    ['is late once its limit has passed', 6 * MIN, false],
  ])('one that was not reached says so, and %s', (_, now, inTime) => {
    expect(handOff('acknowledged', traces(), now)).toMatchObject({ at: null, due: 5 * MIN, inTime });
    expect(handOff('accepted', traces(), now)).toMatchObject({ at: null, due: null, inTime: null });
  });

  it('before anything was raised say only what the door answered', () => {
    const { handOffs } = reportOf(traces({ alarms: [] }), MIN);
    expect(handOffs.flatMap(({ kind, at }) => (at === null ? [] : [kind]))).toEqual(['published', 'journaled']);
  });

  it('do not take the answer to a later reading for that to the first, which a restart lost', () => {
    const again = { sent: { publishedAt: 30 * S, journaledAt: 30 * S + 40 } } as DrillTraces['drill'];
    expect(handOff('published', traces({ drill: again }), MIN).at).toBe(0);
    expect(handOff('journaled', traces({ drill: again }), MIN).at).toBeNull();
  });

  it('count a step of a phone that was off the network by the phone’s own time', () => {
    const given = traces({ steps: [step('arrive', 9 * MIN, { doneAt: 7 * MIN })] });
    expect(handOff('arrived', given, 10 * MIN)).toMatchObject({ at: 7 * MIN, by: '小魏' });
  });

  it('are not closed by the end of the drill, nor by a verification that refused', () => {
    const over = step('drill-over', 9 * MIN, { to: 'closed' });
    expect(handOff('closed', traces({ steps: [over] }), MIN).at).toBeNull();
    const verified = step('verify', 8 * MIN, { to: 'closed' });
    expect(handOff('closed', traces({ steps: [over, verified] }), MIN).at).toBe(8 * MIN);
  });
});
