import { useEffect, useState } from 'react';
import type { WhomBody } from '../../../devices/contract/api.ts';
import type { LeavingTicket, TicketDecision } from '../../../devices/contract/watch.ts';
import { api, problemOf } from '../api/client.ts';
import { Link } from '../frame/link.tsx';
import { hrefOf } from '../frame/route.ts';
import { useTexts } from '../i18n/i18n.ts';
import { PriorityMark } from '../ui/priority.tsx';
import { say } from '../ui/toast.tsx';

export type Decisions = Readonly<Record<string, TicketDecision>>;

/** Tickets whose owner goes, and what becomes of each: nothing is left undecided. */
export function LeavingList({
  leaving,
  decisions,
  onDecide,
}: {
  leaving: readonly LeavingTicket[];
  decisions: Decisions;
  onDecide: (decision: TicketDecision) => void;
}) {
  const texts = useTexts();
  return (
    <section className="note-part leaving" aria-label={texts('watch.leaving')}>
      <h3>
        {texts('watch.leaving')} <span className="tag solid">{leaving.length}</span>
      </h3>
      <p className="small muted">{texts('watch.leavingWhy')}</p>
      <ul className="note-items">
        {leaving.map((ticket) => (
          <Leaving key={ticket.ticket} ticket={ticket} decision={decisions[ticket.ticket]} onDecide={onDecide} />
        ))}
      </ul>
    </section>
  );
}

const kinds = ['keep', 'hand-back', 'give'] as const;

function Leaving({
  ticket: { ticket, no, title, priority, owner, why },
  decision,
  onDecide,
}: {
  ticket: LeavingTicket;
  decision: TicketDecision | undefined;
  onDecide: (decision: TicketDecision) => void;
}) {
  const texts = useTexts();
  const [giving, setGiving] = useState(false);
  const kind = giving ? 'give' : decision?.kind;
  const choose = (wanted: (typeof kinds)[number]): void => {
    setGiving(wanted === 'give');
    if (wanted !== 'give') onDecide({ kind: wanted, ticket });
  };
  return (
    <li>
      <PriorityMark priority={priority} size={16} />
      <Link to={hrefOf({ page: 'tickets', ticket: no })} className="note-title">
        {no} {texts.pick(title)}
      </Link>
      <span className="small muted">
        {owner.name} · {texts(`watch.why.${why}`)}
      </span>
      <span className="decide-row" role="radiogroup" aria-label={`${no} ${texts('watch.leaving')}`}>
        {kinds.map((one) => (
          <label key={one} className="choice">
            <input type="radio" name={ticket} checked={kind === one} onChange={() => choose(one)} />
            {texts(`watch.decide.${one}`)}
          </label>
        ))}
        {kind === 'give' && (
          <PersonChoice
            ticket={ticket}
            chosen={decision?.kind === 'give' ? decision.person : ''}
            onChoose={(person) => onDecide({ kind: 'give', ticket, person })}
          />
        )}
      </span>
    </li>
  );
}

/** Persons of the duty list to whom a ticket may go. */
function PersonChoice({
  ticket,
  chosen,
  onChoose,
}: {
  ticket: string;
  chosen: string;
  onChoose: (person: string) => void;
}) {
  const texts = useTexts();
  const [whom, setWhom] = useState<WhomBody | null>(null);
  useEffect(() => {
    api<WhomBody>(`/tickets/${encodeURIComponent(ticket)}/whom`).then(setWhom, (error) => say(problemOf(error)));
  }, [ticket]);
  return (
    <select
      className="input"
      aria-label={texts('watch.toWhom')}
      value={chosen}
      onChange={({ target }) => target.value && onChoose(target.value)}
    >
      <option value="">{texts('watch.toWhom')}</option>
      {whom?.persons.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}
