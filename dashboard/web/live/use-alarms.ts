import { useMemo } from 'react';
import type { Alarm, Priority } from '../../../devices/contract/alarm.ts';
import { byUrgency, countsByPriority, listed, worstUnacked } from '../alarms/order.ts';
import { useLive } from './store.ts';

export interface AlarmView {
  /** All rows a duty officer works through, most urgent first. */
  readonly rows: readonly Alarm[];
  readonly worst: Alarm | null;
  readonly counts: Readonly<Record<Priority, number>>;
}

/** The open alarms as every part of the page sees them. */
export function useAlarms(): AlarmView {
  const alarms = useLive((live) => live.picture.alarms);
  return useMemo(() => {
    const rows = listed(alarms).sort(byUrgency);
    return { rows, worst: worstUnacked(rows), counts: countsByPriority(rows) };
  }, [alarms]);
}

/** How many devices are silent for longer than they may be. */
export function useStaleCount(): number {
  return useLive((live) => {
    let count = 0;
    for (const device of live.picture.devices.values()) if (device.stale) count += 1;
    return count;
  });
}
