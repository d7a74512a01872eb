import {
  type Handover,
  type HandoverDraft,
  type HandoverItem,
  handoverSections,
  type TicketDecision,
} from '../../../devices/contract/watch.ts';
import { handoverStateWords, sectionWords } from '../../../devices/watches/handover-words.ts';
import { useCity } from '../api/city.ts';
import { stampText } from '../format/age.ts';
import { Link } from '../frame/link.tsx';
import { useTexts } from '../i18n/i18n.ts';
import { PriorityMark } from '../ui/priority.tsx';

/** The items of a note, section by section. */
export function NoteItems({ items, more }: Pick<HandoverDraft, 'items'> & Partial<Pick<HandoverDraft, 'more'>>) {
  const texts = useTexts();
  if (items.length === 0) return <p className="muted">{texts('watch.nothing')}</p>;
  return handoverSections.map((section) => {
    const own = items.filter((item) => item.section === section);
    const left = more?.[section] ?? 0;
    if (own.length === 0) return null;
    return (
      <section key={section} className="note-part">
        <h3>
          {texts.pick(sectionWords[section])} <span className="tag">{own.length + left}</span>
        </h3>
        <ul className="note-items">
          {own.map((item) => (
            <NoteLine key={item.id} item={item} />
          ))}
        </ul>
        {left > 0 && <p className="small muted">{texts('watch.more', { n: left })}</p>}
      </section>
    );
  });
}

function NoteLine({ item }: { item: HandoverItem }) {
  const texts = useTexts();
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  const { priority, title, states, until, who, says, count, link, again } = item;
  return (
    <li>
      {priority && <PriorityMark priority={priority} size={16} />}
      <Link to={link} className="note-title">
        {texts.pick(title)}
        {count > 1 && ` × ${count}`}
      </Link>
      {states.map((state) => (
        <span key={state} className={`tag${grave.has(state) ? ' solid' : ''}`}>
          {texts.pick(handoverStateWords[state])}
        </span>
      ))}
      {until !== null && <span className="small">{texts('watch.until', { at: stampText(until, timeZone) })}</span>}
      {who && <span className="small muted">{who}</span>}
      {says && <span className="small muted">{says}</span>}
      {again && <span className="tiny faint">{texts('watch.again')}</span>}
    </li>
  );
}

const grave: ReadonlySet<string> = new Set(['unacknowledged', 'overdue', 'unowned', 'expired', 'calibration-overdue']);

/** A hand-over with its signatures, as it is printed. */
export function SignedNote({ handover, seatName }: { handover: Handover; seatName: string }) {
  const texts = useTexts();
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  const { from, signedAt, note, words, promises, decisions, taken } = handover;
  const when = (at: number) => stampText(at, timeZone);
  return (
    <article className="signed-note">
      <header>
        <b>{seatName}</b>
        <span>{texts('watch.signedFrom', { who: from.name, at: when(signedAt) })}</span>
        <span>
          {taken ? texts('watch.signedTo', { who: taken.by.name, at: when(taken.at) }) : texts('watch.waitsForSecond')}
        </span>
        <span className="grow" />
        {taken && (
          <button type="button" className="btn quiet no-print" onClick={() => printNote(handover.id)}>
            {texts('watch.print')}
          </button>
        )}
      </header>
      <details open={!taken} data-note={handover.id}>
        <summary className="no-print">{texts('watch.note')}</summary>
        {words && <p className="note-words">{words}</p>}
        <NoteItems items={note.items} more={note.more} />
        {promises.length > 0 && (
          <section className="note-part">
            <h3>{texts('watch.promises')}</h3>
            <ul>
              {promises.map((one) => (
                <li key={one.id}>
                  {one.text} <span className="small muted">{one.by.name}</span>
                </li>
              ))}
            </ul>
          </section>
        )}
        {decisions.length > 0 && (
          <section className="note-part">
            <h3>{texts('watch.decided')}</h3>
            <ul>
              {decisions.map((one) => (
                <li key={one.ticket}>{decisionText(one, note, texts)}</li>
              ))}
            </ul>
          </section>
        )}
        {taken && <Since taken={taken} />}
      </details>
    </article>
  );
}

function decisionText(decision: TicketDecision, note: HandoverDraft, texts: ReturnType<typeof useTexts>): string {
  const ticket = note.leaving.find(({ ticket }) => ticket === decision.ticket);
  const what = texts(`watch.decide.${decision.kind}`);
  return [ticket?.no ?? decision.ticket, what, decision.kind === 'give' ? decision.person : '']
    .filter(Boolean)
    .join(' · ');
}

/** What changed between both signatures. */
function Since({ taken: { words, changes } }: { taken: NonNullable<Handover['taken']> }) {
  const texts = useTexts();
  const parts = (['fresh', 'changed', 'gone'] as const).filter((part) => changes[part].length > 0);
  return (
    <>
      {words && <p className="note-words">{words}</p>}
      {parts.map((part) => (
        <section key={part} className="note-part since">
          <h3>{texts(`watch.since.${part}`)}</h3>
          <ul className="note-items">
            {changes[part].map((item) => (
              <NoteLine key={item.id} item={item} />
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

/** Prints one note alone: the page's print style shows what is marked. */
function printNote(id: string): void {
  const box = document.querySelector<HTMLDetailsElement>(`details[data-note="${CSS.escape(id)}"]`);
  const note = box?.closest('.signed-note');
  if (!box || !note) return;
  box.open = true;
  note.classList.add('printed');
  window.print();
  note.classList.remove('printed');
}
