import { z } from 'zod';
import { linedYaml } from '../../devices/city/yaml-lines.ts';
import type { Device } from '../../devices/contract/registry.ts';
import type { DeviceType, Measurement } from '../../devices/model/device-type.ts';
import { sentUnit } from '../../devices/model/sent-unit.ts';
import { conversion, isUnit, unitCodes } from '../../devices/model/units.ts';
import { suggestion } from '../../devices/registry/did-you-mean.ts';

const metricSchema = z.strictObject({
  measurement: z.string().min(1),
  /** What the metric counts in, after `scale`; the unit the device is registered with unless given. */
  unit: z.string().optional(),
  scale: z
    .number()
    .refine((scale) => scale !== 0, 'a scale of 0 makes every value 0')
    .optional(),
  offset: z.number().optional(),
  /** What a number, boolean or text of the metric means: `{ "0": closed, "1": open }`. */
  words: z.record(z.string(), z.union([z.boolean(), z.string()])).optional(),
});

const metricsSchema = z.record(z.string(), metricSchema);
/** A whole name, or `*` for any. */
const nameSchema = z.string().regex(/^([^/+#*]+|\*)$/, 'write a name without / + # *, or * alone for any');

const scope = {
  /** A set of `sets`. */
  use: z.string().optional(),
  metrics: metricsSchema.default({}),
};

const mappingSchema = z.strictObject({
  /** Metrics that several devices have in common. */
  sets: z.record(z.string(), metricsSchema).default({}),
  nodes: z
    .array(
      z.strictObject({
        group: nameSchema,
        node: nameSchema,
        /** The registered gateway that this edge node is. */
        gateway: z.string().min(1),
        /** The registered device whose readings the node's own metrics are. */
        device: z.string().min(1).optional(),
        ...scope,
        devices: z.array(z.strictObject({ device: nameSchema, id: z.string().min(1), ...scope })).default([]),
      }),
    )
    .min(1),
});

export type MetricMapping = z.infer<typeof metricSchema>;
type Mapping = z.infer<typeof mappingSchema>;

/** A fault of a mapping file, with its 1-based line. */
export interface MappingFault {
  readonly line: number;
  readonly zh: string;
  readonly en: string;
}

/** What a metric's scope (an edge node, or a device of it) stands for here. */
export interface ScopeTarget {
  /** Id of a registered device; undefined where the mapping names none. */
  readonly device: string | undefined;
  readonly metrics: ReadonlyMap<string, MetricMapping>;
}

/** The mapping as the host asks it. */
export interface SparkplugMapping {
  /** Gateway of an edge node; undefined where no entry is for it. */
  gatewayOf(group: string, node: string): string | undefined;
  /** What a scope stands for; undefined where no entry is for it. */
  scopeOf(group: string, node: string, device: string | undefined): ScopeTarget | undefined;
  /** Devices here that an edge node's entry names one by one. */
  devicesOf(group: string, node: string): readonly string[];
  /** Edge nodes named one by one, which are asked for their birth at the start. */
  readonly nodes: readonly { readonly group: string; readonly node: string }[];
}

/** What the check asks of the registry. */
export interface MappingRegistry {
  device(id: string): Device | undefined;
  isGateway(id: string): boolean;
}

export interface ReadMapping {
  readonly mapping: SparkplugMapping | undefined;
  /** The file itself is wrong: nothing runs with it. */
  readonly faults: readonly MappingFault[];
  /** The registry does not hold what the file names: the rest runs, and these are told until they are mended. */
  readonly missing: readonly MappingFault[];
}

/** Reads a mapping file and checks it against registry and device types, never throwing: every fault at once, with its line. */
export function readMapping(
  text: string,
  registry: MappingRegistry,
  types: Readonly<Record<string, DeviceType>>,
): ReadMapping {
  const { data, lineOf, errors } = linedYaml(text);
  if (errors.length > 0) {
    const faults = errors.map(({ line, message }) => ({
      line,
      zh: `不是有效的 YAML：${message}`,
      en: `not YAML: ${message}`,
    }));
    return { mapping: undefined, faults, missing: [] };
  }
  const parsed = mappingSchema.safeParse(data ?? {});
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => ({
      line: lineOf(path),
      zh: `${path.join('.')}：${message}`,
      en: `${path.join('.')}: ${message}`,
    }));
    return { mapping: undefined, faults, missing: [] };
  }
  const found = faultsOf(parsed.data, registry, types);
  const lined = (of: Finding[]) => of.map(({ path, zh, en }) => ({ line: lineOf(path), zh, en }));
  const faults = lined(found.filter(({ absent }) => !absent));
  return {
    mapping: faults.length > 0 ? undefined : compile(parsed.data),
    faults,
    missing: lined(found.filter(({ absent }) => absent)),
  };
}

interface Finding {
  readonly path: readonly PropertyKey[];
  readonly zh: string;
  readonly en: string;
  /** True where the registry lacks something, which may come later. */
  readonly absent?: true;
}

type Scope = Mapping['nodes'][number] | Mapping['nodes'][number]['devices'][number];

function faultsOf(file: Mapping, registry: MappingRegistry, types: Readonly<Record<string, DeviceType>>): Finding[] {
  const found: Finding[] = [];
  const seen = new Set<string>();
  const anywhere = new Set(Object.values(types).flatMap(({ measurements }) => Object.keys(measurements)));
  const usedSets = new Set(file.nodes.flatMap(({ use, devices }) => [use, ...devices.map((one) => one.use)]));
  for (const [name, metrics] of Object.entries(file.sets)) {
    found.push(...metricFaults(metrics, ['sets', name], undefined, anywhere));
    if (!usedSets.has(name))
      found.push({ path: ['sets', name], zh: `没有条目使用 sets 中的“${name}”`, en: `nothing uses the set "${name}"` });
  }
  const twice = (key: string, path: PropertyKey[], what: string) => {
    if (seen.has(key))
      found.push({
        path,
        zh: `${what} 出现了两次，只有一个能对`,
        en: `${what} stands here twice: only one can be right`,
      });
    seen.add(key);
  };
  const checkScope = (one: Scope, path: PropertyKey[], id: string | undefined, gateway: string) => {
    if (one.use !== undefined && !Object.hasOwn(file.sets, one.use)) {
      const meant = suggestion(one.use, Object.keys(file.sets));
      found.push({
        path: [...path, 'use'],
        zh: `sets 中没有“${one.use}”${meant.zh}`,
        en: `sets has no "${one.use}"${meant.en}`,
      });
    }
    const metrics = { ...(one.use === undefined ? {} : file.sets[one.use]), ...one.metrics };
    if (id === undefined) {
      if (Object.keys(metrics).length > 0)
        found.push({
          path,
          zh: '有 metrics 却没有 device：不知道读数属于哪台设备',
          en: 'metrics without a device: nobody would know whose readings they are',
        });
      return;
    }
    found.push(...repeatedMeasurements(metrics, path));
    const record = id.includes('{') ? undefined : registry.device(id);
    if (!id.includes('{')) found.push(...absentDevice(id, record, gateway, path));
    const known =
      record && Object.hasOwn(types, record.type) ? { record, type: types[record.type] as DeviceType } : undefined;
    found.push(...metricFaults(one.metrics, [...path, 'metrics'], known, anywhere));
    // A shared set is right for one type and wrong for another: its faults are told where it is used.
    if (known && one.use !== undefined)
      found.push(...metricFaults(file.sets[one.use] ?? {}, [...path, 'use'], known, anywhere, true));
  };
  for (const [i, node] of file.nodes.entries()) {
    const path = ['nodes', i];
    twice(`${node.group}/${node.node}`, path, `${node.group}/${node.node}`);
    if (!node.gateway.includes('{') && !registry.isGateway(node.gateway))
      found.push({
        path: [...path, 'gateway'],
        absent: true,
        zh: `网关 ${node.gateway} 未登记`,
        en: `gateway ${node.gateway} is not registered`,
      });
    checkScope(node, path, node.device, node.gateway);
    for (const [j, device] of node.devices.entries()) {
      twice(`${node.group}/${node.node}/${device.device}`, [...path, 'devices', j], `${node.node}/${device.device}`);
      checkScope(device, [...path, 'devices', j], device.id, node.gateway);
    }
  }
  return found;
}

function absentDevice(id: string, record: Device | undefined, gateway: string, path: PropertyKey[]): Finding[] {
  if (!record) return [{ path, absent: true, zh: `设备 ${id} 未登记`, en: `device ${id} is not registered` }];
  if (gateway.includes('{') || record.gateway === gateway) return [];
  return [
    {
      path,
      absent: true,
      zh: `设备 ${id} 登记的网关是 ${record.gateway ?? '（无）'}，不是 ${gateway}`,
      en: `device ${id} is registered behind ${record.gateway ?? 'no gateway'}, not ${gateway}`,
    },
  ];
}

function repeatedMeasurements(metrics: Readonly<Record<string, MetricMapping>>, path: PropertyKey[]): Finding[] {
  const names = Object.values(metrics).map(({ measurement }) => measurement);
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))].map((name) => ({
    path,
    zh: `两个 metric 都映射到 ${name}，只有一个能对`,
    en: `two metrics become ${name}: only one can be right`,
  }));
}

interface Known {
  readonly record: Device;
  readonly type: DeviceType;
}

/** `shared`: the path is that of the line that uses a set, so the metric's name is told in words. */
function metricFaults(
  metrics: Readonly<Record<string, MetricMapping>>,
  path: PropertyKey[],
  known: Known | undefined,
  anywhere: ReadonlySet<string>,
  shared = false,
): Finding[] {
  return Object.entries(metrics).flatMap(([name, metric]) => {
    const fault = metricFault(metric, known, anywhere);
    if (!fault) return [];
    const at = shared ? path : [...path, name];
    return [{ path: at, zh: `“${name}”：${fault.zh}`, en: `"${name}": ${fault.en}` }];
  });
}

function metricFault(
  metric: MetricMapping,
  known: Known | undefined,
  anywhere: ReadonlySet<string>,
): Omit<Finding, 'path'> | undefined {
  const { measurement: name, unit } = metric;
  if (unit !== undefined && !isUnit(unit)) {
    const meant = suggestion(unit, unitCodes);
    return {
      zh: `单位“${unit}”未知（UCUM 代码）${meant.zh}`,
      en: `unit "${unit}" is not known (UCUM codes)${meant.en}`,
    };
  }
  const names = known ? Object.keys(known.type.measurements) : anywhere;
  const measurement = known ? known.type.measurements[name] : undefined;
  if (known ? !measurement : !anywhere.has(name)) {
    const meant = suggestion(name, names);
    const whose = known
      ? { zh: `类型 ${known.type.id} `, en: `type ${known.type.id} has` }
      : { zh: '任何类型都', en: 'device types have' };
    return { zh: `${whose.zh}没有测点 ${name}${meant.zh}`, en: `${whose.en} no measurement "${name}"${meant.en}` };
  }
  return known && measurement ? meaningFault(metric, known.record, name, measurement) : undefined;
}

function meaningFault(
  { unit, scale, offset, words }: MetricMapping,
  record: Device,
  name: string,
  measurement: Measurement,
): Omit<Finding, 'path'> | undefined {
  if (measurement.kind !== 'number') {
    if (unit !== undefined || scale !== undefined || offset !== undefined)
      return {
        zh: `${name} 不是数值，不能有 unit、scale、offset`,
        en: `${name} is no number: it has no unit, scale or offset`,
      };
    const wrong = Object.values(words ?? {}).find((word) => !fits(word, measurement));
    return wrong === undefined
      ? undefined
      : { zh: `“${String(wrong)}”不是 ${name} 的值`, en: `"${String(wrong)}" is no value of ${name}` };
  }
  if (words) return { zh: `${name} 是数值，不能用 words`, en: `${name} is a number: words do not apply` };
  if (unit === undefined) return undefined;
  const made = conversion(unit, sentUnit(record, name, measurement), record.gas);
  return 'refused' in made ? { zh: `单位无法换算：${made.refused}`, en: made.refused } : undefined;
}

const fits = (word: boolean | string, { kind, states }: Measurement): boolean =>
  kind === 'boolean' ? typeof word === 'boolean' : typeof word === 'string' && (!states || Object.hasOwn(states, word));

function compile(file: Mapping): SparkplugMapping {
  const metricsOf = ({ use, metrics }: Scope) =>
    new Map(Object.entries({ ...(use === undefined ? {} : file.sets[use]), ...metrics }));
  const nodes = file.nodes.map((node) => ({
    ...node,
    own: metricsOf(node),
    devices: node.devices.map((device) => ({ ...device, own: metricsOf(device) })),
  }));
  const byName = new Map(nodes.map((node) => [`${node.group}/${node.node}`, node]));
  // An entry by name first, then the wider ones.
  const entryOf = (group: string, node: string) =>
    byName.get(`${group}/${node}`) ?? byName.get(`${group}/*`) ?? byName.get(`*/${node}`) ?? byName.get('*/*');
  const fill = (id: string, group: string, node: string, device = ''): string =>
    id.replaceAll('{group}', group).replaceAll('{node}', node).replaceAll('{device}', device);
  return {
    gatewayOf(group, node) {
      const entry = entryOf(group, node);
      return entry && fill(entry.gateway, group, node);
    },
    scopeOf(group, node, device) {
      const entry = entryOf(group, node);
      if (!entry) return undefined;
      if (device === undefined) {
        return { device: entry.device === undefined ? undefined : fill(entry.device, group, node), metrics: entry.own };
      }
      const one =
        entry.devices.find((each) => each.device === device) ?? entry.devices.find((each) => each.device === '*');
      return one && { device: fill(one.id, group, node, device), metrics: one.own };
    },
    devicesOf(group, node) {
      const entry = entryOf(group, node);
      const ids = [entry?.device, ...(entry?.devices ?? []).filter(({ device }) => device !== '*').map(({ id }) => id)];
      return [...new Set(ids.filter((id) => id !== undefined).map((id) => fill(id, group, node)))];
    },
    nodes: nodes.filter(({ group, node }) => group !== '*' && node !== '*').map(({ group, node }) => ({ group, node })),
  };
}
