import { REST } from '../../city/workbook/columns.ts';
import { type Cell, fromRow, toRow } from '../../city/workbook/records.ts';
import {
  absenceSchema,
  assignmentSchema,
  type DutyRecords,
  deputySchema,
  dutyList,
  dutyRecordsSchema,
  personSchema,
  postSchema,
  rosterSchema,
  shiftSchema,
  swapSchema,
} from '../../contract/duty.ts';
import { type DutyRecordKind, dutyLists } from '../../contract/duty-kinds.ts';
import { suggestion } from '../../registry/did-you-mean.ts';
import { type Fault, fault } from '../../registry/fault.ts';
import { dutyIssueWords } from './duty-issue.ts';
import { type DutySheet, dutySheets, sheetOf } from './duty-sheets.ts';

type Json = Record<string, unknown>;

/** Records of one kind as a table, as a sheet or a CSV file has it. */
export interface DutyTable {
  readonly kind: DutyRecordKind;
  readonly titles: readonly string[];
  readonly rows: readonly { readonly cells: readonly Cell[]; readonly line: number }[];
  /** Where a cell stands, for faults; the column counts from 0, and is left out for a whole row. */
  readonly where: (line: number, column?: number) => string;
}

/** Records of tables, with the place each came from; or every fault of the tables. */
export type DutyFile =
  | { readonly faults: readonly Fault[] }
  | {
      readonly put: DutyRecords;
      /** The row of a record, for faults that the records have together: `<kind> <id>` of {@link Fault.where}. */
      readonly whereIs: (record: string) => string;
    };

const schemas = {
  person: personSchema,
  post: postSchema,
  shift: shiftSchema,
  roster: rosterSchema,
  swap: swapSchema,
  absence: absenceSchema,
  deputy: deputySchema,
  assignment: assignmentSchema,
} as const;

/** Titles and rows of the records of a kind, as {@link readTables} takes them back. */
export function tableOf(records: DutyRecords, kind: DutyRecordKind): { titles: string[]; rows: Cell[][] } {
  const { columns, toCells } = sheetOf(kind);
  const rows = dutyList(records, kind).map(({ demo: _, ...record }) => toRow(columns, toCells(record as Json)));
  return { titles: [...columns.map(({ title }) => title), REST], rows };
}

/** Reads tables into records. A column may be named by its title or by its field (`name.zh`), in any order. */
export function readTables(tables: readonly DutyTable[]): DutyFile {
  const faults: Fault[] = [];
  const places = new Map<string, string>();
  const lists: Record<string, Json[]> = {};
  for (const table of tables) {
    const list = dutyLists[table.kind];
    lists[list] = [...(lists[list] ?? []), ...recordsOf(table, places, faults)];
  }
  if (faults.length > 0) return { faults };
  return { put: dutyRecordsSchema.parse(lists), whereIs: (record) => places.get(record) ?? record };
}

function recordsOf(table: DutyTable, places: Map<string, string>, faults: Fault[]): Json[] {
  const sheet = sheetOf(table.kind);
  const order = orderOf(sheet, table, faults);
  return table.rows.flatMap(({ cells, line }) => {
    const row = order.map((at) => (at < 0 ? null : (cells[at] ?? null)));
    const { record, unreadable } = fromRow(sheet.columns, row);
    for (const { column, zh, en } of unreadable) {
      const at = order[column] ?? -1;
      faults.push(fault(table.where(line, at), sheet.columns[column]?.title ?? REST, row[column], zh, en));
    }
    const given = sheet.fromCells(record);
    const parsed = schemas[table.kind].safeParse(given);
    if (!parsed.success) faults.push(...issueFaults(parsed.error.issues, given, sheet, table, line, order));
    if (!parsed.success) return [];
    places.set(`${table.kind} ${parsed.data.id}`, table.where(line));
    return [parsed.data as Json];
  });
}

/** Where each column of the sheet stands in the table; −1 where it is left out. */
function orderOf({ columns }: DutySheet, { titles, where }: DutyTable, faults: Fault[]): number[] {
  const names = [...columns.map(({ title, path }) => [title, path.join('.')]), [REST]];
  const known = names.flat();
  titles.forEach((title, at) => {
    if (title === '' || known.includes(title)) return;
    const meant = suggestion(title, known);
    faults.push(
      fault(where(1, at), title, title, `没有“${title}”这一列${meant.zh}`, `there is no such column${meant.en}`),
    );
  });
  return names.map((own) => titles.findIndex((title) => own.includes(title)));
}

function issueFaults(
  issues: Parameters<typeof dutyIssueWords>[0][],
  given: Json,
  { columns }: DutySheet,
  { where }: DutyTable,
  line: number,
  order: readonly number[],
): Fault[] {
  return issues.map((issue) => {
    const path = issue.path.map(String);
    const value = path.reduce<unknown>(
      (at, key) => (at !== null && typeof at === 'object' ? (at as Json)[key] : undefined),
      given,
    );
    const column = columns.findIndex((one) => one.path.every((step, index) => path[index] === step));
    const { zh, en } = dutyIssueWords(issue, value);
    return fault(where(line, order[column]), columns[column]?.title ?? path.join('.'), value, zh, en);
  });
}

/** The kind that a sheet or file is named after: `人员`, `persons`, `person`; undefined for none. */
export function kindNamed(name: string): DutyRecordKind | undefined {
  const plain = name.trim().toLowerCase();
  return dutySheets.find(({ kind, sheet }) => [sheet, kind, dutyLists[kind]].includes(plain))?.kind;
}
