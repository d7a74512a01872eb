import { cell } from '../readings/csv.ts';
import type { LedgerLine } from './ledger.ts';

const columns = ['device', 'name', 'type', 'model', 'site', 'area', 'kind', 'due', 'days', 'state'] as const;

/** The ledger as CSV (RFC 4180), its columns named as in the API; nothing in it runs as a formula. */
export const ledgerCsv = (lines: readonly LedgerLine[]): string =>
  [columns.join(','), ...lines.map((line) => columns.map((name) => cellOf(line[name])).join(','))]
    .map((line) => `${line}\r\n`)
    .join('');

/** A number is one: a minus before the days is no formula. */
const cellOf = (value: string | number | null): string =>
  typeof value === 'number' ? String(value) : value === null ? '' : cell(value);
