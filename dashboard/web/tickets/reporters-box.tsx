import { useCity } from '../api/city.ts';
import { stampText } from '../format/age.ts';
import { useTexts } from '../i18n/i18n.ts';
import type { Acting } from './acting.ts';
import { PhotoStrip } from './photos.tsx';
import { whyNot } from './use-ticket.ts';

/** Everybody who reported it, and how content each was. */
export function ReportersBox({ body, ask }: Acting) {
  const texts = useTexts();
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  const { reporters, settledOnSpot } = body.ticket;
  const refused = whyNot(body, 'satisfaction');
  if (reporters.length === 0) return null;
  return (
    <section className="box" aria-label={texts('ticket.reporters')}>
      <h2>
        {texts('ticket.reporters')} {settledOnSpot && <span className="tag">{texts('report.settled')}</span>}
      </h2>
      <ul className="reporters">
        {reporters.map((one) => (
          <li key={one.id}>
            <div className="small muted">
              {texts(`report.channel.${one.channel}`)} · {stampText(one.at, timeZone)}
              {one.name && ` · ${one.name}`}
              {one.phone && ` · ${one.phone}`}
              {one.reference && ` · ${one.reference}`}
            </div>
            <div>{one.text}</div>
            {one.photos.length > 0 && <PhotoStrip hashes={one.photos} />}
            {one.satisfaction === null ? (
              <button
                type="button"
                className="link small"
                disabled={refused !== null}
                title={refused ? texts.pick(refused) : undefined}
                onClick={() => ask({ kind: 'satisfaction', reporter: one.id })}
              >
                {texts('ticket.askScore')}
              </button>
            ) : (
              <span className="tag">
                {texts('ticket.score')} {one.satisfaction}/5
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
