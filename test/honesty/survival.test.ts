import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyDay, dayOf, days, quietEnd } from './days.ts';
import { run, type Seen, told } from './driver.ts';

const moments = fc.array(fc.nat(4000), { maxLength: 4 });
const within = (steps: readonly unknown[], at: readonly number[]) => at.map((n) => n % steps.length);

/** design.md, rule 1: rules advance by readings and ticks alone, so replaying the journal gives the same alarms. */
describe('whatever day it was', () => {
  it('judging its journal again gives the same alarms, in whatever blocks it was written', () => {
    const property = fc.property(anyDay, fc.integer({ min: 2, max: 60 }), (day, block) => {
      const steps = dayOf(day);
      expect(told(run(steps, { block }))).toEqual(told(run(steps)));
    });
    fc.assert(property, days);
  });
});

/** design.md, rule 5: on-delay timers, acknowledgements and all else go on after `kill -9` as if nothing had happened. */
describe('wherever the process was killed in a day', () => {
  it('the same alarms are there, with the same history, as if it had lived', () => {
    const property = fc.property(anyDay, moments, moments, (day, kills, keeps) => {
      const steps = dayOf(day);
      const killsAfter = new Set(within(steps, kills));
      const keepsBefore = new Map(within(steps, keeps).map((at) => [at, Number.POSITIVE_INFINITY]));
      expect(told(run(steps, { killsAfter, keepsBefore }))).toEqual(told(run(steps)));
    });
    fc.assert(property, days);
  });

  it('also in the middle of a snapshot: the same alarms stand in the end, and none of them stays hidden', () => {
    const parts = fc.array(fc.tuple(fc.nat(4000), fc.integer({ min: 0, max: 3 })), { minLength: 1, maxLength: 4 });
    const property = fc.property(anyDay, moments, parts, (day, kills, keeps) => {
      const steps = quietEnd(dayOf(day));
      const killsAfter = new Set(within(steps, kills));
      const keepsBefore = new Map(keeps.map(([at, units]) => [at % steps.length, units]));
      expect(standing(run(steps, { killsAfter, keepsBefore }))).toEqual(standing(run(steps)));
    });
    fc.assert(property, days);
  });
});

/** What is open at the end and how it shows, and everything that ever was. */
const standing = (seen: Seen) =>
  told(seen).rows.map((row) => {
    const [id, state, lane, , , hidden] = row.split(' ');
    return [id, state, lane, hidden].join(' ');
  });
