import { useEffect, useMemo, useState } from 'react';

import { goTo, useRoute } from '../frame/route.ts';
import { useTexts } from '../i18n/i18n.ts';
import { useLive } from '../live/store.ts';
import { PriorityMark } from '../ui/priority.tsx';
import { accept, answerSeen } from './link.ts';
import { cardsOf, type Shown, standsOnDesk } from './shown.ts';
import { mark, useNotices } from './store.ts';
import './notices.css';

/**
 * What people at this page are told: a count in the header that opens into cards, so that none of them ever lies over what
 * somebody is about to press. An alarm that stands in the desk's list needs no card beside it.
 */
export function NoticeStack() {
  const texts = useTexts();
  const items = useNotices((state) => state.items);
  const alarms = useLive((live) => live.picture.alarms);
  const onDesk = useRoute().page === 'duty';
  const { cards, more } = useMemo(() => cardsOf(items, onDesk, (id) => alarms.has(id)), [items, onDesk, alarms]);
  const [open, setOpen] = useState(false);
  const visible = useVisible();
  useEffect(() => {
    if (!visible) return;
    const desk = items.filter(({ notice }) => standsOnDesk(notice, onDesk, (id) => alarms.has(id)));
    answerSeen(open ? [...cards, ...desk] : desk);
  }, [visible, open, cards, items, onDesk, alarms]);
  const worst = cards[0];
  if (!worst) return null;
  return (
    <details className="notices" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className={`pill${worst.notice.priority === 'P1' ? ' urgent' : ''}`} title={texts('notices.label')}>
        <PriorityMark priority={worst.notice.priority} size={16} />
        <span className="pill-text">{texts('notices.label')}</span> {cards.length + more}
      </summary>
      <section className="notices-list card" aria-label={texts('notices.label')}>
        <ul>
          {cards.map((item) => (
            <Card key={item.notice.id} item={item} />
          ))}
        </ul>
        {more > 0 && <p className="notices-more small">{texts('notices.more', { n: more })}</p>}
      </section>
    </details>
  );
}

function Card({ item }: { item: Shown }) {
  const texts = useTexts();
  const { notice, mayRepeat } = item;
  const own = notice.link.startsWith('/');
  return (
    <li className={`card notice-card${notice.mark === 'drill' ? ' drilled' : ''}`}>
      <div className="notice-title">
        <PriorityMark priority={notice.priority} size={18} />
        {notice.mark && <span className="sim">{texts(`notices.${notice.mark}`)}</span>}
        <b>
          {mayRepeat && texts('notices.repeat')}
          {texts.pick(notice.title)}
        </b>
      </div>
      <p className="small muted">{texts.pick(notice.body)}</p>
      <div className="notice-acts">
        <button
          type="button"
          className="btn primary"
          onClick={() => {
            accept(item);
            if (own) goTo(notice.link);
          }}
        >
          {texts('notices.accept')}
        </button>
        {own && (
          <button type="button" className="btn" onClick={() => goTo(notice.link)}>
            {texts('notices.open')}
          </button>
        )}
        <button type="button" className="btn quiet" onClick={() => mark(notice.id, { putAway: true })}>
          {texts('notices.later')}
        </button>
      </div>
    </li>
  );
}

/** Whether the tab is in front. */
function useVisible(): boolean {
  const [visible, setVisible] = useState(document.visibilityState === 'visible');
  useEffect(() => {
    const follow = (): void => setVisible(document.visibilityState === 'visible');
    document.addEventListener('visibilitychange', follow);
    return () => document.removeEventListener('visibilitychange', follow);
  }, []);
  return visible;
}
