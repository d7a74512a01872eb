import { useEffect, useState } from 'react';
import type { HandoverDraft, SeatWatch, TicketDecision } from '../../../devices/contract/watch.ts';
import { api, problemOf } from '../api/client.ts';
import { useTexts } from '../i18n/i18n.ts';
import { say } from '../ui/toast.tsx';
import { NoteItems } from './handover-note.tsx';
import { type Decisions, LeavingList } from './leaving-list.tsx';

/** What the first signature stands under. */
interface Signed {
  readonly seat: string;
  readonly words: string;
  readonly promises: readonly { readonly text: string }[];
  readonly kept: readonly string[];
  readonly decisions: readonly TicketDecision[];
}

/** The note as it would be signed now, with what only a person can add: words, promises, and what becomes of tickets. */
export function DraftForm({
  seat,
  again,
  onSign,
  onOff,
  onClose,
}: {
  seat: SeatWatch;
  again: boolean;
  onSign: (body: Signed) => Promise<void>;
  /** Leaves without anybody to follow; null where somebody must. */
  onOff: ((body: Pick<Signed, 'seat' | 'words' | 'decisions'>) => Promise<void>) | null;
  onClose: () => void;
}) {
  const texts = useTexts();
  const draft = useDraft(seat.seat);
  const [words, setWords] = useState('');
  const [promises, setPromises] = useState('');
  const [kept, setKept] = useState<readonly string[]>([]);
  const [decisions, setDecisions] = useState<Decisions>({});
  if (!draft) return <p className="muted">{texts('loading')}</p>;
  const given = draft.leaving.flatMap(({ ticket }) => decisions[ticket] ?? []);
  const left = draft.leaving.length - given.length;
  const lines = promises.split('\n').flatMap((line) => (line.trim().length > 1 ? [{ text: line.trim() }] : []));
  const carried = draft.items.filter(({ section }) => section === 'carried');
  return (
    <form
      className="watch-form"
      onSubmit={(event) => {
        event.preventDefault();
        void onSign({ seat: seat.seat, words, promises: lines, kept, decisions: given });
      }}
    >
      {draft.leaving.length > 0 && (
        <LeavingList
          leaving={draft.leaving}
          decisions={decisions}
          onDecide={(one) => setDecisions({ ...decisions, [one.ticket]: one })}
        />
      )}
      <NoteItems items={draft.items.filter(({ section }) => section !== 'carried')} more={draft.more} />
      {carried.length > 0 && (
        <section className="note-part">
          <h3>{texts('watch.promises')}</h3>
          {carried.map(({ id, title }) => (
            <label key={id} className="choice">
              <input
                type="checkbox"
                checked={kept.includes(id)}
                onChange={({ target }) => setKept(target.checked ? [...kept, id] : kept.filter((one) => one !== id))}
              />
              {texts.pick(title)} <span className="small muted">{texts('watch.kept')}</span>
            </label>
          ))}
        </section>
      )}
      <label className="field">
        <span className="label">{texts('watch.words')}</span>
        <textarea className="input" value={words} maxLength={4000} onChange={({ target }) => setWords(target.value)} />
      </label>
      <label className="field">
        <span className="label">{texts('watch.promise')}</span>
        <textarea className="input" value={promises} onChange={({ target }) => setPromises(target.value)} />
      </label>
      <div className="watch-form row">
        {left > 0 && <span className="small">{texts('watch.undecided', { n: left })}</span>}
        <span className="grow" />
        <button type="button" className="btn" onClick={onClose}>
          {texts('cancel')}
        </button>
        {onOff && (
          <button
            type="button"
            className="btn"
            disabled={left > 0}
            onClick={() => void onOff({ seat: seat.seat, words, decisions: given })}
          >
            {texts('watch.signOff')}
          </button>
        )}
        <button type="submit" className="btn primary" disabled={left > 0}>
          {texts(again ? 'watch.signAgain' : 'watch.sign')}
        </button>
      </div>
    </form>
  );
}

function useDraft(seat: string): HandoverDraft | null {
  const [draft, setDraft] = useState<HandoverDraft | null>(null);
  useEffect(() => {
    api<HandoverDraft>(`/watches/${encodeURIComponent(seat)}/draft`).then(setDraft, (error) => say(problemOf(error)));
  }, [seat]);
  return draft;
}
