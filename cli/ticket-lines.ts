import type { TicketBody } from '../devices/contract/api.ts';
import type { TicketLine } from '../devices/contract/ticket-line.ts';
import { safetyClock } from '../devices/tickets/safety-clock.ts';
import { stageWords } from '../devices/tickets/stages.ts';

const stamp = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
const both = ({ zh, en }: { readonly zh: string; readonly en: string }): string => `${zh} / ${en}`;

/** A ticket in one line: number, priority, stage, what and where, whose. */
export const ticketLine = ({ no, priority, stage, title, owner, department }: TicketLine): string =>
  [no, priority, both(stageWords[stage]), title.zh, owner?.name ?? `— ${department}`].join(' · ');

/** A ticket in full, as lines for a terminal. Times are UTC. */
export function ticketLines({ ticket, steps }: TicketBody): string[] {
  const { no, priority, stage, title, clause, assigned, owner, needs, procedure, openedAt } = ticket;
  const clock = safetyClock(null, ticket, Date.now());
  return [
    `${no} · ${priority} · ${both(stageWords[stage])} · ${ticket.id}`,
    both(title),
    `${clause.item} ${clause.name} · ${stamp(openedAt)}Z`,
    `承办 / handler: ${owner?.name ?? '—'} · ${[assigned.department, assigned.post ?? assigned.crew].filter(Boolean).join(' · ')}`,
    ...clock.steps.map(
      ({ name, state, deadline }) => `  ${name}: ${state}${deadline === null ? '' : ` (≤ ${stamp(deadline)}Z)`}`,
    ),
    ...needs.map(({ met, text }) => `  [${met ? 'x' : ' '}] ${both(text)}`),
    ...(procedure?.steps.map(({ done, text }, i) => `  ${done ? '✓' : ' '} ${i}. ${both(text)}`) ?? []),
    ...steps.map(
      ({ at, kind, by, to, note }) =>
        `${stamp(at)}Z ${kind} → ${to}${by ? ` · ${by.name}` : ''}${note ? ` · ${note}` : ''}`,
    ),
  ];
}
