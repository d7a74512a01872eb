import { addSample, emptyWindow, forgetBefore, total, type Window } from './window.ts';

/** How a reading becomes an amount. */
export type FlowKind = 'sum' | 'increase' | 'integral';

/** What one device has brought in or taken out within a window. */
export interface Meter {
  readonly window: Window;
  /** The newest reading and its source time, ms; NaN before the first. */
  value: number;
  at: number;
}

export const newMeter = (): Meter => ({ window: emptyWindow(), value: Number.NaN, at: Number.NaN });

/**
 * Takes a reading in. A counter that fell has begun anew: what it shows is what came since. A flow counts as it was until the
 * reading before, for no longer than a window: what flowed while nothing was heard is not known.
 */
export function takeReading(
  meter: Meter,
  kind: FlowKind,
  at: number,
  value: number,
  windowMs: number,
  perMs: number,
  doubtful: boolean,
): void {
  const passed = at - meter.at;
  const amount = amountOf(kind, meter.value, value, passed <= windowMs ? passed / perMs : Number.NaN);
  meter.value = value;
  meter.at = at;
  // The first reading of a counter or a flow is no amount, but the window is watched from then on.
  addSample(meter.window, at, Number.isNaN(amount) ? 0 : amount, windowMs, 'sum', doubtful);
}

function amountOf(kind: FlowKind, before: number, value: number, periods: number): number {
  switch (kind) {
    case 'sum':
      return value;
    case 'increase':
      return value >= before ? value - before : Number.isNaN(before) ? Number.NaN : value;
    case 'integral':
      return before * periods;
  }
}

/** One side of a balance, in its own unit. */
export interface Side {
  amount: number;
  members: number;
  /** Members that were watched for the whole window and heard within it. */
  heard: number;
  /** Some member's readings are mostly doubtful. */
  doubtful: boolean;
}

/** Adds the meters of one side up, at `at`. A member without a meter was never heard. */
export function sideOf(meters: Iterable<Meter | undefined>, at: number, windowMs: number): Side {
  const side: Side = { amount: 0, members: 0, heard: 0, doubtful: false };
  for (const meter of meters) {
    side.members++;
    if (!meter || !(at - meter.at < windowMs) || !(at - meter.window.start >= windowMs)) continue;
    forgetBefore(meter.window, at - windowMs);
    const { sum, count, doubtful } = total(meter.window);
    side.heard++;
    side.amount += sum;
    side.doubtful ||= doubtful * 2 > count;
  }
  return side;
}

/** Too few members heard on either side: nothing can be said of what is missing. */
export const isHeardEnough = (inflow: Side, outflow: Side, share: number): boolean =>
  [inflow, outflow].every(({ heard, members }) => members > 0 && heard >= share * members);

/** What went in and did not come out: an amount, or percent of what went in. Of nothing, nothing can be missing in percent. */
export function missing(inflow: number, outflow: number, percent: boolean): number {
  if (!percent) return inflow - outflow;
  return inflow > 0 ? ((inflow - outflow) / inflow) * 100 : outflow > 0 ? Number.NEGATIVE_INFINITY : 0;
}
