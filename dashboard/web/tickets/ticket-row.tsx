import { memo } from 'react';
import type { TicketLine } from '../../../devices/contract/ticket-line.ts';
import { safetyClock } from '../../../devices/tickets/safety-clock.ts';
import { DrillMark, drilled } from '../drills/drill-mark.tsx';
import { useTexts } from '../i18n/i18n.ts';
import { useBeat } from '../live/store.ts';
import { PriorityMark } from '../ui/priority.tsx';
import { ClockNow } from '../ui/safety-clock.tsx';
import { useTicketWords } from './ticket-words.ts';

interface Props {
  readonly ticket: TicketLine;
  readonly selected: boolean;
  readonly onSelect: (ticket: TicketLine) => void;
}

/** One ticket of the list: what, where, how far it is, whose it is, and the clock that runs. */
export const TicketRow = memo(function TicketRow({ ticket, selected, onSelect }: Props) {
  const texts = useTexts();
  const words = useTicketWords();
  const where = words.where(ticket);
  return (
    <button
      type="button"
      className={`ticket-row${selected ? ' sel' : ''}${drilled(ticket.drill)}`}
      aria-current={selected || undefined}
      data-ticket={ticket.no}
      onClick={() => onSelect(ticket)}
    >
      <PriorityMark priority={ticket.priority} hollow={ticket.closedAt !== null} />
      <span className="ticket-what">
        <b className="clip">{texts.pick(ticket.title)}</b>
        <span className="small muted clip">
          <span className="mono">{ticket.no}</span> {where && `· ${where}`}
        </span>
        <span className="ticket-tags">
          <DrillMark drill={ticket.drill} />
          <span className="tag solid">{words.stage(ticket.stage)}</span>
          {ticket.suspended && <span className="tag">{texts('ticket.suspended')}</span>}
          {ticket.disputed && <span className="tag">{texts('ticket.disputed')}</span>}
          {ticket.reopened > 0 && <span className="tag">{texts('ticket.reopened', { n: ticket.reopened })}</span>}
          {ticket.reporters > 0 && (
            <span className="tag">{texts('ticket.reporterCount', { n: ticket.reporters })}</span>
          )}
        </span>
      </span>
      <span className="ticket-when small">
        <Running ticket={ticket} />
        <span className="muted clip">
          {ticket.owner?.name ?? `${texts('ticket.nobody')} · ${words.assigned(ticket)}`}
        </span>
      </span>
    </button>
  );
});

function Running({ ticket }: { ticket: TicketLine }) {
  const now = useBeat((beat) => beat.now);
  return <ClockNow clock={safetyClock(null, ticket, now)} now={now} />;
}
