import { type Verdict, verdict } from './compare.ts';

/** Abnormal only when `k` of the last `of` judged samples are; `of` is at most 32. */
export interface Samples {
  readonly k: number;
  readonly of: number;
}

/** The last samples as bits, the newest lowest: 1 is abnormal. Unseen ones are 0, so that a new device is not abnormal. */
export type SampleBits = number;

/**
 * Takes one sample's verdict in. One that says nothing (bad, or doubtful without being abnormal) takes no place: a failing
 * sensor can neither fill the samples with abnormal ones nor push those out.
 */
export function withSample(bits: SampleBits, found: Verdict, { of }: Samples): SampleBits {
  if (found === verdict.unsure) return bits;
  const mask = of === 32 ? -1 : (1 << of) - 1;
  return ((bits << 1) | (found === verdict.abnormal ? 1 : 0)) & mask;
}

/** How many of the samples are abnormal. */
export function abnormalOf(bits: SampleBits): number {
  let left = bits;
  let count = 0;
  for (; left !== 0; count++) left &= left - 1;
  return count;
}

/** What all samples together say, where the newest says `found`: it alone cannot return what `k` of them still say. */
export function verdictOfSamples(bits: SampleBits, found: Verdict, { k }: Samples): Verdict {
  if (found === verdict.unsure) return verdict.unsure;
  if (abnormalOf(bits) >= k) return verdict.abnormal;
  return found === verdict.abnormal ? verdict.between : found;
}
