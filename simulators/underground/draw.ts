import type { Dice } from '../city/chance.ts';
import type { Span } from './town.ts';

/** Draws that the underground needs beside those of a {@link Dice}. */

export const from = (dice: Dice, [low, high]: Span): number => dice.between(low, high);

/** Evenly in the logarithm. */
export const fromLog = (dice: Dice, [low, high]: Span): number => Math.exp(dice.between(Math.log(low), Math.log(high)));

/** A normal deviate of mean 0 and deviation 1 (Box and Muller). */
export const normal = (dice: Dice): number =>
  Math.sqrt(-2 * Math.log(1 - dice.next())) * Math.cos(2 * Math.PI * dice.next());

/** Moments of things that happen `perDay` on average, hours from 0 to `hours`. */
export function moments(dice: Dice, perDay: number, hours: number): number[] {
  const found: number[] = [];
  if (perDay <= 0) return found;
  for (let at = 0; ; ) {
    at += (-24 / perDay) * Math.log(1 - dice.next());
    if (at >= hours) return found;
    found.push(at);
  }
}
