import { type FormEvent, useState } from 'react';
import type { HazardEntry, HazardPersonStepKind } from '../../../devices/contract/hazard.ts';
import { hazardStepWords } from '../../../devices/hazards/stages.ts';
import { useCity } from '../api/city.ts';
import { commandId } from '../api/client.ts';
import { textOf, useTexts } from '../i18n/i18n.ts';
import { sendOrKeep } from '../outbox/use-outbox.ts';
import { PhotoPicker } from '../tickets/photos.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { say } from '../ui/toast.tsx';
import { Choice } from './choice.tsx';

/** Steps that ask why. */
const reasoned: ReadonlySet<HazardPersonStepKind> = new Set(['reject', 'return', 'fail', 'extend', 'grade']);

/** One step of a hazard: what it asks for, and pictures. The server says what it refuses, and why. */
export function StepDialog({
  hazard,
  kind,
  onClose,
  onDone,
}: {
  hazard: HazardEntry;
  kind: HazardPersonStepKind;
  onClose: () => void;
  onDone: () => void;
}) {
  const texts = useTexts();
  const city = useCity((state) => state.body?.city);
  const [photos, setPhotos] = useState<readonly string[]>([]);
  const [id] = useState(commandId);
  const send = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const text = (name: string) => String(given.get(name) ?? '').trim() || undefined;
    const until = text('until');
    const step = {
      kind,
      note: text('note'),
      reason: text('reason'),
      grade: text('grade'),
      department: text('department'),
      shows: text('shows'),
      ...(until && { until: Date.parse(until) }),
      ...(photos.length > 0 && { photos }),
    };
    const { zh, en } = hazardStepWords[kind];
    const title = { zh: `${hazard.no} ${zh}`, en: `${hazard.no} ${en}` };
    void sendOrKeep(`/hazards/${encodeURIComponent(hazard.id)}/steps`, { step }, title, id).then((answer) => {
      if (answer === null) return;
      if (answer !== 'kept') say({ zh: textOf('zh', 'hazards.done'), en: textOf('en', 'hazards.done') });
      onDone();
      onClose();
    });
  };
  return (
    <Dialog title={texts.pick(hazardStepWords[kind])} onClose={onClose}>
      <form className="hazard-form" onSubmit={send}>
        {kind === 'grade' && (
          <Choice label="hazards.grade" name="grade" of={city?.hazards.grades} chosen={hazard.grade?.id} />
        )}
        {kind === 'assign' && (
          <Choice label="hazards.toDepartment" name="department" of={city?.departments} none="hazards.byList" />
        )}
        {kind === 'extend' && (
          <label>
            {texts('hazards.until')}
            <input className="input" type="datetime-local" name="until" required />
          </label>
        )}
        {kind === 'evidence' && (
          <select className="input" name="shows" aria-label={texts('hazards.photos')}>
            <option value="before">{texts('hazards.before')}</option>
            <option value="after">{texts('hazards.after')}</option>
          </select>
        )}
        {reasoned.has(kind) && (
          <label>
            {texts('hazards.reason')}
            <input
              className="input"
              name="reason"
              minLength={2}
              required={kind !== 'grade' || hazard.stage !== 'found'}
              data-first
            />
          </label>
        )}
        <label>
          {texts('hazards.note')}
          <input className="input" name="note" required={kind === 'finish'} />
        </label>
        <PhotoPicker keeps hashes={photos} onChange={setPhotos} />
        <button type="submit" className="btn primary">
          {texts('hazards.confirm')}
        </button>
      </form>
    </Dialog>
  );
}
