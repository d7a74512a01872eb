import type { TelemetryRow, Value } from '../telemetry-store.ts';

/** Ending of the field that carries a measurement's status code. */
export const QUALITY = '_q';

/** Letters that line protocol cannot carry in a name, or reads differently from version to version; and the % that marks them. */
const unsafe = /[%\\"\p{Cc}\u2028\u2029]/gu;
const percent = (letter: string): string =>
  [...new TextEncoder().encode(letter)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');

/**
 * A device's name as InfluxDB holds it. Ordinary names are unchanged; line breaks, quotes, backslashes and % become `%0A`
 * and so on, because line protocol has no escape for them in names and two devices must never become one.
 */
export const storedName = (name: string): string => name.replace(unsafe, percent);

/** A device type as InfluxDB's measurement: a leading # would make the line a comment, a leading _ is the server's own. */
export const storedType = (type: string): string => storedName(type).replace(/^[#_]/, percent);

/**
 * A measurement of ours as InfluxDB's field. `time` is dropped by the server without a word, `device` is our tag, a leading
 * _ is reserved by 2.x and an ending `_q` is a status of ours: their first letter, or that `_`, is written as %.
 */
export const storedField = (measurement: string): string =>
  storedName(measurement)
    .replace(/^(?:_|[td](?=ime$|evice$))/, percent)
    .replace(/_(?=q$)/, percent);

/** Undoes {@link storedField}. Names that others wrote come back as they are. */
export function originalName(stored: string): string {
  try {
    return decodeURIComponent(stored);
  } catch {
    return stored;
  }
}

const escapeMeasurement = (name: string): string => name.replace(/[, ]/g, '\\$&');
const escapeKey = (name: string): string => name.replace(/[,= ]/g, '\\$&');
const escapeText = (text: string): string => text.replace(/["\\]/g, '\\$&');

/** A number is always a float (`1`, never `1i`): a field that began with 1 must take 1.5 later. */
function fieldValue(value: Value): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'boolean' ? (value ? 'true' : 'false') : `"${escapeText(value)}"`;
}

/** Whether the status of this measurement must be written although it is good. */
export type WantsQuality = (type: string, measurement: string) => boolean;

/**
 * One row as one line, time in ms: measurement = device type, one tag `device`, a field for each value and `<name>_q` for
 * its status. A good status is left out until the field has once had another: after that it is written as 0, or an old
 * doubt would stay beside a corrected value. Undefined for a row without values.
 */
export function toLine(row: TelemetryRow, wantsQuality: WantsQuality): string | undefined {
  let fields = '';
  for (const measurement in row.values) {
    const key = escapeKey(storedField(measurement));
    const quality = row.quality?.[measurement] ?? 0;
    fields += `${fields && ','}${key}=${fieldValue(row.values[measurement]!)}`;
    if (quality !== 0 || wantsQuality(row.type, measurement)) fields += `,${key}${QUALITY}=${quality}i`;
  }
  if (fields === '') return undefined;
  return `${escapeMeasurement(storedType(row.type))},device=${escapeKey(storedName(row.device))} ${fields} ${row.at}`;
}
