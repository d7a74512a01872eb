import { type CellKind, type Column, REST } from './columns.ts';

type Json = Record<string, unknown>;
/** What a cell holds: text or a number, nothing else. */
export type Cell = string | number | null;

/** A record as a row: a cell a column, and the rest of it as JSON. */
export function toRow(columns: readonly Column[], record: object): Cell[] {
  const rest = structuredClone(record) as Json;
  const cells = columns.map(({ path, kind }) => {
    const value = take(rest, path);
    // An empty cell says as much.
    if (value === null) return null;
    // What does not fit its column travels with the rest, as it is.
    if (value === undefined || !fits(value, kind)) {
      if (value !== undefined) put(rest, path, value);
      return null;
    }
    return toCell(value, kind);
  });
  const left = pruned(rest);
  return [...cells, left === undefined ? null : JSON.stringify(left)];
}

const fits = (value: unknown, kind: CellKind): boolean => {
  switch (kind) {
    case 'text':
      // An empty text could not be told from an empty cell.
      return typeof value === 'string' && value !== '';
    case 'number':
      return typeof value === 'number';
    case 'flag':
      return typeof value === 'boolean';
    case 'list':
      return (
        Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string' && !/[；\s]/.test(one))
      );
    case 'json':
      return true;
  }
};

function toCell(value: unknown, kind: CellKind): Cell {
  if (kind === 'json') return JSON.stringify(value);
  if (kind === 'list') return (value as string[]).join('；');
  if (kind === 'flag') return value ? '是' : '否';
  return value as string | number;
}

export type Unreadable = { readonly column: number; readonly zh: string; readonly en: string };

/** A row as a record, or the cells that cannot be read. */
export function fromRow(columns: readonly Column[], row: readonly Cell[]): { record: Json; unreadable: Unreadable[] } {
  const record: Json = {};
  const unreadable: Unreadable[] = [];
  const rest = row[columns.length] ?? null;
  if (rest !== null) {
    const parsed = json(String(rest));
    if (parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed)) Object.assign(record, parsed);
    else unreadable.push({ column: columns.length, ...notJson(REST) });
  }
  columns.forEach(({ path, kind, title }, index) => {
    const cell = row[index] ?? null;
    if (cell === null || cell === '') return;
    const value = fromCell(cell, kind);
    if (value === undefined) unreadable.push({ column: index, ...wrong(title, cell, kind) });
    else put(record, path, value);
  });
  return { record, unreadable };
}

function fromCell(cell: string | number, kind: CellKind): unknown {
  const text = String(cell).trim();
  switch (kind) {
    case 'text':
      return String(cell);
    case 'number':
      return text !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined;
    case 'flag':
      return { 是: true, 否: false }[text];
    case 'list':
      return text.split(/[；;]/).map((one) => one.trim());
    case 'json':
      return json(text);
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const notJson = (title: string) => ({ zh: `“${title}”不是 JSON`, en: `"${title}" is not JSON` });
const wrong = (title: string, cell: string | number, kind: CellKind) =>
  kind === 'json'
    ? notJson(title)
    : kind === 'flag'
      ? { zh: `“${title}”只能是“是”或“否”，不是“${cell}”`, en: `"${title}" is 是 or 否, not "${cell}"` }
      : { zh: `“${title}”应为数字，不是“${cell}”`, en: `"${title}" is a number, not "${cell}"` };

function take(record: Json, path: readonly string[]): unknown {
  const [first, ...more] = path as [string, ...string[]];
  const value = record[first];
  if (more.length === 0) {
    delete record[first];
    return value;
  }
  return value !== null && typeof value === 'object' ? take(value as Json, more) : undefined;
}

function put(record: Json, path: readonly string[], value: unknown): void {
  const [first, ...more] = path as [string, ...string[]];
  if (more.length === 0) {
    record[first] = value;
    return;
  }
  if (record[first] === null || typeof record[first] !== 'object') record[first] = {};
  put(record[first] as Json, more, value);
}

/** Without the empty shells that taking values away left behind. */
function pruned(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const kept = Object.entries(value).flatMap(([key, inner]) => {
    const left = pruned(inner);
    return left === undefined ? [] : [[key, left] as const];
  });
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}
