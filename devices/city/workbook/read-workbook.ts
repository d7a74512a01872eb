import type ExcelJS from 'exceljs';
import { stringify } from 'yaml';
import type { StandardsText } from '../../contract/standards.ts';
import type { CatalogueFault } from '../catalogue-fault.ts';
import { columnLetters, mostOfWorkbook, openWorkbook, readCell } from './cells.ts';
import {
  type Column,
  catalogueColumns,
  categoryColumns,
  domainColumns,
  itemColumns,
  overlayColumns,
  REST,
  ruleColumns,
  sheets,
  stepColumns,
} from './columns.ts';
import { type Cell, fromRow } from './records.ts';

type Json = Record<string, unknown>;

/** The standards of a workbook as text, with the way back from a fault of that text to the cell it came from. */
export interface ReadWorkbook {
  readonly text: StandardsText;
  /** Gives faults of {@link text} the cells they stand in. */
  readonly cells: (faults: readonly CatalogueFault[]) => CatalogueFault[];
}

/** Reads a workbook, or says everything in it that cannot be read, with sheet, row and column. Formulas are refused. */
export async function readWorkbook(bytes: Uint8Array): Promise<ReadWorkbook | { readonly faults: CatalogueFault[] }> {
  const book = await openWorkbook(bytes);
  if ('fault' in book) return { faults: [whole(book.fault.zh, book.fault.en)] };
  const reading = reader(book);
  const read = assemble(reading);
  return reading.faults.length > 0 ? { faults: reading.faults } : read;
}

const whole = (zh: string, en: string): CatalogueFault => ({
  line: 0,
  path: '',
  value: undefined,
  zh,
  en,
  cell: 'XLSX',
});

interface Row {
  readonly record: Json;
  /** What its first column says, where that names what it belongs to. */
  readonly parent: string;
  /** `规则!` and its row, and the column of each path. */
  readonly sheet: string;
  readonly number: number;
  readonly columns: readonly Column[];
  readonly shift: number;
}

interface Reading {
  readonly faults: CatalogueFault[];
  rows(name: string, columns: readonly Column[], parent?: string): Row[];
}

function reader(book: ExcelJS.Workbook): Reading {
  const faults: CatalogueFault[] = [];
  const say = (cell: string, value: unknown, zh: string, en: string) =>
    faults.push({ line: 0, path: cell, value, zh, en, cell });
  return {
    faults,
    rows(name, columns, parent) {
      const sheet = book.getWorksheet(name);
      if (!sheet) {
        if (name !== sheets.overlays && name !== sheets.procedures)
          say(name, undefined, `缺少工作表“${name}”`, `the sheet "${name}" is missing`);
        return [];
      }
      if (sheet.rowCount > mostOfWorkbook.rows || sheet.columnCount > mostOfWorkbook.columns) {
        say(name, undefined, `工作表“${name}”行列过多`, `the sheet "${name}" has too many rows or columns`);
        return [];
      }
      const titles = [...(parent ? [parent] : []), ...columns.map(({ title }) => title), REST];
      const places = placesOf(sheet, titles, say);
      const found: Row[] = [];
      for (let number = 2; number <= sheet.rowCount; number++) {
        const cells = places.map((at) => (at === 0 ? null : textOf(sheet.getRow(number).getCell(at), name, say)));
        if (cells.every((cell) => cell === null || cell === '')) continue;
        const shift = parent ? 1 : 0;
        const { record, unreadable } = fromRow(columns, cells.slice(shift));
        for (const { column, zh, en } of unreadable) {
          say(`${name}!${columnLetters(places[column + shift] ?? 0)}${number}`, cells[column + shift], zh, en);
        }
        found.push({ record, parent: parent ? String(cells[0] ?? '') : '', sheet: name, number, columns, shift });
      }
      return found;
    },
  };
}

/** Where each column stands: by its title, in any order; 0 where it is left out. */
function placesOf(sheet: ExcelJS.Worksheet, titles: readonly string[], say: Say): number[] {
  const found = new Map<string, number>();
  sheet.getRow(1).eachCell((cell, at) => {
    const title = String(cell.text ?? '').trim();
    if (title === '') return;
    if (!titles.includes(title)) {
      const known = titles.join('、');
      say(
        `${sheet.name}!${columnLetters(at)}1`,
        title,
        `不认识的列“${title}”，有：${known}`,
        `there is no column "${title}"; there are ${known}`,
      );
    }
    found.set(title, at);
  });
  return titles.map((title) => found.get(title) ?? 0);
}

type Say = (cell: string, value: unknown, zh: string, en: string) => void;

function textOf(cell: ExcelJS.Cell, sheet: string, say: Say): Cell {
  const text = readCell(cell);
  if (text === null || typeof text !== 'object') return text;
  say(`${sheet}!${cell.address}`, cell.text, text.fault.zh, text.fault.en);
  return null;
}

function assemble(reading: Reading): ReadWorkbook {
  const top = reading.rows(sheets.catalogue, catalogueColumns)[0];
  const domains = reading.rows(sheets.domains, domainColumns);
  const categories = reading.rows(sheets.categories, categoryColumns, '领域编码');
  const items = reading.rows(sheets.items, itemColumns, '大类编码');
  const rules = reading.rows(sheets.rules, ruleColumns, '项目编码');
  orphans(reading, categories, domains, '领域');
  orphans(reading, items, categories, '大类');
  orphans(reading, rules, items, '项目');
  /** From a place in the data to the row it came from. */
  const origin = new Map<string, Row>();
  const under = (rows: readonly Row[], parent: Row, path: string, key: string, fill: (row: Row, at: string) => Json) =>
    rows
      .filter((row) => row.parent === parent.record.code)
      .map((row, index) => {
        const at = `${path}.${key}.${index}`;
        origin.set(at, row);
        return fill(row, at);
      });
  const catalogue = {
    ...top?.record,
    procedures: proceduresOf(reading.rows(sheets.procedures, stepColumns), origin),
    domains: domains.map((domain, index) => {
      const at = `domains.${index}`;
      origin.set(at, domain);
      return {
        ...domain.record,
        categories: under(categories, domain, at, 'categories', (category, inDomain) => ({
          ...category.record,
          items: under(items, category, inDomain, 'items', (item, inCategory) => ({
            ...withNulls(item.record),
            rules: under(rules, item, inCategory, 'rules', (rule) => rule.record),
          })),
        })),
      };
    }),
  };
  if (top) origin.set('', top);
  const overlays = reading.rows(sheets.overlays, overlayColumns);
  const names = new Map<string, Row>();
  const files = overlays.map((row) => {
    const { file, ...overlay } = row.record;
    const name = String(file ?? `${overlay.id}.yaml`);
    names.set(name, row);
    return { name, text: stringify(overlay, { lineWidth: 0 }) };
  });
  return {
    text: { catalogue: stringify(catalogue, { lineWidth: 0 }), overlays: files },
    cells: (faults) => faults.map((fault) => ({ ...fault, cell: cellOf(fault, origin, names) })),
  };
}

/** What an empty cell of a time limit or a source stands for: that there is none. */
function withNulls(item: Json): Json {
  const limit = { ackMin: null, arriveMin: null, makeSafeMin: null, closeH: null, ...(item.timeLimit as Json) };
  return { ...item, standard: { source: null, ...(item.standard as Json) }, timeLimit: limit };
}

function proceduresOf(steps: readonly Row[], origin: Map<string, Row>): Json {
  const found: Record<string, Json & { steps: Json[] }> = {};
  for (const row of steps) {
    const { procedure, step, ...head } = row.record;
    const id = String(procedure);
    found[id] ??= { ...head, steps: [] };
    origin.set(`procedures.${id}.steps.${found[id].steps.length}`, row);
    if (!origin.has(`procedures.${id}`)) origin.set(`procedures.${id}`, row);
    found[id].steps.push(step as Json);
  }
  return found;
}

function orphans({ faults }: Reading, rows: readonly Row[], parents: readonly Row[], what: string): void {
  const known = new Set(parents.map(({ record }) => record.code));
  for (const { parent, sheet, number } of rows) {
    if (known.has(parent)) continue;
    const cell = `${sheet}!A${number}`;
    const zh = `没有${what}“${parent}”`;
    faults.push({ line: 0, path: cell, value: parent, zh, en: `there is no ${what} "${parent}"`, cell });
  }
}

/** The cell that a fault of the text came from: the row by the longest path that has one, the column by what is left. */
function cellOf({ path, file }: CatalogueFault, origin: Map<string, Row>, names: Map<string, Row>): string {
  const steps = path.split('.');
  for (let length = file === undefined ? steps.length : 0; length >= 0; length--) {
    const row = file === undefined ? origin.get(steps.slice(0, length).join('.')) : names.get(file);
    if (!row) continue;
    const rest = steps.slice(length);
    const index = row.columns.findIndex(({ path: own }) => own.every((step, i) => rest[i] === step));
    const near = index >= 0 ? index : row.columns.findIndex(({ path: own }) => own[0] === rest[0]);
    return `${row.sheet}!${near >= 0 ? columnLetters(near + row.shift + 1) : ''}${row.number}`;
  }
  return sheets.catalogue;
}
