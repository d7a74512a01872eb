import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { CsvError, parse } from 'csv-parse/sync';
import { linedYaml } from '../../devices/city/yaml-lines.ts';

/** A mapping file as rows of plain fields, before they are checked; each knows its line. */
export interface MappingFile {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** 1-based line of each row. */
  readonly lines: readonly number[];
  /** What keeps the file from being read, with its line (0: the file as a whole). */
  readonly faults: readonly { readonly line: number; readonly message: string }[];
}

/** Columns whose cells are text whatever they look like; any other cell that is a number is one. */
const textColumns = new Set(['node', 'device', 'measurement', 'unit', 'note']);
/** For people only. */
const comments = new Set(['note', '']);

/** Reads a mapping file, CSV (the first line names the columns) or YAML (a list, or `nodes:` with one). Never throws. */
export function readMappingFile(path: string): MappingFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (err) {
    const why = (err as Error).message;
    return broken(0, `无法读取映射文件：${why} / the mapping file cannot be read: ${why}`);
  }
  return extname(path).toLowerCase() === '.csv' ? readCsvMapping(text) : readYamlMapping(text);
}

const broken = (line: number, message: string): MappingFile => ({ rows: [], lines: [], faults: [{ line, message }] });

function readYamlMapping(text: string): MappingFile {
  const { data, lineOf, errors } = linedYaml(text);
  if (errors.length > 0) return { rows: [], lines: [], faults: errors };
  const bare = Array.isArray(data);
  const list: unknown = bare ? data : (data as { nodes?: unknown } | null)?.nodes;
  if (!Array.isArray(list))
    return broken(1, '应为节点列表，或含 nodes: 列表 / write a list of nodes, or `nodes:` with one');
  return {
    rows: list.map((row) => withoutComments(typeof row === 'object' && row !== null ? row : { node: row })),
    lines: list.map((_, at) => lineOf(bare ? [at] : ['nodes', at])),
    faults: [],
  };
}

const withoutComments = (row: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !comments.has(name)));

interface CsvRow {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

function readCsvMapping(text: string): MappingFile {
  const rows: CsvRow[] = [];
  const faults: { line: number; message: string }[] = [];
  try {
    parse(text, {
      bom: true,
      info: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      comment: '#',
      comment_no_infix: true,
      max_record_size: 65_536,
      on_record: (row) => {
        const one = row as unknown as CsvRow;
        // Spreadsheet programs leave lines of commas behind.
        if (one.record.some((cell) => cell !== '')) rows.push(one);
        return null;
      },
    });
  } catch (err) {
    if (!(err instanceof CsvError)) throw err;
    faults.push({ line: Number(err.lines ?? 0), message: `CSV 无法读取：${err.code} / not CSV: ${err.message}` });
  }
  const [header, ...body] = rows;
  if (!header) return faults.length > 0 ? { rows: [], lines: [], faults } : broken(1, '空文件 / the file is empty');
  const columns = header.record;
  for (const needed of ['node', 'device', 'measurement'])
    if (!columns.includes(needed))
      faults.push({ line: 1, message: `缺少列 ${needed} / column "${needed}" is missing: ${columns.join(',')}` });
  if (faults.some(({ line }) => line === 1)) return { rows: [], lines: [], faults };
  return {
    rows: body.map(({ record }) => rowOf(columns, record)),
    lines: body.map(({ info }) => info.lines),
    faults,
  };
}

function rowOf(columns: readonly string[], cells: readonly string[]): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  cells.forEach((cell, at) => {
    // A cell beyond the header is named for its place, so that the check of the fields says so.
    const column = columns[at] ?? `column ${at + 1}`;
    if (cell === '' || comments.has(column)) return;
    const number = textColumns.has(column) ? Number.NaN : Number(cell);
    row[column] = Number.isFinite(number) ? number : cell;
  });
  return row;
}
