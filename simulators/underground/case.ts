import type { Evidence, Neighbour, Series } from '../../devices/biogas/evidence.ts';
import type { VerdictKind } from '../../devices/contract/alarm.ts';
import { type Dice, dice, rounded } from '../city/chance.ts';
import { from, fromLog, normal } from './draw.ts';
import { companion, type Instrument, instrumentOf, readings } from './instrument.ts';
import { type Air, breathe, ethaneSeen, type Inflow, type Space, spaceOf } from './space.ts';
import { STEPS_PER_HOUR, type Surroundings, surroundings } from './surroundings.ts';
import type { Town } from './town.ts';

/** What really happens in a case: a growing leak seeps for days before it rings, and so looks like a habit. */
export type Happening = 'biogas' | 'leak' | 'growing-leak' | 'leak-on-biogas' | 'cleaning' | 'drift';

/** Gas escapes. */
export const isLeak = (happening: Happening): boolean => /leak/.test(happening);

/** One alarm of an underground space, as it was known when somebody looked, and what it really was. */
export interface Case {
  readonly town: string;
  readonly seed: string;
  readonly happening: Happening;
  readonly evidence: Evidence;
}

/** Days that are simulated; the first serves to fill the spaces. */
const HOURS = 240;
const SETTLED_H = 48;
/** The limit whose alarm is judged, %VOL, and its deadband: a space that is always above it rings once, not each week. */
const ALARM_VOL = 1;
const CLEAR_VOL = 0.75;
/** How far back the judgement looks, hours. */
const LOOKS_BACK_H = 96;
/** Hours after the alarm at which somebody looks. */
const looksAfter = [0, 0.25, 1, 3, 8, 24, 47] as const;
/** Draws until one raises an alarm. */
const TRIES = 60;

/** Where simulated time begins: any midnight would do. */
const BEGIN = Date.UTC(2026, 0, 1);

/** A case of `happening` in a town; null where in sixty draws none raised an alarm. Same town and seed, same case. */
export function undergroundCase(town: Town, happening: Happening, seed: string): Case | null {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const throws = dice(`${town.id}/${happening}/${seed}/${attempt}`);
    const evidence = tried(town, happening, throws);
    if (evidence) return { town: town.id, seed, happening, evidence };
  }
  return null;
}

function tried(town: Town, happening: Happening, throws: Dice): Evidence | null {
  const world = surroundings(town, throws, HOURS);
  const space = spaceOf(town, throws, HOURS, sludgeOf(happening, throws));
  const inflow = isLeak(happening) ? inflowOf(town, happening, throws) : null;
  const air = breathe(space, world, inflow);
  const instrument = fooled(instrumentOf(town, throws, HOURS), happening, throws);
  const methane = readings(air.methane, instrument, throws, BEGIN);
  const alarm = alarmOf(methane, inflow ? inflow.at : SETTLED_H);
  if (alarm === null) return null;
  const to = Math.min(alarm + throws.pick(looksAfter) * 3_600_000 + 60_000, BEGIN + HOURS * 3_600_000);
  // A few devices are new: their past is short.
  const from = to - (throws.chance(0.06) ? throws.between(2, 30) : LOOKS_BACK_H) * 3_600_000;
  const street = { town, throws, world, inflow, from, to };
  return {
    from,
    to,
    methane: within(methane, from, to),
    ...companions(street, space, air),
    neighbours: neighboursOf(street, space),
    ...(throws.chance(town.has.history) && { verdicts: historyOf(happening, throws) }),
  };
}

const within = (series: Series, from: number, to: number): Series => series.filter(({ at }) => at >= from && at < to);

/** Places that leak may have sludge too; those that only leak have little. */
function sludgeOf(happening: Happening, throws: Dice): number {
  if (happening === 'biogas' || happening === 'leak-on-biogas') return 1;
  return throws.chance(0.5) ? 0 : 0.15 * throws.next();
}

function inflowOf(town: Town, happening: Happening, throws: Dice): Inflow {
  const growing = happening === 'growing-leak';
  return {
    at: growing ? throws.between(0, SETTLED_H) : throws.between(SETTLED_H + 12, HOURS - 48),
    growsHours: growing ? throws.between(48, 200) : 0,
    m3h: fromLog(throws, town.leak) * from(throws, town.leakShare),
    soilHours: fromLog(throws, town.soilHours),
    sealed: from(throws, town.sealed),
  };
}

/** Solvents and hot water fool a sensor for an hour or two, time wears it out in days. */
function fooled(instrument: Instrument, happening: Happening, throws: Dice): Instrument {
  if (happening === 'drift') return { ...instrument, drift: throws.between(0.2, 1.2) };
  if (happening !== 'cleaning') return instrument;
  const at = throws.between(SETTLED_H, HOURS - 24);
  return { ...instrument, fooled: [{ at, vol: throws.between(1, 4), hours: throws.between(0.2, 2) }] };
}

/** The first of two readings in a row at the limit, ms; null where there is none after `fromHour`, or one before it. */
function alarmOf(methane: Series, fromHour: number): number | null {
  const clear = methane.findIndex(({ at, value }) => at >= BEGIN + SETTLED_H * 3_600_000 && value < CLEAR_VOL);
  if (clear < 0) return null;
  const since = methane.slice(clear);
  const first = since.findIndex(({ value }, i) => value >= ALARM_VOL && (since[i + 1]?.value ?? 0) >= ALARM_VOL);
  const second = since[first + 1];
  if (first < 0 || !second || second.at > BEGIN + (HOURS - 1) * 3_600_000) return null;
  return second.at >= BEGIN + fromHour * 3_600_000 ? second.at : null;
}

interface Street {
  readonly town: Town;
  readonly throws: Dice;
  readonly world: Surroundings;
  readonly inflow: Inflow | null;
  readonly from: number;
  readonly to: number;
}

function companions({ town, throws, world, inflow, from, to }: Street, space: Space, air: Air): Partial<Evidence> {
  const { has } = town;
  const seen = (curve: (step: number) => number, everyMin: number) =>
    within(companion(curve, world.steps, everyMin, BEGIN), from, to);
  const [share, crossTalk, floor] = [fromLog(throws, town.ethane), throws.between(0, 0.001), throws.between(0, 8)];
  const [flow, warmer] = [throws.between(40, 800), throws.between(-1, 1)];
  const ethane = (step: number) =>
    rounded(Math.max(0, ethaneSeen(air, step, share, crossTalk) + floor + 4 * normal(throws)), 0);
  const lastHour = (step: number) =>
    world.rain.subarray(Math.max(0, step - STEPS_PER_HOUR), step).reduce((sum, mm) => sum + mm / STEPS_PER_HOUR, 0);
  return {
    ...(throws.chance(has.ethane) && { ethane: seen(ethane, 30) }),
    ...(throws.chance(has.temperature) && { temperature: seen((step) => air.temperature[step]! + warmer, 30) }),
    ...(throws.chance(has.demand) && {
      demand: seen((step) => flow * world.demand[step]! * (1 + 0.03 * normal(throws)), 5),
    }),
    ...(throws.chance(has.pressure) && { pressure: seen((step) => 2.5 * world.pressure[step]!, 5) }),
    ...(throws.chance(has.rain) && { rain: seen(lastHour, 10) }),
    ...(throws.chance(has.guard) && { knocks: knocksOf(throws, inflow, from, to) }),
    ...(throws.chance(has.cover) && { opened: space.opened.map((hour) => BEGIN + hour * 3_600_000) }),
  };
}

/** A third of the holes are dug; lorries knock too, and some dig where nothing breaks. */
function knocksOf(throws: Dice, inflow: Inflow | null, from: number, to: number): Series {
  const dug = inflow ? throws.chance(0.35) : throws.chance(0.08);
  const about = inflow ? BEGIN + inflow.at * 3_600_000 : throws.between(from, to);
  const points = Array.from({ length: throws.whole(0, 2) }, () => ({ at: throws.between(from, to), value: 1 }));
  if (dug) {
    for (let n = throws.whole(3, 20); n > 0; n--)
      points.push({ at: about - throws.between(0, 5) * 3_600_000, value: 1 });
  }
  return within(
    points.sort((a, b) => a.at - b.at),
    from,
    to,
  );
}

/** Spaces nearby have air and sludge of their own; half of them share the sewer, and its moods. */
function neighboursOf({ town, throws, world, inflow, from: since, to }: Street, space: Space): Neighbour[] {
  const [speed, reach] = [fromLog(throws, town.reach.speed), from(throws, town.reach.metres)];
  return Array.from({ length: throws.whole(0, 3) }, () => {
    const metres = throws.between(10, 150);
    const sameSewer = space.sludge > 0 && throws.chance(0.5);
    const own = spaceOf(town, throws, HOURS, sameSewer ? throws.between(0.3, 1) : throws.chance(0.4) ? 0.3 : 0);
    const beside: Space = sameSewer
      ? { ...own, bursts: space.bursts, shut: throws.chance(0.3) ? space.shut : own.shut }
      : own;
    const arriving = inflow && {
      ...inflow,
      m3h: inflow.m3h * Math.exp(-metres / reach),
      at: inflow.at + metres / speed,
      soilHours: inflow.soilHours + metres / speed / 2,
    };
    const { methane } = breathe(beside, world, arriving);
    return { metres, methane: within(readings(methane, instrumentOf(town, throws, HOURS), throws, BEGIN), since, to) };
  });
}

function historyOf(happening: Happening, throws: Dice): VerdictKind[] {
  const usual = happening === 'biogas' || happening === 'leak-on-biogas' ? throws.whole(0, 4) : throws.whole(0, 1);
  const history: VerdictKind[] = Array.from({ length: usual }, () => 'biogas');
  if (throws.chance(isLeak(happening) ? 0.15 : 0.06)) history.push('real');
  return history;
}
