import type { Dice } from '../../simulators/city/chance.ts';

/** Evenly spread on a logarithmic scale: as many between 10 and 20 as between 20 and 40. */
export const logarithmic = (chance: Dice, low: number, high: number): number => low * (high / low) ** chance.next();

/** A draw of the standard normal distribution (Box–Muller; one of its two). */
export const normal = (chance: Dice): number =>
  Math.sqrt(-2 * Math.log(1 - chance.next())) * Math.cos(2 * Math.PI * chance.next());
