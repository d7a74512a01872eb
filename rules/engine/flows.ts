import { isBad, isGood, type StatusCode } from '../../devices/model/quality.ts';
import { type Meter, missing, newMeter, type Side, sideOf, takeReading } from '../judge/balance.ts';
import type { Flow } from '../standards/balance-rule.ts';
import type { CompiledRule } from '../standards/compile.ts';
import { type Core, reminder } from './core.ts';
import type { BalanceGroup } from './together.ts';
import type { Unit } from './units.ts';

/** A live reading is counted in every balance that its measurement belongs to; a bad one is not. */
export function count(
  core: Core,
  unit: Unit,
  flows: readonly Flow[],
  value: number,
  quality: StatusCode,
  at: number,
): void {
  if (isBad(quality) || Number.isNaN(value)) return;
  for (const flow of flows) {
    takeReading(meterOf(core, unit, flow), flow.as, at, value, flow.windowMs, flow.perMs, !isGood(quality));
  }
}

/** What has passed through a device, begun where there is nothing yet. */
export function meterOf(core: Core, { no }: Unit, flow: Flow): Meter {
  const { meters } = core.together;
  let byUnit = meters.get(flow);
  if (!byUnit) {
    byUnit = new Map();
    meters.set(flow, byUnit);
  }
  let meter = byUnit.get(no);
  if (!meter) {
    meter = newMeter();
    byUnit.set(no, meter);
  }
  return meter;
}

const isMeant = ({ device }: Unit, { where }: Flow): boolean =>
  Object.entries(where).every(([name, value]) => device.facts[name] === value);

const ruleOf = (core: Core, { ownerType, offset }: Flow): CompiledRule =>
  core.parts.catalogue.plans.get(ownerType)!.rules[offset]!;

/** The group of a balance that a device belongs to; undefined where nothing joins it with others. */
export function groupKey(core: Core, { device }: Unit, rule: CompiledRule): string | undefined {
  const { over } = rule.balance!;
  const site = device.site === undefined ? undefined : core.sites.get(device.site);
  const joined = over === 'area' ? (device.area ?? site?.area) : device[over];
  return joined === undefined ? undefined : `${rule.key} ${joined}`;
}

const isCounted = ({ plan, device }: Unit): boolean =>
  device.drill === undefined && plan.flows.some((flows) => flows !== null);
const flowsOf = ({ plan }: Unit): readonly Flow[] => plan.flows.flatMap((flows) => flows ?? []);

/** A device joins the balances it belongs to. Devices that none counts cost a look at their plan. */
export function joinBalances(core: Core, unit: Unit): void {
  if (!isCounted(unit)) return;
  for (const flow of flowsOf(unit)) {
    const rule = ruleOf(core, flow);
    const key = groupKey(core, unit, rule);
    if (key === undefined || !isMeant(unit, flow)) continue;
    const known = core.together.balances.get(key);
    const group: BalanceGroup = known ?? {
      rule,
      over: key.slice(rule.key.length + 1),
      inflow: new Set(),
      outflow: new Set(),
      leader: null,
      due: Number.NaN,
    };
    group[flow.side].add(unit);
    core.together.balances.set(key, group);
    if (leadsBefore(core, group, unit)) lead(core, group, unit);
    else if (Number.isNaN(group.due) && !Number.isNaN(core.time.now)) remindOf(core, group);
  }
}

/** It leaves them, and is no longer asked for. */
export function leaveBalances(core: Core, unit: Unit): void {
  if (!isCounted(unit)) return;
  for (const [key, group] of groupsOf(core, unit)) {
    group.inflow.delete(unit);
    group.outflow.delete(unit);
    if (group.inflow.size + group.outflow.size === 0) core.together.balances.delete(key);
    else if (group.leader === unit) {
      const left = [...group.inflow, ...group.outflow].filter((other) => mayLead(group, other));
      lead(
        core,
        group,
        left.reduce<Unit | null>((a, b) => (a && a.device.id < b.device.id ? a : b), null),
      );
    }
  }
}

/** The groups it is in. Of areas there are few, and a device's own may have changed with its site's. */
function groupsOf(core: Core, unit: Unit): [key: string, group: BalanceGroup][] {
  const { balances } = core.together;
  const rules = new Set(flowsOf(unit).map((flow) => ruleOf(core, flow)));
  const areas = [...rules].some((rule) => rule.balance!.over === 'area');
  const keys = areas ? [...balances.keys()] : [...rules].flatMap((rule) => groupKey(core, unit, rule) ?? []);
  return keys.flatMap((key) => {
    const group = balances.get(key);
    return group && (group.inflow.has(unit) || group.outflow.has(unit)) ? [[key, group]] : [];
  });
}

/** Forgets what passed through a device that is gone. */
export function forgetMeters(core: Core, unit: Unit): void {
  for (const flow of flowsOf(unit)) core.together.meters.get(flow)?.delete(unit.no);
}

/** Devices of the item's type may lead. */
const mayLead = ({ rule }: BalanceGroup, { plan }: Unit): boolean => plan.rules[rule.offset] === rule;

/** The first by id leads; but where an alarm stands already, it stays. */
function leadsBefore(core: Core, group: BalanceGroup, unit: Unit): boolean {
  const { leader, rule } = group;
  if (!mayLead(group, unit)) return false;
  if (leader === null) return true;
  return unit.device.id < leader.device.id && !core.together.open.has(leader.s + rule.offset);
}

function lead(core: Core, group: BalanceGroup, leader: Unit | null): void {
  group.leader = leader;
  if (!Number.isNaN(core.time.now)) remindOf(core, group);
}

/** The alarm of a balance was put back: where it stands, it is led. */
export function leadAgain(core: Core, unit: Unit, rule: CompiledRule): void {
  const group = core.together.balances.get(groupKey(core, unit, rule) ?? '');
  if (group && group.leader !== unit) lead(core, group, unit);
}

/** How often a balance is looked at: a sixtieth of its window, between a second and five minutes. */
const everyMs = (rule: CompiledRule): number => Math.min(300_000, Math.max(1000, rule.windowMs / 60));

/** Asks for the next look, on whole multiples of its pace: a restart looks at the same moments. */
export function remindOf(core: Core, group: BalanceGroup): void {
  if (!group.leader) return;
  const every = everyMs(group.rule);
  group.due = (Math.floor(core.time.now / every) + 1) * every;
  core.timers.at(group.due, reminder(group.leader, group.rule.offset));
}

/** Both sides of a balance in the inflow's unit, and what is missing of it. */
export interface Figures {
  readonly inflow: Side;
  readonly outflow: Side;
  readonly number: number;
}

export function figuresOf(core: Core, { rule, ...group }: BalanceGroup, at: number): Figures {
  const balance = rule.balance!;
  const side = (flow: Flow): Side => {
    const meters = core.together.meters.get(flow);
    const found = sideOf(
      [...group[flow.side]].map((unit) => meters?.get(unit.no)),
      at,
      flow.windowMs,
    );
    return { ...found, amount: found.amount * flow.factor };
  };
  const inflow = side(balance.inflow);
  const outflow = side(balance.outflow);
  return { inflow, outflow, number: missing(inflow.amount, outflow.amount, balance.percent) };
}
