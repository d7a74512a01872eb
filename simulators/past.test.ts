import { describe, expect, it } from 'vitest';
import { demoPlan } from './city/plan.ts';
import { testCity } from './city/test-city.ts';
import { faultDesk } from './faults/fault-desk.ts';
import { pastOf } from './past.ts';

const plan = demoPlan(testCity);
const HOUR = 3_600_000;
const now = Date.parse('2026-06-01T00:00:00Z');

interface Row {
  readonly ts: number;
  readonly values: Readonly<Record<string, unknown>>;
  readonly historical: boolean;
}
const rowsOf = (desk = faultDesk(plan)) =>
  new Map(pastOf(plan, desk, now, now).map(({ device, payload }) => [device, JSON.parse(payload) as Row[]]));

describe('the past of a device that keeps its readings', () => {
  it('is three days of quarter hours before the demonstration, oldest first, marked as late', () => {
    const rows = rowsOf().get('pit-0001')!;
    expect(rows.length).toBe(72 * 4 - 1);
    expect(rows[0]!.ts).toBe(now - 72 * HOUR);
    expect(rows.every(({ historical }) => historical)).toBe(true);
    for (const [i, { ts }] of rows.entries()) expect(ts).toBe(rows[0]!.ts + (i * HOUR) / 4);
    expect(rows.at(-1)!.ts).toBeLessThan(now);
  });

  it('is handed in by monitors under ground only, each in one message that the door takes', () => {
    const handed = pastOf(plan, faultDesk(plan), now, now);
    const pits = plan.put.devices.filter(({ type }) => type === 'underground-gas').map(({ id }) => id);
    expect(handed.map(({ device }) => device)).toEqual(pits);
    for (const { payload } of handed) expect(payload.length).toBeLessThan(100_000);
  });

  it('knows the sewer that has made gas for days, and counts in the unit of the device', () => {
    const desk = faultDesk(plan);
    const begun = desk.start('sewer-gas', undefined, now);
    if ('refused' in begun) throw new Error(begun.refused);
    const ppm = rowsOf(desk)
      .get(begun.started.target)!
      .map(({ values }) => values['ug.ch4Vol'] as number);
    // The monitors of this city count in ppm: 1 %VOL is 10,000, where it would ring.
    expect(Math.max(...ppm)).toBeLessThan(9_500);
    expect(Math.max(...ppm)).toBeGreaterThan(7_000);
    expect(Math.min(...ppm)).toBeLessThan(3_000);
  });
});
