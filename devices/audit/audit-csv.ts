import type { AuditRow } from '../contract/audit-tables.ts';
import { cell } from '../readings/csv.ts';

const texts = ['command', 'type', 'actor_id', 'actor_name', 'via', 'body', 'outcome', 'prev', 'hash'] as const;

/** The first line of the audit as CSV: the columns of the table, the time as ISO 8601 before them. */
export const auditCsvHeader = `time,seq,at,${texts.join(',')}\r\n`;

/** Rows of the audit as CSV (RFC 4180). Texts that a spreadsheet would run as formulas are made harmless, so hashes are checked on the database. */
export const auditCsv = (rows: readonly AuditRow[]): string =>
  rows
    .map((row) => [new Date(row.at).toISOString(), row.seq, row.at, ...texts.map((name) => cell(row[name]))].join(','))
    .map((line) => `${line}\r\n`)
    .join('');
