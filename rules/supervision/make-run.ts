import { setImmediate } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { Catalogue } from '../../devices/contract/catalogue.ts';
import type { City } from '../../devices/contract/city.ts';
import type { Period, RunContent, ScoreNumber } from '../../devices/contract/score.ts';
import type { Cycle, Indicator, RankedCycle, Supervision } from '../../devices/contract/supervision.ts';
import type { Ticket } from '../../devices/contract/ticket.ts';
import type { RegistryCache } from '../../devices/registry/registry-cache.ts';
import { dispatchLines, keptPromises } from '../../devices/supervision/dispatch.ts';
import type { Facts } from '../../devices/supervision/facts.ts';
import { periodBefore } from '../../devices/supervision/period.ts';
import {
  promisesOf,
  publishedResults,
  runLines,
  weightsAt,
  weightsChanges,
} from '../../devices/supervision/read-scores.ts';
import { basisOf, numbersOfReview, scoreNumbers } from '../../devices/supervision/run.ts';
import { drawSample } from '../../devices/supervision/sample.ts';
import { zoneOf } from '../../kit/local-time.ts';
import type { RulesTables } from '../store/migrations.ts';
import { alarmFacts } from './alarm-facts.ts';
import { hazardFacts, visitFacts } from './finding-facts.ts';
import { blindDevices, placeFacts, placesToVisit } from './place-facts.ts';
import { ticketFacts } from './ticket-facts.ts';

export interface MakingParts {
  readonly db: Kysely<RulesTables>;
  readonly policy: Supervision;
  readonly city: City;
  readonly catalogue: () => Catalogue;
  readonly registry: Pick<RegistryCache, 'devices' | 'sites' | 'site'>;
}

/** A run before it has a number. */
export interface MadeRun {
  readonly content: RunContent;
  readonly numbers: readonly ScoreNumber[];
  readonly demo: boolean;
}

/**
 * Works out one period of a cycle from what the books hold at `at` (ms). `secret` is something that nobody knew before: a sample
 * is drawn with it. Reads only; alarms are judged meanwhile.
 */
export async function makeRun(
  parts: MakingParts,
  cycle: Cycle,
  period: Period,
  at: number,
  secret: string,
): Promise<MadeRun> {
  const demo = isDemonstration(parts.registry);
  switch (cycle.kind) {
    case 'score':
    case 'review':
      return { ...(await scored(parts, cycle, period, demo)), demo };
    case 'dispatch':
      return { content: await dispatched(parts, cycle, period, at, demo), numbers: [], demo };
    case 'sample': {
      const seed = `${parts.city.id}/${cycle.id}/${period.key}/${secret}`;
      const strata = drawSample(cycle, seed, placesToVisit(parts.catalogue(), parts.registry));
      return { content: { kind: 'sample', seed, strata }, numbers: [], demo };
    }
  }
}

/** Real devices and those of a demonstration are never in one registry. */
function isDemonstration(registry: Pick<RegistryCache, 'devices'>): boolean {
  for (const { demo } of registry.devices()) return demo;
  return false;
}

async function scored(
  parts: MakingParts,
  cycle: RankedCycle,
  period: Period,
  demo: boolean,
): Promise<Omit<MadeRun, 'demo'>> {
  const { db, policy } = parts;
  const weights = weightsAt(policy, await weightsChanges(db), period.from);
  const basis = basisOf(policy, cycle, weights, await withoutGap(parts, cycle, period));
  if (cycle.kind === 'review') {
    const within = (await publishedResults(db, cycle.of)).filter(
      ({ from, to }) => from >= period.from && to <= period.to,
    );
    return { content: { kind: 'review', basis }, numbers: numbersOfReview(basis, within) };
  }
  const carried = basis.indicators.filter(({ id }) => basis.classes.some((one) => (weights[one.id]?.[id] ?? 0) > 0));
  const facts = await gather(parts, carried, period, demo);
  const numbers: ScoreNumber[] = [];
  for (const one of scoreNumbers(basis, facts, period)) {
    numbers.push(one);
    // Alarms are judged in this process.
    await setImmediate();
  }
  return { content: { kind: 'score', basis }, numbers };
}

/** Published results before a period, newest first, up to the first period that has none. */
async function withoutGap({ db, city }: MakingParts, cycle: RankedCycle, period: Period) {
  const zone = zoneOf(city.timeZone);
  const byPeriod = new Map((await publishedResults(db, cycle.id)).map((one) => [one.period, one]));
  const longest = Math.max(1, ...cycle.callIn.map(({ times }) => times - 1));
  const found = [];
  for (
    let one = periodBefore(cycle.every, period, zone);
    found.length < longest;
    one = periodBefore(cycle.every, one, zone)
  ) {
    const result = byPeriod.get(one.key);
    if (!result) break;
    const { run, period: key, lines } = result;
    found.push({ run, period: key, lines });
  }
  return found;
}

/** Everything the indicators need, and no more. */
async function gather(
  { db, city, catalogue, registry }: MakingParts,
  indicators: readonly Indicator[],
  period: Period,
  demo: boolean,
): Promise<Facts> {
  const standards = catalogue();
  const visits = await visitFacts(db, period, standards, demo);
  return {
    tickets: await ticketFacts(db, period, demo),
    alarms: await alarmFacts(db, period, soundingPriorities(indicators), demo),
    hazards: await hazardFacts(db, period, demo),
    visits,
    ...placeFacts(city, standards, registry, await blindDevices(db, standards), visits),
  };
}

function soundingPriorities(indicators: readonly Indicator[]): string[] {
  const wanted = indicators.flatMap(({ measure }) =>
    measure.kind === 'ack-time' ? (measure.priorities ?? ['P1', 'P2', 'P3', 'P4']) : [],
  );
  return [...new Set(wanted)];
}

async function dispatched(
  { db }: MakingParts,
  cycle: Extract<Cycle, { kind: 'dispatch' }>,
  period: Period,
  at: number,
  demo: boolean,
): Promise<RunContent> {
  const rows = await db.selectFrom('tickets').select('body').where('open', '=', 1).execute();
  const tickets = rows
    .map(({ body }) => JSON.parse(body) as Ticket)
    .filter((one) => (demo || !one.demo) && one.drill === undefined);
  const before = (await runLines(db)).find((one) => one.cycle === cycle.id && one.period.key !== period.key);
  const promised = before ? await promisesOf(db, before.id) : [];
  const open = new Set(tickets.map(({ id }) => id));
  return {
    kind: 'dispatch',
    lines: dispatchLines(tickets, at, cycle.mostReturned),
    promised: keptPromises(promised, open, at),
  };
}
