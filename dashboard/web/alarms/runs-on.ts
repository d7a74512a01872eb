import { itemsOf } from '../../../devices/city/items-of.ts';
import type { Alarm } from '../../../devices/contract/alarm.ts';
import type { Catalogue, Rule } from '../../../devices/contract/catalogue.ts';

/**
 * Whether an alarm's value runs on with its device's readings: its rule judges readings as they come. A rate, a sum or a mean
 * is worked out of many, in another unit. Of a rule that the catalogue does not hold, nothing is known: it does not run on.
 */
export function runsOnReadings(catalogue: Catalogue | null): (alarm: Pick<Alarm, 'rule'>) => boolean {
  if (!catalogue) return () => false;
  let rules = made.get(catalogue);
  if (!rules) {
    const items = itemsOf(catalogue);
    rules = new Set(items.flatMap(({ code, rules }) => rules.filter(judgesReadings).map(({ id }) => `${code}.${id}`)));
    made.set(catalogue, rules);
  }
  const known = rules;
  return ({ rule }) => known.has(rule);
}

const made = new WeakMap<Catalogue, ReadonlySet<string>>();

const judgesReadings = (rule: Rule): boolean =>
  rule.kind === 'state' || rule.kind === 'stuck' || (rule.kind === 'threshold' && rule.windowS === undefined);
