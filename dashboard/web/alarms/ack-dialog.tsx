import { useState } from 'react';
import type { Alarm } from '../../../devices/contract/alarm.ts';
import { useTexts } from '../i18n/i18n.ts';
import { Dialog } from '../ui/dialog.tsx';
import { AlarmMark } from '../ui/priority.tsx';
import { acknowledge } from './acknowledge.ts';
import { usePlace } from './words.ts';

const presets = [
  'ack.reason.seen',
  'ack.reason.dispatched',
  'ack.reason.works',
  'ack.reason.known',
  'ack.reason.sensor',
] as const;

/** Below P1 an acknowledgement carries a reason: one of the usual ones, or a sentence. Enter takes the first. */
export function AckDialog({ alarm, onClose }: { alarm: Alarm; onClose: () => void }) {
  const texts = useTexts();
  const place = usePlace();
  const [reason, setReason] = useState<string>(texts(presets[0]));
  const [busy, setBusy] = useState(false);
  const confirm = async (): Promise<void> => {
    setBusy(true);
    const done = await acknowledge([alarm.id], reason.trim());
    setBusy(false);
    if (done) onClose();
  };
  return (
    <Dialog title={texts('ack.title')} onClose={onClose}>
      <form
        className="ack-form"
        onSubmit={(event) => {
          event.preventDefault();
          void confirm();
        }}
      >
        <div className="ack-what">
          <AlarmMark alarm={alarm} />
          <b className="clip">{place.full(alarm)}</b>
        </div>
        <fieldset className="ack-presets">
          <legend className="label">{texts('ack.reason')}</legend>
          {presets.map((preset) => (
            <button
              key={preset}
              type="button"
              className="btn"
              aria-pressed={reason === texts(preset)}
              onClick={() => setReason(texts(preset))}
            >
              {texts(preset)}
            </button>
          ))}
        </fieldset>
        <input
          className="input"
          value={reason}
          maxLength={2000}
          aria-label={texts('ack.reason')}
          onChange={(event) => setReason(event.target.value)}
        />
        <div className="dialog-acts">
          {!reason.trim() && <span className="why">{texts('ack.needsReason')}</span>}
          <button type="button" className="btn" onClick={onClose}>
            {texts('cancel')}
          </button>
          <button type="submit" className="btn primary" data-first disabled={busy || !reason.trim()}>
            {texts('ack.do')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
