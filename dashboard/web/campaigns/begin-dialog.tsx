import { type FormEvent, useState } from 'react';
import { useCity } from '../api/city.ts';
import { api, commandId, problemOf } from '../api/client.ts';
import { Choice } from '../hazards/choice.tsx';
import { textOf, useTexts } from '../i18n/i18n.ts';
import { Dialog } from '../ui/dialog.tsx';
import { say } from '../ui/toast.tsx';

const siteKinds = ['restaurant', 'school', 'station', 'estate', 'market', 'plant', 'street', 'other'] as const;

/** What a campaign is begun with. Its seed is made here, unless the city drew one in public. */
export function BeginDialog({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const texts = useTexts();
  const city = useCity((state) => state.body?.city);
  const [id] = useState(commandId);
  const send = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? '').trim() || undefined;
    const areas = form.getAll('areas').map(String);
    const siteKind = text('siteKind');
    const perArea = text('perArea');
    const draft = {
      kind: text('kind'),
      name: text('name'),
      from: Date.parse(text('from') ?? ''),
      to: Date.parse(text('to') ?? ''),
      ...(areas.length > 0 && { areas }),
      ...(siteKind && { siteKinds: [siteKind] }),
      ...(perArea && { draw: { perArea: Number(perArea), seed: text('seed') ?? freshSeed() } }),
    };
    api('/campaigns', { body: { draft, commandId: id } }).then(
      () => {
        say({ zh: textOf('zh', 'hazards.done'), en: textOf('en', 'hazards.done') });
        onDone();
        onClose();
      },
      (error) => say(problemOf(error)),
    );
  };
  return (
    <Dialog title={texts('campaigns.begin')} onClose={onClose}>
      <form className="hazard-form" onSubmit={send}>
        <Choice label="hazards.kind" name="kind" of={city?.campaigns.kinds} first />
        <label>
          {texts('campaigns.name')}
          <input className="input" name="name" minLength={2} required />
        </label>
        <label>
          {texts('campaigns.from')}
          <input className="input" type="datetime-local" name="from" required />
        </label>
        <label>
          {texts('campaigns.to')}
          <input className="input" type="datetime-local" name="to" required />
        </label>
        <label>
          {texts('campaigns.siteKind')}
          <select className="input" name="siteKind" defaultValue="restaurant">
            <option value="">{texts('campaigns.allSites')}</option>
            {siteKinds.map((kind) => (
              <option key={kind} value={kind}>
                {kind}
              </option>
            ))}
          </select>
        </label>
        <fieldset className="campaign-areas">
          <legend className="small">{texts('hazards.area')}</legend>
          {city?.areas.map(({ code, name }) => (
            <label key={code}>
              <input type="checkbox" name="areas" value={code} /> {texts.pick(name)}
            </label>
          ))}
        </fieldset>
        <label>
          {texts('campaigns.perArea')}
          <input className="input" type="number" name="perArea" min={1} max={10_000} />
        </label>
        <label>
          {texts('campaigns.seed')}
          <input className="input" name="seed" minLength={8} autoComplete="off" />
        </label>
        <button type="submit" className="btn primary">
          {texts('hazards.confirm')}
        </button>
      </form>
    </Dialog>
  );
}

/** A seed that nobody chose: 128 random bits. */
const freshSeed = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
