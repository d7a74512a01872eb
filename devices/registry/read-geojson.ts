import { z } from 'zod';
import { type FileKind, neededColumns, unitOf } from './columns.ts';
import { type Fault, fault } from './fault.ts';
import type { RawFile, RawRecord } from './raw-record.ts';

/** What of GeoJSON (RFC 7946) a registry file uses. */
const collectionSchema = z.object({
  type: z.literal('FeatureCollection'),
  features: z.array(z.unknown()),
  /** Of the 2008 draft: a file that still names a system other than WGS-84 means it. */
  crs: z.object({ properties: z.object({ name: z.string() }) }).optional(),
});
const featureSchema = z.object({
  type: z.literal('Feature'),
  id: z.union([z.string(), z.number()]).optional(),
  geometry: z
    .union([
      z.object({ type: z.literal('Point'), coordinates: z.array(z.number()).min(2).max(3) }),
      z.object({ type: z.literal('LineString'), coordinates: z.array(z.array(z.number()).min(2).max(3)) }),
    ])
    .nullable(),
  properties: z.record(z.string(), z.unknown()).nullable(),
});

/** Reads a collection of points (of lines, for pipes) whose properties are the record's fields; `id` may stand in either place. */
export function readGeoJson(text: string, kind: FileKind): RawFile {
  let given: unknown;
  try {
    given = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (err) {
    const { message } = err as Error;
    return { records: [], faults: [fault('file', '', '', `不是 JSON:${message}`, `it is no JSON: ${message}`)] };
  }
  const collection = collectionSchema.safeParse(given);
  if (!collection.success) {
    const words = ['须为 GeoJSON FeatureCollection', 'must be a GeoJSON FeatureCollection'] as const;
    return { records: [], faults: [fault('file', 'type', (given as { type?: unknown } | null)?.type, ...words)] };
  }
  const faults: Fault[] = [];
  const named = collection.data.crs?.properties.name;
  if (named && !/CRS84|EPSG:+4326/.test(named)) {
    faults.push(
      fault(
        'file',
        'crs',
        named,
        '文件声明了其他坐标系;请转换为 WGS-84 并去掉 "crs"',
        'the file declares another coordinate system: convert it to WGS-84 and leave "crs" out',
      ),
    );
  }
  const records: RawRecord[] = [];
  collection.data.features.forEach((feature, index) => {
    const record = toRaw(`feature ${index + 1}`, kind, feature, faults);
    if (record) records.push(record);
  });
  return { records, faults };
}

function toRaw(where: string, kind: FileKind, given: unknown, faults: Fault[]): RawRecord | undefined {
  const feature = featureSchema.safeParse(given);
  if (!feature.success || !fits(feature.data.geometry, kind)) {
    const geometry = (given as { geometry?: { type?: unknown } } | null)?.geometry?.type;
    faults.push(
      fault(
        where,
        'geometry',
        geometry,
        kind === 'pipe' ? '须为带坐标的线要素(LineString)' : '须为带坐标的点要素(Point)',
        kind === 'pipe'
          ? 'must be a Feature with a LineString of points of two or three numbers'
          : 'must be a Feature with a Point of two or three numbers',
      ),
    );
    return undefined;
  }
  const { id, geometry, properties } = feature.data;
  // Some exporters write null for what is absent.
  const said = Object.fromEntries(Object.entries(properties ?? {}).filter(([, value]) => value !== null));
  const fields = { ...(id !== undefined && { id: String(id) }), ...said, ...placed(geometry) };
  return { where, fields: kind === 'device' ? withUnitCodes(fields) : fields };
}

type Geometry = z.infer<typeof featureSchema>['geometry'];

/** A pipe is a line, a record or a contact may stand nowhere, and everything else is a point. */
const fits = (geometry: Geometry, kind: FileKind): boolean =>
  geometry === null
    ? kind !== 'pipe' && !neededColumns(kind).includes('lon')
    : (geometry.type === 'LineString') === (kind === 'pipe');

function placed(geometry: Geometry): object {
  if (geometry === null) return {};
  if (geometry.type === 'LineString') return { line: geometry.coordinates.map(([lon, lat]) => [lon, lat]) };
  const [lon, lat] = geometry.coordinates;
  return { lon, lat };
}

/** `%LEL` and the like become UCUM codes, as in CSV. */
export function withUnitCodes(fields: Record<string, unknown>): Record<string, unknown> {
  const { gasUnit, constants, units } = fields;
  const isTable = (value: unknown): value is Record<string, unknown> =>
    value !== null && typeof value === 'object' && !Array.isArray(value);
  const written = (unit: unknown) => (typeof unit === 'string' ? unitOf(unit) : unit);
  return {
    ...fields,
    ...(gasUnit !== undefined && { gasUnit: written(gasUnit) }),
    ...(isTable(units) && { units: Object.fromEntries(Object.entries(units).map(([k, unit]) => [k, written(unit)])) }),
    ...(isTable(constants) && {
      constants: Object.fromEntries(
        Object.entries(constants).map(([k, c]) => [k, isTable(c) ? { ...c, unit: written(c.unit) } : c]),
      ),
    }),
  };
}
