import { isBad, type StatusCode } from '../../devices/model/quality.ts';
import {
  addSample,
  emptyWindow,
  forgetBefore,
  mean,
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
}

export const noWindows = (): Windows => ({ sliding: new Map(), still: new Map() });

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
  addSample(window, at, value, rule.windowMs);
  if (rule.kind === 'rate') return rate(window, 60_000);
  return rule.kind === 'count' ? total(window).sum : mean(window, at, rule.windowMs);
}

/** True where an alarm's value is worked out of many readings: no single reading is its newest value, nor in its unit. */
export const isWorkedOut = ({ kind, windowMs }: Pick<CompiledRule, 'kind' | 'windowMs'>): boolean =>
  kind === 'rate' || kind === 'count' || (kind === 'threshold' && windowMs > 0);

/** The same number as time alone passes: events leave a count's window without a reading. */
export function statisticAt(windows: Windows, index: number, rule: CompiledRule, at: number, newest: number): number {
  if (rule.kind !== 'count') return rule.windowMs === 0 ? newest : Number.NaN;
  const window = windows.sliding.get(index);
  if (!window) return 0;
  forgetBefore(window, at - rule.windowMs);
  return total(window).sum;
}
