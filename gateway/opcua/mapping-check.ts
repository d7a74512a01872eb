import type { DeviceType, Measurement } from '../../devices/model/device-type.ts';
import { sentUnit } from '../../devices/model/sent-unit.ts';
import { conversion, type Gas, isUnit, type UnitCode, unitCodes } from '../../devices/model/units.ts';
import { suggestion } from '../../devices/registry/did-you-mean.ts';

/** What the gateway's file says of a device: its type, and where it is registered with other units, those. */
export interface DeviceHint {
  readonly type: string;
  readonly gas?: Gas | undefined;
  /** The unit it is registered to count combustible gas in: the platform converts from that one. */
  readonly gasUnit?: UnitCode | undefined;
  /** Other units it is registered to count in, by measurement. */
  readonly units?: Readonly<Record<string, UnitCode>> | undefined;
}

/** Device ids, or prefixes ending in `*`, with what is said of them. */
export type DeviceHints = Readonly<Record<string, DeviceHint>>;

/** A node of a mapping, as far as its meaning is concerned. */
export interface MappedNode {
  readonly device: string;
  readonly measurement: string;
  /** What the node counts in (after `scale`); the unit the platform expects unless given. */
  readonly unit?: UnitCode | undefined;
}

/** One thing wrong with a node: where in the list, in which field, and in words. */
export interface MappingFault {
  readonly at: number;
  readonly path: readonly string[];
  readonly message: string;
}

/** The hint for a device: its own line first, then the longest prefix. */
export function hintFor(device: string, hints: DeviceHints): DeviceHint | undefined {
  const own = Object.hasOwn(hints, device) ? hints[device] : undefined;
  if (own) return own;
  const [best] = Object.keys(hints)
    .filter((key) => key.endsWith('*') && device.startsWith(key.slice(0, -1)))
    .sort((a, b) => b.length - a.length);
  return best === undefined ? undefined : hints[best];
}

/** Every fault of a mapping's meaning, so that a person mends them in one go. */
export function mappingFaults(
  nodes: readonly MappedNode[],
  hints: DeviceHints,
  types: Readonly<Record<string, DeviceType>>,
): MappingFault[] {
  const anywhere = new Set(Object.values(types).flatMap(({ measurements }) => Object.keys(measurements)));
  const seen = new Set<string>();
  return nodes.flatMap((node, at) => {
    const faults: Fault[] = [];
    const { device, measurement } = node;
    const name = `${device}\n${measurement}`;
    if (seen.has(name))
      faults.push({
        path: [],
        message: `${device} 的 ${measurement} 有两个节点，只有一个能对 / ${measurement} of ${device} has two nodes: only one can be right`,
      });
    seen.add(name);
    const fault = faultOf(node, hints, types, anywhere);
    return [...faults, ...(fault ? [fault] : [])].map((one) => ({ at, ...one }));
  });
}

type Fault = Omit<MappingFault, 'at'>;

function faultOf(
  { device, measurement: name, unit }: MappedNode,
  hints: DeviceHints,
  types: Readonly<Record<string, DeviceType>>,
  anywhere: ReadonlySet<string>,
): Fault | undefined {
  const hint = hintFor(device, hints);
  if (!hint) {
    if (unit !== undefined)
      return {
        path: ['unit'],
        message: `不知道 ${device} 的类型，无法换算 ${unit}：请在 devices 下写 ${device}: <类型> / the type of ${device} is not said, so ${unit} cannot be converted: write ${device}: <type> under devices`,
      };
    return anywhere.has(name) ? undefined : unknownMeasurement(name, anywhere);
  }
  const type = types[hint.type];
  // A type that does not exist is told once, where it stands.
  if (!type) return undefined;
  const measurement = Object.hasOwn(type.measurements, name) ? type.measurements[name] : undefined;
  if (!measurement) return unknownMeasurement(name, Object.keys(type.measurements), hint.type);
  return unit === undefined ? undefined : unitFault(name, measurement, unit, hint);
}

function unknownMeasurement(name: string, known: Iterable<string>, type?: string): Fault {
  const meant = suggestion(name, known);
  const [zh, en] = type === undefined ? ['任何类型都', 'no device type has'] : [`类型 ${type} `, `type ${type} has no`];
  return {
    path: ['measurement'],
    message: `${zh}没有测项 ${name}${meant.zh} / ${en} measurement "${name}"${meant.en}`,
  };
}

function unitFault(name: string, measurement: Measurement, unit: UnitCode, hint: DeviceHint): Fault | undefined {
  const refuse = (zh: string, en: string): Fault => ({ path: ['unit'], message: `${zh} / ${en}` });
  if (measurement.kind !== 'number')
    return refuse(`${name} 不是数值，没有单位`, `${name} is no number: it has no unit`);
  if (!isUnit(unit)) {
    const meant = suggestion(unit, unitCodes);
    return refuse(`单位“${unit}”未知${meant.zh}`, `unit "${unit}" is not known (UCUM codes)${meant.en}`);
  }
  const to = sentUnit(hint, name, measurement);
  const made = conversion(unit, to, hint.gas);
  if (!('refused' in made)) return undefined;
  return refuse(`${unit} 不能换算成 ${name} 的单位 ${to}：${made.refused}`, `${made.refused} (${name} is in ${to})`);
}

/** How values of a node become what the platform expects; undefined where nothing is to be done. */
export function converterOf(
  node: MappedNode,
  hints: DeviceHints,
  types: Readonly<Record<string, DeviceType>>,
): ((value: number) => number) | undefined {
  const hint = hintFor(node.device, hints);
  const measurement = hint && types[hint.type]?.measurements[node.measurement];
  if (!hint || !measurement || node.unit === undefined) return undefined;
  const made = conversion(node.unit, sentUnit(hint, node.measurement, measurement), hint.gas);
  return 'refused' in made ? undefined : made.convert;
}
