import type { DetectorMark } from '../../devices/contract/alarm.ts';
import type { AttributesEntry } from '../../devices/contract/entry.ts';
import { marksOf, saidNothing, withAttributes } from '../../devices/detectors/life.ts';
import { type Core, touch } from './core.ts';
import type { Unit } from './units.ts';

/** What is held against a device's word now. */
export function marksOfUnit(core: Core, unit: Unit): readonly DetectorMark[] {
  const { lastTick } = core.time;
  // Before any tick nobody knows what day it is; the first minute tells.
  if (Number.isNaN(lastTick)) return [];
  return marksOf(unit.device, unit.plan.type, unit.said ?? saidNothing, core.zone.local(lastTick).date);
}

/** A device said something of itself: a self-check, a calibration. */
export function takeAttributes(core: Core, entry: AttributesEntry): void {
  const unit = core.units.get(entry.device);
  if (!unit || unit.heldTo >= core.position) return;
  const said = withAttributes(unit.said ?? saidNothing, entry.values);
  if (said === (unit.said ?? saidNothing)) return;
  unit.said = said;
  touch(core, unit);
  markAlarms(core, entry.device);
}

/** Open alarms show what is held against their detectors: of one device, or of all where a day may have passed. */
export function markAlarms(core: Core, device?: string): void {
  if (core.silent || Number.isNaN(core.time.lastTick)) return;
  for (const alarm of [...core.desk.open()]) {
    if (device !== undefined && alarm.device !== device) continue;
    const unit = core.units.get(alarm.device);
    // Silence is no word of the detector: nothing against it makes it more or less silent.
    const rule = unit && core.parts.catalogue.ruleByKey.get(`${alarm.deviceType} ${alarm.rule}`);
    if (unit && rule && rule.kind !== 'absence') core.desk.mark(alarm.id, marksOfUnit(core, unit), core.time.lastTick);
  }
}
