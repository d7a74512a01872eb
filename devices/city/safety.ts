import type { Catalogue } from '../contract/catalogue.ts';
import { itemsOf } from './items-of.ts';

/**
 * Whether a P1 or P2 rule of the catalogue judges a measurement of a device type: such readings keep a reserved share of
 * the journal, so that a slow store never blinds the alarms.
 */
export function safetyMeasurements(catalogue: Catalogue): (deviceType: string, measurement: string) => boolean {
  const judged = new Set<string>();
  for (const item of itemsOf(catalogue)) {
    for (const rule of item.rules) {
      if (rule.priority === 'P1' || rule.priority === 'P2') judged.add(`${item.deviceType}/${rule.measurement}`);
    }
  }
  return (deviceType, measurement) => judged.has(`${deviceType}/${measurement}`) || judged.has(`${deviceType}/*`);
}
