import type { DutyRecordKind } from '../../contract/duty-kinds.ts';
import { dutyLists } from '../../contract/duty-kinds.ts';
import { decodeText } from '../../registry/decode-text.ts';
import { fault } from '../../registry/fault.ts';
import { readDutyCsv } from './duty-csv.ts';
import { type DutyFile, kindNamed } from './duty-rows.ts';
import { dutySheets } from './duty-sheets.ts';

/** Characters and bytes of a file of people: no city's is larger. */
const MOST_BYTES = 20 * 1_048_576;

/**
 * Reads a file of records by the ending of its name: `.xlsx`, or `.csv` of one kind, which is given or stands in the name
 * (`人员.csv`, `persons.csv`).
 */
export async function readDutyFile(name: string, bytes: Uint8Array, kind?: DutyRecordKind): Promise<DutyFile> {
  const [, stem = '', ending = ''] = /([^/\\]*)\.([^.]*)$/.exec(name) ?? [];
  if (bytes.length > MOST_BYTES)
    return { faults: [fault(name, '', '', '文件超过 20 MB', 'the file is larger than 20 MB')] };
  if (ending.toLowerCase() === 'xlsx') {
    // The workbook's library is large: only who has a workbook in hand loads it.
    const { readDutyWorkbook } = await import('./duty-workbook.ts');
    return readDutyWorkbook(bytes);
  }
  const of = ending.toLowerCase() === 'csv' ? (kind ?? kindNamed(stem)) : undefined;
  return of ? readDutyCsv(decodeText(bytes).text, of) : { faults: [noKind(name)] };
}

/** Said of a file whose name tells neither a workbook nor a kind. */
function noKind(name: string) {
  const names = dutySheets.map(({ sheet, kind }) => `${sheet}.csv (${dutyLists[kind]}.csv)`).join(', ');
  return fault(
    name,
    '',
    '',
    `须为 .xlsx，或以种类命名的 .csv：${names}`,
    `must be an .xlsx, or a .csv named after its kind: ${names}`,
  );
}
