import { isBad, isGood, type StatusCode } from '../../devices/model/quality.ts';
import { type Verdict, verdict } from '../judge/compare.ts';
import { type SampleBits, type Samples, verdictOfSamples, withSample } from '../judge/k-of-n.ts';
import {
  addSample,
  aggregate,
  emptyWindow,
  forgetBefore,
  isMostlyDoubtful,
  rate,
  type Stillness,
  standsStill,
  total,
  type Window,
} from '../judge/window.ts';
import type { CompiledRule } from '../standards/compile.ts';

/** What rules over a window remember, by the same index as their evaluation; empty for all other rules. */
export interface Windows {
  readonly sliding: Map<number, Window>;
  readonly still: Map<number, Stillness>;
  /** Of rules that ask for k of n samples: the last ones, where any of them was abnormal. */
  readonly bits: Map<number, SampleBits>;
}

export const noWindows = (): Windows => ({ sliding: new Map(), still: new Map(), bits: new Map() });

/** What the last samples say, once one that says `found` has come in. Nothing is kept of a device that is normal. */
function bySamples({ bits }: Windows, index: number, samples: Samples, found: Verdict): Verdict {
  const before = bits.get(index) ?? 0;
  const after = withSample(before, found, samples);
  if (after !== before) {
    if (after === 0) bits.delete(index);
    else bits.set(index, after);
  }
  return verdictOfSamples(after, found, samples);
}

/** The number that a rule compares with its limit, once `value` has come in: the value itself, or what its window makes of it. */
export function statistic(
  windows: Windows,
  index: number,
  rule: CompiledRule,
  at: number,
  value: number,
  quality: StatusCode,
): number {
  if (rule.windowMs === 0) return value;
  // A bad sample would spoil the window for all its length.
  if (isBad(quality) || Number.isNaN(value)) return Number.NaN;
  if (rule.kind === 'stuck') {
    let still = windows.still.get(index);
    if (!still) {
      still = { value: Number.NaN, since: at };
      windows.still.set(index, still);
    }
    return standsStill(still, at, value, rule.windowMs) ? 1 : 0;
  }
  let window = windows.sliding.get(index);
  if (!window) {
    window = emptyWindow();
    windows.sliding.set(index, window);
  }
  addSample(window, at, value, rule.windowMs, rule.aggregate, !isGood(quality));
  return compared(window, rule, at);
}

/** What a rule makes of its window at `at`, ms. */
function compared(window: Window, rule: CompiledRule, at: number): number {
  if (rule.kind === 'rate') return rate(window, 60_000);
  return rule.kind === 'count' ? total(window).sum : aggregate(window, at, rule.windowMs, rule.aggregate);
}

/** What a rule with a memory says, where its newest number says `found`: by its samples, and as far as its window is to be trusted. */
export function remembered(windows: Windows, index: number, rule: CompiledRule, found: Verdict): Verdict {
  const newest = trusted(windows, index, rule, found);
  return rule.samples ? bySamples(windows, index, rule.samples, newest) : newest;
}

/** A window that is mostly doubtful clears nothing. */
function trusted({ sliding }: Windows, index: number, { kind }: CompiledRule, found: Verdict): Verdict {
  if (kind !== 'threshold' || (found !== verdict.normal && found !== verdict.between)) return found;
  const window = sliding.get(index);
  return window && isMostlyDoubtful(window) ? verdict.unsure : found;
}

/** True where an alarm's value is worked out of many readings: no single reading is its newest value, nor in its unit. */
export const isWorkedOut = ({ kind, windowMs }: Pick<CompiledRule, 'kind' | 'windowMs'>): boolean =>
  workedOut.has(kind) || (kind === 'threshold' && windowMs > 0);
const workedOut: ReadonlySet<CompiledRule['kind']> = new Set(['rate', 'count', 'baseline', 'neighbours', 'balance']);

/** The same number as time alone passes: events leave a count's window without a reading. */
export function statisticAt(windows: Windows, index: number, rule: CompiledRule, at: number, newest: number): number {
  if (rule.kind !== 'count') return rule.windowMs === 0 ? newest : Number.NaN;
  const window = windows.sliding.get(index);
  if (!window) return 0;
  forgetBefore(window, at - rule.windowMs);
  return total(window).sum;
}

/** The number that a rule with a window compares, at `at` (ms): looked at, nothing is forgotten. NaN while there is none. */
export function statisticNow(windows: Windows, index: number, rule: CompiledRule, at: number): number {
  const window = windows.sliding.get(index);
  if (!window) return Number.NaN;
  if (rule.kind !== 'count') return compared(window, rule, at);
  const seen = { start: window.start, samples: [...window.samples] };
  forgetBefore(seen, at - rule.windowMs);
  return compared(seen, rule, at);
}
