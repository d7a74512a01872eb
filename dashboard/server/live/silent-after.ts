import { itemsOf } from '../../../devices/city/items-of.ts';
import { followed } from '../../../devices/city/safety.ts';
import type { Catalogue } from '../../../devices/contract/catalogue.ts';
import type { DeviceType } from '../../../devices/model/device-type.ts';
import type { RegistryCache } from '../../../devices/registry/registry-cache.ts';

/** A device that reports only on change is called stale after a day. */
const quietByNatureMs = 86_400_000;
/** Reports that may be missed before a dot turns stale, where the catalogue has no absence rule. */
const missedReports = 3;

/**
 * After how long without news a device's dot shows as stale: the shortest absence rule of its type in the catalogue, else
 * three of its slowest reports. What is raised as an alarm is decided by rules, not here.
 */
export function silentAfter(
  city: { readonly catalogue: Catalogue },
  types: Readonly<Record<string, DeviceType>>,
  registry: RegistryCache,
): (device: string) => number {
  const byType = followed(city, (catalogue) => {
    const limits = limitsByType(catalogue, types);
    return (type: string) => limits.get(type);
  });
  return (id) => byType(registry.device(id)?.type ?? '') ?? quietByNatureMs;
}

function limitsByType(catalogue: Catalogue, types: Readonly<Record<string, DeviceType>>): Map<string, number> {
  const byType = new Map<string, number>();
  for (const type of Object.values(types)) {
    const periods = Object.values(type.measurements).flatMap((m) => (m.everyMs && !m.derived ? [m.everyMs] : []));
    byType.set(type.id, periods.length > 0 ? missedReports * Math.max(...periods) : quietByNatureMs);
  }
  for (const item of itemsOf(catalogue)) {
    const limits = item.rules.flatMap((rule) => (rule.kind === 'absence' ? [rule.afterS * 1000] : []));
    if (limits.length > 0)
      byType.set(item.deviceType, Math.min(byType.get(item.deviceType) ?? Number.POSITIVE_INFINITY, ...limits));
  }
  return byType;
}
