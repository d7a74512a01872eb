import { useState } from 'react';
import type { TicketProcedureStep } from '../../../devices/contract/ticket.ts';
import { useCity } from '../api/city.ts';
import { clockText } from '../format/age.ts';
import { useTexts } from '../i18n/i18n.ts';
import { Icon } from '../ui/icons.tsx';
import type { Acting } from './acting.ts';
import { PhotoPicker, PhotoStrip } from './photos.tsx';
import { whyNot } from './use-ticket.ts';

/** 行有范: the procedure, what was recorded of each step, and the form that records the next. */
export function ProcedureBox({ body, take }: Acting) {
  const texts = useTexts();
  const { procedure } = body.ticket;
  const refused = whyNot(body, 'record');
  const [open, setOpen] = useState<number | null>(null);
  if (!procedure) return null;
  const next = procedure.steps.findIndex(({ done }) => done === null);
  const at = open ?? next;
  return (
    <section className="box" aria-label={texts('ticket.procedure')}>
      <h2>
        {texts('ticket.procedure')} · {texts.pick(procedure.title)}{' '}
        <span className="faint">
          {procedure.id}@{procedure.version}
        </span>
      </h2>
      <ol className="procedure">
        {procedure.steps.map((step, i) => (
          <li key={step.text.en} className={step.done ? 'done' : undefined}>
            <span
              className="need-mark"
              role="img"
              aria-label={texts(step.done ? 'ticket.recorded' : 'ticket.unrecorded')}
            >
              {step.done && <Icon name="check" size={13} />}
            </span>
            <div className="procedure-step">
              <div>
                {i + 1}. {texts.pick(step.text)}
              </div>
              {step.done && <Recorded step={step} />}
              {!refused && i === at && (
                <RecordForm
                  step={step}
                  onRecord={async (recorded) => {
                    const taken = await take({ kind: 'record', step: i, ...recorded });
                    if (taken) setOpen(null);
                    return taken;
                  }}
                />
              )}
              {!refused && i !== at && (
                <button type="button" className="link small" onClick={() => setOpen(i)}>
                  {texts(step.done ? 'ticket.recordAgain' : 'ticket.record')}
                </button>
              )}
            </div>
          </li>
        ))}
      </ol>
      {refused && refused.code !== 'out-of-order' && <p className="small muted">{texts.pick(refused)}</p>}
    </section>
  );
}

function Recorded({ step: { done, choices } }: { step: TicketProcedureStep }) {
  const texts = useTexts();
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  if (!done) return null;
  const chosen = done.choice === null ? undefined : choices?.[done.choice];
  return (
    <div className="small muted">
      {[
        done.reading && `${done.reading.value} ${done.reading.unit.replace(/[{}]/g, '')}`,
        chosen && texts.pick(chosen),
        done.skipped && texts('ticket.skipped', { why: done.skipped }),
        done.note,
        `${done.by.name} ${clockText(done.at, timeZone, false)}`,
      ]
        .filter(Boolean)
        .join(' · ')}
      {done.photos.length > 0 && <PhotoStrip hashes={done.photos} />}
    </div>
  );
}

interface Recording {
  readonly reading?: { readonly value: number; readonly unit: string };
  readonly choice?: number;
  readonly photos?: string[];
  readonly note?: string;
  readonly skipped?: string;
}

/** What a step asks to be recorded: a reading, a choice, a picture or that it was done; or why it does not apply. */
function RecordForm({
  step,
  onRecord,
}: {
  step: TicketProcedureStep;
  onRecord: (recorded: Recording) => Promise<boolean>;
}) {
  const texts = useTexts();
  const [value, setValue] = useState('');
  const [note, setNote] = useState('');
  const [photos, setPhotos] = useState<readonly string[]>([]);
  const [busy, setBusy] = useState(false);
  const words = note.trim();
  const record = async (recorded: Recording): Promise<void> => {
    setBusy(true);
    await onRecord(recorded);
    setBusy(false);
  };
  const number = Number(value.replace(',', '.'));
  const missing =
    (step.record === 'reading' && (value.trim() === '' || !Number.isFinite(number))) ||
    (step.record === 'choice' && value === '') ||
    (step.record === 'photo' && photos.length === 0 && words === '');
  const submit = (): Promise<void> =>
    record({
      ...(step.record === 'reading' && { reading: { value: number, unit: step.unit ?? '1' } }),
      ...(step.record === 'choice' && { choice: Number(value) }),
      ...(photos.length > 0 && { photos: [...photos] }),
      ...(words && { note: words }),
    });
  return (
    <form
      className="record"
      onSubmit={(event) => {
        event.preventDefault();
        if (!missing && !busy) void submit();
      }}
    >
      {step.record === 'reading' && (
        <label className="record-reading">
          <span className="sr">{texts('ticket.reading')}</span>
          <input
            className="input"
            inputMode="decimal"
            value={value}
            onChange={({ target }) => setValue(target.value)}
          />
          <span>{step.unit?.replace(/[{}]/g, '')}</span>
        </label>
      )}
      {step.record === 'choice' && (
        <div className="ack-presets">
          {step.choices?.map((choice, i) => (
            <button
              key={choice.en}
              type="button"
              className="btn"
              aria-pressed={value === String(i)}
              onClick={() => setValue(String(i))}
            >
              {texts.pick(choice)}
            </button>
          ))}
        </div>
      )}
      {step.record === 'photo' && <PhotoPicker keeps hashes={photos} onChange={setPhotos} />}
      <input
        className="input"
        value={note}
        maxLength={2000}
        placeholder={texts(step.record === 'photo' ? 'ticket.photoOrWords' : 'ticket.noteOptional')}
        aria-label={texts('ticket.note')}
        onChange={({ target }) => setNote(target.value)}
      />
      <div className="record-acts">
        <button type="submit" className="btn primary" disabled={busy || missing}>
          {texts('ticket.record')}
        </button>
        <button
          type="button"
          className="btn quiet"
          disabled={busy || words.length < 2}
          title={words.length < 2 ? texts('ticket.skipWhy') : undefined}
          onClick={() => void record({ skipped: words })}
        >
          {texts('ticket.skip')}
        </button>
      </div>
    </form>
  );
}
