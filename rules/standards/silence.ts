import type { Rule } from '../../devices/contract/catalogue.ts';
import type { Site } from '../../devices/contract/registry.ts';
import type { DeviceType } from '../../devices/model/device-type.ts';

const HOUR = 3600;

/**
 * The rule that makes silence an alarm for a device type whose catalogue items do not speak of it: three missed reports,
 * at least ten minutes; a type that reports on change only must be heard once in two days.
 */
export function silenceRule(type: DeviceType, safety: boolean): Rule {
  const periods = Object.values(type.measurements).flatMap((m) => (m.everyMs && !m.derived ? [m.everyMs / 1000] : []));
  const afterS = periods.length > 0 ? Math.max(600, 3 * Math.min(...periods)) : 48 * HOUR;
  return {
    id: 'platform.silent',
    kind: 'absence',
    title: { zh: '设备失联', en: 'Device silent' },
    measurement: '*',
    afterS,
    priority: safety ? 'P3' : 'P4',
    onDelayS: 0,
    offDelayS: 0,
    latched: false,
    basis: [{ src: 'platform default: three missed reports', status: 'proposal' }],
  };
}

const peopled: ReadonlySet<string> = new Set<Site['kind']>([
  'restaurant',
  'school',
  'station',
  'estate',
  'market',
  'plant',
]);

/** True for kinds of site where people gather: they stay unprotected while what watches them is silent. */
export const isPeopled = (kind: string): boolean => peopled.has(kind);
