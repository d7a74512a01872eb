import type { Device } from '../../devices/contract/registry.ts';
import { type Fault, fault } from '../../devices/registry/fault.ts';
import type { CompiledCatalogue } from '../standards/compile.ts';

/** Constants with which a device's limits would lie above a ceiling: it is not registered with them. */
export function limitFaults(catalogue: CompiledCatalogue, device: Device): Fault[] {
  return (catalogue.planOf(device)?.perDevice ?? []).flatMap((rule) => {
    const found = rule.perDevice!(device);
    if ('missing' in found || found.capped?.kind !== 'too-high') return [];
    return [
      fault(
        `device ${device.id}`,
        'constants',
        device.constants,
        `按其常数，${rule.key} 的限值高于上限（${found.capped.text}）；请核对常数`,
        `with these constants the limit of ${rule.key} would be above its ceiling (${found.capped.text}): check them`,
      ),
    ];
  });
}
