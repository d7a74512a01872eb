import { type ConditionContext, compileCondition } from '../../devices/city/expressions.ts';
import { causesIt, type Hideable, hidesRule, mustShow } from '../../devices/city/suppressions.ts';
import type { Item, Rule, Suppression } from '../../devices/contract/catalogue.ts';
import type { DeviceType } from '../../devices/model/device-type.ts';

/** A suppression of the catalogue as one device type meets it. */
export interface Suppressor {
  readonly suppression: Suppression;
  /** Its condition, compiled for this type; null where it has another cause. */
  readonly holds: ((context: ConditionContext) => boolean) | null;
}

/** Which suppressions may hide a rule's alarms, and under which they stand for others. */
export function suppressorsOf(
  type: DeviceType,
  item: Item | null,
  rule: Rule,
  suppressions: readonly Suppression[],
): { readonly hiddenBy: readonly Suppressor[]; readonly standsFor: readonly Suppressor[] } {
  const facts: Hideable = {
    key: item ? `${item.code}.${rule.id}` : rule.id,
    kind: rule.kind,
    measurement: rule.measurement,
    deviceType: type.id,
    priority: rule.priority,
    hazard: item?.hazard ?? null,
  };
  // Refused when the catalogue is read; held here as well, because nothing that changes a priority later may get round it.
  const hiddenBy = suppressions.filter((one) => hidesRule(one, facts) && !mustShow(one, facts));
  const standsFor = suppressions.filter((one) => causesIt(one, facts));
  const compiled = (suppression: Suppression) => suppressorOf(type, suppression);
  return { hiddenBy: hiddenBy.map(compiled), standsFor: standsFor.map(compiled) };
}

function suppressorOf(type: DeviceType, suppression: Suppression): Suppressor {
  const { because } = suppression;
  if (!('condition' in because)) return { suppression, holds: null };
  const compiled = compileCondition(type, because.condition.expr);
  if ('refused' in compiled) throw new Error(`suppression ${suppression.id} of ${type.id}: ${compiled.refused}`);
  return { suppression, holds: compiled.run };
}
