import type { Dice } from '../city/chance.ts';
import { from, fromLog, moments } from './draw.ts';
import { STEPS_PER_HOUR, type Surroundings } from './surroundings.ts';
import type { Town } from './town.ts';

/** One underground space: a box of air with a floor of sludge under a cover with holes. */
export interface Space {
  /** m3. */
  readonly volume: number;
  /** Air changes an hour at rest, and for each m/s of wind. */
  readonly ventilation: number;
  readonly windShare: number;
  /** Methane from sludge at 20 Cel, m3/h; 0 where there is no sludge. */
  readonly sludge: number;
  readonly sludgeBackHours: number;
  readonly sewageSwing: number;
  /** Releases of stirred sludge: hour, m3, hours it takes. */
  readonly bursts: readonly { readonly at: number; readonly m3: number; readonly hours: number }[];
  /** The cover is shut tight (mud, a parked lorry) from … to, hours. */
  readonly shut: readonly (readonly [number, number])[];
  /** The cover is taken off at these hours, for half an hour. */
  readonly opened: readonly number[];
}

/** A space of a town. `sludge` scales its source: 0 for a clean duct. */
export function spaceOf(town: Town, dice: Dice, hours: number, sludge: number): Space {
  const ventilation = fromLog(dice, town.ventilation);
  const volume = from(dice, town.volume);
  return {
    volume,
    ventilation,
    windShare: ventilation * from(dice, town.windShare),
    sludge: sludge * fromLog(dice, town.sludge),
    sludgeBackHours: from(dice, town.sludgeBack),
    sewageSwing: from(dice, town.sewageSwing),
    bursts: moments(dice, sludge * from(dice, town.bursts), hours).map((at) => ({
      at,
      m3: volume * dice.between(0.002, 0.02),
      hours: dice.between(0.2, 2),
    })),
    shut: dice.chance(0.4) ? [shutSpell(dice, hours)] : [],
    opened: dice.chance(0.2) ? [dice.between(0, hours)] : [],
  };
}

function shutSpell(dice: Dice, hours: number): readonly [number, number] {
  const at = dice.between(0, hours);
  return [at, at + dice.between(12, 96)];
}

/** Gas that reaches a space from a hole in a pipe, m3/h at mean pressure: none before it has come through the soil. */
export interface Inflow {
  /** Hour in which the pipe began to leak. */
  readonly at: number;
  readonly m3h: number;
  /** Time constant of the soil, hours: two stages, so that it comes late and then all at once. */
  readonly soilHours: number;
  /** How much more comes when the ground is sealed. */
  readonly sealed: number;
  /** Hours in which the hole grows to its size; 0: it is there at once. */
  readonly growsHours: number;
}

/** Methane in a space over time, %VOL, and how much of it came out of the pipe. */
export interface Air {
  readonly methane: Float64Array;
  readonly natural: Float64Array;
  readonly temperature: Float64Array;
}

/** What a space comes to under steady air outside, Cel: ground and sewage keep it near their own. */
const groundOf = (air: number): number => 0.6 * air + 6;
/** Rate at which sludge works, over that at 20 Cel: doubles with 10 K, and next to nothing below 5 Cel. */
const working = (cel: number): number => (cel < 5 ? 0.1 : 2 ** ((cel - 20) / 10));
/** Rain that carries sludge away, mm/h. */
const FLUSHES_MM = 4;

/** Lets a space breathe: sources, soil, ventilation, flushes, openings. */
export function breathe(space: Space, world: Surroundings, inflow: Inflow | null): Air {
  const { steps } = world;
  const air = blank(steps);
  const dt = 1 / STEPS_PER_HOUR;
  let [sludge, biogas, natural, deep, near, cel] = [1, 0, 0, 0, 0, groundOf(world.air[0]!)];
  for (let step = 0; step < steps; step++) {
    const hour = step * dt;
    // The ground and the sewage keep a space near their own temperature; the air outside moves it slowly.
    cel += ((groundOf(world.air[step]!) - cel) * dt) / 8;
    const flush = world.rain[step]! >= FLUSHES_MM ? (world.rain[step]! / 40) * dt * 4 : 0;
    sludge += ((1 - sludge) * dt) / space.sludgeBackHours - Math.min(0.5, flush) * sludge;
    const made = sludge * sourceOf(space, world, step, cel) + burstOf(space, hour);
    if (inflow && hour >= inflow.at) {
      const hole = inflow.growsHours > 0 ? Math.min(1, (hour - inflow.at) / inflow.growsHours) : 1;
      const escaped = hole * inflow.m3h * world.pressure[step]! * (1 + inflow.sealed * world.wet[step]!);
      deep += ((escaped - deep) * dt) / Math.max(dt, inflow.soilHours / 2);
      near += ((deep - near) * dt) / Math.max(dt, inflow.soilHours / 2);
    }
    const changes = ventilationOf(space, world, step, hour) + (made + near) / space.volume;
    const kept = Math.exp(-changes * dt);
    biogas = biogas * kept + (made / space.volume / changes) * (1 - kept);
    natural = natural * kept + (near / space.volume / changes) * (1 - kept);
    air.methane[step] = 100 * (biogas * 0.65 + natural * 0.95);
    air.natural[step] = 100 * natural * 0.95;
    air.temperature[step] = cel;
  }
  return air;
}

const blank = (steps: number): Air => ({
  methane: new Float64Array(steps),
  natural: new Float64Array(steps),
  temperature: new Float64Array(steps),
});

const sourceOf = ({ sludge, sewageSwing }: Space, world: Surroundings, step: number, cel: number): number =>
  sludge * working(cel) * (1 + sewageSwing * (Math.min(2.5, world.sewage[step]!) - 1));

function burstOf({ bursts }: Space, hour: number): number {
  let sum = 0;
  for (const { at, m3, hours } of bursts) if (hour >= at && hour < at + hours) sum += m3 / hours;
  return sum;
}

function ventilationOf(space: Space, world: Surroundings, step: number, hour: number): number {
  if (space.opened.some((at) => hour >= at && hour < at + 0.5)) return 8;
  const shut = space.shut.some(([from, to]) => hour >= from && hour < to) ? 0.15 : 1;
  const washed = world.rain[step]! >= FLUSHES_MM ? 0.5 : 0;
  return shut * (space.ventilation + space.windShare * world.wind[step]!) + washed + 0.002;
}

/** What an ethane sensor sees: the gas's own, a little of the methane, and its floor. */
export const ethaneSeen = (air: Air, step: number, share: number, crossTalk: number): number =>
  air.natural[step]! * 10_000 * share + air.methane[step]! * 10_000 * crossTalk;
