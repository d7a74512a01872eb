import type { TicketClock } from '../../../devices/contract/ticket.ts';
import { usePlace } from '../alarms/words.ts';
import { useCity } from '../api/city.ts';
import { ageText, clockText } from '../format/age.ts';
import { useTexts } from '../i18n/i18n.ts';
import { useBeat } from '../live/store.ts';
import type { Acting } from './acting.ts';
import { useTicketWords } from './ticket-words.ts';
import { whyNot } from './use-ticket.ts';

/** 属地、监管、主体: who carries each, by when it takes note, and whether it has. */
export function DutiesBox({ body, take }: Acting) {
  const texts = useTexts();
  const place = usePlace();
  const words = useTicketWords(body.names);
  const { duties, clocks } = body.ticket;
  const refused = whyNot(body, 'duty-accept');
  if (duties.length === 0) return null;
  return (
    <section className="box" aria-label={texts('ticket.duties')}>
      <h2>{texts('ticket.duties')}</h2>
      <ul className="duties">
        {duties.map(({ kind, department, persons, acceptedAt, by }) => (
          <li key={kind}>
            <b>{texts(`ticket.duty.${kind}`)}</b>
            <span>
              {place.shortDepartment(department)}
              {persons.length > 0 && (
                <span className="muted"> · {persons.map(words.nameOf).join(texts('list.and'))}</span>
              )}
              <Left clock={clocks.find((one) => one.kind === `duty:${kind}`)} />
            </span>
            {acceptedAt === null ? (
              <button
                type="button"
                className="btn"
                disabled={refused !== null}
                title={refused ? texts.pick(refused) : undefined}
                onClick={() => void take({ kind: 'duty-accept', duty: kind })}
              >
                {texts('ticket.takeNote')}
              </button>
            ) : (
              <span className="tag solid">
                {texts('ticket.noted')} {by?.name}
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** 见事报信: the report upward with its clock, and its receipt. */
export function UpwardBox({ body, ask }: Acting) {
  const texts = useTexts();
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  const { upward, clocks } = body.ticket;
  const clock = clocks.find(({ kind }) => kind === 'report-up');
  if (!clock && !upward) return null;
  const kind = upward ? 'report-receipt' : 'report-up';
  const refused = whyNot(body, kind);
  return (
    <section className="box" aria-label={texts('ticket.upward')}>
      <h2>{texts('ticket.upward')}</h2>
      {upward && (
        <p className="small">
          {upward.text}{' '}
          <span className="muted">
            · {upward.by.name} {clockText(upward.sentAt, timeZone)}
          </span>
        </p>
      )}
      {upward?.receipt && (
        <p className="small">
          {texts('ticket.receipt')}：{upward.receipt}
        </p>
      )}
      <div className="duty-line">
        <Left clock={clock} />
        {!upward?.receipt && (
          <button
            type="button"
            className="btn"
            disabled={refused !== null}
            title={refused ? texts.pick(refused) : undefined}
            onClick={() => ask({ kind })}
          >
            {texts(upward ? 'ticket.enterReceipt' : 'ticket.reportUp')}
          </button>
        )}
      </div>
    </section>
  );
}

/** What is left of a clock, or by how much it was missed. */
function Left({ clock }: { clock: TicketClock | undefined }) {
  const texts = useTexts();
  const now = useBeat((beat) => beat.now);
  if (!clock) return null;
  if (clock.metAt !== null) {
    const late = clock.metAt > clock.due;
    return late ? <span className="tag solid">{texts('clock.late')}</span> : null;
  }
  const left = ageText(Math.abs(clock.due - now), texts('age.day'));
  return (
    <span className={now > clock.due ? 'clock-now over-time' : 'clock-now'}>
      {texts(now > clock.due ? 'ticket.lateBy' : 'ticket.leftFor', { left })}
    </span>
  );
}
