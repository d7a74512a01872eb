import { describe, expect, it } from 'vitest';
import { isStaffedTime } from '../../devices/watches/staffed.ts';
import { isUnstaffed, lookAtSeat, type SeatSeen, type SeatState, seatUnknown } from './staffing.ts';

const staffed = { graceS: 60 };
const seen = (at: number, more: Partial<SeatSeen> = {}): SeatSeen => ({
  heard: 0,
  guards: true,
  onWatch: false,
  demonstration: false,
  minuteOfDay: 180,
  at: at * 1000,
  ...more,
});
/** The seat after a look at each of these moments, s. */
const looked = (...looks: readonly SeatSeen[]): SeatState =>
  looks.reduce((state, look) => lookAtSeat(state, staffed, look), seatUnknown);

describe('a seat', () => {
  it('is missed after a minute without a page that can be heard', () => {
    const empty = looked(seen(0));
    expect(isUnstaffed(empty, staffed, 59_999)).toBe(false);
    expect(isUnstaffed(empty, staffed, 60_000)).toBe(true);
  });

  it('never times out while somebody sits there', () => {
    const sat = looked(seen(0, { heard: 1 }), seen(86_400, { heard: 1 }));
    expect(isUnstaffed(sat, staffed, 1e12)).toBe(false);
  });

  it('begins its grace anew when somebody was there in between', () => {
    const back = looked(seen(0), seen(50, { heard: 1 }), seen(55));
    expect(isUnstaffed(back, staffed, 114_000)).toBe(false);
    expect(isUnstaffed(back, staffed, 115_000)).toBe(true);
  });

  it('is not missed where nothing real is watched and nobody ever sat, and is once somebody has', () => {
    const fresh = looked(seen(0, { guards: false }));
    expect(isUnstaffed(fresh, staffed, 3_600_000)).toBe(false);
    const left = looked(seen(0, { guards: false, heard: 1 }), seen(10, { guards: false }));
    expect(isUnstaffed(left, staffed, 70_000)).toBe(true);
  });

  it('of a demonstration is missed only while somebody is signed on to a watch there', () => {
    const demo = (at: number, more: Partial<SeatSeen> = {}) =>
      seen(at, { guards: false, demonstration: true, ...more });
    const closed = looked(demo(0, { heard: 1 }), demo(10));
    expect(isUnstaffed(closed, staffed, 3_600_000)).toBe(false);
    const signedOn = looked(demo(0, { heard: 1, onWatch: true }), demo(10, { onWatch: true }));
    expect(isUnstaffed(signedOn, staffed, 70_000)).toBe(true);
    const signedOff = lookAtSeat(signedOn, staffed, demo(80));
    expect(isUnstaffed(signedOff, staffed, 3_600_000)).toBe(false);
  });

  it('is not missed outside its hours, and has its grace when they begin', () => {
    const day = { hours: [['08:00', '18:00']] as [string, string][], graceS: 60 };
    const night = lookAtSeat(seatUnknown, day, seen(0, { minuteOfDay: 479 }));
    expect(isUnstaffed(night, day, 1e9)).toBe(false);
    const morning = lookAtSeat(night, day, seen(60, { minuteOfDay: 480 }));
    expect(isUnstaffed(morning, day, 60_000)).toBe(false);
    expect(isUnstaffed(morning, day, 120_000)).toBe(true);
  });
});

describe('hours in which a seat is staffed', () => {
  it.each([
    ['day and night where none are said', undefined, 0, true],
    ['never where the list is empty', [], 600, false],
    ['from the first minute', [['08:00', '12:00']], 480, true],
    ['not at the last', [['08:00', '12:00']], 720, false],
    ['over midnight, late', [['20:00', '08:00']], 1430, true],
    ['over midnight, early', [['20:00', '08:00']], 479, true],
    ['over midnight, not by day', [['20:00', '08:00']], 720, false],
    ['in any of them', [['08:00', '09:00'], ['20:00', '21:00']], 1210, true], // biome-ignore format: a table
  ] as const)('are %s', (_, hours, minute, expected) => {
    const given = hours === undefined ? {} : { hours: hours.map(([a, b]) => [a, b] as [string, string]) };
    expect(isStaffedTime(given, minute)).toBe(expected);
  });
});
