import { itemsOf } from '../city/items-of.ts';
import { concerns, seatsOf } from '../city/seats.ts';
import type { Catalogue, Item } from '../contract/catalogue.ts';
import type { City } from '../contract/city.ts';
import type { DutyKind } from '../contract/duty-kinds.ts';
import type { Overlay } from '../contract/overlay.ts';
import type { Standards } from '../contract/standards.ts';
import type { DutyItem } from './responsibility.ts';

/** Every item of a catalogue, those that overlays add included, as questions of duty see it. */
export function dutyItems(
  { domains }: Pick<Catalogue, 'domains'>,
  overlays: readonly Pick<Overlay, 'domains' | 'changes'>[] = [],
): DutyItem[] {
  return everyItem({ domains }, overlays).map(({ code, leadDepartment, hazard = null }) => ({
    code,
    ...categoryAndDomain(code),
    leadDepartment,
    hazard,
  }));
}

/** Which items ring at which seats of a city: whether one does at a seat that watches an area, null for outside all areas. */
export function itemsAtSeats(
  city: Pick<City, 'seats'>,
  { catalogue, overlays }: Standards,
): (item: string, area: string | null) => boolean {
  const priorities = new Map(
    everyItem(catalogue, overlays).map(({ code, rules }) => [code, new Set(rules.map(({ priority }) => priority))]),
  );
  return (item, area) =>
    seatsOf(city).some((seat) =>
      [...(priorities.get(item) ?? [])].some((priority) =>
        concerns(seat, { categories: [categoryAndDomain(item).category], area, priority }),
      ),
    );
}

function everyItem(
  { domains }: Pick<Catalogue, 'domains'>,
  overlays: readonly Pick<Overlay, 'domains' | 'changes'>[],
): Item[] {
  const added = overlays.flatMap(({ changes }) => changes.flatMap((change) => ('add' in change ? [change.add] : [])));
  return [...itemsOf({ domains: [...domains, ...overlays.flatMap((overlay) => overlay.domains)] }), ...added];
}

/** `G05` and `G` of `G05-14`. */
const categoryAndDomain = (code: string) => ({ category: code.slice(0, 3), domain: code.slice(0, 1) });

/**
 * What an alarm's clause is to a question of duty. The platform's own alarms have no item: whoever has everything, or the
 * department that answers for the platform, gets them.
 */
export const dutyItemOf = (item: string, leadDepartment: string, hazard: string | null): DutyItem => ({
  code: item,
  ...categoryAndDomain(item),
  leadDepartment,
  hazard,
});

const ofEvery: readonly DutyKind[] = ['handle', 'dispatch', 'verify'];
const ofGas: readonly DutyKind[] = [...ofEvery, 'local', 'supervise', 'company', 'upward'];

/**
 * The duties an item needs somebody for; what is gas carries three more, each with a clock of its own, and the report upward.
 * Where it rings at a seat, somebody is on watch there.
 */
export const dutiesOf = ({ hazard }: Pick<DutyItem, 'hazard'>, ringsAtSeat: boolean): readonly DutyKind[] => [
  ...(hazard === 'gas' ? ofGas : ofEvery),
  ...(ringsAtSeat ? (['seat'] as const) : []),
];
