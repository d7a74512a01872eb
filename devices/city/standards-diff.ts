import type { Priority } from '../contract/alarm.ts';
import type { Catalogue, Item, Rule } from '../contract/catalogue.ts';
import type { Overlay } from '../contract/overlay.ts';
import type { Standards, StandardsChange } from '../contract/standards.ts';
import { canonicalJson } from '../registry/canonical-json.ts';
import { itemsOf } from './items-of.ts';
import { withOverlays } from './overlays.ts';

/** Words about a rule: they change nothing about when it rings. */
const words: ReadonlySet<string> = new Set(['title', 'note', 'basis']);
/** Parts of a catalogue that judge nothing by themselves, or are compared piece by piece. */
const unjudging: ReadonlySet<string> = new Set([
  ...['title', 'version', 'warning', 'effective', 'officialTotal', 'bases', 'procedures', 'domains', 'changes'],
]);

/** All that differs between two standards, the urgent first, each under the overlay that makes it so. */
export function standardsChanges(before: Standards, after: Standards): StandardsChange[] {
  const found = [
    ...catalogueChanges(before.catalogue, after.catalogue, null),
    ...overlayIds(before, after).flatMap((id) => overlayChanges(id, before, after)),
  ];
  return found.sort((a, b) => Number(b.urgent) - Number(a.urgent));
}

/** People who must stand behind these changes: two where a P1 or P2 would be judged otherwise. */
export const peopleNeeded = (changes: readonly StandardsChange[]): 1 | 2 =>
  changes.some(({ urgent }) => urgent) ? 2 : 1;

const overlayIds = (before: Standards, after: Standards): string[] => [
  ...new Set([...before.overlays, ...after.overlays].map(({ id }) => id)),
];

function overlayChanges(id: string, before: Standards, after: Standards): StandardsChange[] {
  const old = before.overlays.find((one) => one.id === id);
  const next = after.overlays.find((one) => one.id === id);
  if (same(old, next)) return [];
  const under = (overlay: Overlay | undefined) =>
    overlay ? withOverlays(after.catalogue, [overlay]).catalogue : after.catalogue;
  const inside = catalogueChanges(under(old), under(next), id);
  // Where it holds, and when, matters as much as what it says.
  const weighs = [old, next].some((one) =>
    catalogueChanges(after.catalogue, under(one), id).some(({ urgent }) => urgent),
  );
  const around = (['title', 'kind', 'areas', 'grids', 'effective', 'order'] as const).flatMap((field) =>
    change(
      `overlay ${id}`,
      id,
      field,
      old?.[field],
      next?.[field],
      null,
      weighs && field !== 'title' && field !== 'order',
    ),
  );
  return [...inside, ...around];
}

function catalogueChanges(before: Catalogue, after: Catalogue, overlay: string | null): StandardsChange[] {
  if (before === after) return [];
  const top = [...new Set([...Object.keys(before), ...Object.keys(after)])] as (keyof Catalogue)[];
  return [
    ...rulesChanges(before, after, overlay),
    ...itemsChanges(before, after, overlay),
    ...top
      .filter((field) => !unjudging.has(field))
      .flatMap((field) => change('catalogue', overlay, field, before[field], after[field], null, true)),
    ...(['title', 'version', 'warning', 'effective'] as const).flatMap((field) =>
      change('catalogue', overlay, field, before[field], after[field], null, false),
    ),
    ...procedureChanges(before, after, overlay),
  ];
}

function procedureChanges(before: Catalogue, after: Catalogue, overlay: string | null): StandardsChange[] {
  const ids = new Set([...Object.keys(before.procedures), ...Object.keys(after.procedures)]);
  return [...ids].flatMap((id) =>
    change(`procedure ${id}`, overlay, 'steps', before.procedures[id], after.procedures[id], null, false),
  );
}

interface Ruled {
  readonly where: string;
  readonly rule: Rule;
}

function rulesChanges(before: Catalogue, after: Catalogue, overlay: string | null): StandardsChange[] {
  const [old, next] = [ruled(before), ruled(after)];
  return [...new Set([...old.keys(), ...next.keys()])].flatMap((key) => {
    const [a, b] = [old.get(key), next.get(key)];
    if (a?.rule === b?.rule) return [];
    const { where } = (b ?? a)!;
    const priority = moreUrgent(a?.rule.priority, b?.rule.priority);
    if (!a || !b) return change(where, overlay, 'rule', a?.rule, b?.rule, priority, priority <= 'P2');
    const fields = [...new Set([...Object.keys(a.rule), ...Object.keys(b.rule)])] as (keyof Rule)[];
    return fields.flatMap((field) =>
      change(where, overlay, field, a.rule[field], b.rule[field], priority, priority <= 'P2' && !words.has(field)),
    );
  });
}

/** Under its device type too: a rule that moves to another kind of device is gone from the first. */
const ruled = (catalogue: Catalogue): Map<string, Ruled> =>
  new Map(
    itemsOf(catalogue).flatMap(({ code, deviceType, rules }) =>
      rules.map((rule) => [`${deviceType} ${code}.${rule.id}`, { where: `${code}.${rule.id}`, rule }] as const),
    ),
  );

const moreUrgent = (a: Priority | undefined, b: Priority | undefined): Priority => [a ?? 'P4', b ?? 'P4'].sort()[0]!;

function itemsChanges(before: Catalogue, after: Catalogue, overlay: string | null): StandardsChange[] {
  const [old, next] = [byCode(before), byCode(after)];
  return [...new Set([...old.keys(), ...next.keys()])].flatMap((code) => {
    const [a, b] = [old.get(code), next.get(code)];
    if (a === b) return [];
    if (!a || !b) return change(code, overlay, 'item', a?.name, b?.name, null, false);
    const fields = ([...new Set([...Object.keys(a), ...Object.keys(b)])] as (keyof Item)[]).filter(
      (f) => f !== 'rules',
    );
    const urgent = [...a.rules, ...b.rules].some(({ priority }) => priority <= 'P2');
    return fields.flatMap((field) =>
      change(code, overlay, field, a[field], b[field], null, urgent && field === 'hazard'),
    );
  });
}

const byCode = (catalogue: Catalogue): Map<string, Item> =>
  new Map(itemsOf(catalogue).map((item) => [item.code, item]));

function change(
  where: string,
  overlay: string | null,
  field: string,
  before: unknown,
  after: unknown,
  priority: Priority | null,
  urgent: boolean,
): StandardsChange[] {
  if (same(before, after)) return [];
  return [{ where, overlay, field, before: text(before), after: text(after), priority, urgent }];
}

const text = (value: unknown): string | null => (value === undefined ? null : canonicalJson(value));
const same = (a: unknown, b: unknown): boolean => a === b || text(a) === text(b);
