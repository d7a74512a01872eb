import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stateOf } from '../judge/transition.ts';
import { benchDevice, bystanders, engineBench } from './engine-bench.ts';

/** What may happen at a pole in a minute of the evening. */
type Step =
  | { readonly do: 'read'; readonly failed: boolean }
  | { readonly do: 'acknowledge' }
  | { readonly do: 'shelve'; readonly minutes: number; readonly oneShot: boolean }
  | { readonly do: 'unshelve' }
  | { readonly do: 'out-of-service'; readonly whole: boolean }
  | { readonly do: 'return-to-service'; readonly whole: boolean }
  | { readonly do: 'kill' };

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('read'), failed: fc.boolean() }) },
  fc.constant<Step>({ do: 'acknowledge' }),
  fc.record({ do: fc.constant('shelve'), minutes: fc.integer({ min: 1, max: 8 }), oneShot: fc.boolean() }),
  fc.constant<Step>({ do: 'unshelve' }),
  fc.record({ do: fc.constant('out-of-service'), whole: fc.boolean() }),
  fc.record({ do: fc.constant('return-to-service'), whole: fc.boolean() }),
  fc.constant<Step>({ do: 'kill' }),
) as fc.Arbitrary<Step>;

const RULE = 'C04-07.lamp-failure';
const timeOf = (minute: number): string => `20:${String(minute).padStart(2, '0')}`;
const fromPeople: ReadonlySet<Step['do']> = new Set(['shelve', 'unshelve', 'out-of-service', 'return-to-service']);

/** One step of the evening; what finds no alarm to speak of lets the minute pass. */
function take(b: ReturnType<typeof engineBench>, step: Step, time: string): void {
  const alarm = b.alarms().find((a) => a.rule === RULE && a.closedAt === null);
  const point = { device: 'l1', rule: 'whole' in step && step.whole ? null : RULE };
  b.passes(time);
  switch (step.do) {
    case 'read':
      b.reads(time, 'l1', { 'pole.lampFailure': step.failed, 'pole.dimLevel': 100 });
      return;
    case 'acknowledge':
      if (alarm) b.acknowledges(time, alarm.id);
      return;
    case 'shelve': {
      const { minutes, oneShot } = step;
      if (alarm) b.asks(time, { type: 'shelve', alarms: [alarm.id], minutes, oneShot, reason: 'works' });
      return;
    }
    case 'unshelve':
      b.asks(time, { type: 'unshelve', ...point }, bystanders.noor);
      return;
    case 'out-of-service':
      b.asks(time, { type: 'out-of-service', ...point, workOrder: 'WO', reason: 'works' });
      return;
    case 'return-to-service':
      b.asks(time, { type: 'return-to-service', ...point });
      return;
    case 'kill':
      b.restarts(b.keeps());
  }
}

/** Plays the evening; without `people` nobody puts anything aside. */
function evening(day: readonly Step[], people: boolean) {
  const b = engineBench({ devices: [benchDevice('l1', 'smart-pole')] }, '20:00');
  b.reads('20:00:30', 'l1', { 'pole.lampOn': true, 'pole.dimLevel': 100 });
  day.forEach((step, i) => {
    const time = timeOf(i + 1);
    if (fromPeople.has(step.do) && !people) b.passes(time);
    else take(b, step, time);
  });
  b.passes(timeOf(day.length + 1));
  return b;
}

describe('whatever people put aside, and whenever they take it up again', () => {
  it('changes nothing of the life underneath: the same episodes, in the same states', () => {
    const life = (b: ReturnType<typeof evening>) => b.alarms().map((a) => `${a.id} ${stateOf(a)} ${a.returnedAt}`);
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 30 }), (day) => {
        expect(life(evening(day, true))).toEqual(life(evening(day, false)));
      }),
      { numRuns: 60 },
    );
  });

  it('shows on every open alarm exactly what stands over its point', () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 30 }), (day) => {
        const b = evening(day, true);
        for (const alarm of b.engine.desk.open()) {
          const persons = alarm.overrides.filter(({ kind }) => kind !== 'suppressed');
          expect(persons).toEqual(b.engine.overrides.over(alarm.device, alarm.rule));
          expect(alarm.override).toEqual(alarm.overrides[0] ?? null);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('leaves no shelf behind its time', () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 20 }), (day) => {
        const b = evening(day, true);
        b.passes(timeOf(day.length + 12));
        expect(b.engine.stats().overrides.shelved).toBe(0);
      }),
      { numRuns: 40 },
    );
  });
});
