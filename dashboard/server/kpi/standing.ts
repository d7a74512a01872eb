import { categoriesOf, concerns } from '../../../devices/city/seats.ts';
import type { Alarm, Override } from '../../../devices/contract/alarm.ts';
import type { KpisBody } from '../../../devices/contract/api.ts';
import type { Seat } from '../../../devices/contract/city.ts';
import { STALE_MS } from './targets.ts';

/** What stands at a seat at this moment, `seat` null for all: what is hidden is counted by what hides it, not as active. */
export function standing(
  alarms: readonly Alarm[],
  seat: Seat | null,
  ofType: (deviceType: string) => readonly string[],
  now: number,
): KpisBody['now'] {
  const own = alarms.filter(
    (alarm) =>
      alarm.lane === 'live' && (seat === null || concerns(seat, { ...alarm, categories: categoriesOf(alarm, ofType) })),
  );
  const under = (kind: Override['kind']): number => own.filter(({ override }) => override?.kind === kind).length;
  const shown = own.filter(({ override, supersededBy }) => override === null && supersededBy === null);
  const active = shown.filter((alarm) => alarm.active);
  const of = (priority: Alarm['priority']): number => active.filter((alarm) => alarm.priority === priority).length;
  return {
    active: active.length,
    unacknowledged: shown.filter(({ acked }) => !acked).length,
    shelved: under('shelved'),
    suppressed: under('suppressed'),
    outOfService: under('out-of-service'),
    stale: active.filter(({ raisedAt }) => now - raisedAt > STALE_MS).length,
    byPriority: { P1: of('P1'), P2: of('P2'), P3: of('P3'), P4: of('P4') },
  };
}
