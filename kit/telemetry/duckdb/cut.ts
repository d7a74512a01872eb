import { HOUR_MS } from '../rollups.ts';

/** A part of an hour, ms. */
export interface Slice {
  readonly from: number;
  readonly to: number;
}

/** Samples of one slice: about 0.1 s of work, which is the longest that a write waits for it. */
const SLICE = 200_000;

/** Cuts an hour into equal parts of about {@link SLICE} samples. */
export function cut(from: number, samples: number): Slice[] {
  const parts = Math.max(1, Math.ceil(samples / SLICE));
  const width = Math.ceil(HOUR_MS / parts);
  return Array.from({ length: parts }, (_, i) => ({
    from: from + i * width,
    to: Math.min(from + HOUR_MS, from + (i + 1) * width),
  }));
}
