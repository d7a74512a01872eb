import { createHash } from 'node:crypto';
import type { Device } from '../../devices/contract/registry.ts';
import type { SiteBundle, SiteRule } from '../../devices/contract/site-bundle.ts';
import type { Measurement } from '../../devices/model/device-type.ts';
import { sentUnit } from '../../devices/model/sent-unit.ts';
import { conversion } from '../../devices/model/units.ts';
import type { CompiledCatalogue, CompiledRule, Words } from './compile.ts';

/**
 * What a gateway needs to judge the urgent rules of its devices alone: one value against one limit, in the unit that the device
 * sends. Rules that look at a window, at samples before, at what is
 * usual, at neighbours, at a condition, at the hour or at silence are the platform's; so is a rule whose limit a device has no
 * constant for.
 */
export function siteBundle(catalogue: CompiledCatalogue, version: string, devices: Iterable<Device>): SiteBundle {
  const sorted = [...devices].sort((a, b) => (a.id < b.id ? -1 : 1));
  const rules = sorted.flatMap((device) => {
    const plan = catalogue.planOf(device);
    return (plan?.rules ?? [])
      .filter(isForTheEdge)
      .flatMap((rule) => siteRule(device, rule, plan!.measurements[rule.measurement]!, catalogue.words) ?? []);
  });
  const body = { catalogueVersion: version, rules };
  return { version: createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 16), ...body };
}

const isForTheEdge = ({ priority, plain, conditional, silent, measurement }: CompiledRule): boolean =>
  priority === 'P1' && plain && !conditional && !silent && measurement >= 0;

function siteRule(device: Device, rule: CompiledRule, measurement: Measurement, words: Words): SiteRule | undefined {
  const limits = rule.perDevice ? rule.perDevice(device) : rule;
  if ('missing' in limits) return undefined;
  const unit = sentUnit(device, rule.measurementName, measurement);
  const way = measurement.kind === 'number' ? conversion(measurement.unit, unit, device.gas) : undefined;
  if (way && 'refused' in way) return undefined;
  const asSent = (limit: number) => {
    if (way) return way.convert(limit);
    return measurement.kind === 'boolean' ? limit !== 0 : words.word(limit);
  };
  return {
    device: device.id,
    deviceName: device.name,
    rule: rule.key,
    ladder: rule.ladder,
    priority: rule.priority,
    measurement: rule.measurementName,
    op: rule.op,
    limit: asSent(limits.limit),
    returnLimit: asSent(limits.back),
    onDelayMs: rule.onDelayMs,
    offDelayMs: rule.offDelayMs,
    unit: measurement.kind === 'number' ? unit : '',
    title: rule.title,
    text: rule.clause.text,
  };
}
