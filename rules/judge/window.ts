/**
 * What a sliding window remembers. Samples that fall into the same sixtieth of the window are kept as one (sum and
 * count), so a window never holds more than about sixty numbers however fast a device talks.
 */
export interface Window {
  /** Source time of the first sample ever seen: a window is judged once it has been watched for its whole length. */
  start: number;
  /** Triples of time, sum, count; oldest first. */
  samples: number[];
}

export const emptyWindow = (): Window => ({ start: Number.NaN, samples: [] });

/** Adds a sample and forgets what has left the window of `windowMs` before it. */
export function addSample(window: Window, at: number, value: number, windowMs: number): void {
  if (Number.isNaN(window.start)) window.start = at;
  const { samples } = window;
  const last = samples.length - 3;
  const quantum = windowMs / 60;
  if (last >= 0 && Math.floor(samples[last]! / quantum) === Math.floor(at / quantum)) {
    samples[last + 1]! += value;
    samples[last + 2]! += 1;
  } else samples.push(at, value, 1);
  forgetBefore(window, at - windowMs);
}

/** Forgets samples up to and including `before`. */
export function forgetBefore({ samples }: Window, before: number): void {
  let gone = 0;
  while (gone < samples.length && samples[gone]! <= before) gone += 3;
  if (gone > 0) samples.splice(0, gone);
}

/** Sum over the window, and how many samples it holds. */
export function total({ samples }: Window): { sum: number; count: number } {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < samples.length; i += 3) {
    sum += samples[i + 1]!;
    count += samples[i + 2]!;
  }
  return { sum, count };
}

/** Mean over the window; NaN until it has been watched for `windowMs`. */
export function mean(window: Window, at: number, windowMs: number): number {
  if (!(at - window.start >= windowMs)) return Number.NaN;
  const { sum, count } = total(window);
  return count > 0 ? sum / count : Number.NaN;
}

/** Change per `perMs` between the oldest and the newest sample of the window; NaN while there is only one. */
export function rate({ samples }: Window, perMs: number): number {
  const last = samples.length - 3;
  if (last < 3) return Number.NaN;
  const newest = samples[last + 1]! / samples[last + 2]!;
  const oldest = samples[1]! / samples[2]!;
  return ((newest - oldest) / (samples[last]! - samples[0]!)) * perMs;
}

/** When the oldest sample leaves the window, ms; Infinity when it is empty. */
export const nextLeaves = ({ samples }: Window, windowMs: number): number =>
  samples.length > 0 ? samples[0]! + windowMs : Number.POSITIVE_INFINITY;

/** A value that does not move. */
export interface Stillness {
  value: number;
  /** Source time since which it has not moved, ms. */
  since: number;
}

/** Takes a sample; true once the value has stood still for `windowMs`. */
export function standsStill(still: Stillness, at: number, value: number, windowMs: number): boolean {
  if (value !== still.value) {
    still.value = value;
    still.since = at;
  }
  return at - still.since >= windowMs;
}
