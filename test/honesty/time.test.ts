import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alarm } from '../../devices/contract/alarm.ts';
import { days } from './days.ts';
import { alarmsOf, BEGIN, connection, gas, ids, LEVEL_2, run, SILENT, type Step, tick } from './driver.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** design.md, rule 1: "newest" means the smaller of both times, so that no reading from the future can silence a device. */
describe('a detector whose clock is wrong now and then', () => {
  const clocks = fc.constantFrom(0, 0, 0, 1, 90_000, 8 * HOUR, 400 * 24 * HOUR);
  const reports = fc.array(
    fc.record({ value: fc.constantFrom(0, 12, 39, 40, 80), skew: clocks, afterS: fc.integer({ min: 1, max: 90 }) }),
    {
      minLength: 1,
      maxLength: 25,
    },
  );

  it('rings with the very reading that is over the limit, however far ahead an earlier one claimed to be', () => {
    const property = fc.property(reports, (said) => {
      let now = BEGIN;
      const steps: Step[] = [tick(now)];
      const over: number[] = [];
      for (const { value, skew, afterS } of said) {
        now += afterS * 1000;
        // Admission judges a wrong clock at receive time; a clock ahead that slips through must not matter either.
        steps.push(tick(now), gas('k3', now + skew, value, { received: now }));
        if (value >= LEVEL_2.limit) over.push(now);
      }
      const standing = new Map<number, boolean>();
      run(steps, {
        watch: ({ rows }, at) =>
          standing.set(
            at,
            [...rows.values()].some((a) => a.rule === LEVEL_2.rule && a.active),
          ),
      });
      for (const at of over) expect(standing.get(at)).toBe(true);
    });
    fc.assert(property, days);
  });
});

/** design.md, rule 1: after ten minutes of blindness no device is called silent for them; one alarm, "path blind", is. */
describe('a platform that is blind from time to time', () => {
  const stretches = fc.array(
    fc.record({
      seesS: fc.integer({ min: 1, max: 290 }),
      blindS: fc.oneof(fc.integer({ min: 1, max: 14 }), fc.integer({ min: 16, max: 7200 })),
    }),
    { minLength: 1, maxLength: 8 },
  );

  it('calls no device silent that spoke whenever it could be heard, and says of every long stretch that it was blind', () => {
    const property = fc.property(stretches, (nights) => {
      let now = BEGIN;
      const steps: Step[] = [tick(now)];
      const speak = () => steps.push(connection('g1', 'up', now), ...ids.map((id) => gas(id, now, 0)));
      let long = 0;
      speak();
      for (const { seesS, blindS } of nights) {
        for (let second = 1; second <= seesS; second++) {
          now += 1000;
          steps.push(tick(now));
          if (second % 100 === 0) speak();
        }
        now += blindS * 1000;
        steps.push(tick(now));
        speak();
        if (blindS >= 60) long++;
      }
      const seen = run(steps);
      expect(alarmsOf(seen, SILENT.rule)).toEqual([]);
      const blind = (alarm: Alarm) => alarm.rule === 'platform.path-blind';
      const raised = seen.events.filter(
        ({ alarm, kind }) => blind(seen.rows.get(alarm)!) && (kind === 'raised' || kind === 'reraised'),
      );
      expect(raised).toHaveLength(long);
    });
    fc.assert(property, days);
  });
});

/** design.md, rule 1: a delay is a matter of samples and ticks; the world's pace between them is none of its business. */
describe('a reading over the first level', () => {
  const others = fc.array(fc.record({ afterS: fc.integer({ min: 1, max: 30 }), device: fc.constantFrom('k1', 'k2') }), {
    maxLength: 10,
  });

  it('becomes an alarm ten seconds later by the ticks, whatever other devices say meanwhile', () => {
    const property = fc.property(others, fc.integer({ min: 0, max: 999 }), (said, offset) => {
      const at = BEGIN + 5000 + offset;
      const speaking = new Map(said.map(({ afterS, device }) => [afterS, device]));
      const steps: Step[] = [tick(BEGIN), ...[1, 2, 3, 4, 5].map((s) => tick(BEGIN + s * 1000)), gas('k3', at, 12)];
      for (let second = 6; second <= 40; second++) {
        steps.push(tick(BEGIN + second * 1000));
        const device = speaking.get(second);
        if (device) steps.push(gas(device, BEGIN + second * 1000, 0));
      }
      const [alarm, ...more] = alarmsOf(run(steps), 'G05-14.com-l1');
      expect(more).toEqual([]);
      expect(alarm).toMatchObject({ since: at });
      expect(alarm!.raisedAt - at).toBeGreaterThanOrEqual(10_000);
      expect(alarm!.raisedAt - at).toBeLessThan(12_000);
    });
    fc.assert(property, days);
  });
});
