import { useState } from 'react';
import { fromRow, toRow } from '../../../devices/city/workbook/records.ts';
import type { DutyRecords } from '../../../devices/contract/duty.ts';
import { type DutyRecordKind, dutyLists } from '../../../devices/contract/duty-kinds.ts';
import type { DutySheet } from '../../../devices/duty/files/duty-sheets.ts';
import { type ApiProblem, problemOf } from '../api/client.ts';
import { useTexts } from '../i18n/i18n.ts';
import { Dialog } from '../ui/dialog.tsx';
import { columnHint, columnTitle, namedKind } from './field-words.ts';
import { RecordHistory } from './record-history.tsx';
import { putDuty, removeDuty } from './use-duty.ts';

export interface EditedRecord {
  readonly sheet: DutySheet;
  /** The record as it is; some fields of a new one. */
  readonly record: Record<string, unknown>;
  readonly isNew: boolean;
}

/** One record, field by field as a file would have it. The server says what does not hold, and nothing is written then. */
export function RecordDialog({
  edited: { sheet, record, isNew },
  records,
  onDone,
  onClose,
}: {
  edited: EditedRecord;
  records: DutyRecords;
  onDone: () => void;
  onClose: () => void;
}) {
  const texts = useTexts();
  const { kind, columns, toCells, fromCells } = sheet;
  const [cells, setCells] = useState(() => toRow(columns, toCells(record)).map((cell) => String(cell ?? '')));
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const carry = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
      onDone();
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  const save = () => {
    const { record: made, unreadable } = fromRow(
      columns,
      cells.map((cell) => cell || null),
    );
    const [first] = unreadable;
    if (first) return setProblem({ status: 0, code: 'unreadable', zh: first.zh, en: first.en });
    return carry(() => putDuty({ [dutyLists[kind]]: [fromCells(made)] }));
  };
  return (
    <Dialog
      title={`${texts(`resp.kind.${kind}`)} · ${isNew ? texts('resp.new') : String(record.id)}`}
      onClose={onClose}
      wide
    >
      <form
        className="resp-fields"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        {columns.map((column, index) => (
          <Field
            key={column.path.join('.')}
            title={columnTitle(column, kind, texts.language)}
            hint={column}
            list={namedKind(column)}
            value={cells[index] ?? ''}
            first={index === (isNew ? 0 : 1)}
            readOnly={index === 0 && !isNew}
            onChange={(value) => setCells(cells.map((cell, at) => (at === index ? value : cell)))}
          />
        ))}
        {(['person', 'post', 'shift', 'roster'] as const).map((of) => (
          <datalist key={of} id={`resp-${of}`}>
            {records[dutyLists[of]].map(({ id, ...rest }) => (
              <option key={id} value={id}>
                {nameOf(rest, texts.language)}
              </option>
            ))}
          </datalist>
        ))}
        {problem && <Faults problem={problem} />}
        {!isNew && <RecordHistory sheet={sheet} id={String(record.id)} />}
        <div className="dialog-foot resp-foot">
          {!isNew && (
            <button type="button" className="btn" onClick={() => void carry(() => removeDuty(kind, String(record.id)))}>
              {texts('resp.remove')}
            </button>
          )}
          <span className="grow" />
          <button type="button" className="btn" onClick={onClose}>
            {texts('cancel')}
          </button>
          <button type="submit" className="btn primary">
            {texts('resp.save')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function nameOf(record: object, language: 'zh' | 'en'): string {
  const { name, nameEn } = record as { name?: string | { zh: string; en: string }; nameEn?: string };
  if (typeof name === 'object') return name[language];
  return (language === 'en' && nameEn) || (name ?? '');
}

function Field({
  title,
  hint,
  list,
  value,
  first,
  readOnly,
  onChange,
}: {
  title: string;
  hint: Parameters<typeof columnHint>[0];
  list: DutyRecordKind | null;
  value: string;
  first: boolean;
  readOnly: boolean;
  onChange: (value: string) => void;
}) {
  const texts = useTexts();
  const key = columnHint(hint);
  const many = hint.kind === 'list' ? texts('resp.many') : null;
  return (
    <label>
      <span>{title}</span>
      <input
        className="input"
        data-first={first || undefined}
        list={list && hint.kind !== 'list' ? `resp-${list}` : undefined}
        value={value}
        readOnly={readOnly}
        onChange={(event) => onChange(event.target.value)}
      />
      {(key || many) && <small className="muted">{key ? texts(key) : many}</small>}
    </label>
  );
}

/** A refusal, with each fault that it names. */
export function Faults({ problem }: { problem: ApiProblem }) {
  const texts = useTexts();
  if (!problem.errors?.length) return <div className="error">{texts.problem(problem)}</div>;
  return (
    <ul className="error resp-faults" role="alert">
      {problem.errors.map((fault) => (
        <li key={`${fault.in} ${fault.field} ${fault.en}`}>
          <b>
            {fault.in === 'body' ? '' : fault.in} {fault.field}
          </b>{' '}
          {texts.problem(fault)}
        </li>
      ))}
    </ul>
  );
}
