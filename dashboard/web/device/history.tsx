import type { AlarmEvent } from '../../../devices/contract/alarm.ts';
import { useCity } from '../api/city.ts';
import { clockText, stampText } from '../format/age.ts';
import { useTexts } from '../i18n/i18n.ts';

/** Who did what, when. */
export function History({ events }: { events: readonly AlarmEvent[] | null }) {
  const texts = useTexts();
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  return (
    <section className="box">
      <h2>{texts('history.title')}</h2>
      {!events && <p className="small faint">{texts('loading')}</p>}
      {events && (
        <ol className="history">
          {[...events].reverse().map((event) => (
            <li key={event.seq}>
              <time title={stampText(event.at, timeZone)}>{clockText(event.at, timeZone)}</time>
              <span>
                <b>{texts(`event.${event.kind}`)}</b>
                {event.actor && <span className="muted"> · {event.actor}</span>}
                {event.note && <span className="note">{event.note}</span>}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
