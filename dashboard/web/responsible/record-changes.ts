import { toRow } from '../../../devices/city/workbook/records.ts';
import type { DutyHistoryBody } from '../../../devices/contract/api.ts';
import type { DutySheet } from '../../../devices/duty/files/duty-sheets.ts';

/** What one version of a record changed, as its table has it. */
export interface RecordChange {
  readonly version: number;
  /** ms */
  readonly at: number;
  readonly by: string;
  readonly what: 'written' | 'changed' | 'removed';
  /** Columns by their index, with what they said before and after. */
  readonly fields: readonly { readonly column: number; readonly before: string; readonly after: string }[];
}

/** The versions of a record, newest first as they are given, each with what it changed of the one before. */
export function recordChanges(
  { columns, toCells }: Pick<DutySheet, 'columns' | 'toCells'>,
  items: DutyHistoryBody['items'],
): RecordChange[] {
  const cellsOf = (record: unknown): string[] | null =>
    record === null || record === undefined
      ? null
      : toRow(columns, toCells(record as Record<string, unknown>)).map((cell) => String(cell ?? ''));
  return items.map(({ version, at, by, record }, index) => {
    const [after, before] = [cellsOf(record), cellsOf(items[index + 1]?.record)];
    const fields = columns.flatMap((_, column) => {
      const change = { column, before: before?.[column] ?? '', after: after?.[column] ?? '' };
      return change.before === change.after ? [] : [change];
    });
    const what = after === null ? 'removed' : before === null ? 'written' : 'changed';
    return { version, at, by: by.name, what, fields: what === 'removed' ? [] : fields };
  });
}
