import type { Alarm, Priority } from '../../../devices/contract/alarm.ts';

/** A mute covers the alarms that were there when it was pressed, for two minutes. */
export interface Mute {
  readonly until: number;
  readonly alarms: ReadonlySet<string>;
}

export const MUTE_MS = 120_000;

/** Alarms that call: unacknowledged, live or still holding, not put aside, not taken over by a higher level. */
export function calling(alarms: Iterable<Alarm>): Alarm[] {
  return [...alarms].filter(
    (alarm) => !alarm.acked && !alarm.override && !alarm.needsVerdict && !alarm.supersededBy && alarm.closedAt === null,
  );
}

export const muteNow = (alarms: Iterable<Alarm>, at: number): Mute => ({
  until: at + MUTE_MS,
  alarms: new Set(calling(alarms).map((alarm) => alarm.id)),
});

/** A mute that has run out, or that a new P1 has broken, is no mute any more. */
export function muteStands(mute: Mute | null, alarms: Iterable<Alarm>, at: number): boolean {
  if (!mute || at >= mute.until) return false;
  return !calling(alarms).some((alarm) => alarm.priority === 'P1' && !mute.alarms.has(alarm.id));
}

const order: readonly Priority[] = ['P1', 'P2', 'P3', 'P4'];

/** The priority whose tone repeats now: the highest of those that call; null when all is quiet or muted. */
export function tonePriority(alarms: Iterable<Alarm>, mute: Mute | null, at: number): Priority | null {
  const all = calling(alarms);
  const muted = muteStands(mute, all, at);
  const heard = muted ? all.filter((alarm) => !mute?.alarms.has(alarm.id)) : all;
  return order.find((priority) => heard.some((alarm) => alarm.priority === priority)) ?? null;
}
