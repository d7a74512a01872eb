import { type FormEvent, useState } from 'react';
import type { Site } from '../../../devices/contract/registry.ts';
import { useCity } from '../api/city.ts';
import { api, commandId, problemOf } from '../api/client.ts';
import { textOf, useTexts } from '../i18n/i18n.ts';
import { PhotoPicker } from '../tickets/photos.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { say } from '../ui/toast.tsx';
import { Choice } from './choice.tsx';

/** A hazard at a registered site, by hand. */
export function ReportDialog({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const texts = useTexts();
  const city = useCity((state) => state.body?.city);
  const [photos, setPhotos] = useState<readonly string[]>([]);
  const [id] = useState(commandId);
  const send = async (form: FormData): Promise<void> => {
    const text = (name: string) => String(form.get(name) ?? '').trim() || undefined;
    try {
      const { site, ...place } = await placeOf(text('site'), city?.map.center ?? [0, 0]);
      const body = {
        kind: text('kind'),
        text: text('text'),
        grade: text('grade'),
        site,
        ...place,
        photos,
        commandId: id,
      };
      await api('/hazards', { body });
      say({ zh: textOf('zh', 'hazards.done'), en: textOf('en', 'hazards.done') });
      onDone();
      onClose();
    } catch (error) {
      say(problemOf(error));
    }
  };
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    void send(new FormData(event.currentTarget));
  };
  return (
    <Dialog title={texts('hazards.report')} onClose={onClose}>
      <form className="hazard-form" onSubmit={submit}>
        <Choice label="hazards.kind" name="kind" of={city?.hazards.kinds} first />
        <Choice label="hazards.grade" name="grade" of={city?.hazards.grades} none="hazards.ungraded" />
        <label>
          {texts('hazards.site')}
          <input className="input" name="site" required />
        </label>
        <label>
          {texts('hazards.text')}
          <input className="input" name="text" minLength={2} required />
        </label>
        <PhotoPicker hashes={photos} onChange={setPhotos} />
        <button type="submit" className="btn primary">
          {texts('hazards.confirm')}
        </button>
      </form>
    </Dialog>
  );
}

/** Where a site is; of an id that is not registered the server says so. */
async function placeOf(id: string | undefined, centre: readonly number[]) {
  const sites = await api<{ items: readonly Site[] }>('/sites?limit=10000');
  const site = sites.items.find((one) => one.id === id);
  return { site: id, lon: site?.lon ?? centre[0], lat: site?.lat ?? centre[1], area: site?.area };
}
