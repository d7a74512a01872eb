import type { Assigned, Ticket } from '../../devices/contract/ticket.ts';
import { assign, type Duties, type DutyAsked } from './duties.ts';
import { matterOf } from './open.ts';

/** A ticket that lies with other persons than before, because those on duty changed. */
export interface NewShift {
  readonly ticket: Ticket;
  readonly before: readonly string[];
  readonly now: readonly string[];
}

/** For which duty a ticket waits for somebody who has not taken it yet; undefined where a person has it. */
const waitsFor = ({ stage }: Ticket): DutyAsked | undefined => {
  switch (stage) {
    case 'reported':
    case 'filed':
      return 'dispatch';
    case 'dispatched':
      return 'handle';
    case 'verifying':
      return 'verify';
    default:
      return undefined;
  }
};

/** Looks tickets up again at one moment; what many of them ask alike is looked up once. */
export function newShifts(duties: Duties, fallback: string, at: number): (ticket: Ticket) => NewShift | null {
  const known = new Map<string, Assigned>();
  const lookUp = (ticket: Ticket, duty: DutyAsked): Assigned => {
    const matter = matterOf(ticket);
    const key = [duty, matter.item, matter.department, matter.hazard, matter.area, matter.grid].join(' ');
    const found = known.get(key) ?? assign(duties, matter, duty, at, fallback);
    known.set(key, found);
    return found;
  };
  return (ticket) => {
    const duty = waitsFor(ticket);
    const lies = ticket.stage === 'verifying' ? ticket.verifiers : ticket.assigned;
    if (duty === undefined || lies === null || (lies.post === null && lies.crew === null)) return null;
    const next = onNow(duties, lies, lookUp(ticket, duty), at);
    if (String(next.persons) === String(lies.persons)) return null;
    const moved = ticket.stage === 'verifying' ? { verifiers: next } : { assigned: next };
    return { ticket: { ...ticket, ...moved }, before: lies.persons, now: next.persons };
  };
}

/**
 * Who is on where a ticket lies: as the duty list answers for it, unless somebody sent it to another post or crew. There those who
 * were called stay called while the new shift has nobody: better the old shift than no one.
 */
function onNow(duties: Duties, lies: Assigned, listed: Assigned, at: number): Assigned {
  const { department, post, crew } = lies;
  if (listed.department === department && listed.post === post && listed.crew === crew) return listed;
  const persons = duties.personsOf({ post: post ?? undefined, crew: crew ?? undefined }, at);
  return persons.length > 0 ? { ...lies, persons } : lies;
}
