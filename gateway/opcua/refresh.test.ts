import { describe, expect, it } from 'vitest';
import { isAlive, refreshBook } from './refresh.ts';

const every = 60_000;
const hour = 3_600_000;
/** The server's clock when the one that only counts shows 0. */
const noon = Date.UTC(2026, 10, 22, 12);
/** The gateway's clock, where it does not matter. */
const late = noon + 24 * hour;
const good = 0;
const NO_COMMUNICATION = 0x80310000;

/** A session of `devices` whose first values came at 0; the server's clock is known. */
function opened(devices: readonly string[], firstAt = noon - hour) {
  const book = refreshBook(devices, every);
  book.begins();
  book.clock(noon, 0);
  for (const node of devices.keys()) book.live(node, { at: firstAt, status: good, timedBy: 'source' }, 0);
  return book;
}
const change = (at: number) => ({ at, status: good, timedBy: 'source' as const });

describe('a node that does not change', () => {
  it('is asked once it has sent nothing for the interval', () => {
    const book = opened(['a']);
    expect(book.due(every - 1)).toEqual([]);
    expect(book.due(every)).toEqual([0]);
    book.asked([0], every);
    expect(book.due(every + 1)).toEqual([]);
    expect(book.due(2 * every)).toEqual([0]);
  });

  it('is left alone while it changes by itself', () => {
    const book = opened(['a', 'a']);
    book.live(0, change(noon + 50_000), 50_000);
    expect(book.due(every)).toEqual([1]);
  });

  it('is not asked at the same moment as all the others: devices are spread over half an interval, each one whole', () => {
    const book = opened(['a', 'b', 'a', 'b']);
    expect(book.due(0.75 * every)).toEqual([1, 3]);
    expect(book.due(every)).toEqual([0, 2, 1, 3]);
  });

  it('is never asked before it has said anything', () => {
    const book = refreshBook(['a'], every);
    book.begins();
    expect(book.due(10 * every)).toEqual([]);
  });

  it('is forgotten with its session', () => {
    const book = opened(['a']);
    book.begins();
    expect(book.due(every)).toEqual([]);
    expect(book.timeAt(0, every, late)).toBeUndefined();
  });
});

describe('the time of a value that was asked for', () => {
  it('is the server’s, where nothing is known of the station’s own clock', () => {
    expect(opened(['a']).timeAt(0, every, late)).toBe(noon + every);
  });

  it('is the gateway’s while nothing is known and the server is ahead: what is good must not be doubted', () => {
    const book = opened(['a']);
    expect(book.timeAt(0, every, noon - hour + every)).toBe(noon - hour + every);
    book.live(0, change(noon + 90_000), 90_000);
    expect(book.timeAt(0, 2 * every, noon - hour)).toBe(noon + 2 * every);
  });

  it('is by the clock of the station, where the server’s is another: its changes must not come before it', () => {
    const slow = opened(['a', 'a', 'b']);
    // Each change reaches us a little late, one of them much too late.
    for (const [at, late] of [
      [1000, 400],
      [2000, 300],
      [3000, 9000],
    ] as const)
      slow.live(0, change(noon - hour + at), at + late);
    expect(slow.timeAt(0, every, late)).toBe(noon - hour + every - 300);
    expect(slow.timeAt(1, every, late)).toBe(slow.timeAt(0, every, late));
    expect(slow.timeAt(2, every, late)).toBe(noon + every);
  });

  it('is never before the value it repeats, also when that one is the first and from the server’s future', () => {
    expect(opened(['a'], noon + hour).timeAt(0, every, late)).toBe(noon + hour + every);
  });

  it('follows a station’s clock that was set right', () => {
    const book = opened(['a']);
    book.live(0, change(noon + hour + 1000), 1000);
    for (let i = 1; i <= 8; i += 1) book.live(0, change(noon + 2000 * i), 2000 * i);
    expect(book.timeAt(0, every, late)).toBe(noon + every);
  });

  it('follows a server’s clock that was set, and measures the stations anew', () => {
    const book = opened(['a']);
    book.live(0, change(noon + 1000), 1000);
    book.clock(noon + hour + 2000, 2000);
    expect(book.timeAt(0, every, late)).toBe(noon + hour + every);
  });

  it('is not ahead where a server shows a time that is up to a second old', () => {
    const book = refreshBook(['a'], every);
    book.begins();
    book.clock(noon - 900, 0);
    book.live(0, change(noon - hour), 0);
    // The station’s clock is the server’s; when this came, the server still showed its last second.
    book.live(0, change(noon + 100), 100);
    book.clock(noon + 1000, 1000);
    book.clock(noon + 1200, 1999);
    const at = book.timeAt(0, 2000, late) ?? 0;
    expect(at).toBeLessThanOrEqual(noon + 2000);
    expect(at).toBeGreaterThan(noon + 1990);
  });

  it('learns nothing of clocks from values that the gateway timed', () => {
    const book = opened(['a']);
    book.live(0, { at: noon + 5 * hour, status: good, timedBy: 'gateway' }, 1000);
    expect(book.timeAt(0, every, late)).toBe(noon + every);
  });
});

describe('an answer', () => {
  it('is a sign of life while the server vouches for the value, also for a doubtful one', () => {
    const book = opened(['a']);
    expect(book.isNews(0, good)).toBe(true);
    expect(book.isNews(0, 0x40930000)).toBe(true);
    expect(book.isNews(0, 0x40930000)).toBe(true);
  });

  it('that is bad is told once: a station that is lost must be missed', () => {
    const book = opened(['a']);
    expect(book.isNews(0, NO_COMMUNICATION)).toBe(true);
    expect(book.isNews(0, NO_COMMUNICATION)).toBe(false);
    expect(book.isNews(0, good)).toBe(true);
    book.live(0, { at: noon, status: NO_COMMUNICATION, timedBy: 'source' }, 1000);
    expect(book.isNews(0, NO_COMMUNICATION)).toBe(false);
  });

  it.each<[string, number, boolean]>([
    ['good', 0, true],
    ['good, overridden on site', 0x00960000, true],
    ['a sensor that is not accurate', 0x40930000, true],
    ['the last usable value', 0x40900000, false],
    ['the last one before the line went down', 0x408f0000, false],
    ['the same with information bits', 0x408f0480, false],
    ['a substitute', 0x40910000, false],
    ['a sensor that has failed', 0x808c0000, false],
  ])('of %s speaks for the station or not', (_what, status, alive) => {
    expect(isAlive(status)).toBe(alive);
  });
});
