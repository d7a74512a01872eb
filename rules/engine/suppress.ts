import type { Alarm } from '../../devices/contract/alarm.ts';
import { phase } from '../judge/evaluate.ts';
import type { CompiledRule } from '../standards/compile.ts';
import { withOverrides } from './alarm-desk.ts';
import type { Core } from './core.ts';
import type { Unit } from './units.ts';

/**
 * Suppression by design: what one alarm says already, others need not say. It hides only what is raised while the cause
 * stands, never what was active before, and ends with it.
 */

/** A row of dark lamps stands for each of them. */
const DARK_ROW = 'road.consecutiveDark';
const OF_THE_ROW: ReadonlySet<string> = new Set(['pole.lampFailure', 'pole.lampPowerRatio']);

/** True while any absence rule of the device is active. */
export const isSilent = (core: Core, unit: Unit): boolean =>
  unit.plan.absences.some((rule) => core.units.evals.phases[unit.s + rule.offset] === phase.active);

/** A suppression in force: which, and what stands for the hidden alarm. */
type Cause = readonly [rule: string, because: string];

/** Why an alarm of this rule is hidden from its beginning; null when nothing stands for it. */
export function hiddenBecause(core: Core, unit: Unit, rule: CompiledRule): Cause | null {
  if (rule.kind === 'absence') {
    const carrier = unit.device.mountedOn === undefined ? undefined : core.units.get(unit.device.mountedOn);
    return carrier && isSilent(core, carrier) ? silentCarrier(carrier) : null;
  }
  if (!OF_THE_ROW.has(rule.measurementName) || unit.device.circuit === undefined) return null;
  for (const other of core.circuits.get(unit.device.circuit)?.units ?? []) {
    for (const { offset, measurementName } of other.plan.rules) {
      if (measurementName === DARK_ROW && core.units.evals.phases[other.s + offset] === phase.active)
        return darkRow(other);
    }
  }
  return null;
}

const silentCarrier = (unit: Unit): Cause => ['carrier-silent', unit.device.id];
const darkRow = (unit: Unit): Cause => ['row-dark', unit.device.id];

/** The alarm, hidden when something stands for it. */
export function withSuppression(core: Core, unit: Unit, rule: CompiledRule, alarm: Alarm): Alarm {
  const cause = hiddenBecause(core, unit, rule);
  return cause === null ? alarm : suppressed(alarm, ...cause);
}

/** The alarm, hidden by this suppression. */
export const suppressed = (alarm: Alarm, rule: string, because: string): Alarm =>
  withOverrides(alarm, [...alarm.overrides, { kind: 'suppressed', rule, because }]);

/** Shows what was hidden for this reason and still stands. */
export function reveal(core: Core, rule: string, because: string, wall: number, note: string): void {
  if (core.silent) return;
  for (const alarm of [...core.desk.open()]) {
    const hidden = alarm.overrides.some((o) => o.kind === 'suppressed' && o.rule === rule && o.because === because);
    if (hidden) core.desk.unsuppress(alarm.id, wall, note);
  }
}

/** An alarm returned: what it stood for may show itself again. */
export function causeEnded(core: Core, unit: Unit, rule: CompiledRule, wall: number): void {
  if (rule.measurementName === DARK_ROW)
    reveal(core, ...darkRow(unit), wall, 'the row of lamps is lit again, this one is not');
  else if (rule.kind === 'absence' && core.mounts.has(unit.device.id)) {
    reveal(core, ...silentCarrier(unit), wall, 'what it is mounted on is heard again, this device is not');
  }
}
