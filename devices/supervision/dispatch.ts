import type { DispatchLine, KeptPromise, Promised } from '../contract/score.ts';
import { isTicketOpen, type Ticket } from '../contract/ticket.ts';

/** The weekly list: what is open at each department, at a moment (ms). Departments with the most overdue first. */
export function dispatchLines(tickets: readonly Ticket[], at: number, mostReturned: number): DispatchLine[] {
  const open = tickets.filter(isTicketOpen);
  const departments = [...new Set(open.map(({ assigned }) => assigned.department))].sort();
  const lines = departments.map((department) => lineOf(department, open, at, mostReturned));
  return lines.sort((a, b) => b.overdue.length - a.overdue.length || b.open.length - a.open.length);
}

function lineOf(department: string, tickets: readonly Ticket[], at: number, mostReturned: number): DispatchLine {
  const ours = tickets
    .filter(({ assigned }) => assigned.department === department)
    .sort((a, b) => a.openedAt - b.openedAt || (a.no < b.no ? -1 : 1));
  const ids = (holds: (ticket: Ticket) => boolean): string[] => ours.filter(holds).map(({ id }) => id);
  const returned = ours.filter(({ returns }) => returns > 0).sort((a, b) => b.returns - a.returns);
  return {
    department,
    open: ids(() => true),
    overdue: ids(({ clocks }) => clocks.some(({ due, metAt }) => metAt === null && due <= at)),
    disputed: ids(({ dispute }) => dispute !== null && dispute.settledAt === null),
    suspended: ids(({ suspended }) => suspended !== null),
    unowned: ids(({ owner }) => owner === null),
    returned: returned.slice(0, mostReturned).map(({ id }) => id),
  };
}

/** What became of promises by a moment (ms); `open` are ids of tickets that are still open. */
export const keptPromises = (promised: readonly Promised[], open: ReadonlySet<string>, at: number): KeptPromise[] =>
  promised.map((one) => {
    const left = one.tickets.filter((id) => open.has(id));
    const state = left.length === 0 ? ('kept' as const) : at < one.until ? ('running' as const) : ('broken' as const);
    return { ...one, open: left, state: one.tickets.length === 0 ? null : state };
  });
