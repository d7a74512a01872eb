/** What is made of a window. */
export type Aggregate = 'mean' | 'min' | 'max' | 'sum' | 'median';

/**
 * What a sliding window remembers. Samples that fall into the same sixtieth of the window are kept as one, so a window never
 * holds more than about sixty of them however fast a device talks.
 */
export interface Window {
  /** Source time of the first sample ever seen: a window is judged once it has been watched for its whole length. */
  start: number;
  /** By fours, oldest first: time, sum (or the extreme) of a sixtieth's samples, how many, and how many of them doubtful. */
  samples: number[];
}

/** Numbers that a sixtieth takes. */
const STRIDE = 4;

export const emptyWindow = (): Window => ({ start: Number.NaN, samples: [] });

/** Adds a sample and forgets what has left the window of `windowMs` before it. A window of extremes keeps those alone. */
export function addSample(
  window: Window,
  at: number,
  value: number,
  windowMs: number,
  how: Aggregate = 'mean',
  doubtful = false,
): void {
  if (Number.isNaN(window.start)) window.start = at;
  const { samples } = window;
  const last = samples.length - STRIDE;
  const quantum = windowMs / 60;
  if (last >= 0 && Math.floor(samples[last]! / quantum) === Math.floor(at / quantum)) {
    const held = samples[last + 1]!;
    samples[last + 1] = how === 'min' ? Math.min(held, value) : how === 'max' ? Math.max(held, value) : held + value;
    samples[last + 2]! += 1;
    if (doubtful) samples[last + 3]! += 1;
  } else samples.push(at, value, 1, doubtful ? 1 : 0);
  forgetBefore(window, at - windowMs);
}

/** Forgets samples up to and including `before`. */
export function forgetBefore({ samples }: Window, before: number): void {
  let gone = 0;
  while (gone < samples.length && samples[gone]! <= before) gone += STRIDE;
  if (gone > 0) samples.splice(0, gone);
}

/** Sum over the window, how many samples it holds, and how many of them are doubtful. */
export function total({ samples }: Window): { sum: number; count: number; doubtful: number } {
  let sum = 0;
  let count = 0;
  let doubtful = 0;
  for (let i = 0; i < samples.length; i += STRIDE) {
    sum += samples[i + 1]!;
    count += samples[i + 2]!;
    doubtful += samples[i + 3]!;
  }
  return { sum, count, doubtful };
}

/** More doubtful samples than good ones: what is made of them raises an alarm and clears none. */
export function isMostlyDoubtful(window: Window): boolean {
  const { count, doubtful } = total(window);
  return doubtful * 2 > count;
}

/** What the window comes to; NaN until it has been watched for `windowMs`. The median is that of its sixtieths' means. */
export function aggregate(window: Window, at: number, windowMs: number, how: Aggregate): number {
  if (!(at - window.start >= windowMs) || window.samples.length === 0) return Number.NaN;
  switch (how) {
    case 'mean': {
      const { sum, count } = total(window);
      return sum / count;
    }
    case 'sum':
      return total(window).sum;
    case 'min':
    case 'max':
      return extreme(window.samples, how === 'min' ? -1 : 1);
    case 'median':
      return middle(window.samples);
  }
}

/** The largest of the sixtieths' figures, or the least for a `sign` of -1. */
function extreme(samples: readonly number[], sign: 1 | -1): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < samples.length; i += STRIDE) most = Math.max(most, sign * samples[i + 1]!);
  return sign * most;
}

/** Room for the means of one window: shared, so that a median leaves nothing behind. */
const means = new Float64Array(64);

function middle(samples: readonly number[]): number {
  const count = samples.length / STRIDE;
  for (let i = 0; i < count; i++) means[i] = samples[i * STRIDE + 1]! / samples[i * STRIDE + 2]!;
  const sorted = means.subarray(0, count).sort();
  return (sorted[(count - 1) >> 1]! + sorted[count >> 1]!) / 2;
}

/** Change per `perMs` between the oldest and the newest sample of the window; NaN while there is only one. */
export function rate({ samples }: Window, perMs: number): number {
  const last = samples.length - STRIDE;
  if (last < STRIDE) return Number.NaN;
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
