import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { days, level } from './days.ts';
import { alarmsOf, BEGIN, gas, LEVEL_2, run, type Seen, type Step, tick } from './driver.ts';

const HOUR = 3_600_000;
/** A backlog: values a minute apart, in the order of their time. */
const backlog = fc.array(level, { minLength: 1, maxLength: 30 });

interface Episode {
  readonly since: number;
  /** The first sample that is safely below; null while it holds. */
  readonly until: number | null;
}

/**
 * What a list of samples says about the second level, worked out the slow way: an episode begins with a sample at or over the
 * limit, and is over when the off-delay has passed since a sample below the deadband without one against it, or when the backlog
 * ends below it.
 */
function episodesIn(samples: readonly { readonly at: number; readonly value: number }[]): Episode[] {
  const found: Episode[] = [];
  let since: number | null = null;
  let below: number | null = null;
  for (const { at, value } of samples) {
    // Nothing was said against the return for as long as the off-delay.
    if (since !== null && below !== null && at - below >= LEVEL_2.offDelayMs) {
      found.push({ since, until: below });
      since = null;
      below = null;
    }
    if (since === null) {
      if (value >= LEVEL_2.limit) since = at;
    } else if (value >= LEVEL_2.back) below = null;
    else below ??= at;
  }
  if (since !== null) found.push({ since, until: below });
  return found;
}

/** The backlog of k3, which drains at `now` and ended `endedMs` before; then ten seconds in which nothing more comes. */
function drains(values: readonly number[], now: number, endedMs: number) {
  const samples = values.map((value, i) => ({ value, at: now - endedMs - (values.length - 1 - i) * 60_000 }));
  const steps: Step[] = samples.map(({ at, value }) => gas('k3', at, value, { received: now, historical: true }));
  for (let second = 1; second <= 10; second++) steps.push(tick(now + second * 1000));
  return { samples, steps };
}

const level2 = (seen: Seen) => alarmsOf(seen, LEVEL_2.rule, 'k3');

/** design.md, rule 2. */
describe('an outbox that drains late', () => {
  it('rings for what still holds, and only wants a verdict of what is over', () => {
    const property = fc.property(backlog, (values) => {
      const now = BEGIN + 4 * HOUR;
      const { samples, steps } = drains(values, now, 5 * 60_000);
      const episodes = episodesIn(samples);
      const rows = level2(run([tick(now), ...steps]));
      const ringing = rows.filter(({ lane }) => lane === 'live');
      const over = rows.filter(({ lane }) => lane === 'history');
      expect(ringing.map(({ since }) => since)).toEqual(
        episodes.filter(({ until }) => until === null).map(({ since }) => since),
      );
      expect(over.map(({ since }) => since)).toEqual(
        episodes.filter(({ until }) => until !== null).map(({ since }) => since),
      );
      for (const row of ringing) expect(row).toMatchObject({ active: true, acked: false, needsVerdict: false });
      for (const row of over) expect(row).toMatchObject({ active: false, needsVerdict: true });
    });
    fc.assert(property, days);
  });

  it('rings for nothing that a newer live reading contradicts', () => {
    const property = fc.property(backlog, fc.constantFrom(0, 12, 34), (values, newest) => {
      const now = BEGIN + 4 * HOUR;
      const { steps } = drains(values, now, 5 * 60_000);
      const rows = level2(run([tick(now), gas('k3', now, newest), ...steps]));
      expect(rows.filter(({ lane }) => lane === 'live')).toEqual([]);
    });
    fc.assert(property, days);
  });

  it('never touches what live readings do: the live alarms are those of the live readings alone', () => {
    const live = fc.array(fc.record({ value: level, afterS: fc.integer({ min: 1, max: 90 }) }), {
      minLength: 2,
      maxLength: 20,
    });
    const when = fc.array(fc.record({ before: fc.nat(19), values: backlog }), { minLength: 1, maxLength: 3 });
    const property = fc.property(live, when, (said, backlogs) => {
      let now = BEGIN + 4 * HOUR;
      const alone: Step[] = [tick(now), gas('k3', now, 0)];
      const both: Step[] = [...alone];
      said.forEach(({ value, afterS }, index) => {
        for (const { before, values } of backlogs) {
          if (before % said.length !== index) continue;
          // Hours old: older than anything that was heard live.
          both.push(
            ...drains(values, now, 3 * HOUR).steps.filter(
              (step) => step.kind !== 'entry' || step.entry.kind !== 'tick',
            ),
          );
        }
        for (let second = 1; second <= afterS; second++) {
          now += 1000;
          alone.push(tick(now));
          both.push(tick(now));
        }
        alone.push(gas('k3', now, value));
        both.push(gas('k3', now, value));
      });
      expect(liveStory(run(both))).toEqual(liveStory(run(alone)));
    });
    fc.assert(property, days);
  });

  it('says the same thing whether it is sent once or several times', () => {
    const property = fc.property(backlog, fc.integer({ min: 2, max: 3 }), (values, times) => {
      const now = BEGIN + 4 * HOUR;
      const once = run([tick(now), ...drains(values, now, 5 * 60_000).steps]);
      const again: Step[] = [tick(now)];
      for (let i = 0; i < times; i++) again.push(...repeated(values, now, i));
      const idsOf = (seen: Seen) =>
        level2(seen)
          .map(({ id }) => id)
          .sort();
      expect(idsOf(run(again))).toEqual(idsOf(once));
    });
    fc.assert(property, days);
  });
});

/** The same backlog, received a minute later for every time it is sent again. */
function repeated(values: readonly number[], now: number, time: number): Step[] {
  const first = drains(values, now, 5 * 60_000);
  const later = now + time * 60_000;
  return [
    tick(later),
    ...first.samples.map(({ at, value }) => gas('k3', at, value, { received: later, historical: true })),
    ...Array.from({ length: 10 }, (_, i) => tick(later + (i + 1) * 1000)),
  ];
}

/** What a person saw ring, and when. */
const liveStory = (seen: Seen) =>
  seen.events
    .filter(({ alarm }) => seen.rows.get(alarm)?.lane === 'live')
    .map(({ alarm, at, kind }) => `${at} ${kind} ${alarm}`);
