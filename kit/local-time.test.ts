import { describe, expect, it } from 'vitest';
import { zoneOffset } from './local-time.ts';

const hours = 3_600_000;

describe('the offset of a zone', () => {
  it.each([
    ['Asia/Shanghai', '2026-11-22T00:00:00Z', 8],
    ['Asia/Kathmandu', '2026-11-22T00:00:00Z', 5.75],
    ['America/Denver', '2026-01-15T12:00:00Z', -7],
    ['America/Denver', '2026-07-15T12:00:00Z', -6],
  ])('of %s at %s is %d hours', (zone, at, offset) => {
    expect(zoneOffset(zone)(Date.parse(at))).toBe(offset * hours);
  });

  it('changes at the very quarter hour the clocks are set', () => {
    const offset = zoneOffset('Europe/Berlin');
    const change = Date.parse('2026-10-25T01:00:00Z');
    expect(offset(change - 1)).toBe(2 * hours);
    expect(offset(change)).toBe(1 * hours);
  });
});
