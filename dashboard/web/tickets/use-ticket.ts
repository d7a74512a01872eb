import { useCallback, useEffect, useState } from 'react';
import type { TicketBody, TicketsBody } from '../../../devices/contract/api.ts';
import type { CommandOutcome } from '../../../devices/contract/command.ts';
import type { PersonStep, PersonStepKind, Ticket } from '../../../devices/contract/ticket.ts';
import type { TicketLine } from '../../../devices/contract/ticket-line.ts';
import { stepWords } from '../../../devices/tickets/stages.ts';
import { taken } from '../alarms/acknowledge.ts';
import { type ApiProblem, api, problemOf } from '../api/client.ts';
import { useLive } from '../live/store.ts';
import { passes } from '../outbox/item.ts';
import { sendOrKeep, useOutbox } from '../outbox/use-outbox.ts';

/** Between two readings of a list that the stream says has changed, ms. */
const LIST_REST_MS = 600;

interface Read<T> {
  readonly body: T | null;
  readonly problem: ApiProblem | null;
  readonly again: () => void;
}

interface ReadTicket {
  readonly of: string;
  readonly body: TicketBody | null;
  readonly problem: ApiProblem | null;
}

/** Without a network what was read stays: a step can be taken by it. */
const without = (id: string, before: ReadTicket | null, problem: ApiProblem): ReadTicket => ({
  ...{ of: id, problem },
  body: before?.of === id && passes(problem) ? before.body : null,
});

/** A ticket in full with what I may do, by id or number; read again whenever the stream says that it changed. */
export function useTicket(id: string | null): Read<TicketBody> {
  const [read, setRead] = useState<ReadTicket | null>(null);
  const [turn, setTurn] = useState(0);
  const again = useCallback(() => setTurn((n) => n + 1), []);
  const known = read?.of === id ? read.body?.ticket : undefined;
  // What was done in a cellar has arrived, or the page itself is back: what is shown may be old.
  const arrived = useOutbox((waiting) => waiting.arrived);
  const isLive = useLive((live) => live.socket === 'open');
  const seq = useLive((live) => (known ? live.picture.tickets.get(known.id)?.seq : undefined));
  // biome-ignore lint/correctness/useExhaustiveDependencies: these say that there is something new to read.
  useEffect(() => {
    if (!id) return;
    const aborted = new AbortController();
    api<TicketBody>(`/tickets/${encodeURIComponent(id)}`, { signal: aborted.signal }).then(
      (body) => setRead({ of: id, body, problem: null }),
      (error) => aborted.signal.aborted || setRead((before) => without(id, before, problemOf(error))),
    );
    return () => aborted.abort();
  }, [id, seq, turn, arrived, isLive]);
  const mine = read?.of === id ? read : null;
  return { body: mine?.body ?? null, problem: mine?.problem ?? null, again };
}

/** A page of tickets for a query, read again a little after the stream brought a change; `more` adds the page that follows. */
export function useTickets(query: string): Read<TicketsBody> & { readonly more: () => void } {
  const [pages, setPages] = useState(1);
  const [read, setRead] = useState<{ body: TicketsBody | null; problem: ApiProblem | null }>(nothing);
  const [turn, setTurn] = useState(0);
  const tickets = useLive((live) => live.picture.tickets);
  useEffect(() => {
    const timer = setTimeout(() => setTurn((n) => n + 1), tickets.size >= 0 ? LIST_REST_MS : 0);
    return () => clearTimeout(timer);
  }, [tickets]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another query begins at its first page.
  useEffect(() => setPages(1), [query]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `turn` says that there is something new to read.
  useEffect(() => {
    let gone = false;
    readPages(query, pages).then(
      (body) => gone || setRead({ body, problem: null }),
      (error) => gone || setRead({ body: null, problem: problemOf(error) }),
    );
    return () => {
      gone = true;
    };
  }, [query, pages, turn]);
  return { ...read, again: () => setTurn((n) => n + 1), more: () => setPages((n) => n + 1) };
}
const nothing = { body: null, problem: null };

async function readPages(query: string, pages: number): Promise<TicketsBody> {
  const items: TicketLine[] = [];
  let body: TicketsBody = { total: 0, items, next: null };
  for (let page = 0; page < pages; page++) {
    body = await api<TicketsBody>(`/tickets?${query}${body.next ? `&cursor=${body.next}` : ''}`);
    items.push(...body.items);
    if (body.next === null) break;
  }
  return { ...body, items };
}

/** Takes a step, or keeps it until the network is back; what is refused is said in words. Resolves true when it need not be asked again. */
export async function takeStep({ id, no }: Pick<Ticket, 'id' | 'no'>, step: PersonStep): Promise<boolean> {
  const { zh, en } = stepWords[step.kind];
  const title = { zh: `${no} ${zh}`, en: `${no} ${en}` };
  const answer = await sendOrKeep<CommandOutcome>(`/tickets/${encodeURIComponent(id)}/steps`, { step }, title);
  return answer === 'kept' || (answer !== null && taken(answer));
}

/** Why I cannot take a step now; null when I can. */
export const whyNot = ({ may }: TicketBody, kind: PersonStepKind) =>
  may.find((one) => one.kind === kind)?.refused ?? null;
