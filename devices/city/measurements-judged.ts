import type { Item, Rule } from '../contract/catalogue.ts';
import type { DeviceType } from '../model/device-type.ts';
import { compileExpression } from './expressions.ts';

/** Every measurement that a rule looks at, as `<device type>/<measurement>`; `*` is anything of the device. */
export function measurementsOf(item: Item, rule: Rule, types: Readonly<Record<string, DeviceType>>): readonly string[] {
  const own = `${item.deviceType}/${rule.measurement}`;
  if (rule.kind === 'balance') {
    return [rule.inflow, rule.outflow].map(({ deviceType, measurement }) => `${deviceType}/${measurement}`);
  }
  const type = types[item.deviceType];
  if (rule.kind !== 'expression' || !type) return [own];
  const compiled = compileExpression(type, rule.expr);
  return 'refused' in compiled ? [own] : compiled.reads.map((name) => `${item.deviceType}/${name}`);
}
