import { crossCheck } from '../../devices/city/catalogue-checks.ts';
import type { Finding } from '../../devices/city/catalogue-fault.ts';
import { ceilingFindings } from '../../devices/city/ceilings.ts';
import { setsThatMeet, withOverlays } from '../../devices/city/overlays.ts';
import { shapeFinding } from '../../devices/city/parse-catalogue.ts';
import type { BacktestRequest, RuleFault } from '../../devices/contract/backtest.ts';
import { type Catalogue, type Item, type Rule, ruleSchema } from '../../devices/contract/catalogue.ts';
import type { Ceiling } from '../../devices/contract/ceiling.ts';
import type { Refusal } from '../../devices/contract/command.ts';
import type { Overlay } from '../../devices/contract/overlay.ts';
import type { DeviceType } from '../../devices/model/device-type.ts';
import { suggestion } from '../../devices/registry/did-you-mean.ts';

/** What is tried: the catalogue as it would be, and the key of the rule in it and in the one that stands. */
export interface Candidate {
  readonly catalogue: Catalogue;
  readonly key: string;
  readonly item: Item;
  readonly rule: Rule;
  /** The rule as it stands, where it is tried beside that: null for a new rule or an unchanged one. */
  readonly before: Rule | null;
}

export type CandidateOutcome = Candidate | { readonly refused: Refusal; readonly faults: readonly RuleFault[] };

/** What a candidate is checked by: the city's names, its ceilings, and what is laid over the catalogue in some places. */
export interface Checks {
  readonly types: Readonly<Record<string, DeviceType>>;
  readonly departments: readonly string[];
  readonly ceilings?: readonly Ceiling[] | undefined;
  readonly overlays?: readonly Overlay[];
}

/** Puts what was asked for into the catalogue, checked as a catalogue is; every fault is told at once. */
export function candidateOf(
  catalogue: Catalogue,
  asked: Pick<BacktestRequest, 'rule' | 'change' | 'item' | 'add'>,
  checks: Checks,
): CandidateOutcome {
  const found = asked.rule === undefined ? itemNamed(catalogue, asked.item ?? '') : ruleNamed(catalogue, asked.rule);
  if ('refused' in found) return { refused: found.refused, faults: [] };
  const { path, item } = found;
  const before = found.place === null ? null : item.rules[found.place]!;
  const wanted = asked.add ?? (asked.change ? merged(before, asked.change) : before);
  const shaped = ruleSchema.safeParse(wanted);
  if (!shaped.success) return refusedFor(shaped.error.issues.map((issue) => shapeFinding(issue, wanted)));
  const rule = shaped.data;
  const place = found.place ?? item.rules.length;
  if (found.place === null && item.rules.some(({ id }) => id === rule.id)) return refusedFor([taken(item, rule)]);
  if (before && rule.id !== before.id) return refusedFor([renamed(before, rule)]);
  const next = withRule(catalogue, path, place, rule);
  const faults = faultsOf(catalogue, next, [...path, 'rules', place], checks);
  if (faults.length > 0) return refusedFor(faults);
  const changed = before !== null && JSON.stringify(before) !== JSON.stringify(rule);
  return { catalogue: next, key: `${item.code}.${rule.id}`, item, rule, before: changed ? before : null };
}

/**
 * All that is wrong with the rule itself, by its path in the rule, and all that it would make wrong elsewhere: at another rule,
 * which a ceiling then misses, or where an overlay is laid over it. Those are told by the name of the rule.
 */
function faultsOf(before: Catalogue, next: Catalogue, mine: readonly PropertyKey[], checks: Checks): Finding[] {
  const isMine = ({ path }: Finding) => mine.every((step, i) => path[i] === step);
  const all = findingsOf(next, checks);
  const own = all.filter(isMine).map((finding) => ({ ...finding, path: finding.path.slice(mine.length) }));
  const known = new Set(findingsEverywhere(before, checks).map(textOf));
  const told = new Set(own.map(({ en }) => en));
  const others = findingsEverywhere(next, checks).filter(
    (finding) => !told.has(finding.en) && !known.has(textOf(finding)),
  );
  return [...own, ...new Map(others.map((finding) => [textOf(finding), finding])).values()];
}

const textOf = ({ path, en }: Finding): string => `${path.join('.')} ${en}`;

const findingsOf = (catalogue: Catalogue, { types, departments, ceilings = [] }: Checks): Finding[] => [
  ...crossCheck(catalogue, types, departments),
  ...ceilingFindings(catalogue, ceilings, types),
];

/** Those of the catalogue, and of it under every set of overlays that meets somewhere, by the names of rules. */
function findingsEverywhere(catalogue: Catalogue, checks: Checks): Finding[] {
  const named = (findings: readonly Finding[], at: Catalogue, under: string[]) =>
    findings.map((finding) => ({ ...finding, path: [...under, ...pathByName(at, finding.path)] }));
  const under = setsThatMeet(checks.overlays ?? []).flatMap((overlays) => {
    const here = withOverlays(catalogue, overlays);
    const where = overlays.map(({ id }) => `overlay ${id}`);
    return named([...here.findings, ...findingsOf(here.catalogue, checks)], here.catalogue, where);
  });
  return [...named(findingsOf(catalogue, checks), catalogue, []), ...under];
}

/** `G05-14.com-l2.limit` for the place of a rule; any other path as it is. */
function pathByName({ domains }: Catalogue, path: readonly PropertyKey[]): readonly PropertyKey[] {
  const [, d, , c, , i, , r, ...rest] = path as number[];
  const item = domains[d ?? -1]?.categories[c ?? -1]?.items[i ?? -1];
  const rule = item?.rules[r ?? -1];
  return rule ? [`${item!.code}.${rule.id}`, ...rest] : path;
}

/** RFC 7396: objects merge, null takes away, everything else replaces. */
export function merged(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const result: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

type Place = { readonly path: readonly PropertyKey[]; readonly item: Item; readonly place: number | null };

function itemNamed(catalogue: Catalogue, code: string): Place | { readonly refused: Refusal } {
  const all = placesOf(catalogue);
  const found = all.find(({ item }) => item.code === code);
  if (found) return { ...found, place: null };
  const meant = suggestion(
    code,
    all.map(({ item }) => item.code),
  );
  return {
    refused: {
      code: 'unknown-item',
      zh: `标准目录中没有项目“${code}”${meant.zh}`,
      en: `there is no item "${code}" in the catalogue${meant.en}`,
    },
  };
}

function ruleNamed(catalogue: Catalogue, key: string): Place | { readonly refused: Refusal } {
  const all = placesOf(catalogue).flatMap((at) =>
    at.item.rules.map(({ id }, place) => ({ ...at, place, key: `${at.item.code}.${id}` })),
  );
  const found = all.find((one) => one.key === key);
  if (found) return found;
  const meant = suggestion(
    key,
    all.map((one) => one.key),
  );
  return {
    refused: {
      code: 'unknown-rule',
      zh: `标准目录中没有规则“${key}”${meant.zh}；yanshao rules list 列出全部`,
      en: `there is no rule "${key}" in the catalogue${meant.en}; \`yanshao rules list\` shows all`,
    },
  };
}

const placesOf = ({ domains }: Catalogue): Omit<Place, 'place'>[] =>
  domains.flatMap(({ categories }, d) =>
    categories.flatMap(({ items }, c) =>
      items.map((item, i) => ({ item, path: ['domains', d, 'categories', c, 'items', i] })),
    ),
  );

/** A catalogue with one rule put in its place; everything else is shared with the one given. */
function withRule(catalogue: Catalogue, path: readonly PropertyKey[], place: number, rule: Rule): Catalogue {
  const put = (value: unknown, steps: readonly PropertyKey[]): unknown => {
    const [step, ...rest] = steps;
    if (step === undefined) return rule;
    if (Array.isArray(value)) {
      const copy = [...value];
      copy[Number(step)] = put(copy[Number(step)], rest);
      return copy;
    }
    const record = value as Record<PropertyKey, unknown>;
    return { ...record, [step]: put(record[step], rest) };
  };
  return put(catalogue, [...path, 'rules', place]) as Catalogue;
}

const taken = (item: Item, { id }: Rule): Finding => ({
  path: ['id'],
  value: id,
  zh: `项目 ${item.code} 已有规则“${id}”：改动它请用 rule 与 change`,
  en: `item ${item.code} has a rule "${id}" already: to change it use \`rule\` and \`change\``,
});

const renamed = (before: Rule, { id }: Rule): Finding => ({
  path: ['id'],
  value: id,
  zh: `规则“${before.id}”的编号不能改`,
  en: `the id of rule "${before.id}" cannot change`,
});

const refusedFor = (findings: readonly Finding[]) => ({
  refused: {
    code: 'invalid-rule',
    zh: `规则有 ${findings.length} 处错误，未试算`,
    en: `the rule has ${findings.length} faults: it was not tried`,
  },
  faults: findings.map(({ path, zh, en }) => ({ path: path.join('.'), zh, en })),
});
