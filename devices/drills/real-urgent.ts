import { type Alarm, isOpen } from '../contract/alarm.ts';

/** True for what goes before every drill: a real P1 of gas or fire that is open and not put aside. */
export const isRealUrgent = (alarm: Alarm): boolean =>
  alarm.drill === undefined &&
  alarm.priority === 'P1' &&
  (alarm.hazard === 'gas' || alarm.hazard === 'fire') &&
  isOpen(alarm) &&
  alarm.override === null;
