/** What a list of alarms asks of one duty seat; all times in ms, alarms in the order in which they were raised. */
export interface Load {
  readonly worst: { readonly from: number; readonly alarms: number } | null;
  readonly floods: number;
  /** Time spent in flood, ms. */
  readonly floodMs: number;
}

const TEN_MINUTES = 600_000;
/** EEMUA 191: a flood begins with ten alarms in ten minutes and ends when fewer than five came in ten. */
const FLOOD_FROM = 10;
const FLOOD_UNTIL = 5;
/** A point that rings three times within a minute chatters. */
const CHATTER = 3;
const CHATTER_MS = 60_000;

/** Worst ten minutes and floods, up to `to`. */
export function loadOf(times: readonly number[], to: number): Load {
  let worst: Load['worst'] = null;
  let floods = 0;
  let floodMs = 0;
  let since: number | null = null;
  let oldest = 0;
  for (const [i, at] of times.entries()) {
    // Alarms leave the window one by one between two that come.
    for (; times[oldest]! <= at - TEN_MINUTES; oldest++) {
      if (since === null || i - oldest - 1 >= FLOOD_UNTIL) continue;
      floodMs += times[oldest]! + TEN_MINUTES - since;
      since = null;
    }
    const alarms = i - oldest + 1;
    if (!worst || alarms > worst.alarms) worst = { from: times[oldest]!, alarms };
    if (since === null && alarms >= FLOOD_FROM) {
      since = at;
      floods++;
    }
  }
  if (since !== null) floodMs += Math.max(0, endOf(times, oldest, to) - since);
  return { worst, floods, floodMs };
}

/** When a flood that no further alarm interrupts is over: when all but four alarms have left the window. */
function endOf(times: readonly number[], oldest: number, to: number): number {
  const last = times[Math.max(oldest, times.length - FLOOD_UNTIL)]!;
  return Math.min(to, last + TEN_MINUTES);
}

/** Devices that rang three times within a minute, with how often they did, most first. */
export function chatterOf(alarms: readonly { readonly device: string; readonly raisedAt: number }[]) {
  const recent = new Map<string, number[]>();
  const found = new Map<string, number>();
  for (const { device, raisedAt } of alarms) {
    const times = (recent.get(device) ?? []).filter((at) => raisedAt - at < CHATTER_MS);
    times.push(raisedAt);
    const chatters = times.length >= CHATTER;
    if (chatters) found.set(device, (found.get(device) ?? 0) + 1);
    recent.set(device, chatters ? [] : times);
  }
  return [...found].map(([device, times]) => ({ device, times })).sort((a, b) => b.times - a.times);
}
