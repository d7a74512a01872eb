import type { Alarm } from '../contract/alarm.ts';
import type { Catalogue } from '../contract/catalogue.ts';
import type { City, Seat } from '../contract/city.ts';
import { itemsOf } from './items-of.ts';

/** What concerns everybody: the platform's own alarms that speak of no kind of device. */
export const EVERYTHING = '*';

/** The seat of a city that names none: everything but work orders. */
const onlySeat: Seat = { id: 'duty', name: { zh: '值守席', en: 'Duty seat' }, priorities: ['P1', 'P2', 'P3'] };

export const seatsOf = ({ seats }: Pick<City, 'seats'>): readonly Seat[] => seats ?? [onlySeat];

/** `G05` of `G05-14`. */
const categoryOf = (item: string): string => item.slice(0, 3);

/** Categories of the catalogue under which each device type is judged. */
export function categoriesByType(catalogue: Catalogue): ReadonlyMap<string, readonly string[]> {
  const byType = new Map<string, Set<string>>();
  for (const { code, deviceType } of itemsOf(catalogue)) {
    byType.set(deviceType, (byType.get(deviceType) ?? new Set()).add(categoryOf(code)));
  }
  return new Map([...byType].map(([type, categories]) => [type, [...categories]]));
}

/**
 * The categories an alarm belongs to: its item's; of the platform's own those of its device, or of the devices that it leaves
 * unwatched; else {@link EVERYTHING}.
 */
export function categoriesOf(
  alarm: Pick<Alarm, 'clause' | 'deviceType' | 'blind'>,
  ofType: (deviceType: string) => readonly string[],
): string[] {
  if (alarm.clause.item !== '') return [categoryOf(alarm.clause.item)];
  const types = [alarm.deviceType, ...(alarm.blind?.byType.map(({ type }) => type) ?? [])];
  const categories = [...new Set(types.flatMap(ofType))];
  return categories.length > 0 ? categories : [EVERYTHING];
}

/** What of an alarm decides which seats it concerns. */
export interface Concern {
  readonly categories: readonly string[];
  readonly area: string | null;
  readonly priority: string;
}

/** True where the alarm concerns the seat. What stands in no area concerns every area. */
export function concerns(seat: Seat, { categories, area, priority }: Concern): boolean {
  const wanted = [...(seat.domains ?? []), ...(seat.categories ?? [])];
  const subject =
    wanted.length === 0 || categories.some((one) => one === EVERYTHING || wanted.some((code) => one.startsWith(code)));
  return (
    subject && (area === null || (seat.areas?.includes(area) ?? true)) && seat.priorities.includes(priority as never)
  );
}

/** What is wrong with the seats of a city, in both languages; empty when nothing is. */
export function seatFaults({ seats = [], areas }: Pick<City, 'seats' | 'areas'>, catalogue: Catalogue): string[] {
  const domains = catalogue.domains.map(({ code }) => code);
  const categories = catalogue.domains.flatMap((domain) => domain.categories.map(({ code }) => code));
  const ids = seats.map(({ id }) => id);
  const unknown = (seat: Seat, what: string, said: readonly string[] | undefined, known: readonly string[]) =>
    (said ?? [])
      .filter((one) => !known.includes(one))
      .map(
        (one) => `seat ${seat.id}: no ${what} "${one}"; there is ${known.join(', ')} / 席位 ${seat.id}：没有“${one}”`,
      );
  return seats.flatMap((seat, index) => [
    ...(ids.indexOf(seat.id) < index ? [`seat ${seat.id} is there twice / 席位 ${seat.id} 重复`] : []),
    ...unknown(seat, 'domain', seat.domains, domains),
    ...unknown(seat, 'category', seat.categories, categories),
    ...unknown(
      seat,
      'area',
      seat.areas,
      areas.map(({ code }) => code),
    ),
  ]);
}
