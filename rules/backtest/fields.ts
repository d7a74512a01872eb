import type { DeviceType } from '../../devices/model/device-type.ts';
import type { Kind } from '../../kit/telemetry/admission.ts';
import type { CompiledRule, TypePlan } from '../standards/compile.ts';

/** A measurement of a device type. */
export interface Field {
  readonly type: string;
  readonly name: string;
}

/** Of a field of a known type. */
export const kindOf = ({ type, name }: Field, types: Readonly<Record<string, DeviceType>>): Kind =>
  types[type]!.measurements[name]!.kind;

/** What a rule reads, of all device types that it looks at. */
export function fieldsRead(rule: CompiledRule, plan: TypePlan, plans: ReadonlyMap<string, TypePlan>): Field[] {
  const own = readBy(rule, plan).map((name) => ({ type: plan.type.id, name }));
  const flows = rule.balance ? [rule.balance.inflow, rule.balance.outflow] : [];
  return [
    ...own,
    ...flows.map(({ deviceType, measurement }) => ({
      type: deviceType,
      name: plans.get(deviceType)!.names[measurement]!,
    })),
  ];
}

/** Measurements of its own type that the rule reads: its own, or all where anything heard counts, and those that its condition names, or one that may hide it. */
function readBy(rule: CompiledRule, plan: TypePlan): string[] {
  if (rule.expression) return rule.expression.reads.map((place) => plan.names[place]!);
  if (rule.measurement < 0) return [...plan.names];
  const counted = rule.neighbours ? readBy(plan.rules[rule.neighbours.of]!, plan) : [];
  const own = rule.item?.rules.find(({ id }) => `${rule.item?.code}.${id}` === rule.key)?.when?.expr ?? '';
  const hiding = rule.hiddenBy.flatMap(({ suppression: { because } }) =>
    'condition' in because ? [because.condition.expr] : [],
  );
  const condition = [own, ...hiding].join('\n');
  // `r[…]` or `r` by itself may be any of them.
  const whole = /\br\b(?!\s*\.)/.test(condition);
  return plan.names.filter(
    (name) => name === rule.measurementName || whole || condition.includes(`r.${name}`) || counted.includes(name),
  );
}
