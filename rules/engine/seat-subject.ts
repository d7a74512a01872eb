import { concerns, seatsOf } from '../../devices/city/seats.ts';
import type { Item } from '../../devices/contract/catalogue.ts';
import type { Seat } from '../../devices/contract/city.ts';
import { seatAddress } from '../../devices/contract/pages.ts';
import type { CompiledCatalogue, CompiledRule } from '../standards/compile.ts';
import type { Subject } from './build-alarm.ts';
import type { Core } from './core.ts';
import { centre, PLATFORM } from './platform-alarms.ts';

/** Items that would ring at a seat, the most urgent first. */
export const itemsHeardAt = (seat: Seat, catalogue: Pick<CompiledCatalogue, 'ruleByKey'>): Item[] => {
  const rules = rulesHeardAt(seat, catalogue).toSorted((a, b) => a.priority.localeCompare(b.priority));
  return [...new Set(rules.flatMap(({ item }) => item ?? []))];
};

/** The rules of the catalogue that would ring at a seat, by what they are about. */
const rulesHeardAt = (seat: Seat, { ruleByKey }: Pick<CompiledCatalogue, 'ruleByKey'>): CompiledRule[] =>
  [...ruleByKey.values()].filter(
    ({ item, priority }) =>
      item !== null && concerns(seat, { categories: [item.code.slice(0, 3)], area: null, priority }),
  );

/** True where a missed alarm at the seat can kill: it hears P1 of gas or fire. */
const guardsLife = (seat: Seat, catalogue: Pick<CompiledCatalogue, 'ruleByKey'>): boolean =>
  rulesHeardAt(seat, catalogue).some(
    ({ item, priority }) => priority === 'P1' && (item?.hazard === 'gas' || item?.hazard === 'fire'),
  );

/** A seat as what an alarm stands at; null where `subject` names none of the city's. */
export function seatSubject(
  core: Core,
  subject: string,
): { readonly subject: Subject; readonly safety: boolean; readonly nameEn: string } | null {
  const seat = seatsOf(core.parts.city).find(({ id }) => seatAddress(id) === subject);
  if (!seat) return null;
  const at = { site: null, siteName: null, area: null, ...centre(core), demo: false };
  return {
    subject: { device: subject, deviceName: seat.name.zh, deviceType: PLATFORM, ...at },
    safety: guardsLife(seat, core.parts.catalogue),
    nameEn: seat.name.en,
  };
}
