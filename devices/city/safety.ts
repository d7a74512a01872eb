import type { Priority } from '../contract/alarm.ts';
import type { Catalogue } from '../contract/catalogue.ts';
import { deviceTypes } from '../types/registry.ts';
import { itemsOf } from './items-of.ts';
import { measurementsOf } from './measurements-judged.ts';

/**
 * Whether a P1 or P2 rule of the catalogue judges a measurement of a device type: such readings keep a reserved share of
 * the journal, so that a slow store never blinds the alarms.
 */
export function safetyMeasurements(catalogue: Catalogue): (deviceType: string, measurement: string) => boolean {
  return measurementsJudged(catalogue, ['P1', 'P2']);
}

/** Whether a P3 rule judges a measurement: when the journal fills, such readings wait after those that no rule judges. */
export function judgedMeasurements(catalogue: Catalogue): (deviceType: string, measurement: string) => boolean {
  return measurementsJudged(catalogue, ['P3']);
}

function measurementsJudged(catalogue: Catalogue, priorities: readonly Priority[]) {
  const judged = new Set<string>();
  for (const item of itemsOf(catalogue)) {
    for (const rule of item.rules) {
      if (!priorities.includes(rule.priority)) continue;
      for (const one of measurementsOf(item, rule, deviceTypes)) judged.add(one);
    }
  }
  return (deviceType: string, measurement: string): boolean =>
    judged.has(`${deviceType}/${measurement}`) || judged.has(`${deviceType}/*`);
}
