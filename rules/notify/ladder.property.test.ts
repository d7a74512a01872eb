import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Delivery, Notice } from '../../devices/contract/notice.ts';
import { notifyPolicySchema } from '../../devices/contract/notify-policy.ts';
import { advance, type LadderRules } from './ladder.ts';
import { benchRules, by, notice, person, TEN } from './notice-bench.ts';

/** What the world does to the newest delivery of a person, at a second of the day. */
interface Happening {
  readonly at: number;
  readonly who: number;
  readonly what: 'fails' | 'arrives' | 'acts' | 'killed';
}

const channels = ['page', 'web-push', 'sms', 'mail'] as const;
const rungs = channels.map((c) => c as (typeof channels)[number]);
const silentS = 7;
const againMin = 1;
const rules: LadderRules = {
  ...benchRules,
  policy: notifyPolicySchema.parse({ P1: { rungs: [...rungs], silentS, againMin } }),
};

const people = fc
  .array(fc.record({ has: fc.subarray([...channels]), wave: fc.nat(2) }), { minLength: 1, maxLength: 4 })
  .map((list) => list.map(({ has, wave }, i) => person(`p${i}`, { wave, ...by(...has) })));
const happenings = fc.array(
  fc.record({
    at: fc.integer({ min: 0, max: 150 }),
    who: fc.nat(3),
    what: fc.constantFrom('fails', 'fails', 'arrives', 'killed', 'acts' as const),
  }) as fc.Arbitrary<Happening>,
  { maxLength: 30 },
);
const SECONDS = 200;

/** The ladder as it is: looked at each second and after each happening, or only when it asked to be. */
function climbed(about: Notice, events: readonly Happening[], everySecond: boolean): string[] {
  const log: string[] = [];
  const deliveries: Delivery[] = [];
  let current = about;
  let lookAt: number | null = about.at;
  const look = (now: number, kept = true) => {
    const next = advance(current, deliveries, rules, now);
    // A process that dies here has told nobody and written nothing.
    if (!kept) return;
    for (const { person: who, channel } of next.send) log.push(`${(now - about.at) / 1000} ${who} ${channel}`);
    deliveries.push(...next.send);
    lookAt = next.lookAt;
  };
  for (let second = 0; second <= SECONDS; second++) {
    const now = about.at + second * 1000;
    for (const { who, what } of events.filter(({ at }) => at === second)) {
      const i = deliveries.findLastIndex(({ person: id }) => id === `p${who}`);
      if (what === 'acts') current = { ...current, handledAt: now };
      else if (what === 'killed') look(now, false);
      else if (i >= 0 && what === 'fails') deliveries[i] = { ...deliveries[i]!, troubledAt: now };
      else if (i >= 0) deliveries[i] = { ...deliveries[i]!, delivered: now };
      lookAt = now;
    }
    if (everySecond || (lookAt !== null && lookAt <= now)) {
      // One look may make another due: a person passed over lets the next be called.
      for (let before = -1; before !== deliveries.length; ) {
        before = deliveries.length;
        look(now);
      }
    }
  }
  return log;
}

/** The same by other means: counters that run down second by second, kept in the memory of a process that never dies. */
function expected(about: Notice, events: readonly Happening[]): string[] {
  const log: string[] = [];
  const all = about.to.map((to) => ({
    id: to.id,
    wave: to.wave,
    has: channels.filter((channel) => to.reach.some((reach) => reach.channel === channel)),
    rung: -1,
    rounds: 0,
    untilNext: 0,
    untilAgain: 0,
    arrived: false,
    lastFailed: false,
    allFailed: true,
  }));
  const ring = (p: (typeof all)[number], second: number) => {
    p.rung++;
    p.untilNext = silentS;
    p.lastFailed = false;
    log.push(`${second} ${p.id} ${p.has[p.rung]}`);
  };
  const restart = (p: (typeof all)[number], second: number) => {
    Object.assign(p, { rung: -1, arrived: false, allFailed: true, untilAgain: againMin * 60, rounds: p.rounds + 1 });
    ring(p, second);
  };
  const passed = (p: (typeof all)[number]) =>
    p.has.length === 0 || p.rounds > 1 || (p.rung === p.has.length - 1 && p.lastFailed && p.allFailed && !p.arrived);
  const turn = (p: (typeof all)[number], second: number) => {
    if (p.has.length === 0) return;
    if (p.untilAgain <= 0) return restart(p, second);
    const climbs = !p.arrived && p.rung + 1 < p.has.length && (p.lastFailed || p.untilNext <= 0);
    if (!climbs) return;
    if (!p.lastFailed) p.allFailed = false;
    ring(p, second);
  };
  const waves = [...new Set(all.map(({ wave }) => wave))].sort();
  for (let second = 0; second <= SECONDS; second++) {
    for (const p of all) {
      p.untilNext--;
      p.untilAgain--;
    }
    for (const { who, what } of events.filter(({ at }) => at === second)) {
      const p = all[who];
      if (what === 'acts') return log;
      if (!p || p.rung < 0) continue;
      if (what === 'fails') p.lastFailed = true;
      if (what === 'arrives') p.arrived = true;
    }
    for (const wave of waves) {
      const members = all.filter((p) => p.wave === wave);
      for (const p of members) turn(p, second);
      if (!members.every(passed)) break;
    }
  }
  return log;
}

describe('the ladder, whatever happens', () => {
  it('rings as a process would that never dies and counts every second', () => {
    fc.assert(
      fc.property(people, happenings, (to, events) => {
        // The model has no memory of which of several earlier steps a late answer belongs to: answers are to the newest.
        const about = notice({ to });
        expect(climbed(about, events, true).toSorted()).toEqual(expected(about, events).toSorted());
      }),
      { numRuns: 300 },
    );
  });

  it('needs to be looked at only when it asks for it', () => {
    fc.assert(
      fc.property(people, happenings, (to, events) => {
        const about = notice({ to });
        expect(climbed(about, events, false)).toEqual(climbed(about, events, true));
      }),
      { numRuns: 300 },
    );
  });

  it('never leaves an unhandled notice, nor uses a key twice, however the clock jumps', () => {
    const jumps = fc.array(fc.integer({ min: -7_200_000, max: 7_200_000 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(people, jumps, (to, steps) => {
        const about = notice({ to, at: TEN });
        const reachable = to.some(({ reach }) => reach.length > 0);
        const deliveries: Delivery[] = [];
        let now = TEN;
        for (const step of steps) {
          now += step;
          const { send, lookAt } = advance(about, deliveries, rules, now);
          deliveries.push(...send);
          // Somebody is told within a round of whatever the clock shows now.
          if (reachable) expect(lookAt).toBeLessThanOrEqual(now + againMin * 60_000);
          expect(lookAt === null).toBe(!reachable);
        }
        expect(new Set(deliveries.map(({ key }) => key)).size).toBe(deliveries.length);
        for (const { id } of to) {
          const steps = deliveries.filter((one) => one.person === id).map(({ step }) => step);
          expect(steps).toEqual(steps.map((_, i) => i + 1));
        }
      }),
      { numRuns: 300 },
    );
  });
});
