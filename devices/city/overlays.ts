import type { Catalogue, Item, Rule } from '../contract/catalogue.ts';
import type { Overlay, RuleChange } from '../contract/overlay.ts';
import type { Device } from '../contract/registry.ts';
import type { Finding } from './catalogue-fault.ts';

type Domain = Catalogue['domains'][number];
type ItemChange = Extract<Overlay['changes'][number], { item: string }>;

/** True for a device that stands in one of the overlay's areas or grids. */
export function appliesTo(overlay: Overlay, { area, grid }: Pick<Device, 'area' | 'grid'>): boolean {
  if (area !== undefined && overlay.areas.includes(area)) return true;
  return grid !== undefined && overlay.grids.some((code) => inGrid(code, grid));
}

const inGrid = (code: string, grid: string): boolean =>
  code.endsWith('*') ? grid.startsWith(code.slice(0, -1)) : code === grid;

/** Every set of overlays that can meet at one device, as far as areas and grids tell; none of them apart. */
export function setsThatMeet(overlays: readonly Overlay[]): readonly (readonly Overlay[])[] {
  const areas = [undefined, ...new Set(overlays.flatMap((overlay) => overlay.areas))];
  const grids = [
    undefined,
    ...new Set(overlays.flatMap((overlay) => overlay.grids.map((code) => code.replace(/\*$/, '')))),
  ];
  const sets = new Map<string, readonly Overlay[]>();
  for (const area of areas) {
    for (const grid of grids) {
      const here = overlays.filter((overlay) =>
        appliesTo(overlay, { ...(area && { area }), ...(grid !== undefined && { grid }) }),
      );
      sets.set(here.map(({ id }) => id).join(' '), here);
    }
  }
  return [...sets.values()].filter((set) => set.length > 0);
}

const width: Readonly<Record<Overlay['kind'], number>> = { town: 0, patch: 1, pilot: 2 };

/** Overlays in the order in which they are laid on: the wider first, so that the narrower has the last word. */
export const inOrder = (overlays: readonly Overlay[]): readonly Overlay[] =>
  [...overlays].sort((a, b) => width[a.kind] - width[b.kind] || (a.id < b.id ? -1 : 1));

/** The catalogue as it stands in a place, with what could not be laid over it: names that do not exist there. */
export function withOverlays(
  catalogue: Catalogue,
  overlays: readonly Overlay[],
): { readonly catalogue: Catalogue; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const laid = inOrder(overlays).reduce((under, overlay) => lay(under, overlay, findings), catalogue);
  return { catalogue: laid, findings };
}

/** The catalogue as it stands at a device, worked out once for each set of overlays that meets somewhere. */
export function catalogueAt(city: {
  readonly catalogue: Catalogue;
  readonly overlays?: readonly Overlay[];
}): (device: Pick<Device, 'area' | 'grid'>) => Catalogue {
  let of: Catalogue | undefined;
  const laid = new Map<string, Catalogue>();
  return (device) => {
    if (of !== city.catalogue) {
      of = city.catalogue;
      laid.clear();
    }
    const here = (city.overlays ?? []).filter((overlay) => appliesTo(overlay, device));
    if (here.length === 0) return of;
    const key = here.map(({ id }) => id).join(' ');
    const known = laid.get(key) ?? withOverlays(of, here).catalogue;
    laid.set(key, known);
    return known;
  };
}

function lay(catalogue: Catalogue, overlay: Overlay, findings: Finding[]): Catalogue {
  let domains: Domain[] = [...catalogue.domains, ...overlay.domains];
  overlay.changes.forEach((change, index) => {
    const path = ['changes', index];
    if ('add' in change) {
      for (const { kind, id } of change.add.rules)
        if (kind === 'balance') findings.push(noBalance([...path, 'add'], id));
    }
    if ('add' in change) domains = withItem(domains, change.add, path, findings);
    else domains = withChange(domains, change, path, findings);
  });
  return { ...catalogue, domains: ordered(domains, overlay.order, findings) };
}

function ordered(domains: readonly Domain[], order: readonly string[], findings: Finding[]): Domain[] {
  order.forEach((code, index) => {
    if (domains.some((domain) => domain.code === code)) return;
    findings.push({ path: ['order', index], value: code, zh: `没有领域 ${code}`, en: `there is no domain ${code}` });
  });
  const place = (code: string) => (order.includes(code) ? order.indexOf(code) : order.length);
  return [...domains].sort((a, b) => place(a.code) - place(b.code));
}

function withItem(domains: readonly Domain[], item: Item, path: PropertyKey[], findings: Finding[]): Domain[] {
  const category = item.code.slice(0, item.code.indexOf('-'));
  let placed = false;
  const next = domains.map((domain) => ({
    ...domain,
    categories: domain.categories.map((one) => {
      if (one.code !== category) return one;
      placed = true;
      return { ...one, items: [...one.items, item] };
    }),
  }));
  if (!placed) {
    findings.push({
      path: [...path, 'add', 'code'],
      value: item.code,
      zh: `没有大类 ${category}，项目 ${item.code} 无处可放`,
      en: `there is no category ${category} for the item ${item.code}`,
    });
  }
  return next;
}

function withChange(
  domains: readonly Domain[],
  change: ItemChange,
  path: PropertyKey[],
  findings: Finding[],
): Domain[] {
  let met = false;
  const next = domains.map((domain) => ({
    ...domain,
    categories: domain.categories.map((category) => ({
      ...category,
      items: category.items.map((item) => {
        if (item.code !== change.item) return item;
        met = true;
        return changed(item, change, path, findings);
      }),
    })),
  }));
  if (!met) {
    findings.push({
      path: [...path, 'item'],
      value: change.item,
      zh: `没有项目 ${change.item}`,
      en: `there is no item ${change.item}`,
    });
  }
  return next;
}

function changed(
  item: Item,
  { set, rules = {}, addRules = [] }: ItemChange,
  path: PropertyKey[],
  findings: Finding[],
): Item {
  for (const id of Object.keys(rules)) {
    if (item.rules.some((rule) => rule.id === id)) continue;
    const known = item.rules.map((rule) => rule.id).join(', ');
    findings.push({
      path: [...path, 'rules', id],
      value: id,
      zh: `${item.code} 没有规则 ${id}，有：${known}`,
      en: `${item.code} has no rule ${id}; it has ${known}`,
    });
  }
  for (const [index, rule] of addRules.entries())
    if (rule.kind === 'balance') findings.push(noBalance([...path, 'addRules', index], rule.id));
  for (const { kind, id } of item.rules) {
    if (kind === 'balance' && rules[id]) findings.push(noBalance([...path, 'rules', id], id));
  }
  const kept = item.rules.flatMap((rule) => ruleWith(rule, rules[rule.id], [...path, 'rules', rule.id], findings));
  const own = Object.fromEntries(Object.entries(set ?? {}).filter(([, value]) => value !== undefined));
  return { ...item, ...own, rules: [...kept, ...addRules] };
}

/** A balance counts devices of many places together: no one place can have its own. */
const noBalance = (path: PropertyKey[], id: string): Finding => ({
  path,
  value: id,
  zh: `平衡规则 ${id} 属全市，叠加层不能更改或增加`,
  en: `the balance ${id} is the whole city's: an overlay neither changes nor adds one`,
});

function ruleWith(rule: Rule, change: RuleChange | undefined, path: PropertyKey[], findings: Finding[]): Rule[] {
  if (!change) return [rule];
  if (change.off) return [];
  for (const key of ['limit', 'deadband'] as const) {
    if (change[key] === undefined || key in rule || (key === 'deadband' && rule.kind === 'threshold')) continue;
    findings.push({
      path: [...path, key],
      value: change[key],
      zh: `${rule.kind} 规则没有 ${key}`,
      en: `a ${rule.kind} rule has no ${key}`,
    });
  }
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  return [{ ...rule, ...given } as Rule];
}
