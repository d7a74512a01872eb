import { useState } from 'react';
import type { OverrideAsk } from '../../../devices/contract/overrides.ts';
import { actsOnAlarms } from '../../../devices/contract/roles.ts';
import { useSession } from '../api/session.ts';
import { ageText } from '../format/age.ts';
import { useTexts } from '../i18n/i18n.ts';
import { useBeat } from '../live/store.ts';
import { PriorityMark } from '../ui/priority.tsx';
import { answerAsk, whyNotConfirm } from './put-aside.ts';
import { useStanding } from './standing.ts';
import { usePlace, useSpanText } from './words.ts';

/** What waits for a second person, above the table whatever its tab: nobody has to look for it. */
export function AskList() {
  const texts = useTexts();
  const asked = useStanding((state) => state.body?.asked);
  if (!asked || asked.length === 0) return null;
  return (
    <section className="asks" aria-label={texts('confirm.title', { n: asked.length })}>
      <h2 className="over">{texts('confirm.title', { n: asked.length })}</h2>
      <ul>
        {asked.map((ask) => (
          <Ask key={ask.id} ask={ask} />
        ))}
      </ul>
    </section>
  );
}

function Ask({ ask }: { ask: OverrideAsk }) {
  const texts = useTexts();
  const place = usePlace();
  const me = useSession((session) => session.me);
  const now = useBeat((beat) => beat.now);
  const silent = useBeat((beat) => beat.link === 'silent');
  const [busy, setBusy] = useState(false);
  const why = silent ? 'ack.silent' : whyNotConfirm(ask, me);
  const own = me?.name === ask.by.id;
  const answer = (yes: boolean): void => {
    setBusy(true);
    answerAsk(ask, yes).finally(() => setBusy(false));
  };
  return (
    <li className="ask">
      <PriorityMark priority={ask.priority} size={18} />
      <div className="ask-what small">
        <b>{place.point(ask)}</b>
        <span>
          <AskWords ask={ask} />
        </span>
        <span className="muted">
          {texts('confirm.lapses', { t: ageText(ask.lapses - now, texts('age.day')) })}
          {why && ` · ${texts(why)}`}
        </span>
      </div>
      <div className="ask-acts">
        <button
          type="button"
          className={`btn${why ? '' : ' primary'}`}
          disabled={busy || why !== null}
          title={why ? texts(why) : undefined}
          onClick={() => answer(true)}
        >
          {texts('confirm.yes')}
        </button>
        <button
          type="button"
          className="btn"
          disabled={busy || !actsOnAlarms(me?.role) || silent}
          onClick={() => answer(false)}
        >
          {texts(own ? 'confirm.withdraw' : 'confirm.no')}
        </button>
      </div>
    </li>
  );
}

/** Who wants what, for how long, and why. */
function AskWords({ ask: { wants, by } }: { ask: OverrideAsk }) {
  const texts = useTexts();
  const spanText = useSpanText();
  const what =
    wants.kind === 'shelved'
      ? texts('confirm.shelve', { by: by.name, t: spanText(wants.minutes) })
      : texts('confirm.service', { by: by.name, id: wants.workOrder });
  return <>{[what, wants.reason].join(texts('list.comma'))}</>;
}
