import { flowUnit } from '../../devices/city/flow-unit.ts';
import type { Rule } from '../../devices/contract/catalogue.ts';
import type { DeviceType } from '../../devices/model/device-type.ts';
import { conversion } from '../../devices/model/units.ts';
import type { FlowKind } from '../judge/balance.ts';
import { type Op, returnLimit } from '../judge/compare.ts';

/** One side of a balance, ready to be counted: a measurement of some device type. */
export interface Flow {
  /** Stands in snapshots. */
  readonly key: string;
  readonly side: 'inflow' | 'outflow';
  /** Device type of the item, and the rule's place in its plan. */
  readonly ownerType: string;
  readonly offset: number;
  readonly deviceType: string;
  /** Its index in that type's plan. */
  readonly measurement: number;
  readonly as: FlowKind;
  /** Facts that a device must be registered with to count. */
  readonly where: Readonly<Record<string, string | number | boolean>>;
  /** Its amounts times this are in the inflow's unit. */
  readonly factor: number;
  /** Time that a flow is counted by, ms. */
  readonly perMs: number;
  readonly windowMs: number;
}

export interface BalanceRule {
  readonly over: 'site' | 'circuit' | 'area' | 'gateway';
  readonly inflow: Flow;
  readonly outflow: Flow;
  /** Unit of the amounts. */
  readonly unit: string;
  readonly percent: boolean;
  readonly share: number;
}

type Balance = Extract<Rule, { kind: 'balance' }>;
type Types = Readonly<Record<string, DeviceType>>;

/** A `balance` rule as it is counted. Types and units were checked when the catalogue was read. */
export function balanceOf(rule: Balance, key: string, ownerType: string, offset: number, types: Types): BalanceRule {
  const { unit } = amounts(rule.inflow, types);
  const flow = (side: Flow['side']): Flow => {
    const { deviceType, measurement, as, where = {} } = rule[side];
    const own = amounts(rule[side], types);
    const how = conversion(own.unit, unit);
    return {
      key: `${key} ${side}`,
      side,
      ownerType,
      offset,
      deviceType,
      measurement: Object.keys(types[deviceType]!.measurements).indexOf(measurement),
      as,
      where,
      factor: 'convert' in how ? how.convert(1) : 1,
      perMs: own.perMs,
      windowMs: rule.windowS * 1000,
    };
  };
  return {
    over: rule.over,
    inflow: flow('inflow'),
    outflow: flow('outflow'),
    unit,
    percent: rule.limit.unit === '%',
    share: rule.minimumShare ?? 1,
  };
}

const amounts = (flow: Balance['inflow'], types: Types) =>
  flowUnit(types[flow.deviceType]!.measurements[flow.measurement]!.unit, flow.as)!;

/** Limit and return limit, in `%` or in the unit of the amounts. */
export function balanceLimits({ limit, deadband, inflow }: Balance, op: Op, types: Types) {
  const unit = limit.unit === '%' ? '%' : amounts(inflow, types).unit;
  const converted = (of: { value: number; unit: string }): number => {
    const how = conversion(of.unit, unit);
    return 'convert' in how ? how.convert(of.value) : of.value;
  };
  const at = converted(limit);
  return { limit: at, back: returnLimit(op, at, deadband ? converted(deadband) : 0), perDevice: null, unit };
}
