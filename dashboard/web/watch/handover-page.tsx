import { useCallback, useEffect, useState } from 'react';
import type { Handover, HandoversBody, SeatWatch } from '../../../devices/contract/watch.ts';
import { send, useMayAct } from '../alarms/acknowledge.ts';
import { useCity } from '../api/city.ts';
import { api, problemOf } from '../api/client.ts';
import { useSession } from '../api/session.ts';
import { stampText } from '../format/age.ts';
import { useTexts } from '../i18n/i18n.ts';
import '../pages/pages.css';
import { say } from '../ui/toast.tsx';
import { DraftForm } from './draft-form.tsx';
import { SignedNote } from './handover-note.tsx';
import { isEmpty, loadSeats, useSeats } from './use-watches.ts';

/** Who is on watch where; signing on, handing over, taking over; and the notes that were signed. */
export function HandoverPage() {
  const texts = useTexts();
  const seats = useSeats((state) => state.seats);
  const { notes, load } = useNotes();
  const refresh = useCallback(async (): Promise<void> => {
    await Promise.all([loadSeats(), load()]);
  }, [load]);
  const nameOf = (id: string): string => {
    const found = seats?.find(({ seat }) => seat === id);
    return found ? texts.pick(found.name) : id;
  };
  const offered = notes?.filter(({ state }) => state === 'offered') ?? [];
  const signed = notes?.filter(({ state }) => state === 'taken') ?? [];
  return (
    <div className="sheet">
      <div className="sheet-in watch-page">
        <header className="sheet-head">
          <div>
            <h1>{texts('watch.title')}</h1>
            <p className="small">{texts('watch.why')}</p>
          </div>
        </header>
        {seats?.map((seat) => (
          <SeatBox key={seat.seat} seat={seat} offer={offered.find((one) => one.seat === seat.seat)} onDone={refresh} />
        ))}
        <h2>{texts('watch.history')}</h2>
        {notes && signed.length === 0 && <p className="muted">{texts('watch.none')}</p>}
        {signed.map((one) => (
          <SignedNote key={one.id} handover={one} seatName={nameOf(one.seat)} />
        ))}
      </div>
    </div>
  );
}

function useNotes(): { notes: readonly Handover[] | null; load: () => Promise<void> } {
  const [notes, setNotes] = useState<readonly Handover[] | null>(null);
  const load = useCallback(async (): Promise<void> => {
    try {
      setNotes((await api<HandoversBody>('/handovers?limit=50')).items);
    } catch (error) {
      say(problemOf(error));
    }
  }, []);
  useEffect(() => {
    void load();
  }, [load]);
  return { notes, load };
}

/** One seat, and what whoever looks at it may do there. */
function SeatBox({
  seat,
  offer,
  onDone,
}: {
  seat: SeatWatch;
  offer: Handover | undefined;
  onDone: () => Promise<void>;
}) {
  const texts = useTexts();
  const me = useSession((session) => session.me);
  const { role, silent } = useMayAct();
  const [drafting, setDrafting] = useState(false);
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  const { watch } = seat;
  const mine = watch !== null && watch.by.id === me?.name;
  const maySit = !silent && ['admin', 'supervisor', 'duty', 'dispatcher'].includes(role ?? '');
  const does = async (path: string, body: object): Promise<void> => {
    if (await send(`/watches/${path}`, body)) setDrafting(false);
    await onDone();
  };
  return (
    <section className={`seat-box${isEmpty(seat) ? ' empty-seat' : ''}`} aria-label={texts.pick(seat.name)}>
      <header>
        <h2>{texts.pick(seat.name)}</h2>
        <span>{stateText(seat, texts, timeZone)}</span>
        <span className="grow" />
        {maySit && !watch && (
          <button type="button" className="btn primary" onClick={() => void does('on', { seat: seat.seat })}>
            {texts('watch.signOn')}
          </button>
        )}
        {maySit && mine && !drafting && (
          <button type="button" className="btn primary" onClick={() => setDrafting(true)}>
            {texts('watch.handOver')}
          </button>
        )}
      </header>
      {offer && (
        <Offered
          offer={offer}
          seat={seat}
          mine={mine}
          mayTake={maySit && !mine}
          onTake={(body) => does('take-over', body)}
        />
      )}
      {drafting && mine && (
        <DraftForm
          seat={seat}
          again={offer !== undefined}
          onSign={(body) => does('hand-over', body)}
          onOff={seat.mustBeStaffed ? null : (body) => does('off', body)}
          onClose={() => setDrafting(false)}
        />
      )}
      {watch && !mine && !silent && (role === 'supervisor' || role === 'admin') && (
        <EndForm onEnd={(reason) => does('end', { seat: seat.seat, reason })} />
      )}
    </section>
  );
}

function stateText({ watch, mustBeStaffed, emptySince }: SeatWatch, texts: ReturnType<typeof useTexts>, zone: string) {
  if (watch) return texts('watch.onSince', { who: watch.by.name, at: stampText(watch.since, zone) });
  if (!mustBeStaffed) return texts('watch.freeNow');
  return emptySince === null ? texts('watch.emptyNow') : texts('watch.emptySince', { at: stampText(emptySince, zone) });
}

/** A note with one signature: read by whoever comes, and signed. */
function Offered({
  offer,
  seat,
  mine,
  mayTake,
  onTake,
}: {
  offer: Handover;
  seat: SeatWatch;
  mine: boolean;
  mayTake: boolean;
  onTake: (body: { handover: string; words: string }) => Promise<void>;
}) {
  const texts = useTexts();
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  const [words, setWords] = useState('');
  const at = stampText(offer.signedAt, timeZone);
  return (
    <div className="offered">
      <p>{mine ? texts('watch.offeredOwn') : texts('watch.offered', { who: offer.from.name, at })}</p>
      <SignedNote handover={offer} seatName={texts.pick(seat.name)} />
      {mayTake && (
        <form
          className="watch-form"
          onSubmit={(event) => {
            event.preventDefault();
            void onTake({ handover: offer.id, words });
          }}
        >
          <label className="field">
            <span className="label">{texts('watch.takeWords')}</span>
            <textarea
              className="input"
              value={words}
              maxLength={4000}
              onChange={({ target }) => setWords(target.value)}
            />
          </label>
          <button type="submit" className="btn primary">
            {texts('watch.take')}
          </button>
        </form>
      )}
    </div>
  );
}

/** A supervisor ends the watch of somebody who cannot hand over. */
function EndForm({ onEnd }: { onEnd: (reason: string) => Promise<void> }) {
  const texts = useTexts();
  const [reason, setReason] = useState('');
  return (
    <details className="no-print">
      <summary className="small muted">{texts('watch.end')}</summary>
      <form
        className="watch-form row"
        onSubmit={(event) => {
          event.preventDefault();
          void onEnd(reason.trim());
        }}
      >
        <input
          className="input"
          aria-label={texts('watch.endReason')}
          placeholder={texts('watch.endReason')}
          value={reason}
          maxLength={500}
          onChange={({ target }) => setReason(target.value)}
        />
        <button type="submit" className="btn" disabled={reason.trim().length < 2}>
          {texts('watch.end')}
        </button>
      </form>
    </details>
  );
}
