/** How a baseline learns; the same for every device of a rule. Times in ms. */
export interface BaselineRule {
  readonly measure: 'difference' | 'ratio' | 'deviations';
  readonly by: 'hour-of-week' | 'hour-of-day' | 'trailing';
  /** Kinds of time that are compared with themselves only: 168 hours of a week, 24 of a day, or one. */
  readonly bins: number;
  /** One figure is learned of each span: an hour, or a hundred-and-twentieth of what is remembered. */
  readonly spanMs: number;
  /** Figures remembered of each bin; an older one makes room for a new one. */
  readonly keep: number;
  /** Figures without which nothing is said. */
  readonly minimum: number;
  /** Abnormal spans of a bin in a row, or spans of silence of the device, after which its learning begins anew. */
  readonly patience: number;
  readonly staleSpans: number;
  readonly quantile: number;
  /** Least usual value of a ratio, least spread of deviations; in the measurement's unit. */
  readonly floor: number;
  readonly learnMs: number;
}

/** What is known of one device's usual values. Of a bounded size from its first day on. */
export interface Baseline {
  /** `keep` figures for each bin, used in turn. */
  readonly values: Float32Array;
  /** Figures learned of each bin, counted on between `keep` and twice that. */
  readonly counts: Uint16Array;
  /** Abnormal spans of each bin in a row; {@link ANEW} where it learns whatever comes. */
  readonly refused: Uint16Array;
  /** Number of the open span; NaN before the first sample. */
  span: number;
  /** Twelfths of the open span: sum and count of each. */
  readonly open: number[];
  /** The open span's newest sample; NaN before its first. */
  newest: number;
  /** True once a sample of the open span was abnormal: then it teaches nothing. */
  abnormal: boolean;
  /** Of the open span's bin: NaN while too little is known. */
  centre: number;
  spread: number;
}

const TWELFTHS = 12;
/** Mark of a bin whose past is over. */
const ANEW = 0xffff;
/** A normal distribution's standard deviation over its median absolute deviation. */
const MAD = 1.4826;

/** A baseline that has learned nothing. */
export const newBaseline = ({ bins, keep }: BaselineRule): Baseline => ({
  values: new Float32Array(bins * keep),
  counts: new Uint16Array(bins),
  refused: new Uint16Array(bins),
  span: Number.NaN,
  open: new Array(TWELFTHS * 2).fill(0),
  newest: Number.NaN,
  abnormal: false,
  centre: Number.NaN,
  spread: Number.NaN,
});

/** What a baseline's figures take of one device, bytes; it neither grows nor shrinks. */
export const bytesOf = ({ bins, keep }: BaselineRule): number => {
  const figures = bins * keep * Float32Array.BYTES_PER_ELEMENT;
  const counted = bins * 2 * Uint16Array.BYTES_PER_ELEMENT;
  // The open span: sum and count of its twelfths, and five numbers.
  return figures + counted + (TWELFTHS * 2 + 5) * Float64Array.BYTES_PER_ELEMENT;
};

/** 1970-01-01 was a Thursday: hours from Monday 00:00. */
const binOf = (span: number, { bins }: BaselineRule): number => (bins === 168 ? span + 72 : span) % bins;

/** True while too little is known of the bin in use. */
export const isLearning = (baseline: Baseline): boolean => Number.isNaN(baseline.centre);

/**
 * Lets time come to `local` (source time plus the zone's offset, ms). When a span has ended, what it was goes into its bin.
 * Returns true when bins changed: only then are they worth writing down.
 */
export function moveTo(baseline: Baseline, rule: BaselineRule, local: number): boolean {
  const span = Math.floor(local / rule.spanMs);
  if (span === baseline.span) return false;
  const passed = span - baseline.span;
  // A clock that was set back by an hour goes on in the open span; by more, a new one begins and the open one is lost.
  if (passed === -1) return false;
  const changed = passed > 0 && closeSpan(baseline, rule);
  const stale = passed > rule.staleSpans;
  if (stale) {
    baseline.counts.fill(0);
    baseline.refused.fill(ANEW);
  }
  baseline.span = span;
  baseline.open.fill(0);
  baseline.newest = Number.NaN;
  baseline.abnormal = false;
  usual(baseline, rule, binOf(span, rule));
  return changed || stale;
}

/** The open span is over: an abnormal one teaches nothing, unless its bin has been refused for too long. */
function closeSpan(baseline: Baseline, rule: BaselineRule): boolean {
  if (Number.isNaN(baseline.newest)) return false;
  const { counts, refused, values } = baseline;
  const bin = binOf(baseline.span, rule);
  if (baseline.abnormal && refused[bin] !== ANEW) {
    if (refused[bin]! + 1 < rule.patience) {
      refused[bin] = refused[bin]! + 1;
      return true;
    }
    // The world has moved: what was usual is forgotten, and this is the first of what is usual now.
    counts[bin] = 0;
    refused[bin] = ANEW;
  }
  const count = counts[bin]!;
  // A trailing baseline keeps single samples, so that its spread is that of single samples.
  values[bin * rule.keep + (count % rule.keep)] = rule.by === 'trailing' ? baseline.newest : middleOf(baseline.open);
  counts[bin] = count + 1 === 2 * rule.keep ? rule.keep : count + 1;
  if (refused[bin] !== ANEW || count + 1 >= rule.minimum) refused[bin] = 0;
  return true;
}

/** Sorted figures of one bin; shared, so that a city of baselines leaves nothing behind. */
const sorted = new Float64Array(256);

/** Works the centre and spread of a bin out; NaN while fewer than `minimum` figures are known. */
function usual(baseline: Baseline, rule: BaselineRule, bin: number): void {
  const filled = Math.min(baseline.counts[bin]!, rule.keep);
  baseline.centre = Number.NaN;
  baseline.spread = Number.NaN;
  if (filled < rule.minimum) return;
  const part = sorted.subarray(0, filled);
  part.set(baseline.values.subarray(bin * rule.keep, bin * rule.keep + filled));
  part.sort();
  baseline.centre = quantileOf(part, rule.quantile);
  const middle = quantileOf(part, 0.5);
  for (let i = 0; i < filled; i++) part[i] = Math.abs(part[i]! - middle);
  part.sort();
  baseline.spread = MAD * quantileOf(part, 0.5);
}

/** Between the two nearest ranks. */
function quantileOf(part: Float64Array, quantile: number): number {
  const place = quantile * (part.length - 1);
  const below = Math.floor(place);
  const above = Math.ceil(place);
  return part[below]! + (part[above]! - part[below]!) * (place - below);
}

/** The median of the twelfths' means: a minute's spike does not decide over its hour. */
function middleOf(open: readonly number[]): number {
  let filled = 0;
  for (let i = 0; i < TWELFTHS; i++) {
    if (open[i * 2 + 1]! > 0) sorted[filled++] = open[i * 2]! / open[i * 2 + 1]!;
  }
  const part = sorted.subarray(0, filled);
  part.sort();
  return quantileOf(part, 0.5);
}

/** How far `value` is from what is usual now; NaN while too little is known. */
export function departure({ centre, spread }: Baseline, { measure, floor }: BaselineRule, value: number): number {
  switch (measure) {
    case 'difference':
      return value - centre;
    case 'ratio':
      return Number.isNaN(centre) ? Number.NaN : value / Math.max(centre, floor);
    case 'deviations':
      return (value - centre) / Math.max(spread, floor);
  }
}

/** Learns a good sample of the open span. One `abnormal` sample, or one while the rule is not normal, spoils the whole span. */
export function observe(
  baseline: Baseline,
  { spanMs }: BaselineRule,
  local: number,
  value: number,
  abnormal: boolean,
): void {
  const twelfth = Math.floor((local / spanMs - baseline.span) * TWELFTHS);
  const place = 2 * Math.max(0, Math.min(TWELFTHS - 1, twelfth));
  baseline.open[place]! += value;
  baseline.open[place + 1]! += 1;
  baseline.newest = value;
  if (abnormal) baseline.abnormal = true;
}

/** Works out again what the open span's bin says, once bins were put back. */
export function recall(baseline: Baseline, rule: BaselineRule): void {
  if (!Number.isNaN(baseline.span)) usual(baseline, rule, binOf(baseline.span, rule));
}

/** What was usual at `local` for a reading that comes late: read, never learned. Leaves the baseline as it was. */
export function departureAt(baseline: Baseline, rule: BaselineRule, local: number, value: number): number {
  const { centre, spread } = baseline;
  usual(baseline, rule, binOf(Math.floor(local / rule.spanMs), rule));
  const found = departure(baseline, rule, value);
  baseline.centre = centre;
  baseline.spread = spread;
  return found;
}
