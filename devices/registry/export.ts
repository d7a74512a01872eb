import type { BesideRecord } from '../contract/beside.ts';
import type { Reach } from '../contract/contact.ts';
import type { Device, Gateway, Site } from '../contract/registry.ts';
import {
  escapeFormula,
  type FileKind,
  factCell,
  isNumberColumn,
  lineCell,
  neededColumns,
  plainColumns,
  spreadColumns,
  spreadOf,
} from './columns.ts';
import { reachText } from './reach.ts';

/** A record that travels in a file. */
export type FileRecord = Device | Site | Gateway | BesideRecord;

const BOM = '\uFEFF';

/**
 * CSV as `parseRegistryFile` reads it, in WGS-84: UTF-8 with a byte-order mark and CRLF, so that spreadsheet programs show
 * Chinese; columns that no record fills are left out. Texts that a spreadsheet would run as formulas are made harmless.
 */
export function toCsv(records: readonly FileRecord[], kind: FileKind): string {
  const filled = new Set<string>(neededColumns(kind));
  const spread = new Set<string>();
  for (const record of records) {
    for (const [field, value] of Object.entries(record)) {
      const prefix = spreadColumns[field as keyof typeof spreadColumns] as string | undefined;
      if (prefix === undefined) {
        const empty = value === undefined || value === false || (Array.isArray(value) && value.length === 0);
        if (!empty) filled.add(field);
      } else for (const name of Object.keys(value ?? {})) spread.add(`${prefix}${name}`);
    }
  }
  const columns = [...plainColumns(kind).filter((column) => filled.has(column)), ...[...spread].sort()];
  const lines = [
    columns.map(quoted),
    ...records.map((record) => columns.map((column) => quoted(cellOf(record, column)))),
  ];
  return `${BOM}${lines.map((cells) => `${cells.join(',')}\r\n`).join('')}`;
}

function cellOf(record: FileRecord, column: string): string {
  const fields = record as unknown as Readonly<Record<string, unknown>>;
  const spread = spreadOf(column);
  if (!spread) {
    const value = fields[column];
    if (value === undefined) return '';
    if (column === 'line') return lineCell(value as [number, number][]);
    if (column === 'hours') return (value as Reach[]).map(reachText).join('; ');
    if (Array.isArray(value)) return value.join(' ');
    return isNumberColumn(column) || typeof value === 'boolean' ? String(value) : escapeFormula(String(value));
  }
  const table = fields[spread.field] as Readonly<Record<string, unknown>> | undefined;
  const value = table && Object.hasOwn(table, spread.name) ? table[spread.name] : undefined;
  if (value === undefined) return '';
  if (spread.field === 'facts') {
    const cell = factCell(value as string | number | boolean);
    return typeof value === 'string' ? escapeFormula(cell) : cell;
  }
  if (spread.field === 'units') return escapeFormula(String(value));
  const constant = value as Device['constants'][string];
  return `${constant.value} ${constant.unit}`;
}

/** In quotation marks where the format needs it, and where blanks at the ends would otherwise be trimmed away. */
const quoted = (cell: string): string => (/[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** A GeoJSON feature collection (RFC 7946, WGS-84) as `parseRegistryFile` reads it: one feature a record, its fields as properties. */
export function toGeoJson(records: readonly FileRecord[]): string {
  const features = records.map(feature);
  // One feature a line: fit for `diff`, and for reading.
  const lines = features.map((feature) => `\n${JSON.stringify(feature)}`).join(',');
  return `{"type":"FeatureCollection","features":[${lines}\n]}\n`;
}

/** A pipe is a line, whatever has a position a point; a record without one has no geometry. */
function feature(record: FileRecord) {
  const { lon, lat, line, ...properties } = record as FileRecord & {
    lon?: number;
    lat?: number;
    line?: [number, number][];
  };
  const point = lon === undefined || lat === undefined ? null : { type: 'Point', coordinates: [lon, lat] };
  return { type: 'Feature', geometry: line ? { type: 'LineString', coordinates: line } : point, properties };
}
