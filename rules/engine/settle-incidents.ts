import type { Alarm } from '../../devices/contract/alarm.ts';
import type { IncidentBook, IncidentChanges } from '../incidents/book.ts';
import type { Core } from './core.ts';

/** Kinds of rules that speak of a detector that says nothing, or always the same: no gas was seen. */
const SEES_NOTHING: ReadonlySet<string> = new Set(['absence', 'stuck']);

/** True for an alarm raised because a detector saw combustible gas. */
export function seesGas(core: Core, alarm: Alarm): boolean {
  const measurement = core.parts.types[alarm.deviceType]?.measurements[alarm.measurement];
  const rule = core.parts.catalogue.ruleByKey.get(`${alarm.deviceType} ${alarm.rule}`);
  return measurement?.combustible === true && !SEES_NOTHING.has(rule?.kind ?? '');
}

/** Lets the alarms that changed find their incidents, and writes on each which one it is in. */
export function settleIncidents(core: Core, incidents: IncidentBook): IncidentChanges | undefined {
  const at = core.time.lastTick;
  if (core.silent || Number.isNaN(at)) return undefined;
  const found = incidents.take(core.desk.changed(), at);
  for (const { alarm, incident, firstOut, note } of found?.placements ?? [])
    core.desk.place(alarm, { incident, firstOut }, at, note);
  return found && found.changes.incidents.length > 0 ? found.changes : undefined;
}
