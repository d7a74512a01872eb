import fc from 'fast-check';
import { BEGIN, connection, gas, ids, type Step, tick } from './driver.ts';

/** UNCERTAIN and BAD of OPC UA, as admission and gateways write them. */
const UNCERTAIN = 0x40000000;
const BAD = 0x80000000;

/** Values around both levels, their deadbands and the ends of the range. */
export const level = fc.constantFrom(0, 4, 8, 9, 12, 20, 34, 36, 39, 40, 55, 100);
const quality = fc.constantFrom(undefined, undefined, undefined, UNCERTAIN, BAD);
/** How far a detector's clock is off, ms: mostly not at all. */
const skew = fc.constantFrom(0, 0, 0, 400, 90_000, 2 * 3_600_000, 400 * 86_400_000, -30_000);
const device = fc.constantFrom(...ids);

export type Happening =
  | {
      readonly do: 'report';
      readonly device: string;
      readonly value: number;
      readonly quality: number | undefined;
      readonly skew: number;
    }
  | { readonly do: 'pass' | 'blind'; readonly seconds: number }
  | { readonly do: 'link'; readonly state: 'up' | 'down' }
  | { readonly do: 'drain'; readonly device: string; readonly values: readonly number[]; readonly everyS: number }
  | { readonly do: 'acknowledge' | 'reset'; readonly which: number };

const report = fc.record({ do: fc.constant('report' as const), device, value: level, quality, skew });
const pass = fc.record({
  do: fc.constant('pass' as const),
  seconds: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 31, max: 400 })),
});
const blind = fc.record({ do: fc.constant('blind' as const), seconds: fc.integer({ min: 16, max: 3600 }) });
const link = fc.record({ do: fc.constant('link' as const), state: fc.constantFrom('up' as const, 'down' as const) });
const drain = fc.record({
  do: fc.constant('drain' as const),
  device,
  values: fc.array(level, { minLength: 1, maxLength: 6 }),
  everyS: fc.integer({ min: 5, max: 120 }),
});
const person = fc.record({ do: fc.constantFrom('acknowledge' as const, 'reset' as const), which: fc.nat(9) });

/** A day in which anything may happen; {@link dayOf} makes steps of it. */
export const anyDay: fc.Arbitrary<readonly Happening[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: report },
    { weight: 6, arbitrary: pass },
    { weight: 1, arbitrary: blind },
    { weight: 2, arbitrary: link },
    { weight: 2, arbitrary: drain },
    { weight: 3, arbitrary: person },
  ),
  { minLength: 1, maxLength: 40 },
);

/** Steps from happenings: time passes by ticks once a second, as ingest writes them; a blind stretch has none. */
export function dayOf(happenings: readonly Happening[]): readonly Step[] {
  let now = BEGIN;
  const steps: Step[] = [tick(now)];
  const passTo = (until: number) => {
    while (now + 1000 <= until) {
      now += 1000;
      steps.push(tick(now));
    }
  };
  for (const what of happenings) {
    switch (what.do) {
      case 'pass':
        passTo(now + what.seconds * 1000);
        break;
      case 'blind':
        now += what.seconds * 1000;
        steps.push(tick(now));
        break;
      case 'report':
        steps.push(
          gas(what.device, now + what.skew, what.value, {
            received: now,
            ...(what.quality === undefined ? {} : { quality: { 'alarm.ch4': what.quality } }),
          }),
        );
        break;
      case 'link':
        steps.push(connection('g1', what.state, now));
        break;
      case 'drain': {
        const span = what.values.length * what.everyS * 1000 + 120_000;
        what.values.forEach((value, i) => {
          steps.push(gas(what.device, now - span + i * what.everyS * 1000, value, { received: now, historical: true }));
        });
        passTo(now + 4000);
        break;
      }
      default:
        steps.push({ kind: what.do, which: what.which, at: now });
    }
  }
  passTo(now + 3000);
  return steps;
}

/** How many days a property looks at: few enough for every commit; YANSHAO_TEST_DAYS=5000 to hunt. */
export const days = { numRuns: Number(process.env.YANSHAO_TEST_DAYS ?? 150) } as const;

/** The day, and ten minutes more in which every device speaks and is well: whatever waits for a moment has had it. */
export function quietEnd(steps: readonly Step[]): readonly Step[] {
  const more: Step[] = [];
  const last = steps.at(-1);
  let now = last?.kind === 'entry' && last.entry.kind === 'tick' ? last.entry.at : BEGIN;
  for (let second = 0; second < 600; second++) {
    now += 1000;
    more.push(tick(now));
    if (second % 50 === 0) more.push(connection('g1', 'up', now), ...ids.map((id) => gas(id, now, 0)));
  }
  return [...steps, ...more];
}
