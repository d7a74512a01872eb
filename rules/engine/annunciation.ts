import { categoriesOf } from '../../devices/city/seats.ts';
import type { Alarm, AlarmEvent } from '../../devices/contract/alarm.ts';
import type { AnnunciationRow } from '../../devices/contract/state-tables.ts';
import type { CompiledCatalogue } from '../standards/compile.ts';

/** An alarm began to sound at the desk: with which event, and as it stood then. */
export interface Annunciation {
  readonly seq: number;
  readonly at: number;
  readonly alarm: Alarm;
}

/** True for a live alarm that stands, waits for somebody, and that nothing hides. */
const sounds = (alarm: Alarm): boolean =>
  alarm.lane === 'live' && alarm.active && !alarm.acked && alarm.override === null && alarm.supersededBy === null;

/** True where an event makes an alarm sound: it was raised, or what hid it is gone. A level stepping forward is no news. */
export const beginsToSound = (before: Alarm | undefined, after: Alarm, kind: AlarmEvent['kind']): boolean =>
  sounds(after) && (kind === 'raised' || kind === 'reraised' || (before?.override ?? null) !== null);

/** The row that KPIs count. */
export function annunciationRow({ seq, at, alarm }: Annunciation, { plans }: CompiledCatalogue): AnnunciationRow {
  const ofType = (type: string): string[] =>
    plans.get(type)?.rules.flatMap(({ item }) => (item ? [item.code.slice(0, 3)] : [])) ?? [];
  return {
    seq,
    at,
    alarm: alarm.id,
    device: alarm.device,
    rule: alarm.rule,
    priority: alarm.priority,
    // Between commas, so that one pattern finds a category or a whole domain.
    categories: `,${categoriesOf(alarm, ofType).join(',')},`,
    area: alarm.area,
    acked_at: null,
    returned_at: null,
  };
}
