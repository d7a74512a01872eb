import { useState } from 'react';
import { toRow } from '../../../devices/city/workbook/records.ts';
import type { DutyRecords } from '../../../devices/contract/duty.ts';
import { type DutyRecordKind, dutyLists } from '../../../devices/contract/duty-kinds.ts';
import { type DutySheet, dutySheets } from '../../../devices/duty/files/duty-sheets.ts';
import { patchRoute, useRoute } from '../frame/route.ts';
import { useTexts } from '../i18n/i18n.ts';
import { columnTitle } from './field-words.ts';
import { ImportDialog } from './import-dialog.tsx';
import { type EditedRecord, RecordDialog } from './record-dialog.tsx';
import { useMayChangeDuty } from './use-duty.ts';

/** Tables of posts, rosters, persons and the rest; each row opens for editing. */
export function Records({ records, onChanged }: { records: DutyRecords; onChanged: () => void }) {
  const texts = useTexts();
  const { list, q } = useRoute();
  const may = useMayChangeDuty();
  const [edited, setEdited] = useState<EditedRecord | null>(null);
  const [importing, setImporting] = useState(false);
  const sheet = dutySheets.find(({ kind }) => kind === list) ?? sheetOf('roster');
  const done = () => {
    setEdited(null);
    setImporting(false);
    onChanged();
  };
  const begin = (kind: DutyRecordKind) => {
    const id = `${kind}-${Date.now().toString(36)}`;
    const pattern = kind === 'roster' ? { pattern: { kind: 'cycle', turns: [] } } : {};
    setEdited({ sheet: sheetOf(kind), record: { id, ...pattern }, isNew: true });
  };
  return (
    <section className="resp-box" aria-label={texts('resp.records')}>
      <h2>{texts('resp.records')}</h2>
      <div className="resp-bar">
        <Button may={may} label={texts('resp.swap')} onPress={() => begin('swap')} />
        <Button may={may} label={texts('resp.absence')} onPress={() => begin('absence')} />
        <Button
          may={may}
          label={texts('resp.add', { kind: texts(`resp.kind.${sheet.kind}`) })}
          onPress={() => begin(sheet.kind)}
        />
        <Button may={may} label={texts('resp.import')} onPress={() => setImporting(true)} />
        {may && (
          <a className="btn" href="/api/v1/duty/records.xlsx" download="duty.xlsx">
            {texts('resp.export')}
          </a>
        )}
      </div>
      <fieldset className="spans resp-kinds" aria-label={texts('resp.kinds')}>
        {dutySheets.map(({ kind }) => (
          <button
            key={kind}
            type="button"
            aria-pressed={kind === sheet.kind}
            onClick={() => patchRoute({ list: kind })}
          >
            {texts(`resp.kind.${kind}`)} {records[dutyLists[kind]].length}
          </button>
        ))}
      </fieldset>
      <input
        className="input"
        type="search"
        value={q}
        placeholder={texts('resp.search')}
        aria-label={texts('resp.search')}
        onChange={(event) => patchRoute({ q: event.target.value })}
      />
      <Table
        sheet={sheet}
        records={records}
        q={q}
        may={may}
        onEdit={(record) => setEdited({ sheet, record, isNew: false })}
      />
      {edited && (
        <RecordDialog
          key={`${edited.sheet.kind} ${edited.record.id}`}
          edited={edited}
          records={records}
          onDone={done}
          onClose={() => setEdited(null)}
        />
      )}
      {importing && <ImportDialog onDone={done} onClose={() => setImporting(false)} />}
    </section>
  );
}

const sheetOf = (kind: DutyRecordKind): DutySheet => dutySheets.find((one) => one.kind === kind) as DutySheet;

function Button({ may, label, onPress }: { may: boolean; label: string; onPress: () => void }) {
  const texts = useTexts();
  return (
    <button
      type="button"
      className="btn"
      disabled={!may}
      title={may ? undefined : texts('resp.notAllowed')}
      onClick={onPress}
    >
      {label}
    </button>
  );
}

type Json = Record<string, unknown>;

function Table({
  sheet,
  records,
  q,
  may,
  onEdit,
}: {
  sheet: DutySheet;
  records: DutyRecords;
  q: string;
  may: boolean;
  onEdit: (record: Json) => void;
}) {
  const texts = useTexts();
  const all = records[dutyLists[sheet.kind]].map(({ demo: _, ...record }) => ({
    record: record as Json,
    cells: toRow(sheet.columns, sheet.toCells(record as Json)).map((cell) => String(cell ?? '')),
  }));
  const wanted = q.trim().toLowerCase();
  const rows = all.filter(({ cells }) => cells.some((cell) => cell.toLowerCase().includes(wanted)));
  if (rows.length === 0) return <div className="empty">{texts('resp.none')}</div>;
  // A column that nobody fills takes no room.
  const shown = sheet.columns.flatMap((column, at) =>
    rows.some(({ cells }) => cells[at] !== '') ? [{ column, at }] : [],
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by the keyboard.
    <section className="resp-scroll" tabIndex={0} aria-label={texts(`resp.kind.${sheet.kind}`)}>
      <table className="table">
        <thead>
          <tr>
            {shown.map(({ column, at }) => (
              <th key={at} scope="col">
                {columnTitle(column, sheet.kind, texts.language)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ record, cells }) => (
            <tr key={cells[0]}>
              {shown.map(({ at }) => (
                <td key={at}>
                  {at === 0 && may ? (
                    <button type="button" className="btn quiet" onClick={() => onEdit(record)}>
                      {cells[0]}
                    </button>
                  ) : (
                    cells[at]
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
