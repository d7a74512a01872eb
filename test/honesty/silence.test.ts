import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { days } from './days.ts';
import { alarmsOf, BEGIN, connection, gas, run, SILENT, type Step, tick } from './driver.ts';

/** Seconds of ten or so minutes at which a device is heard. */
const heardAt = fc
  .uniqueArray(fc.integer({ min: 1, max: 1500 }), { maxLength: 12 })
  .map((at) => [...at].sort((a, b) => a - b));
const END = 1800;

/** When silences of one device begin to be told, by the second: three hundred of them after it was last heard. */
function silences(heard: readonly number[]): number[] {
  const marks = [0, ...heard, Number.POSITIVE_INFINITY];
  return marks.slice(0, -1).flatMap((from, i) => {
    const due = from + SILENT.afterMs / 1000;
    // Heard in the very second in which it falls due: the tick comes first.
    return due <= END && due <= marks[i + 1]! ? [due] : [];
  });
}

function day(
  speaking: ReadonlyMap<string, readonly number[]>,
  more: (second: number, at: number) => Step[] = () => [],
): Step[] {
  const steps: Step[] = [tick(BEGIN)];
  for (let second = 1; second <= END; second++) {
    const at = BEGIN + second * 1000;
    steps.push(tick(at), ...more(second, at));
    for (const [device, seconds] of speaking) if (seconds.includes(second)) steps.push(gas(device, at, 0));
  }
  return steps;
}

/** design.md, rule 3: silence is an alarm, also of a device that was registered and never heard. */
describe('a device that connects itself', () => {
  it('is called silent five minutes after it was last heard, or registered, and at no other time', () => {
    const property = fc.property(heardAt, (heard) => {
      const seen = run(day(new Map([['k3', heard]])));
      const ours = new Set(alarmsOf(seen, SILENT.rule, 'k3').map(({ id }) => id));
      const told = seen.events.filter(
        ({ alarm, kind }) => ours.has(alarm) && (kind === 'raised' || kind === 'reraised'),
      );
      expect(told.map(({ at }) => (at - BEGIN) / 1000)).toEqual(silences(heard));
    });
    fc.assert(property, days);
  });
});

/** design.md, rule 3: a gateway down is one alarm, and suppression by design never hides what was active before. */
describe('devices behind a gateway that comes and goes', () => {
  const links = fc.array(
    fc.record({ second: fc.integer({ min: 1, max: 1500 }), state: fc.constantFrom('up' as const, 'down' as const) }),
    { maxLength: 8 },
  );
  const over = fc.record({ device: fc.constantFrom('k1', 'k2'), second: fc.integer({ min: 1, max: 1500 }) });

  it('have what was active stay in sight, and hide only silence that came while it was down', () => {
    const property = fc.property(
      heardAt,
      heardAt,
      links,
      fc.array(over, { maxLength: 4 }),
      (k1, k2, changes, leaks) => {
        const steps = day(
          new Map([
            ['k1', k1],
            ['k2', k2],
          ]),
          (second, at) => [
            ...changes.filter((c) => c.second === second).map((c) => connection('g1', c.state, at)),
            ...leaks.filter((l) => l.second === second).map((l) => gas(l.device, at - 1, 80)),
          ],
        );
        /** Alarms that were once seen active and not hidden, while they are open. */
        const inSight = new Set<string>();
        run(steps, {
          watch: ({ rows }) => {
            for (const alarm of rows.values()) {
              if (!alarm.active) inSight.delete(alarm.id);
              else if (alarm.override === null) inSight.add(alarm.id);
              else expect(inSight.has(alarm.id), `${alarm.id} was in sight and is hidden`).toBe(false);
              if (alarm.override) expect(alarm.rule).toBe(SILENT.rule);
            }
          },
        });
      },
    );
    fc.assert(property, days);
  });

  it('leave nothing hidden once it has been up for two minutes', () => {
    const property = fc.property(heardAt, links, (k1, changes) => {
      const steps = day(new Map([['k1', k1]]), (second, at) =>
        changes.filter((c) => c.second === second).map((c) => connection('g1', c.state, at)),
      );
      const at = BEGIN + END * 1000;
      steps.push(connection('g1', 'up', at), gas('k1', at, 0));
      for (let second = 1; second <= 130; second++) steps.push(tick(at + second * 1000));
      const { rows } = run(steps);
      expect([...rows.values()].filter((a) => a.closedAt === null && a.overrides.length > 0)).toEqual([]);
      expect([...rows.values()].filter((a) => a.rule === 'platform.gateway-down' && a.active)).toEqual([]);
    });
    fc.assert(property, days);
  });
});
