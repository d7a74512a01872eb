import type { Hazard, Priority } from '../contract/alarm.ts';
import type { Suppression } from '../contract/catalogue.ts';

/** What of a rule decides whether a suppression hides its alarms. */
export interface Hideable {
  /** `<item>.<rule>`, or `platform.silent` for the silence of a type whose items do not speak of it. */
  readonly key: string;
  readonly kind: string;
  readonly measurement: string;
  readonly deviceType: string;
  readonly priority: Priority;
  readonly hazard: Hazard | null;
}

/** True where all that the suppression names fits the rule. */
export function hidesRule({ hides }: Pick<Suppression, 'hides'>, rule: Hideable): boolean {
  return (
    (hides.kinds?.includes(rule.kind) ?? true) &&
    (hides.rules?.includes(rule.key) ?? true) &&
    (hides.measurements?.includes(rule.measurement) ?? true) &&
    (hides.deviceTypes?.includes(rule.deviceType) ?? true)
  );
}

/** True where the rule's alarm may stand for others under this suppression. */
export function causesIt({ because }: Pick<Suppression, 'because'>, rule: Hideable): boolean {
  if ('active' in because) return because.active === rule.key;
  if (!('silent' in because)) return false;
  return rule.kind === 'absence' && (because.silent === '*' || because.silent === rule.deviceType);
}

/**
 * True where an alarm of the rule is hidden by nothing but a person: P1 of gas and fire. Their silence alone may stand behind
 * that of a gateway or carrier, which says so for them.
 */
export function mustShow({ because }: Pick<Suppression, 'because'>, rule: Hideable): boolean {
  const urgent = rule.priority === 'P1' && (rule.hazard === 'gas' || rule.hazard === 'fire');
  const silenceBehindSilence = rule.kind === 'absence' && ('gateway' in because || 'silent' in because);
  return urgent && !silenceBehindSilence;
}
