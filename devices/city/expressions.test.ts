import { describe, expect, it } from 'vitest';
import { smartPole } from '../types/smart-pole.ts';
import { type ConditionContext, compileCondition, compileLimit } from './expressions.ts';

const night: ConditionContext = {
  r: { pole: { dimLevel: 60, lampOn: false } },
  c: {},
  facts: { road: 'main' },
  device: { id: 'pole-1', type: 'smart-pole' },
  local: { hour: 21, minute: 5, minuteOfDay: 1265, workingDay: true, holiday: false, weekday: 7 },
  sun: { altitude: -20, dark: true },
  records: { workOrders: 0, permits: 0, protectionPlans: 0 },
};
const holds = (expr: string, context = night) => {
  const compiled = compileCondition(smartPole, expr);
  if ('refused' in compiled) throw new Error(compiled.refused);
  return compiled.run(context);
};

describe('a condition', () => {
  it.each([
    ['sun.dark && has(r.pole.dimLevel) && r.pole.dimLevel > 0.0', true],
    ['has(facts.road) && facts.road == "main" && local.hour == 21.0', true],
    ['has(facts.lane) && facts.lane == "main"', false],
    ['records.workOrders == 0.0', true],
    ['local.hour >= 22 || local.hour < 6', false],
    ['has(r.pole.doorOpen) && r.pole.doorOpen', false],
    ['device.id == "pole-1"', true],
  ])('%s', (expr, answer) => {
    expect(holds(expr)).toBe(answer);
  });

  it('says what is missing when a reading it needs has not come yet', () => {
    expect(() => holds('r.pole.doorOpen')).toThrow(/doorOpen/);
  });

  it('has a bound on its size', () => {
    const long = Array.from({ length: 300 }, () => 'sun.dark').join(' && ');
    expect(compileCondition(smartPole, long)).toHaveProperty('refused');
  });
});

describe('limit arithmetic', () => {
  it('computes with the constants of the station', () => {
    const limit = compileLimit('1.10 * Ps');
    if ('refused' in limit) throw new Error(limit.refused);
    expect(limit.names).toEqual(['Ps']);
    expect(limit.run({ Ps: 2.5 })).toBeCloseTo(2.75);
  });

  it('names the constant that a station lacks', () => {
    const limit = compileLimit('0.02 * spanInlet');
    if ('refused' in limit) throw new Error(limit.refused);
    expect(() => limit.run({ Ps: 2.5 })).toThrow('constant spanInlet is missing');
  });

  it.each(['2 * Ps', 'Px * 1.0', '1.10 *', '"high"'])('refuses %s when the catalogue is read', (expr) => {
    expect(compileLimit(expr)).toHaveProperty('refused');
  });
});
