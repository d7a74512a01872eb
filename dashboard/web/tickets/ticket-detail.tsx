import { useState } from 'react';
import type { TicketBody } from '../../../devices/contract/api.ts';
import type { PersonStep } from '../../../devices/contract/ticket.ts';
import { safetyClock } from '../../../devices/tickets/safety-clock.ts';
import { usePlace } from '../alarms/words.ts';
import { useCity } from '../api/city.ts';
import { SiteContacts } from '../contacts/site-contacts.tsx';
import { DrillMark, drilled } from '../drills/drill-mark.tsx';
import { fullStampText, stampText } from '../format/age.ts';
import { Link } from '../frame/link.tsx';
import { hrefOf, patchRoute } from '../frame/route.ts';
import { useTexts } from '../i18n/i18n.ts';
import { useBeat } from '../live/store.ts';
import { NoticesBox } from '../notices/notices-box.tsx';
import { Icon } from '../ui/icons.tsx';
import { PriorityMark } from '../ui/priority.tsx';
import { SafetyClockView } from '../ui/safety-clock.tsx';
import type { Acting, AskedStep } from './acting.ts';
import { DutiesBox, UpwardBox } from './duties-box.tsx';
import { FlowView } from './flow-view.tsx';
import { PhotoStrip } from './photos.tsx';
import { ProcedureBox } from './procedure-box.tsx';
import { ReportersBox } from './reporters-box.tsx';
import { StepBar } from './step-bar.tsx';
import { StepDialog } from './step-dialog.tsx';
import { moreText, useTicketWords } from './ticket-words.ts';
import { takeStep, useTicket } from './use-ticket.ts';

/** One ticket in full: where it stands, what runs, what its close needs, what was done. */
export function TicketDetail({ id }: { id: string }) {
  const texts = useTexts();
  const { body, problem, again } = useTicket(id);
  const [asked, setAsked] = useState<AskedStep | null>(null);
  if (!body)
    return (
      <aside className="ticket-detail" aria-label={texts('ticket.detail')}>
        <div className="empty">{problem ? texts.problem(problem) : texts('loading')}</div>
      </aside>
    );
  const take = async (step: PersonStep): Promise<boolean> => {
    const taken = await takeStep(body.ticket, step);
    again();
    return taken;
  };
  const acting: Acting = { body, take, ask: setAsked };
  return (
    <aside className={`ticket-detail${drilled(body.ticket.drill)}`} aria-label={texts('ticket.detail')}>
      <div className="ticket-scroll">
        <Head body={body} />
        <FlowView ticket={body.ticket} />
        <Clock body={body} />
        <Whose body={body} />
        <SiteContacts site={body.ticket.site} />
        <Needs body={body} />
        <ProcedureBox {...acting} />
        <DutiesBox {...acting} />
        <UpwardBox {...acting} />
        <Alarms body={body} />
        <ReportersBox {...acting} />
        <Evidence body={body} />
        <NoticesBox subject={`ticket/${body.ticket.id}`} />
        <History body={body} />
      </div>
      <StepBar {...acting} />
      {asked && <StepDialog asked={asked} body={body} take={take} onClose={() => setAsked(null)} />}
    </aside>
  );
}

function Head({ body: { ticket, names } }: { body: TicketBody }) {
  const texts = useTexts();
  const words = useTicketWords(names);
  const place = usePlace();
  const { clause } = ticket;
  return (
    <header className="panel-title">
      <div className="panel-title-row">
        <PriorityMark priority={ticket.priority} size={24} hollow={ticket.closedAt !== null} />
        <h1>{texts.pick(ticket.title)}</h1>
        <span className="grow" />
        <button
          type="button"
          className="btn quiet icon"
          aria-label={texts('detail.close')}
          title={`${texts('detail.close')} (Esc)`}
          onClick={() => patchRoute({ ticket: null })}
        >
          <Icon name="close" size={16} />
        </button>
      </div>
      <div className="muted small">
        <DrillMark drill={ticket.drill} /> <span className="mono">{ticket.no}</span> ·{' '}
        {texts(`ticket.origin.${ticket.origin.kind}`)}
        {words.where(ticket) && ` · ${words.where(ticket)}`}
      </div>
      <div className="small">
        {clause.item ? (
          <Link to={hrefOf({ page: 'standards', item: clause.item })}>{place.clause({ clause, rule: '' })}</Link>
        ) : (
          clause.name
        )}
        {clause.catalogueVersion && <span className="faint"> · {clause.catalogueVersion}</span>}
      </div>
    </header>
  );
}

function Clock({ body: { ticket } }: { body: TicketBody }) {
  const now = useBeat((beat) => beat.now);
  return <SafetyClockView clock={safetyClock(null, ticket, now)} priority={ticket.priority} />;
}

/** Whose it is, and what stands over it. */
function Whose({ body: { ticket, names } }: { body: TicketBody }) {
  const texts = useTexts();
  const words = useTicketWords(names);
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  const { assigned, owner, verifiers, suspended, dispute, recheck } = ticket;
  const people = (verifiers ?? assigned).persons.map(words.nameOf).join(texts('list.and'));
  return (
    <section className="box">
      <h2>{texts('ticket.whose')}</h2>
      <dl className="kv">
        <dt>{texts('ticket.owner')}</dt>
        <dd>{owner ? <b>{owner.name}</b> : <b>{texts('ticket.nobody')}</b>}</dd>
        <dt>{texts(verifiers ? 'ticket.verifiers' : 'ticket.lies')}</dt>
        <dd>
          {words.assigned(verifiers ?? assigned)}
          {people && <div className="muted">{people}</div>}
        </dd>
        {assigned.hole && !owner && (
          <>
            <dt>{texts('ticket.hole')}</dt>
            <dd>{texts.pick(assigned.hole)}</dd>
          </>
        )}
        {suspended && (
          <>
            <dt>{texts('ticket.suspended')}</dt>
            <dd>
              {texts('clock.until', { at: stampText(suspended.until, timeZone) })} · {suspended.reason} ·{' '}
              {suspended.by.name}
            </dd>
          </>
        )}
        {dispute && dispute.settledAt === null && (
          <>
            <dt>{texts('ticket.disputed')}</dt>
            <dd>{texts('ticket.returns', { n: ticket.returns })}</dd>
          </>
        )}
        {recheck && (
          <>
            <dt>{texts('ticket.recheck')}</dt>
            <dd>
              {texts(`ticket.recheck.${recheck.why}`)}
              {recheck.why !== 'none' && ` · ${stampText(recheck.due, timeZone)}`}
              {recheck.passed !== null && ` · ${texts(recheck.passed ? 'ticket.passed' : 'ticket.failed')}`}
              {recheck.by && ` · ${recheck.by.name}`}
              {recheck.seed && (
                <div className="tiny faint mono" title={texts('ticket.seed')}>
                  {recheck.seed}
                </div>
              )}
            </dd>
          </>
        )}
      </dl>
    </section>
  );
}

/** What the close rests on, each met or not. */
function Needs({ body: { ticket } }: { body: TicketBody }) {
  const texts = useTexts();
  if (ticket.needs.length === 0) return null;
  return (
    <section className="box" aria-label={texts('ticket.needs')}>
      <h2>{texts('ticket.needs')}</h2>
      <ul className="needs">
        {ticket.needs.map(({ id, met, text }) => (
          <li key={id} className={met ? 'met' : undefined}>
            <span className="need-mark" role="img" aria-label={texts(met ? 'ticket.met' : 'ticket.unmet')}>
              {met && <Icon name="check" size={13} />}
            </span>
            {texts.pick(text)}
          </li>
        ))}
      </ul>
      {ticket.reading && (
        <p className="small muted">
          {texts('ticket.reading')} {ticket.reading.value} {ticket.reading.unit} · {ticket.reading.by.name}
        </p>
      )}
    </section>
  );
}

function Alarms({ body: { ticket } }: { body: TicketBody }) {
  const texts = useTexts();
  const place = usePlace();
  if (ticket.alarms.length === 0) return null;
  return (
    <section className="siblings" aria-label={texts('ticket.alarms')}>
      <h2 className="over">{texts('ticket.alarms')}</h2>
      <ul className="ticket-alarms">
        {ticket.alarms.map((alarm) => (
          <li key={alarm.id}>
            <Link to={hrefOf({ page: 'duty', alarm: alarm.id, view: 'detail' })}>
              <PriorityMark priority={alarm.priority} size={17} hollow={!alarm.active} />
              <span className="clip">{place.device(alarm)}</span>
              <span className="grow" />
              <span className="tag">
                {texts(
                  alarm.closedAt !== null
                    ? 'state.closed'
                    : alarm.active
                      ? alarm.acked
                        ? 'state.acked'
                        : 'state.unacked'
                      : alarm.latched
                        ? 'state.latched'
                        : 'state.returned',
                )}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Evidence({ body: { ticket } }: { body: TicketBody }) {
  const texts = useTexts();
  if (ticket.photos.length === 0) return null;
  return (
    <section className="box">
      <h2>{texts('ticket.photos')}</h2>
      <PhotoStrip hashes={ticket.photos} />
    </section>
  );
}

/** Who, when, where, what, under which version of the clause; the newest first. */
function History({ body: { steps, names } }: { body: TicketBody }) {
  const texts = useTexts();
  const words = useTicketWords(names);
  const place = usePlace();
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  return (
    <section className="box" aria-label={texts('history.title')}>
      <h2>{texts('history.title')}</h2>
      <ol className="history">
        {[...steps].reverse().map((step) => (
          <li key={step.seq}>
            <time title={step.clause}>{fullStampText(step.at, timeZone).slice(5)}</time>
            <span>
              <b>{words.step(step.kind)}</b>
              {step.from !== step.to && <span className="muted"> → {words.stage(step.to)}</span>}
              {step.by && <span className="muted"> · {step.by.name}</span>}
              {moreText(texts, place, step) && <span className="muted"> · {moreText(texts, place, step)}</span>}
              {step.reading && (
                <span>
                  {' '}
                  · {step.reading.value} {step.reading.unit}
                </span>
              )}
              {step.place && (
                <span className="faint tiny mono">
                  {' '}
                  {step.place.lon.toFixed(4)}, {step.place.lat.toFixed(4)}
                </span>
              )}
              {step.doneAt !== null && (
                <span className="faint tiny"> {texts('ticket.doneAt', { at: stampText(step.doneAt, timeZone) })}</span>
              )}
              {step.note && <span className="note">{step.note}</span>}
              {step.photos.length > 0 && <PhotoStrip hashes={step.photos} />}
              {step.by && step.clause && <span className="faint tiny history-clause">{step.clause}</span>}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
