import type { PageQuery, PageRow } from '../../kit/telemetry/telemetry-store.ts';
import { severityOf } from '../model/quality.ts';
import { escapeFormula } from '../registry/columns.ts';

/** What a row is called in words: the names of its places in the query. */
export interface RowNames {
  readonly groups: PageQuery['groups'];
  readonly nameOf: (device: string) => string;
  readonly unitOf: (type: string, measurement: string) => string;
}

/** The first line of a CSV of readings; every row names the unit of its value (UCUM). */
export const csvHeader = 'time,epoch_ms,device,device_name,measurement,value,unit,quality,status\r\n';

/**
 * Readings as CSV lines (RFC 4180): ISO 8601 in UTC beside ms since 1970, the quality in words beside the OPC UA status.
 * Texts that a spreadsheet would run as formulas are made harmless. What repeats is prepared once.
 */
export function csvLines({ groups, nameOf, unitOf }: RowNames): (rows: readonly PageRow[]) => string {
  const devices = groups.map((group) => group.devices.map((id) => `${cell(id)},${cell(nameOf(id))}`));
  const measurements = groups.map((group) =>
    group.measurements.map((name) => ({ name: cell(name), unit: cell(unitOf(group.type, name)) })),
  );
  return (rows) => {
    let text = '';
    for (const [group, device, measurement, at, value, quality] of rows) {
      const { name, unit } = measurements[group]![measurement]!;
      const shown = typeof value === 'string' ? cell(value) : String(value);
      const status = `${severityOf(quality)},0x${quality.toString(16).toUpperCase().padStart(8, '0')}`;
      text += `${isoTime(at)},${at},${devices[group]![device]},${name},${shown},${unit},${status}\r\n`;
    }
    return text;
  };
}

/** A text as a cell, harmless and in quotation marks where the format needs them. */
export function cell(text: string): string {
  const harmless = escapeFormula(text);
  return /[",\r\n]|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

const MOST_DATE_MS = 8.64e15;
/** Empty for a time that no calendar holds; the milliseconds beside it still tell it. */
const isoTime = (at: number): string => (Math.abs(at) <= MOST_DATE_MS ? new Date(at).toISOString() : '');
