import { type Alarm, isOpen, type Priority } from '../../../devices/contract/alarm.ts';

/** The tabs of the alarm table. `all` is everything that is open and not put aside. */
export const tabs = ['all', 'unacked', 'handling', 'returned', 'aside'] as const;
export type Tab = (typeof tabs)[number];

const rank: Readonly<Record<Priority, number>> = { P1: 1, P2: 2, P3: 3, P4: 4 };

/** 1–4, the digit on the shape. */
export const rankOf = (priority: Priority): number => rank[priority];

/**
 * The rows a duty officer works through: open alarms, without those whose higher level has taken over (one sound, one
 * row). An alarm stays when the one that superseded it is no longer open: nothing open may be without a row.
 */
export function listed(alarms: ReadonlyMap<string, Alarm>): Alarm[] {
  const rows: Alarm[] = [];
  for (const alarm of alarms.values()) {
    if (!isOpen(alarm) && !alarm.needsVerdict) continue;
    const higher = alarm.supersededBy ? alarms.get(alarm.supersededBy) : undefined;
    if (higher && isOpen(higher)) continue;
    rows.push(alarm);
  }
  return rows;
}

/** Whether a row belongs under a tab. A shelved or suppressed alarm is put aside, and only there. */
export function isUnder(tab: Tab, alarm: Alarm): boolean {
  if (alarm.override) return tab === 'aside';
  switch (tab) {
    case 'all':
      return true;
    case 'unacked':
      return alarm.active && !alarm.acked;
    case 'handling':
      return alarm.acked;
    case 'returned':
      return !alarm.active && !alarm.acked;
    case 'aside':
      return false;
  }
}

/**
 * Unacknowledged first, of these what is real before what is played in a drill, then by priority, then the newest first; the id
 * decides the rest, so that order is total.
 */
export function byUrgency(a: Alarm, b: Alarm): number {
  return (
    Number(a.acked) - Number(b.acked) ||
    Number(a.drill !== undefined) - Number(b.drill !== undefined) ||
    rank[a.priority] - rank[b.priority] ||
    b.raisedAt - a.raisedAt ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}

/** The one alarm that the banner names: the most urgent that nobody has acknowledged and that is not put aside. */
export function worstUnacked(rows: readonly Alarm[]): Alarm | null {
  let worst: Alarm | null = null;
  for (const alarm of rows) {
    if (alarm.acked || alarm.override || alarm.needsVerdict) continue;
    if (!worst || byUrgency(alarm, worst) < 0) worst = alarm;
  }
  return worst;
}

/** Open alarms per priority, those put aside or played in a drill left out. */
export function countsByPriority(rows: readonly Alarm[]): Record<Priority, number> {
  const counts: Record<Priority, number> = { P1: 0, P2: 0, P3: 0, P4: 0 };
  for (const alarm of rows) if (!alarm.override && alarm.drill === undefined) counts[alarm.priority] += 1;
  return counts;
}
