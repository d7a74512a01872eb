import { describe, expect, it } from 'vitest';
import { zoneOf } from '../kit/local-time.ts';
import { dayNumbers } from './day-numbers.ts';

const zone = zoneOf('Asia/Shanghai');
const at = (text: string) => Date.parse(`${text}+08:00`);

describe('numbers of a day', () => {
  it('count through each local day', () => {
    const numbers = dayNumbers(zone);
    expect([numbers.next(at('2026-11-30T23:59:59')), numbers.next(at('2026-12-01T00:00:01'))]).toEqual([
      '20261130-0001',
      '20261201-0001',
    ]);
  });
  it('never go back: what comes a moment late after midnight is counted with the new day', () => {
    const numbers = dayNumbers(zone);
    numbers.next(at('2026-11-30T12:00:00'));
    numbers.next(at('2026-12-01T00:00:00'));
    expect(numbers.next(at('2026-11-30T23:59:59'))).toBe('20261201-0002');
  });
  it('may have a letter before them', () => {
    const numbers = dayNumbers(zone, 'H');
    numbers.load('H20261130-0041');
    expect(numbers.next(at('2026-11-30T12:00:00'))).toBe('H20261130-0042');
  });
  it('go on from what was given before, also beyond four digits', () => {
    const numbers = dayNumbers(zone);
    numbers.load('20261130-9999');
    expect(numbers.next(at('2026-11-30T12:00:00'))).toBe('20261130-10000');
    numbers.load('20261130-10000');
    expect(numbers.next(at('2026-11-30T12:00:00'))).toBe('20261130-10001');
  });
});
