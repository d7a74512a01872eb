import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { zoneOf } from '../../kit/local-time.ts';
import { type PeriodLength, periodLengths } from '../contract/supervision.ts';
import { periodAt, periodBefore, periodOf } from './period.ts';

const shanghai = zoneOf('Asia/Shanghai');
const at = (text: string): number => Date.parse(`${text}+08:00`);

describe('a period', () => {
  it.each<[PeriodLength, string, string, string, string]>([
    ['week', '2026-11-30T00:00', '2026-W49', '2026-11-30', '2026-12-07'],
    ['week', '2027-01-01T12:00', '2026-W53', '2026-12-28', '2027-01-04'],
    ['month', '2026-12-31T23:59', '2026-12', '2026-12-01', '2027-01-01'],
    ['quarter', '2026-10-01T00:00', '2026-Q4', '2026-10-01', '2027-01-01'],
    ['half-year', '2026-06-30T12:00', '2026-H1', '2026-01-01', '2026-07-01'],
    ['year', '2026-02-03T12:00', '2026', '2026-01-01', '2027-01-01'],
  ])('of a %s, at %s, is %s', (every, moment, key, from, to) => {
    const found = periodAt(every, at(moment), shanghai);
    expect(found).toEqual({ key, from: at(`${from}T00:00`), to: at(`${to}T00:00`) });
  });

  it.each<[PeriodLength, string]>([
    ['month', '2026-13'],
    ['month', '2026-Q1'],
    ['week', '2026-W54'],
    ['quarter', '2026-Q5'],
    ['year', '26'],
    ['month', '2026-11 '],
  ])('of a %s is never %s', (every, key) => {
    expect(periodOf(every, key, shanghai)).toBeUndefined();
  });

  it('holds its moment, is found by its key, and follows the one before without a gap', () => {
    const moments = fc.integer({ min: at('2020-01-01T00:00'), max: at('2040-01-01T00:00') });
    fc.assert(
      fc.property(moments, fc.constantFrom(...periodLengths), (moment, every) => {
        const found = periodAt(every, moment, shanghai);
        expect(found.from <= moment && moment < found.to).toBe(true);
        expect(periodOf(every, found.key, shanghai)).toEqual(found);
        expect(periodBefore(every, found, shanghai).to).toBe(found.from);
      }),
    );
  });
});
