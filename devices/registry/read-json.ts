import { type FileKind, fileLists } from './columns.ts';
import { type Fault, fault } from './fault.ts';
import type { RawFile } from './raw-record.ts';
import { parseReach } from './reach.ts';
import { readGeoJson, withUnitCodes } from './read-geojson.ts';

/**
 * Reads JSON: a list of records, an object that has it under the name of the kind's list (`{"contacts": […]}`), or GeoJSON.
 * Hours may be written as in a CSV cell.
 */
export function readJson(text: string, kind: FileKind): RawFile {
  const given = parsed(text);
  if (given === undefined || isFeatures(given)) return readGeoJson(text, kind);
  const list = Array.isArray(given) ? given : (given as Record<string, unknown> | null)?.[fileLists[kind]];
  if (!Array.isArray(list)) {
    const what = fileLists[kind];
    const words = [`须为记录的列表，或 {"${what}": […]}`, `must be a list of records, or {"${what}": […]}`] as const;
    return { records: [], faults: [fault('file', '', '', ...words)] };
  }
  const faults: Fault[] = [];
  const records = list.flatMap((one: unknown, index) => {
    const where = `record ${index + 1}`;
    if (one !== null && typeof one === 'object' && !Array.isArray(one)) return [{ where, fields: fieldsOf(one, kind) }];
    faults.push(fault(where, '', one, '须为一条记录：{…}', 'must be a record: {…}'));
    return [];
  });
  return { records, faults };
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
};

const isFeatures = (given: unknown): boolean =>
  (given as { type?: unknown } | null)?.type === 'FeatureCollection' || typeof given !== 'object';

/** A record's fields; what is null is absent. */
const fieldsOf = (one: object, kind: FileKind): Readonly<Record<string, unknown>> => {
  const fields = Object.fromEntries(
    Object.entries(one)
      .filter(([, value]) => value !== null)
      .map(([field, value]) => [field, field === 'hours' && typeof value === 'string' ? parseReach(value) : value]),
  );
  return kind === 'device' ? withUnitCodes(fields) : fields;
};
