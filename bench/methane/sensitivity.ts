import type { Catalogue, Item, Rule } from '../../devices/contract/catalogue.ts';
import { TYPE } from './rule-alarms.ts';

/** The catalogue with one number of one fence-line rule changed. */
export interface Variant {
  /** `fence-plume limit.value 0.6 → 0.3`. */
  readonly name: string;
  readonly catalogue: Catalogue;
}

/** Numbers that decide what is found, by where they stand in a rule. */
const NUMBERS = [
  'limit.value',
  'learnS',
  'minimum',
  'forgetS',
  'samples.k',
  'samples.of',
  'against.withinM',
  'k',
  'withinM',
  'withinS',
  'offDelayS',
];

/**
 * Every number of the fence-line rules, one at a time, once half of what it is and once half as much again: what only holds at
 * one setting was fitted to something. Counts stay whole and possible; one that cannot be changed is left out.
 */
export const variantsOf = (catalogue: Catalogue): readonly Variant[] =>
  rulesOf(catalogue).flatMap((rule) =>
    NUMBERS.flatMap((place) => {
      const number = numberAt(rule, place);
      if (number === undefined) return [];
      const changed = [0.5, 1.5].map((factor) => possible(rule, place, number * factor));
      return [...new Set(changed)]
        .filter((value) => value !== number)
        .map((value) => ({
          name: `${rule.id} ${place} ${number} → ${value}`,
          catalogue: withRule(catalogue, rule.id, withNumber(rule, place, value)),
        }));
    }),
  );

const isFence = ({ deviceType }: Item): boolean => deviceType === TYPE;

const rulesOf = ({ domains }: Catalogue): Rule[] =>
  domains.flatMap(({ categories }) =>
    categories.flatMap(({ items }) => items.filter(isFence).flatMap(({ rules }) => rules)),
  );

function numberAt(rule: Rule, place: string): number | undefined {
  const found = place
    .split('.')
    .reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], rule);
  return typeof found === 'number' ? found : undefined;
}

/** As near to `value` as the rule can take it. */
function possible(rule: Rule, place: string, value: number): number {
  const [least, most] = [numberAt(rule, 'samples.k') ?? 1, numberAt(rule, 'samples.of') ?? 1];
  if (place === 'samples.k') return Math.min(most, Math.max(1, Math.round(value)));
  if (place === 'samples.of') return Math.max(least, Math.round(value));
  if (place === 'k') return Math.max(2, Math.round(value));
  return place === 'minimum' ? Math.round(value) : Number(value.toPrecision(6));
}

function withNumber(rule: Rule, place: string, value: number): Rule {
  const [first = '', second] = place.split('.');
  const inner = (rule as unknown as Record<string, object>)[first];
  return { ...rule, [first]: second === undefined ? value : { ...inner, [second]: value } } as Rule;
}

const withRule = (catalogue: Catalogue, id: string, changed: Rule): Catalogue => ({
  ...catalogue,
  domains: catalogue.domains.map((domain) => ({
    ...domain,
    categories: domain.categories.map((category) => ({
      ...category,
      items: category.items.map((item) =>
        isFence(item) ? { ...item, rules: item.rules.map((rule) => (rule.id === id ? changed : rule)) } : item,
      ),
    })),
  })),
});
