import type { BiogasWord } from '../../devices/biogas/advise.ts';
import { type Happening, isLeak } from '../../simulators/underground/case.ts';

export const words: readonly BiogasWord[] = ['biogas', 'leak', 'unclear', 'too-little-data'];

/** How often what happened was called what. */
export type Confusion = Map<Happening, Record<BiogasWord, number>>;

export const confusion = (): Confusion => new Map();

export function count(matrix: Confusion, happening: Happening, word: BiogasWord): void {
  const row = matrix.get(happening) ?? { biogas: 0, leak: 0, unclear: 0, 'too-little-data': 0 };
  row[word] += 1;
  matrix.set(happening, row);
}

/** What the matrix comes to. Shares are of 0 to 1; NaN where nothing was counted. */
export interface Sums {
  readonly leaks: number;
  readonly biogas: number;
  /** The dangerous error, of all leaks, and the wasted call-out, of all biogas. */
  readonly leaksCalledBiogas: number;
  readonly biogasCalledLeak: number;
  /** Of leaks that were called anything: how many a leak; the same of biogas. */
  readonly leakRecall: number;
  readonly biogasRecall: number;
  readonly leakPrecision: number;
  readonly biogasPrecision: number;
  readonly unclear: number;
  readonly tooLittle: number;
}

/** Sums over biogas and leaks; what was neither (cleaning, a worn sensor) stands in the matrix only. */
export function sumsOf(matrix: Confusion): Sums {
  const total = (which: (happening: Happening) => boolean, among: readonly BiogasWord[] = words) =>
    [...matrix].reduce(
      (sum, [happening, row]) => sum + (which(happening) ? among.reduce((n, w) => n + row[w], 0) : 0),
      0,
    );
  const isBiogas = (happening: Happening) => happening === 'biogas';
  const either = (happening: Happening) => isBiogas(happening) || isLeak(happening);
  const [leaks, biogas] = [total(isLeak), total(isBiogas)];
  return {
    leaks,
    biogas,
    leaksCalledBiogas: total(isLeak, ['biogas']) / leaks,
    biogasCalledLeak: total(isBiogas, ['leak']) / biogas,
    leakRecall: total(isLeak, ['leak']) / leaks,
    biogasRecall: total(isBiogas, ['biogas']) / biogas,
    leakPrecision: total(isLeak, ['leak']) / total(either, ['leak']),
    biogasPrecision: total(isBiogas, ['biogas']) / total(either, ['biogas']),
    unclear: total(either, ['unclear']) / (leaks + biogas),
    tooLittle: total(either, ['too-little-data']) / (leaks + biogas),
  };
}

/** The upper end of the 95 % interval of a share that was seen in `of` cases (Wilson). */
export function atMostShare(share: number, of: number): number {
  const z = 1.96;
  const middle = share + (z * z) / (2 * of);
  const half = z * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of));
  return (middle + half) / (1 + (z * z) / of);
}
