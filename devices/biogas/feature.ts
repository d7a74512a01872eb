import type { Bilingual } from '../model/device-type.ts';
import type { Episode } from './episode.ts';
import type { Evidence } from './evidence.ts';
import type { Coverage, Grid } from './grid.ts';

/** Evidence with its methane made ready, so that each feature need not do it again. */
export interface Prepared {
  readonly evidence: Evidence;
  readonly methane: Grid;
  readonly episode: Episode;
  readonly coverage: Coverage;
}

/** What a feature found: a number for the model, and the same for people. */
export interface Found {
  readonly x: number;
  readonly say: () => Bilingual;
}

/** One kind of evidence. */
export interface Feature {
  readonly id: string;
  /** 1: more of it speaks for biogas; -1: for a leak. The fit may not turn it round. */
  readonly sign: 1 | -1;
  /** Null where there is nothing to go by. */
  readonly of: (prepared: Prepared) => Found | null;
  /** What would have to be there for it to speak. */
  readonly wants: Bilingual;
}

/** `x` held between `low` and `high`: no single measurement decides by being absurd. */
export const held = (x: number, low: number, high: number): number => Math.min(high, Math.max(low, x));

/** A number for a sentence: two digits that count, no exponent. */
export function figure(value: number): string {
  const size = Math.abs(value);
  return size >= 10 ? value.toFixed(0) : size >= 1 ? value.toFixed(1) : value.toFixed(2);
}

/** Hours for a sentence. */
export const span = (hours: number): Bilingual =>
  hours < 1.5
    ? { zh: `${Math.round(hours * 60)} 分钟`, en: `${Math.round(hours * 60)} min` }
    : { zh: `${figure(hours)} 小时`, en: `${figure(hours)} h` };
