import type { Point, Series } from '../../devices/biogas/evidence.ts';
import { type Dice, rounded } from '../city/chance.ts';
import { from, moments, normal } from './draw.ts';
import { STEP_MIN, STEPS_PER_HOUR } from './surroundings.ts';
import type { Town } from './town.ts';

/** A methane sensor as it hangs there. */
export interface Instrument {
  readonly everyMin: number;
  readonly noise: number;
  /** %VOL a day. */
  readonly drift: number;
  readonly gain: number;
  /** Silences, hours. */
  readonly silent: readonly (readonly [number, number])[];
  /** Something else than methane that it takes for methane: hour, %VOL, hours until it is gone. */
  readonly fooled: readonly { readonly at: number; readonly vol: number; readonly hours: number }[];
}

export function instrumentOf(town: Town, dice: Dice, hours: number): Instrument {
  return {
    everyMin: dice.pick(town.everyMin),
    noise: from(dice, town.noise),
    drift: from(dice, town.drift),
    gain: dice.between(0.85, 1.15),
    silent: moments(dice, from(dice, town.silences), hours).map((at) => [at, at + from(dice, town.silenceHours)]),
    fooled: [],
  };
}

/** What the instrument reports of a curve, from hour 0 on; times are `begin` (ms) and after. */
export function readings(curve: Float64Array, instrument: Instrument, dice: Dice, begin: number): Series {
  const { everyMin, noise, drift, gain, silent } = instrument;
  const points: Point[] = [];
  for (let minute = Math.floor(dice.between(0, everyMin)); ; minute += everyMin) {
    const step = Math.floor(minute / STEP_MIN);
    if (step >= curve.length) return points;
    const hour = minute / 60;
    if (silent.some(([since, until]) => hour >= since && hour < until)) continue;
    const value = gain * curve[step]! + fooledBy(instrument, hour) + (drift * hour) / 24 + noise * normal(dice);
    points.push({ at: begin + minute * 60_000, value: rounded(Math.min(100, Math.max(0, value)), 2) });
  }
}

const fooledBy = ({ fooled }: Instrument, hour: number): number =>
  fooled.reduce((sum, { at, vol, hours }) => (hour >= at ? sum + vol * Math.exp(-(hour - at) / hours) : sum), 0);

/** Another curve as a companion reports it: every `everyMin`, with noise in its own unit. */
export function companion(curve: (step: number) => number, steps: number, everyMin: number, begin: number): Series {
  const points: Point[] = [];
  for (let step = 0; step < steps; step += Math.max(1, Math.round(everyMin / STEP_MIN))) {
    points.push({ at: begin + (step / STEPS_PER_HOUR) * 3_600_000, value: curve(step) });
  }
  return points;
}
