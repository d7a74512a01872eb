import type { City } from '../contract/city.ts';
import type { DutyGap, OnDuty } from '../contract/duty-answers.ts';
import type { DutyKind } from '../contract/duty-kinds.ts';
import type { Standards } from '../contract/standards.ts';
import { suggestion } from '../registry/did-you-mean.ts';
import { type Fault, fault } from '../registry/fault.ts';
import type { DutyWorld } from './check-duty.ts';
import type { DutyBook } from './duty-book.ts';
import { type DutyPeriod, dutyGaps } from './duty-gaps.ts';
import { dutyItems, itemsAtSeats } from './duty-items.ts';
import { whoIsOn } from './who-is-on.ts';

/** Who would get this? As people ask it, by the codes they know. */
export interface WhoQuery {
  readonly item: string;
  readonly area: string | null;
  readonly grid?: string | null;
  readonly duty: DutyKind;
  /** ms. */
  readonly at: number;
}

/** What questions of duty are answered from. */
export interface DutySources {
  readonly book: DutyBook;
  readonly standards: Standards;
  readonly city: Pick<City, 'areas' | 'departments' | 'timeZone' | 'working' | 'seats'>;
}

/** The answer of {@link whoIsOn}, or what of the question the city does not know. */
export function askWho({ book, standards, city }: DutySources, query: WhoQuery): OnDuty | { readonly faults: Fault[] } {
  const items = dutyItems(standards.catalogue, standards.overlays);
  const item = items.find(({ code }) => code === query.item);
  const faults = [
    ...(item
      ? []
      : [
          unknown(
            'item',
            '事项',
            query.item,
            items.map(({ code }) => code),
          ),
        ]),
    ...(query.area === null || city.areas.some(({ code }) => code === query.area)
      ? []
      : [
          unknown(
            'area',
            '区域',
            query.area,
            city.areas.map(({ code }) => code),
          ),
        ]),
  ];
  if (!item || faults.length > 0) return { faults };
  const { area, grid = null, duty, at } = query;
  return whoIsOn(book, { item, area, grid, duty, at }, city);
}

function unknown(field: string, zh: string, given: string, known: readonly string[]): Fault {
  const meant = suggestion(given, known);
  return fault(
    'question',
    field,
    given,
    `没有${zh} "${given}"${meant.zh}`,
    `there is no ${field} "${given}"${meant.en}`,
  );
}

/** {@link dutyGaps} over every item of the standards. */
export const askGaps = ({ book, standards, city }: DutySources, period: DutyPeriod): DutyGap[] =>
  dutyGaps(
    book,
    dutyItems(standards.catalogue, standards.overlays),
    { ...city, ringsAtSeat: itemsAtSeats(city, standards) },
    period,
  );

/** What the records of a city are held against. */
export const worldOf = (
  { departments, areas }: Pick<City, 'areas' | 'departments'>,
  { catalogue, overlays }: Standards,
  crews?: readonly string[],
): DutyWorld => ({
  departments: departments.map(({ id }) => id),
  areas: areas.map(({ code }) => code),
  items: dutyItems(catalogue, overlays),
  ...(crews && { crews }),
});
