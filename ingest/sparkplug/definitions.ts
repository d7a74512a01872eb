import type { RefusalCode } from '../../devices/contract/quarantine.ts';
import type { Device } from '../../devices/contract/registry.ts';
import type { Bilingual, DeviceType, Measurement } from '../../devices/model/device-type.ts';
import { sentUnit } from '../../devices/model/sent-unit.ts';
import { conversion } from '../../devices/model/units.ts';
import { type Datatype, datatypeName, datatypes, kindOfDatatype } from './codec/datatypes.ts';
import type { Integer, Metric } from './codec/payload.ts';
import type { MappingRegistry, MetricMapping, ScopeTarget, SparkplugMapping } from './mapping.ts';
import { engUnitOf } from './quality.ts';
import { reasons } from './reasons.ts';

/** Where readings of a metric go. */
export interface Target {
  readonly device: string;
  readonly measurement: Measurement;
  readonly name: string;
  /** From the metric's number to the unit its device is registered with. */
  readonly convert: ((value: number) => number) | undefined;
  readonly words: Readonly<Record<string, boolean | string>> | undefined;
}

/** Why a metric cannot become a reading. */
export interface Unread {
  readonly code: RefusalCode;
  readonly reason: Bilingual;
}

/** One metric as its birth certificate defined it. */
export interface Definition {
  readonly name: string;
  readonly datatype: number;
  readonly mapped: MetricMapping | undefined;
  /** What is found for it in the registry, and the record that it was found by: a changed record is looked up anew. */
  outcome: Target | Unread;
  record: Device | undefined;
  /** Told to the quarantine already since its birth. */
  told: boolean;
  /** The sender's unit is another one than the mapping's. */
  readonly otherUnit: Bilingual | undefined;
}

/** Names and aliases of one scope: an edge node's own metrics, or those of one device. */
export interface Definitions {
  readonly byName: ReadonlyMap<string, Definition>;
  readonly byAlias: ReadonlyMap<Integer, Definition>;
  readonly target: ScopeTarget | undefined;
}

export interface DefineParts {
  readonly mapping: SparkplugMapping;
  readonly registry: MappingRegistry;
  readonly types: Readonly<Record<string, DeviceType>>;
}

/** Metrics that belong to the protocol, not to the plant. */
export const isOfProtocol = (name: string): boolean =>
  name === 'bdSeq' || name.startsWith('Node Control/') || name.startsWith('Device Control/');

/** What the metrics of a birth certificate mean from now on. */
export function define(
  metrics: readonly Metric[],
  where: { readonly group: string; readonly node: string; readonly device: string | undefined },
  parts: DefineParts,
): Definitions {
  const target = parts.mapping.scopeOf(where.group, where.node, where.device);
  const byName = new Map<string, Definition>();
  const byAlias = new Map<Integer, Definition>();
  for (const metric of metrics) {
    const { name, alias } = metric;
    // tck-id-payloads-alias-birth-requirement: a birth gives names; what has none cannot be found again.
    if (name === undefined || isOfProtocol(name)) continue;
    let definition = byName.get(name);
    if (!definition) {
      definition = definitionOf(metric, name, target, where, parts);
      byName.set(name, definition);
    }
    if (alias !== undefined) byAlias.set(alias, definition);
  }
  return { byName, byAlias, target };
}

function definitionOf(
  metric: Metric,
  name: string,
  target: ScopeTarget | undefined,
  where: { readonly group: string; readonly node: string; readonly device: string | undefined },
  parts: DefineParts,
): Definition {
  const mapped = target?.metrics.get(name);
  const datatype = metric.datatype ?? datatypeOfRaw(metric);
  const record = target?.device === undefined ? undefined : parts.registry.device(target.device);
  const engUnit = mapped && engUnitOf(metric.properties);
  const otherUnit =
    engUnit?.unit !== undefined && mapped?.unit !== undefined && engUnit.unit !== mapped.unit
      ? reasons.otherUnit(name, engUnit.text, mapped.unit)
      : undefined;
  const outcome = outcomeOf(name, datatype, mapped, target, record, where, parts);
  return { name, datatype, mapped, outcome, record, told: false, otherUnit };
}

/** A birth must give the datatype; where it does not, the value's field allows a guess that loses nothing. */
function datatypeOfRaw({ raw }: Metric): number {
  const guesses: Readonly<Record<string, Datatype>> = {
    int: datatypes.Int32,
    long: datatypes.Int64,
    float: datatypes.Float,
    double: datatypes.Double,
    boolean: datatypes.Boolean,
    string: datatypes.String,
    bytes: datatypes.Bytes,
    dataset: datatypes.DataSet,
    template: datatypes.Template,
  };
  return guesses[raw?.field ?? ''] ?? 0;
}

/** Looks a definition up anew where the registry's record of its device is another one now. */
export function current(
  definition: Definition,
  target: ScopeTarget | undefined,
  where: { readonly group: string; readonly node: string; readonly device: string | undefined },
  parts: DefineParts,
): Definition {
  if (target?.device === undefined) return definition;
  const record = parts.registry.device(target.device);
  if (record === definition.record) return definition;
  definition.record = record;
  definition.outcome = outcomeOf(definition.name, definition.datatype, definition.mapped, target, record, where, parts);
  definition.told = false;
  return definition;
}

function outcomeOf(
  name: string,
  datatype: number,
  mapped: MetricMapping | undefined,
  target: ScopeTarget | undefined,
  record: Device | undefined,
  where: { readonly group: string; readonly node: string; readonly device: string | undefined },
  { mapping, types }: DefineParts,
): Target | Unread {
  const typeName = datatypeName(datatype);
  const kind = typeName ? kindOfDatatype(typeName) : 'other';
  if (kind === 'other') {
    return {
      code: 'unsupported',
      reason: reasons.notTaken(name, `${typeName ?? `datatype ${datatype}`}（不支持 / not supported）`),
    };
  }
  if (!target) {
    const { group, node, device } = where;
    const reason =
      device === undefined || mapping.gatewayOf(group, node) === undefined
        ? reasons.unmappedNode(group, node)
        : reasons.unmappedDevice(node, device);
    return { code: 'unmapped-metric', reason };
  }
  if (!mapped || target.device === undefined) return { code: 'unmapped-metric', reason: reasons.unmappedMetric(name) };
  if (!record) return { code: 'unknown-device', reason: reasons.noDevice(name, target.device) };
  const gateway = mapping.gatewayOf(where.group, where.node) ?? '';
  if (record.gateway !== gateway)
    return { code: 'not-behind-this-gateway', reason: reasons.notBehind(record.id, gateway) };
  const measurement = types[record.type]?.measurements[mapped.measurement];
  if (!measurement)
    return { code: 'unknown-measurement', reason: reasons.noMeasurement(mapped.measurement, record.type) };
  if (!mapped.words && kind !== measurement.kind)
    return {
      code: 'wrong-type',
      reason: reasons.notTaken(name, `${typeName} ≠ ${measurement.kind}（${mapped.measurement}）`),
    };
  return targetOf(mapped, measurement, record);
}

function targetOf(mapped: MetricMapping, measurement: Measurement, record: Device): Target | Unread {
  const { measurement: name, unit, scale = 1, offset = 0, words } = mapped;
  const to = sentUnit(record, name, measurement);
  const made = unit === undefined || measurement.kind !== 'number' ? undefined : conversion(unit, to, record.gas);
  if (made && 'refused' in made) return { code: 'wrong-type', reason: reasons.notTaken(name, made.refused) };
  const scaled = scale !== 1 || offset !== 0;
  const inUnit = unit === undefined || unit === to ? undefined : made?.convert;
  const convert =
    scaled && inUnit
      ? (value: number) => inUnit(value * scale + offset)
      : scaled
        ? (value: number) => value * scale + offset
        : inUnit;
  return { device: record.id, measurement, name, convert, words };
}
