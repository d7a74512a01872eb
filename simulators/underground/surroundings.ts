import { byHour } from '../city/behaviour/world.ts';
import type { Dice } from '../city/chance.ts';
import { from, moments, normal } from './draw.ts';
import type { Town } from './town.ts';

/** Minutes of one step, and steps of an hour. */
export const STEP_MIN = 5;
export const STEPS_PER_HOUR = 60 / STEP_MIN;

/** What all spaces of a street have in common, one value a step. */
export interface Surroundings {
  readonly steps: number;
  readonly air: Float64Array;
  /** mm/h. */
  readonly rain: Float64Array;
  /** 0 dry to 1: the ground lets no gas up. */
  readonly wet: Float64Array;
  readonly wind: Float64Array;
  /** Gas drawn over its daily mean. */
  readonly demand: Float64Array;
  /** Local pressure over its mean. */
  readonly pressure: Float64Array;
  /** Flow of sewage over its daily mean. */
  readonly sewage: Float64Array;
}

/** Invented shapes of a day, mean about 1: gas peaks at meals, sewage an hour later and smoother. */
const gasDay = [
  0.35, 0.3, 0.28, 0.28, 0.32, 0.55, 1.2, 1.75, 1.2, 0.9, 1.1, 1.75, 1.6, 0.95, 0.75, 0.85, 1.2, 1.85, 2, 1.5, 1.1,
  0.85, 0.65, 0.45,
];
const sewageDay = [
  0.6, 0.5, 0.42, 0.4, 0.42, 0.55, 0.9, 1.35, 1.45, 1.25, 1.1, 1.15, 1.3, 1.2, 1, 0.9, 0.95, 1.1, 1.35, 1.5, 1.45, 1.25,
  1, 0.78,
];
/** Hours in which wet ground dries by a factor e. */
const DRIES_H = 30;

/** A week of weather and of people, drawn once for a street. */
export function surroundings(town: Town, dice: Dice, hours: number): Surroundings {
  const steps = hours * STEPS_PER_HOUR;
  const rain = rainOf(town, dice, hours, steps);
  const [mean, swing, shift] = [from(dice, town.air), from(dice, town.swing), from(dice, town.dayShift)];
  const [droop, gusts] = [from(dice, town.droop), dice.between(0.5, 4)];
  const { air, wet, wind, demand, pressure, sewage } = blank(steps);
  let [slow, breeze, appetite] = [0, 0, 0];
  for (let step = 0; step < steps; step++) {
    const hour = (step / STEPS_PER_HOUR) % 24;
    slow += 0.02 * normal(dice) - 0.001 * slow;
    breeze += 0.15 * normal(dice) - 0.03 * breeze;
    appetite += 0.02 * normal(dice) - 0.05 * appetite;
    air[step] = mean + slow * 3 + swing * Math.cos((2 * Math.PI * (hour - 15)) / 24) - (rain[step]! > 0 ? 2 : 0);
    wind[step] = Math.max(0, gusts + breeze);
    wet[step] = step === 0 ? dice.next() * 0.5 : dried(wet[step - 1]!, rain[step]!);
    demand[step] = Math.max(0.1, byHour(gasDay, (hour - shift + 24) % 24) + appetite);
    pressure[step] = 1 - droop * ((demand[step]! / 2) ** 2 - 0.3) + 0.004 * normal(dice);
    sewage[step] = byHour(sewageDay, (hour - shift + 24) % 24) + rain[step]! / 4;
  }
  return { steps, air, rain, wet, wind, demand, pressure, sewage };
}

const blank = (steps: number) => ({
  air: new Float64Array(steps),
  wet: new Float64Array(steps),
  wind: new Float64Array(steps),
  demand: new Float64Array(steps),
  pressure: new Float64Array(steps),
  sewage: new Float64Array(steps),
});

const dried = (wet: number, rain: number): number =>
  Math.min(1, wet * Math.exp(-1 / (DRIES_H * STEPS_PER_HOUR)) + rain / STEPS_PER_HOUR / 8);

function rainOf(town: Town, dice: Dice, hours: number, steps: number): Float64Array {
  const rain = new Float64Array(steps);
  for (const at of moments(dice, from(dice, town.showers), hours)) {
    const strength = from(dice, town.showerMm);
    const until = at + dice.between(0.3, 3);
    for (let step = Math.floor(at * STEPS_PER_HOUR); step < until * STEPS_PER_HOUR && step < steps; step++) {
      rain[step] = strength * dice.between(0.6, 1.2);
    }
  }
  return rain;
}
