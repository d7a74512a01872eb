import type { Catalogue } from '../contract/catalogue.ts';
import type { DutyKind } from '../contract/duty-kinds.ts';
import type { Overlay } from '../contract/overlay.ts';
import type { DutyItem } from './responsibility.ts';

/** Every item of a catalogue, those that overlays add included, as questions of duty see it. */
export function dutyItems(
  { domains }: Pick<Catalogue, 'domains'>,
  overlays: readonly Pick<Overlay, 'domains' | 'changes'>[] = [],
): DutyItem[] {
  const listed = [...domains, ...overlays.flatMap((overlay) => overlay.domains)].flatMap(({ categories }) =>
    categories.flatMap(({ items }) => items),
  );
  const added = overlays.flatMap(({ changes }) => changes.flatMap((change) => ('add' in change ? [change.add] : [])));
  return [...listed, ...added].map(({ code, leadDepartment, hazard = null }) => ({
    code,
    ...categoryAndDomain(code),
    leadDepartment,
    hazard,
  }));
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

/** The duties an item needs somebody for; what is gas carries three more, each with a clock of its own, and the report upward. */
export const dutiesOf = ({ hazard }: Pick<DutyItem, 'hazard'>): readonly DutyKind[] =>
  hazard === 'gas' ? ofGas : ofEvery;
