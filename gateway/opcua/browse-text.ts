import { idSchema } from '../../devices/contract/place.ts';
import type { DeviceType } from '../../devices/model/device-type.ts';
import { isUnit, type UnitCode } from '../../devices/model/units.ts';
import type { Seen, SeenNode } from './browse.ts';

/** A server's tree, one node a line: what it is called, its id, and for a variable what stands in it. */
export function treeText({ nodes, cut }: Seen): string {
  const lines = nodes.map(({ depth, name, node, variable }) => {
    const indent = '  '.repeat(depth - 1);
    if (!variable) return `${indent}${name}  [${node}]`;
    const { value, unit, status, dataType, readable, writable, historizing } = variable;
    const access = [readable ? 'R' : '-', writable ? 'W' : '-', historizing ? 'H' : '-'].join('');
    const shown = status === 'Good' ? `${value}${unit ? ` ${unit}` : ''}` : status;
    return `${indent}${name}  [${node}]  ${dataType}  ${access}  ${shown}`;
  });
  if (cut) lines.push('… 还有更多节点未列出：请从更低的节点开始 / there are more nodes: begin further down');
  return lines.join('\n');
}

/** A mapping file to be filled in: every readable variable, with what can be known of it. */
export function mappingSkeleton(seen: Seen, types: Readonly<Record<string, DeviceType>>): string {
  const measurements = [...new Set(Object.values(types).flatMap((type) => Object.keys(type.measurements)))]
    // The longest first: a name may end in another.
    .sort((a, b) => b.length - a.length);
  const rows = seen.nodes.flatMap((one) => (one.variable?.readable ? [rowOf(one, measurements)] : []));
  const head = [
    '# 映射文件：填写 device 与 measurement，删去不用的行；yanshao gateway --check 检查',
    '# A mapping file: fill in device and measurement, remove what is not wanted; `yanshao gateway --check` checks it.',
    'nodes:',
  ];
  return [...head, ...rows, ...(seen.cut ? ['# … 未列全 / cut here: begin further down'] : [])].join('\n');
}

function rowOf({ node, name, variable }: SeenNode, measurements: readonly string[]): string {
  const { device, measurement } = guess(node, measurements);
  const unit = ucumOf(variable?.unit ?? '');
  const fields = [
    `node: ${JSON.stringify(node)}`,
    `device: ${JSON.stringify(device)}`,
    `measurement: ${JSON.stringify(measurement)}`,
    ...(unit ? [`unit: ${JSON.stringify(unit)}`] : []),
  ];
  const said = [name, variable?.dataType, variable?.value, unit ? '' : variable?.unit].filter(Boolean).join(' ');
  return `  - { ${fields.join(', ')} } # ${said}`;
}

/** `rtu-01.rtu.outletPressure` is the measurement rtu.outletPressure of rtu-01: many servers are named so. */
function guess(node: string, measurements: readonly string[]): { device: string; measurement: string } {
  const text = /;s=(.*)$/s.exec(node)?.[1] ?? '';
  const measurement = measurements.find((one) => text.endsWith(`.${one}`)) ?? '';
  const device = measurement ? text.slice(0, -measurement.length - 1) : '';
  return idSchema.safeParse(device).success ? { device, measurement } : { device: '', measurement: '' };
}

/** Display names of engineering units (UNECE Recommendation 20 as OPC UA servers write them) that are not UCUM codes themselves. */
const known: Readonly<Record<string, UnitCode>> = {
  '°C': 'Cel',
  '℃': 'Cel',
  'degree Celsius': 'Cel',
  '°F': '[degF]',
  'm³': 'm3',
  '㎥': 'm3',
  'm³/h': 'm3/h',
  'Nm³/h': 'm3/h',
  'm^3/h': 'm3/h',
  'l/min': 'L/min',
  'mg/m³': 'mg/m3',
  'µg/m³': 'ug/m3',
  kWh: 'kW.h',
  Wh: 'W.h',
  ppm: '[ppm]',
  '%LEL': '%{LEL}',
  '%VOL': '%{VOL}',
  lux: 'lx',
  l: 'L',
  '°': 'deg',
};

/** The UCUM code of a unit as a server words it; undefined for one that is not known. */
export const ucumOf = (words: string): UnitCode | undefined => known[words] ?? (isUnit(words) ? words : undefined);
