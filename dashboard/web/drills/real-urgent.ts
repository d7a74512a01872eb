import { type Alarm, isOpen } from '../../../devices/contract/alarm.ts';

/** The newest real P1 of gas or fire that is open and not put aside: it goes before every drill. Null where there is none. */
export function realUrgent(alarms: Iterable<Alarm>): Alarm | null {
  let newest: Alarm | null = null;
  for (const alarm of alarms) {
    if (alarm.drill !== undefined || alarm.priority !== 'P1' || alarm.override || !isOpen(alarm)) continue;
    if (alarm.hazard !== 'gas' && alarm.hazard !== 'fire') continue;
    if (!newest || alarm.raisedAt > newest.raisedAt) newest = alarm;
  }
  return newest;
}
