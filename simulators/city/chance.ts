/**
 * Chance that can be repeated: the same seed gives the same city and the same day.
 *
 * Two kinds. A {@link Dice} is thrown in order, for the plan of the city. {@link wave} and {@link fixed} are functions of a
 * key and a time alone, so that a device's value at 10:00 does not depend on how often it was asked before.
 */

/** 32 bits from a text: FNV-1a, then the finisher of MurmurHash3, so that near keys land far apart. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mix(hash);
}

function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Throws of a dice with a memory. */
export interface Dice {
  /** At least 0, below 1. */
  next(): number;
  between(low: number, high: number): number;
  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number;
  pick<T>(from: readonly T[]): T;
  chance(probability: number): boolean;
}

/** A {@link Dice} by mulberry32 (Tommy Ettinger, public domain): 2^32 throws before it repeats, plenty for a plan. */
export function dice(seed: string): Dice {
  let state = hash32(seed);
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    between: (low, high) => low + next() * (high - low),
    whole: (low, high) => low + Math.floor(next() * (high - low + 1)),
    chance: (probability) => next() < probability,
    pick(from) {
      const item = from[Math.floor(next() * from.length)];
      if (item === undefined) throw new Error('nothing to pick from: the list is empty');
      return item;
    },
  };
}

/** A number in [0, 1) that belongs to `key` for ever. */
export const fixed = (key: string): number => hash32(key) / 2 ** 32;

/** Smooth noise in [-1, 1]: one value per `periodMs`, eased between them. The same key and time give the same value. */
export function wave(key: string, at: number, periodMs: number): number {
  const base = hash32(key);
  const place = at / periodMs;
  const slot = Math.floor(place);
  const within = place - slot;
  const eased = within * within * (3 - 2 * within);
  const knot = (n: number) => (mix(base ^ Math.imul(n, 0x9e3779b1)) / 2 ** 32) * 2 - 1;
  return knot(slot) * (1 - eased) + knot(slot + 1) * eased;
}

/** A whole-slot draw in [0, 1): the same within one `periodMs`, fresh in the next. */
export const draw = (key: string, at: number, periodMs: number): number =>
  mix(hash32(key) ^ Math.imul(Math.floor(at / periodMs), 0x9e3779b1)) / 2 ** 32;

/** `value` to `digits` places: what an instrument shows, and what travels. */
export function rounded(value: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}

export const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
