import { type FormEvent, useState } from 'react';
import type { VisitFinding } from '../../../devices/contract/campaign.ts';
import { useCity } from '../api/city.ts';
import { Choice } from '../hazards/choice.tsx';
import { useTexts } from '../i18n/i18n.ts';
import { PhotoPicker } from '../tickets/photos.tsx';
import { Dialog } from '../ui/dialog.tsx';

/** What was found here, as a hazard of the register. */
export function FindingDialog({ onClose, onFound }: { onClose: () => void; onFound: (finding: VisitFinding) => void }) {
  const texts = useTexts();
  const policy = useCity((state) => state.body?.city.hazards);
  const [photos, setPhotos] = useState<readonly string[]>([]);
  const send = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const grade = String(form.get('grade') ?? '');
    onFound({
      as: 'hazard',
      kind: String(form.get('kind')),
      text: String(form.get('text')),
      ...(grade !== '' && { grade }),
      photos: [...photos],
      separate: false,
    });
  };
  return (
    <Dialog title={texts('campaigns.finding')} onClose={onClose}>
      <form className="hazard-form" onSubmit={send}>
        <Choice label="hazards.kind" name="kind" of={policy?.kinds} first />
        <Choice label="hazards.grade" name="grade" of={policy?.grades} none="hazards.ungraded" />
        <label>
          {texts('hazards.text')}
          <input className="input" name="text" minLength={2} required />
        </label>
        <PhotoPicker keeps hashes={photos} onChange={setPhotos} />
        <button type="submit" className="btn primary">
          {texts('hazards.confirm')}
        </button>
      </form>
    </Dialog>
  );
}
