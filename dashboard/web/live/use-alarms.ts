import { useMemo } from 'react';
import type { Alarm, Priority } from '../../../devices/contract/alarm.ts';
import { byUrgency, countsByPriority, listed, worstUnacked } from '../alarms/order.ts';
import { useCity } from '../api/city.ts';
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

/** How many real devices are silent for longer than they may be. */
export function useStaleCount(): number {
  const registry = useCity((state) => state.devices);
  return useLive((live) => {
    let count = 0;
    for (const { id, stale } of live.picture.devices.values())
      if (stale && registry.get(id)?.drill === undefined) count += 1;
    return count;
  });
}
