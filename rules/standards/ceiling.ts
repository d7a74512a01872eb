import { ceilingOf, ceilingText, levelFor } from '../../devices/city/ceiling-levels.ts';
import type { Rule } from '../../devices/contract/catalogue.ts';
import type { Ceiling } from '../../devices/contract/ceiling.ts';
import { conversion } from '../../devices/model/units.ts';
import type { Op } from '../judge/compare.ts';
import type { Capped, DeviceLimit, Limits } from './device-limit.ts';

/**
 * The limits of a rule, none above the ceiling its device type stands under. What is asked for above it, or cannot be had for a
 * device, is judged at the ceiling: whoever registered the device is told, and nobody goes unprotected meanwhile.
 */
export function underCeiling(
  asked: Limits,
  op: Op,
  ceilings: readonly Ceiling[],
  deviceType: string,
  rule: Rule,
): Limits {
  const ceiling = ceilingOf(ceilings, deviceType, rule);
  if (!ceiling) return asked;
  const level = levelFor(ceiling, rule.priority);
  const capped = (most: number, width: number, kind: Capped['kind'], why: string): DeviceLimit => ({
    limit: most,
    back: op.startsWith('>') ? most - width : most,
    capped: { kind, text: `${why}: judged at the ceiling of ${ceilingText(level, ceiling, 'en')}` },
  });
  const perDevice: Limits['perDevice'] = (device) => {
    const own = asked.perDevice ? asked.perDevice(device) : asked;
    const to = conversion(level.max.unit, asked.unit, device.gas);
    // A device without its gas cannot be registered; one that is here all the same keeps what was asked for.
    if ('refused' in to) return own;
    const most = to.convert(level.max.value);
    if ('missing' in own) return capped(most, 0, 'missing', `${own.missing} is missing`);
    const why = `the limit of ${own.limit} ${asked.unit} is too high`;
    return own.limit > most ? capped(most, own.limit - own.back, 'too-high', why) : own;
  };
  const plain = conversion(level.max.unit, asked.unit);
  const holds = asked.perDevice === null && 'convert' in plain && asked.limit <= plain.convert(level.max.value);
  return holds ? asked : { limit: Number.NaN, back: Number.NaN, perDevice, unit: asked.unit };
}
