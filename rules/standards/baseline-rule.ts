import type { Rule } from '../../devices/contract/catalogue.ts';
import { conversion } from '../../devices/model/units.ts';
import type { BaselineRule } from '../judge/baseline.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Most figures a trailing baseline keeps of the time it remembers. */
const TRAILING_POINTS = 120;
/** Most weeks and days that are remembered of an hour: what is older says little of today, and memory is bounded. */
const MOST_WEEKS = 8;
const MOST_DAYS = 28;

/** A `baseline` rule as it is learned by, its floor in the measurement's unit. */
export function baselineOf(rule: Extract<Rule, { kind: 'baseline' }>, unit: string, everyMs = 0): BaselineRule {
  const learnMs = rule.learnS * 1000;
  const shape = shapeOf(rule.by, learnMs, everyMs);
  const forgetMs = rule.forgetS === undefined ? 2 * learnMs : rule.forgetS * 1000;
  const minimum = Math.min(rule.minimum ?? shape.minimum, shape.keep);
  return {
    measure: rule.measure,
    by: rule.by,
    ...shape,
    minimum,
    patience: Math.min(0xfff0, Math.max(2, Math.round(forgetMs / (shape.spanMs * shape.bins)))),
    staleSpans: Math.max(2, Math.round(forgetMs / shape.spanMs)),
    quantile: rule.quantile ?? 0.5,
    floor: rule.floor ? widthIn(rule.floor, unit) : 0,
    learnMs,
  };
}

function shapeOf(by: BaselineRule['by'], learnMs: number, everyMs: number) {
  const times = (periodMs: number, least: number, most: number) =>
    Math.min(most, Math.max(least, Math.round(learnMs / periodMs)));
  if (by === 'hour-of-week') return { bins: 168, spanMs: HOUR_MS, keep: times(7 * DAY_MS, 3, MOST_WEEKS), minimum: 3 };
  if (by === 'hour-of-day') return { bins: 24, spanMs: HOUR_MS, keep: times(DAY_MS, 3, MOST_DAYS), minimum: 7 };
  // A device that speaks less often than that fills fewer spans: none is left empty, or more would be remembered than said.
  const spanMs = Math.max(1000, learnMs / TRAILING_POINTS, everyMs);
  return { bins: 1, spanMs, keep: Math.max(1, Math.round(learnMs / spanMs)), minimum: 30 };
}

/** A width: an offset between units does not move it. Units were checked when the catalogue was read. */
function widthIn({ value, unit }: { value: number; unit: string }, canonical: string): number {
  const how = conversion(unit, canonical, 'natural');
  return 'convert' in how ? how.convert(value) - how.convert(0) : value;
}
