import { useState } from 'react';
import { useCity } from '../api/city.ts';
import { stampText } from '../format/age.ts';
import { useTexts } from '../i18n/i18n.ts';
import { Dialog } from '../ui/dialog.tsx';
import { localPhotosIn, type OutboxItem } from './item.ts';
import { discard, retry, useOutbox } from './use-outbox.ts';
import './outbox.css';

/** How much waits on this device; opens what it is. Not there while nothing waits. */
export function OutboxChip() {
  const texts = useTexts();
  const items = useOutbox((waiting) => waiting.items);
  const [open, setOpen] = useState(false);
  if (items.length === 0) return null;
  const refused = items.filter((item) => item.refused !== null).length;
  return (
    <>
      <button
        type="button"
        className={`pill outbox-pill${refused > 0 ? ' refused' : ''}`}
        title={texts('outbox.why')}
        onClick={() => setOpen(true)}
      >
        {refused > 0 ? texts('outbox.refused', { n: refused }) : texts('outbox.waiting', { n: items.length })}
      </button>
      {open && (
        <Dialog title={texts('outbox.title')} onClose={() => setOpen(false)}>
          <p className="small muted">{texts('outbox.why')}</p>
          <ul className="outbox-list">
            {items.map((item) => (
              <Waiting key={item.id} item={item} />
            ))}
          </ul>
        </Dialog>
      )}
    </>
  );
}

function Waiting({ item }: { item: OutboxItem }) {
  const texts = useTexts();
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  const photos = localPhotosIn(item.body).length;
  return (
    <li>
      <div>
        <b>{texts.pick(item.title)}</b>
        <p className="small muted">
          {stampText(item.at, timeZone)}
          {photos > 0 && ` · ${texts('outbox.photos', { n: photos })}`}
        </p>
        {item.refused && <p className="outbox-why">{texts.problem(item.refused)}</p>}
      </div>
      {item.refused && (
        <div className="outbox-do">
          <button type="button" className="btn" onClick={() => void retry(item.id)}>
            {texts('outbox.retry')}
          </button>
          <button type="button" className="btn quiet" onClick={() => void discard(item.id)}>
            {texts('outbox.discard')}
          </button>
        </div>
      )}
    </li>
  );
}
