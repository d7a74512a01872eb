import { useState } from 'react';
import type { Alarm } from '../../../devices/contract/alarm.ts';
import type { TicketRef } from '../../../devices/contract/ticket-line.ts';
import { isUnowned } from '../../../devices/tickets/unowned.ts';
import { usePlace } from '../alarms/words.ts';
import { Link } from '../frame/link.tsx';
import { hrefOf } from '../frame/route.ts';
import { useTexts } from '../i18n/i18n.ts';
import { useTicketOfAlarm } from '../live/use-tickets.ts';
import { StepDialog } from './step-dialog.tsx';
import { useTicketWords } from './ticket-words.ts';
import { takeStep, useTicket, whyNot } from './use-ticket.ts';
import './tickets.css';

/** The ticket of an alarm on the duty desk: its number, how far it is, whose it is, and sending it out. */
export function TicketBox({ alarm, known }: { alarm: Alarm; known: TicketRef | null }) {
  const texts = useTexts();
  const place = usePlace();
  const words = useTicketWords();
  const live = useTicketOfAlarm(alarm.id);
  const [asking, setAsking] = useState(false);
  const { body, again } = useTicket(live?.id ?? null);
  const ref = live ? { ...live, owner: live.owner?.name ?? null } : known;
  if (!ref) return null;
  const refused = body ? whyNot(body, 'dispatch') : null;
  return (
    <section className="box" aria-label={texts('ticket.one')}>
      <h2>{texts('ticket.one')}</h2>
      <p className="ticket-line">
        <Link to={hrefOf({ page: 'tickets', ticket: ref.no, ...(live ? {} : { scope: 'all' }) })}>
          <b className="mono">{ref.no}</b>
        </Link>
        <span className="tag solid">{words.stage(ref.stage)}</span>
        <span>
          {ref.owner ?? (isUnowned(alarm, live ?? undefined) ? texts('ticket.unowned') : texts('ticket.nobody'))}
        </span>
        <span className="muted">{place.shortDepartment(ref.department)}</span>
        <span className="grow" />
        {live && (
          <button
            type="button"
            className="btn"
            disabled={!body || refused !== null}
            title={refused ? texts.pick(refused) : undefined}
            onClick={() => setAsking(true)}
          >
            {words.step('dispatch')}
          </button>
        )}
      </p>
      {asking && body && (
        <StepDialog
          asked={{ kind: 'dispatch' }}
          body={body}
          take={async (step) => {
            const taken = await takeStep(body.ticket, step);
            again();
            return taken;
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </section>
  );
}
