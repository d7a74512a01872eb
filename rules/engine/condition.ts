import type { ConditionContext } from '../../devices/city/expressions.ts';
import { isWorkingDay } from '../../devices/city/working-day.ts';
import type { Device } from '../../devices/contract/registry.ts';
import { inSchedule, type Moment } from '../judge/schedule.ts';
import type { CompiledRule } from '../standards/compile.ts';
import { constantsIn } from '../standards/constants.ts';
import { sunAt } from '../standards/sun.ts';
import { type Core, decode } from './core.ts';
import type { Unit } from './units.ts';

/** Whether the rule's time has come and its condition holds, at `at`. */
export const holds = (core: Core, unit: Unit, rule: CompiledRule, at: number): boolean =>
  (rule.during === null || inSchedule(rule.during, momentAt(core, unit, at), core.parts.city.seasons ?? [])) &&
  (rule.when === null || conditionHolds(core, unit, rule, at));

/** A moment as a schedule asks about it. */
export function momentAt(core: Core, { device }: Unit, at: number): Moment {
  const local = core.zone.local(at);
  return {
    ...local,
    isWorkingDay: () => isWorkingDay(core.parts.city.working, local.date),
    isDark: () => sunAt(at, device).dark,
  };
}

/**
 * Whether the rule's condition holds at `at`. A condition that cannot be evaluated (a reading it needs was never heard) is a
 * counted problem, and never silences a P1 or P2: for those it counts as holding.
 */
function conditionHolds(core: Core, unit: Unit, rule: CompiledRule, at: number): boolean {
  try {
    return rule.when!(conditionContext(core, unit, rule.unit === '' ? '1' : rule.unit, at));
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    core.problems.add(rule.key, unit.device.id, `condition could not be evaluated: ${reason}`);
    return rule.priority <= 'P2';
  }
}

/** What stands for a name that an expression does not speak of. */
const unused: Omit<ConditionContext, 'r' | 'facts'> = {
  c: {},
  device: {},
  local: { hour: 0, minute: 0, minuteOfDay: 0, weekday: 0, workingDay: false, holiday: false },
  sun: { altitude: 0, dark: false },
  records: { workOrders: 0, permits: 0, protectionPlans: 0 },
};

/**
 * What a condition or an expression sees, built only when it is asked; constants come in `constantUnit`. What is dear (constants,
 * the local hour, the sun) is worked out only where `uses` names it, or where that is left out.
 */
export function conditionContext(
  core: Core,
  unit: Unit,
  constantUnit: string,
  at: number,
  r: ConditionContext['r'] = readings(core, unit),
  uses?: ReadonlySet<string>,
): ConditionContext {
  const { device } = unit;
  const speaksOf = (name: string): boolean => uses === undefined || uses.has(name);
  return {
    r,
    c: speaksOf('c') ? constantsIn(device, constantUnit) : unused.c,
    facts: device.facts,
    device: speaksOf('device') ? deviceContext(device) : unused.device,
    local: speaksOf('local') ? localContext(core, at) : unused.local,
    sun: speaksOf('sun') ? sunAt(at, device) : unused.sun,
    records: speaksOf('records') ? core.records(device.id, at) : unused.records,
  };
}

const deviceContext = (device: Device): ConditionContext['device'] => ({
  id: device.id,
  type: device.type,
  area: device.area ?? '',
  site: device.site ?? '',
  gateway: device.gateway ?? '',
  circuit: device.circuit ?? '',
  model: device.model ?? '',
  grid: device.grid ?? '',
});

function localContext(core: Core, at: number): ConditionContext['local'] {
  const local = core.zone.local(at);
  const { working } = core.parts.city;
  return {
    ...local,
    workingDay: isWorkingDay(working, local.date),
    holiday: working.holidays.includes(local.date),
  };
}

/** The newest readings by dotted name, nested: `r.pole.dimLevel`; what was never heard is absent. */
function readings(core: Core, unit: Unit): ConditionContext['r'] {
  const { values, times } = core.units.columns;
  const nested: Record<string, Record<string, unknown>> = {};
  unit.plan.names.forEach((name, i) => {
    if (Number.isNaN(times[unit.m + i])) return;
    const dot = name.indexOf('.');
    const group = name.slice(0, dot);
    nested[group] ??= {};
    nested[group][name.slice(dot + 1)] = decode(core, unit.plan, i, values[unit.m + i]!);
  });
  return nested;
}
