import { describe, expect, it } from 'vitest';
import { hours, minutes, seconds } from '../../devices/model/device-type.ts';
import { admissionBench, TEN, testDevice } from './admission-bench.ts';

/** What a device's claim comes to: its doubt, and the time it is judged at. */
const clockBench = () => {
  const { tells } = admissionBench([testDevice('d')]);
  return (claimed: number, received = TEN, historical?: true) => {
    const entry = tells('d', { ts: claimed, values: { 'alarm.flow': 1 }, historical }, received).telemetry[0];
    return { doubt: entry?.doubts?.['*']?.[0], at: entry?.at, claimedAt: entry?.claimedAt };
  };
};

describe('a clock that is wrong', () => {
  it.each([
    ['woke in 1970', 12_345, 'clock-in-past'],
    ['woke in 2000', Date.UTC(2000, 0, 1), 'clock-in-past'],
    ['counts seconds', TEN / 1000, 'clock-in-seconds'],
    ['is a year ahead', TEN + hours(24 * 365), 'clock-in-future'],
    ['is six minutes ahead', TEN + minutes(6), 'clock-in-future'],
    ['counts microseconds', TEN * 1000, 'clock-in-future'],
    ['is local time taken for UTC', TEN + hours(8) + seconds(20), 'clock-eight-hours-off'],
    ['was corrected twice', TEN - hours(8) - seconds(2), 'clock-eight-hours-off'],
  ])('because it %s is judged at receive time, and its claim is kept', (_why, claimed, doubt) => {
    expect(clockBench()(claimed)).toEqual({ doubt, at: TEN, claimedAt: claimed });
  });

  it('stays under suspicion while it keeps our pace', () => {
    const says = clockBench();
    for (let minute = 0; minute < 120; minute++) {
      const now = TEN + minutes(minute);
      expect(says(now - hours(8), now).doubt).toBe('clock-eight-hours-off');
    }
  });

  it('lowers the quality of what it times', () => {
    const { tells } = admissionBench([testDevice('d')]);
    const { telemetry, doubtful } = tells('d', { ts: 5, values: { 'alarm.flow': 1, 'alarm.fan': true } });
    expect(telemetry[0]?.quality).toEqual({ 'alarm.flow': 0x40000000, 'alarm.fan': 0x40000000 });
    expect(doubtful).toBe(2);
  });
});

describe('an honest outbox', () => {
  it.each([
    ['four hours late', hours(4)],
    ['two weeks late', hours(24 * 14)],
    ['seven hours late', hours(7)],
  ])('%s keeps its times', (_what, lag) => {
    expect(clockBench()(TEN - lag)).toEqual({ doubt: undefined, at: TEN - lag, claimedAt: undefined });
  });

  it('eight hours late is believed when it says that it is history', () => {
    expect(clockBench()(TEN - hours(8), TEN, true).doubt).toBeUndefined();
  });

  it('is believed of a device whose clock was seen right a moment ago', () => {
    const says = clockBench();
    says(TEN);
    expect(says(TEN - hours(8), TEN + seconds(30)).doubt).toBeUndefined();
  });

  it('is believed when it drains through the eighth hour', () => {
    const says = clockBench();
    const doubts = [];
    for (let i = 0; i < 120; i++) doubts.push(says(TEN - hours(9) + minutes(i), TEN + seconds(i)).doubt);
    expect(doubts.filter(Boolean)).toEqual([]);
  });

  it('is believed as soon as it catches up, even when it begins eight hours back', () => {
    const says = clockBench();
    const doubts = [];
    for (let i = 0; i < 10; i++) doubts.push(says(TEN - hours(8) + minutes(5 * i), TEN + seconds(i)).doubt);
    expect(doubts.filter(Boolean)).toHaveLength(1);
  });
});
