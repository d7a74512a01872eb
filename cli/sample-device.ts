import { itemsOf } from '../devices/city/items-of.ts';
import { limitValue } from '../devices/city/limit-value.ts';
import type { LoadedCity } from '../devices/city/load-city.ts';
import type { Rule } from '../devices/contract/catalogue.ts';
import type { Device } from '../devices/contract/registry.ts';
import { deviceType } from '../devices/types/registry.ts';

/** A device with its token, and the one message that makes it raise an alarm: a line to copy. */
export interface Sample {
  readonly device: string;
  readonly name: string;
  readonly token: string;
  /** JSON of one telemetry message. */
  readonly payload: string;
}

/** This much over its limit, a value is past it beyond doubt and still within what its instrument can report. */
const OVER = 1.125;

/**
 * The device that shows a newcomer an alarm: of those that connect by themselves, the one whose city raises the most urgent
 * alarm on one sample; a kitchen's gas alarm where there is one. Null in a city where no single message raises anything.
 */
export function sampleDevice(
  devices: readonly Device[],
  tokens: Readonly<Record<string, string>>,
  { catalogue }: Pick<LoadedCity, 'catalogue'>,
): Sample | null {
  const items = itemsOf(catalogue);
  let best: { sample: Sample; rank: string } | null = null;
  for (const device of devices) {
    const token = tokens[device.id];
    if (!token) continue;
    for (const item of items) {
      if (item.deviceType !== device.type) continue;
      for (const rule of item.rules) {
        const payload = payloadOver(rule, device);
        const rank = `${device.type === 'gas-alarm-commercial' ? 0 : 1} ${rule.priority}`;
        if (payload && (!best || rank < best.rank))
          best = { sample: { device: device.id, name: device.name, token, payload }, rank };
      }
    }
  }
  return best?.sample ?? null;
}

/** A message whose one value is over a rule's limit and raises it at once; null for rules that wait, count or depend. */
function payloadOver(rule: Rule, device: Device): string | null {
  if (rule.kind !== 'threshold' || !['>', '>='].includes(rule.op)) return null;
  if (rule.onDelayS > 0 || rule.windowS !== undefined || rule.when) return null;
  const measurement = deviceType(device.type)?.measurements[rule.measurement];
  if (!measurement || measurement.derived) return null;
  const limit = limitValue(rule.limit, device, measurement.unit);
  if ('refused' in limit || typeof limit.value !== 'number' || limit.value <= 0) return null;
  return `{"${rule.measurement}": ${Number((limit.value * OVER).toPrecision(4))}}`;
}
