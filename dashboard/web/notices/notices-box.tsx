import { useEffect, useState } from 'react';
import type { NoticeBody, NoticeDelivery, NoticesBody } from '../../../devices/contract/api.ts';
import type { Bilingual } from '../../../devices/model/device-type.ts';
import { reached } from '../../../devices/notices/reached.ts';
import { useCity } from '../api/city.ts';
import { api } from '../api/client.ts';
import { clockText, stampText } from '../format/age.ts';
import { useTexts } from '../i18n/i18n.ts';

const READ_EVERY_MS = 5000;

/** Who was told of an alarm or ticket, when, by what, and what came of it. `subject` is `alarm/<id>` or `ticket/<id>`. */
export function NoticesBox({ subject }: { subject: string }) {
  const texts = useTexts();
  const items = useNoticesOf(subject);
  return (
    <section className="box" aria-label={texts('notices.box')}>
      <h2>{texts('notices.box')}</h2>
      {!items && <p className="small faint">{texts('loading')}</p>}
      {items?.length === 0 && <p className="small faint">{texts('notices.none')}</p>}
      {items?.map((notice) => (
        <Told key={notice.id} notice={notice} />
      ))}
    </section>
  );
}

function Told({ notice }: { notice: NoticeBody }) {
  const texts = useTexts();
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  const seats = useCity((state) => state.body?.city.seats);
  const seatName = (id: string): string | undefined => {
    const seat = seats?.find((one) => id === `seat:${one.id}`);
    return seat && texts.pick(seat.name);
  };
  const names = new Map(notice.to.map(({ id, name }) => [id, seatName(id) ?? name]));
  return (
    <div className="notice-told">
      <p className="small">
        {texts.pick(notice.title)}{' '}
        <span className="muted">
          {notice.handledBy === null
            ? texts('notices.waits')
            : texts('notices.handled', { by: names.get(notice.handledBy) ?? notice.handledBy })}
        </span>
      </p>
      <ol className="history">
        {notice.deliveries.map((step) => (
          <li key={step.key}>
            <time title={stampText(step.due, timeZone)}>{clockText(step.due, timeZone)}</time>
            <span>
              <b>{names.get(step.person) ?? step.person}</b> · {texts(`notices.channel.${step.channel}`)} ·{' '}
              <Outcome step={step} timeZone={timeZone} />
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}

function Outcome({ step, timeZone }: { step: NoticeDelivery; timeZone: string }) {
  const texts = useTexts();
  const state = reached(step);
  const at = step.accepted ?? step.seen ?? step.delivered ?? step.failed ?? step.sent;
  return (
    <>
      {texts(`notices.state.${state}`)}
      {at !== null && <span className="muted"> {clockText(at, timeZone)}</span>}
      {state === 'failed' && step.reason && <span className="note">{texts.pick(bothLanguages(step.reason))}</span>}
    </>
  );
}

/** Reasons of channels are written in both languages, `中文 / English`; a far side's own words stand as they are. */
function bothLanguages(reason: string): Bilingual {
  const [zh = reason, en = reason] = reason.split(' / ');
  return { zh, en };
}

/** Read again every few seconds while it is shown: receipts come when they come. */
function useNoticesOf(subject: string): readonly NoticeBody[] | null {
  const [read, setRead] = useState<{ subject: string; items: readonly NoticeBody[] } | null>(null);
  useEffect(() => {
    const aborted = new AbortController();
    const ask = (): void => {
      api<NoticesBody>(`/notices?subject=${encodeURIComponent(subject)}`, { signal: aborted.signal }).then(
        ({ items }) => setRead({ subject, items }),
        // The page says itself when the server is gone; what was read stays.
        () => undefined,
      );
    };
    ask();
    const timer = setInterval(ask, READ_EVERY_MS);
    return () => {
      clearInterval(timer);
      aborted.abort();
    };
  }, [subject]);
  return read?.subject === subject ? read.items : null;
}
