import type { TriedAlarm } from '../../devices/contract/backtest.ts';

/** What one form of a rule rings that the other does not. */
export interface Compared {
  readonly gained: readonly TriedAlarm[];
  readonly lost: readonly TriedAlarm[];
  /** The same matter at another time: both forms stood at once at one device. */
  readonly moved: readonly { readonly was: TriedAlarm; readonly is: TriedAlarm }[];
}

/**
 * Matches the alarms of two forms of a rule, device by device: two that overlap in time are the same matter. One that the
 * other form splits in two is matched with the first of them; the rest are gained (or lost).
 */
export function compareAlarms(before: readonly TriedAlarm[], after: readonly TriedAlarm[]): Compared {
  const gained: TriedAlarm[] = [];
  const lost: TriedAlarm[] = [];
  const moved: Compared['moved'][number][] = [];
  const was = byDevice(before);
  for (const [device, now] of byDevice(after)) {
    const then = was.get(device) ?? [];
    was.delete(device);
    let next = 0;
    for (const one of now) {
      for (; next < then.length && endOf(then[next]!) < one.since; next++) lost.push(then[next]!);
      const other = then[next];
      if (!other || other.since > endOf(one)) {
        gained.push(one);
        continue;
      }
      next++;
      if (other.raisedAt !== one.raisedAt) moved.push({ was: other, is: one });
    }
    lost.push(...then.slice(next));
  }
  for (const rest of was.values()) lost.push(...rest);
  const inTime = (a: TriedAlarm, b: TriedAlarm) => a.raisedAt - b.raisedAt;
  return { gained: gained.sort(inTime), lost: lost.sort(inTime), moved: moved.sort((a, b) => inTime(a.is, b.is)) };
}

export function byDevice(alarms: readonly TriedAlarm[]): Map<string, TriedAlarm[]> {
  const found = new Map<string, TriedAlarm[]>();
  for (const alarm of alarms) {
    const known = found.get(alarm.device);
    if (known) known.push(alarm);
    else found.set(alarm.device, [alarm]);
  }
  return found;
}

/** Until when it stood, ms. */
export const endOf = ({ returnedAt }: TriedAlarm): number => returnedAt ?? Number.POSITIVE_INFINITY;
