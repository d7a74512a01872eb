import { describe, expect, it } from 'vitest';
import { dice } from '../city/chance.ts';
import { type Happening, isLeak, undergroundCase } from './case.ts';
import { breathe, type Inflow, type Space } from './space.ts';
import { STEPS_PER_HOUR, type Surroundings, surroundings } from './surroundings.ts';
import { fittingTowns, heldOutTowns } from './town.ts';

const [town] = fittingTowns;
const HOURS = 120;
/** Still air at 20 Cel outside, no rain, an even day. */
const still = (over: Partial<Surroundings> = {}): Surroundings => {
  const even = (value: number) => new Float64Array(HOURS * STEPS_PER_HOUR).fill(value);
  return {
    steps: HOURS * STEPS_PER_HOUR,
    air: even(20),
    rain: even(0),
    wet: even(0),
    wind: even(0),
    demand: even(1),
    pressure: even(1),
    sewage: even(1),
    ...over,
  };
};
const box = (over: Partial<Space> = {}): Space => ({
  volume: 10,
  ventilation: 0.1,
  windShare: 0,
  sludge: 0,
  sludgeBackHours: 60,
  sewageSwing: 0,
  bursts: [],
  shut: [],
  opened: [],
  ...over,
});
const hole = (over: Partial<Inflow> = {}): Inflow => ({
  at: 24,
  m3h: 0.1,
  soilHours: 0.1,
  sealed: 0,
  growsHours: 0,
  ...over,
});
const at = (curve: Float64Array, hour: number) => curve[Math.floor(hour * STEPS_PER_HOUR)]!;

describe('a space under the street', () => {
  it('fills from its sludge over many hours, to where ventilation carries off as much as is made', () => {
    const { methane } = breathe(box({ sludge: 0.02 }), still(), null);
    expect(at(methane, 5)).toBeLessThan(0.6 * at(methane, 100));
    expect(at(methane, 100)).toBeCloseTo(at(methane, 119), 2);
  });

  it('makes half as much gas in a space that is ten degrees colder', () => {
    const cold = still({ air: new Float64Array(HOURS * STEPS_PER_HOUR).fill(20 - 10 / 0.6) });
    const level = (world: Surroundings) => at(breathe(box({ sludge: 0.01 }), world, null).methane, 110);
    expect(level(cold) / level(still())).toBeCloseTo(0.5, 1);
  });

  it('is flushed by a shower, and fills again in days', () => {
    const rain = new Float64Array(HOURS * STEPS_PER_HOUR);
    rain.fill(20, 48 * STEPS_PER_HOUR, 50 * STEPS_PER_HOUR);
    const { methane } = breathe(box({ sludge: 0.02 }), still({ rain }), null);
    expect(at(methane, 50)).toBeLessThan(0.5 * at(methane, 47));
    expect(at(methane, 110)).toBeGreaterThan(at(methane, 52));
  });

  it('has gas within the hour of a broken pipe through gravel, and half a day later through clay', () => {
    const natural = (soilHours: number) => breathe(box(), still(), hole({ soilHours })).natural;
    expect(at(natural(0.1), 25)).toBeGreaterThan(0.5);
    expect(at(natural(20), 25)).toBeLessThan(0.05);
    expect(at(natural(20), 60)).toBeGreaterThan(0.5);
  });

  it('gets more from the same hole when the pressure is higher, and when the ground is sealed', () => {
    const level = (world: Surroundings, inflow: Inflow) => at(breathe(box(), world, inflow).natural, 100);
    const even = (value: number) => new Float64Array(HOURS * STEPS_PER_HOUR).fill(value);
    expect(level(still({ pressure: even(1.2) }), hole())).toBeGreaterThan(1.1 * level(still(), hole()));
    expect(level(still({ wet: even(1) }), hole({ sealed: 1 }))).toBeGreaterThan(1.5 * level(still(), hole()));
  });

  it('is aired while its cover is off', () => {
    const { methane } = breathe(box({ sludge: 0.02, opened: [72] }), still(), null);
    expect(at(methane, 72.5)).toBeLessThan(0.2 * at(methane, 71.9));
  });
});

describe('a simulated alarm', () => {
  const happenings: readonly Happening[] = ['biogas', 'leak', 'growing-leak', 'leak-on-biogas', 'cleaning', 'drift'];

  it('is the same for the same seed, and another for another', () => {
    expect(undergroundCase(town!, 'leak', 'a')).toEqual(undergroundCase(town!, 'leak', 'a'));
    expect(undergroundCase(town!, 'leak', 'a')).not.toEqual(undergroundCase(town!, 'leak', 'b'));
  });

  it.each(happenings)('of %s rang at 1 %%VOL, and shows nothing of what came after it was looked at', (happening) => {
    const { evidence } = undergroundCase(town!, happening, 'look')!;
    const all = [evidence.methane, ...(evidence.neighbours ?? []).map(({ methane }) => methane), evidence.ethane ?? []];
    for (const series of all) for (const { at } of series) expect(at).toBeLessThan(evidence.to);
    expect(Math.max(...evidence.methane.map(({ value }) => value))).toBeGreaterThanOrEqual(1);
  });

  it('is a leak wherever gas escapes, also where there is sludge', () => {
    expect(happenings.filter(isLeak)).toEqual(['leak', 'growing-leak', 'leak-on-biogas']);
  });

  it('happens in towns for fitting and in others for judging, none in both', () => {
    const names = [...fittingTowns, ...heldOutTowns].map(({ id }) => id);
    expect(new Set(names).size).toBe(names.length);
    expect(heldOutTowns.length).toBeGreaterThanOrEqual(3);
  });

  it('rains and is windy within reason', () => {
    const { rain, wet, wind, pressure } = surroundings(town!, dice('week'), 168);
    for (const series of [rain, wet, wind, pressure])
      for (const value of series) expect(value).toBeGreaterThanOrEqual(0);
    for (const value of wet) expect(value).toBeLessThanOrEqual(1);
  });
});
