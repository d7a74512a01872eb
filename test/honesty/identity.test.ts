import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alarm } from '../../devices/contract/alarm.ts';
import { anyDay, dayOf, days, level } from './days.ts';
import { BEGIN, gas, LEVEL_1, LEVEL_2, run, type Seen, type Step, tick } from './driver.ts';

const ofGas = ({ rows }: Seen, which: (alarm: Alarm) => boolean) =>
  [...rows.values()]
    .filter((a) => (a.rule === LEVEL_1.rule || a.rule === LEVEL_2.rule) && which(a))
    .map(({ id }) => id)
    .sort();

/** design.md, rule 4: replay, redelivery, the edge and a second worker can never double an alarm. */
describe('messages that are delivered again', () => {
  const said = fc.array(
    fc.record({
      value: level,
      afterS: fc.integer({ min: 1, max: 90 }),
      again: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 2 }),
    }),
    {
      minLength: 1,
      maxLength: 20,
    },
  );

  it('ring for nothing more and nothing less, and an urgent episode has one row, whenever they come again', () => {
    const property = fc.property(said, (reports) => {
      let now = BEGIN;
      const once: Step[] = [tick(now)];
      const often: Step[] = [tick(now)];
      const waiting: { readonly at: number; readonly value: number; readonly left: number }[] = [];
      for (const { value, afterS, again } of reports) {
        for (let second = 1; second <= afterS; second++) {
          now += 1000;
          once.push(tick(now));
          often.push(tick(now));
        }
        once.push(gas('k3', now, value));
        often.push(gas('k3', now, value));
        waiting.push(...again.map((left) => ({ at: now, value, left })));
        const due = waiting.filter(({ left }) => left === 0);
        // A sender that had no acknowledgement sends the same again: the same time, received later.
        for (const { at, value: old } of due) often.push(gas('k3', at, old, { received: now }));
        for (let i = waiting.length - 1; i >= 0; i--) {
          const one = waiting[i]!;
          if (one.left === 0) waiting.splice(i, 1);
          else waiting[i] = { ...one, left: one.left - 1 };
        }
      }
      for (let second = 1; second <= 90; second++) {
        once.push(tick(now + second * 1000));
        often.push(tick(now + second * 1000));
      }
      const [again, first] = [run(often), run(once)];
      // A backlog with holes may look like one long excess: that asks for a verdict at the first level, and never rings.
      expect(ofGas(again, (a) => a.lane === 'live')).toEqual(ofGas(first, (a) => a.lane === 'live'));
      const urgent = (a: Alarm) => a.rule === LEVEL_2.rule;
      expect(ofGas(again, urgent)).toEqual(ofGas(first, urgent));
    });
    fc.assert(property, days);
  });
});

/** design.md, rule 4: levels of one measurement are exclusive: one sound, one ticket, the higher takes over. */
describe('whatever day it was', () => {
  it('one level of a detector sounds at any moment, and the higher one is alone on top while it is active or unseen', () => {
    const property = fc.property(anyDay, (day) => {
      run(dayOf(day), {
        watch: ({ rows }) => {
          const open = [...rows.values()].filter((a) => a.closedAt === null && a.lane === 'live');
          for (const device of ['k1', 'k2', 'k3']) {
            const levels = open.filter(
              (a) => a.device === device && (a.rule === LEVEL_1.rule || a.rule === LEVEL_2.rule),
            );
            const onTop = levels.filter((a) => a.supersededBy === null);
            expect(onTop.length > 0).toBe(levels.length > 0);
            // One sound: of what nobody has seen yet, one row is on top, and it is the higher level.
            const unseen = levels.filter((a) => !a.acked);
            expect(unseen.filter((a) => a.supersededBy === null).length).toBeLessThanOrEqual(1);
            const second = levels.find((a) => a.rule === LEVEL_2.rule && (a.active || !a.acked));
            if (second) expect(onTop).toEqual([second]);
          }
        },
      });
    });
    fc.assert(property, days);
  });

  it('events are numbered without a gap, and an alarm keeps the identity of its first abnormal sample', () => {
    const property = fc.property(anyDay, (day) => {
      const seen = run(dayOf(day));
      expect(seen.events.map(({ seq }) => seq)).toEqual(seen.events.map((_, i) => i + 1));
      for (const { id, device, rule, since } of seen.rows.values()) expect(id).toBe(`${device}/${rule}/${since}`);
    });
    fc.assert(property, days);
  });
});
