import { useCallback, useMemo, useRef } from 'react';
import type { TicketLine } from '../../../devices/contract/ticket-line.ts';
import { ticketStages } from '../../../devices/contract/ticket-stages.ts';
import { useCity } from '../api/city.ts';
import { Link } from '../frame/link.tsx';
import { hrefOf, patchRoute, type Route, ticketScopes, ticketSorts, useRoute } from '../frame/route.ts';
import { useShortcuts } from '../frame/shortcuts.tsx';
import { useTexts } from '../i18n/i18n.ts';
import { TicketDetail } from './ticket-detail.tsx';
import { TicketRow } from './ticket-row.tsx';
import { useTicketWords } from './ticket-words.ts';
import { useTickets } from './use-ticket.ts';
import '../pages/pages.css';
import './tickets.css';

/** Tickets: the list with its filters in the address, and one ticket in full. On a phone one of the two. */
export function TicketsPage() {
  const texts = useTexts();
  const route = useRoute();
  const { body, problem, more } = useTickets(queryOf(route));
  const items = body?.items ?? none;
  const shown = useRef(items);
  shown.current = items;
  const select = useCallback((ticket: TicketLine) => patchRoute({ ticket: ticket.no }, 'push'), []);
  const move = (by: 1 | -1): void => {
    const at = shown.current.findIndex(({ no }) => no === route.ticket);
    const next = shown.current[at < 0 ? 0 : Math.min(Math.max(at + by, 0), shown.current.length - 1)];
    if (next) patchRoute({ ticket: next.no });
  };
  useShortcuts({ j: () => move(1), k: () => move(-1), escape: () => route.ticket && patchRoute({ ticket: null }) });
  return (
    <div className={`tickets${route.ticket ? ' with-detail' : ''}`}>
      <section className="ticket-list" aria-label={texts('ticket.list')}>
        <Filters route={route} total={body?.total ?? null} />
        {problem && <div className="error">{texts.problem(problem)}</div>}
        {!body && !problem && <div className="empty">{texts('loading')}</div>}
        {body && items.length === 0 && <div className="empty">{texts('ticket.none')}</div>}
        <div className="ticket-rows">
          {items.map((ticket) => (
            <TicketRow key={ticket.id} ticket={ticket} selected={ticket.no === route.ticket} onSelect={select} />
          ))}
          {body?.next && (
            <button type="button" className="btn" onClick={more}>
              {texts('ticket.more', { n: body.total - items.length })}
            </button>
          )}
        </div>
      </section>
      {route.ticket ? (
        <TicketDetail id={route.ticket} />
      ) : (
        <aside className="ticket-detail empty">{texts('ticket.choose')}</aside>
      )}
    </div>
  );
}
const none: readonly TicketLine[] = [];

/** What the address asks the server for. */
export function queryOf(route: Pick<Route, 'scope' | 'stage' | 'priority' | 'area' | 'q' | 'sort'>): string {
  const query = new URLSearchParams({ sort: route.sort, limit: '100' });
  if (route.scope === 'all' || route.stage === 'closed' || route.stage === 'rejected') query.set('state', 'all');
  if (route.scope === 'mine') query.set('mine', '1');
  if (route.scope === 'overdue') query.set('overdue', '1');
  for (const name of ['stage', 'priority', 'area', 'q'] as const) {
    const value = route[name];
    if (value) query.set(name, value);
  }
  return query.toString();
}

function Filters({ route, total }: { route: Route; total: number | null }) {
  const texts = useTexts();
  const words = useTicketWords();
  const areas = useCity((state) => state.body?.city.areas);
  const options = useMemo(
    () => areas?.map(({ code, name }) => [code, texts.pick(name)] as const) ?? [],
    [areas, texts],
  );
  return (
    <header className="ticket-filters">
      <div className="ticket-head-row">
        <h1>
          {texts('ticket.list')} {total !== null && <span className="muted">{total}</span>}
        </h1>
        <span className="grow" />
        <Link to={hrefOf({ page: 'report' })} className="btn">
          {texts('report.open')}
        </Link>
      </div>
      <fieldset className="spans" aria-label={texts('ticket.which')}>
        {ticketScopes.map((scope) => (
          <button
            key={scope}
            type="button"
            aria-pressed={route.scope === scope}
            onClick={() => patchRoute({ scope, ticket: null })}
          >
            {texts(`ticket.scope.${scope}`)}
          </button>
        ))}
      </fieldset>
      <div className="ticket-selects">
        <input
          className="input"
          type="search"
          value={route.q}
          placeholder={texts('ticket.search')}
          aria-label={texts('ticket.search')}
          onChange={({ target }) => patchRoute({ q: target.value })}
        />
        <Choose
          label={texts('ticket.stage')}
          value={route.stage}
          options={ticketStages.map((stage) => [stage, words.stage(stage)])}
          onChoose={(stage) => patchRoute({ stage })}
        />
        <Choose
          label={texts('ticket.priority')}
          value={route.priority}
          options={(['P1', 'P2', 'P3', 'P4'] as const).map((one) => [one, texts(`priority.${one}`)])}
          onChoose={(priority) => patchRoute({ priority })}
        />
        <Choose
          label={texts('ticket.area')}
          value={route.area}
          options={options}
          onChoose={(area) => patchRoute({ area })}
        />
        <select
          className="input"
          aria-label={texts('ticket.sort')}
          value={route.sort}
          onChange={({ target }) => patchRoute({ sort: target.value as Route['sort'] })}
        >
          {ticketSorts.map((sort) => (
            <option key={sort} value={sort}>
              {texts(`ticket.sort.${sort}`)}
            </option>
          ))}
        </select>
      </div>
    </header>
  );
}

function Choose({
  label,
  value,
  options,
  onChoose,
}: {
  label: string;
  value: string | null;
  options: readonly (readonly [value: string, text: string])[];
  onChoose: (value: string | null) => void;
}) {
  return (
    <select
      className="input"
      aria-label={label}
      value={value ?? ''}
      onChange={({ target }) => onChoose(target.value || null)}
    >
      <option value="">{label}</option>
      {options.map(([value, text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </select>
  );
}
