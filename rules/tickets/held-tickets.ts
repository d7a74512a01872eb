import type { Ticket } from '../../devices/contract/ticket.ts';

/** The tickets that may still change, each found by what it is about without looking at the others. */
export interface HeldTickets {
  /** Takes a ticket, or what became of it. */
  put(ticket: Ticket): void;
  /** Says on which ticket an alarm is. */
  alarmIsOn(alarm: string, ticket: string): void;
  /** Lets a ticket go, and its alarms. */
  drop(ticket: Ticket): void;
  get(id: string): Ticket | undefined;
  ofAlarm(alarm: string): Ticket | undefined;
  /** Of an incident, the oldest first. */
  ofIncident(incident: string): readonly Ticket[];
  /** Of a device under an item of the catalogue and no incident, the oldest first. */
  ofDevice(device: string, item: string): readonly Ticket[];
  all(): Iterable<Ticket>;
}

export function heldTickets(): HeldTickets {
  const tickets = new Map<string, Ticket>();
  const idOfAlarm = new Map<string, string>();
  const idsOfMatter = new Map<string, Set<string>>();

  const unlink = (ticket: Ticket): void => {
    const key = matter(ticket);
    const ids = idsOfMatter.get(key);
    ids?.delete(ticket.id);
    if (ids?.size === 0) idsOfMatter.delete(key);
  };
  const of = (key: string): Ticket[] => [...(idsOfMatter.get(key) ?? [])].flatMap((id) => tickets.get(id) ?? []);
  return {
    put(ticket) {
      const before = tickets.get(ticket.id);
      tickets.set(ticket.id, ticket);
      const key = matter(ticket);
      if (before && matter(before) === key) return;
      if (before) unlink(before);
      const ids = idsOfMatter.get(key);
      if (ids) ids.add(ticket.id);
      else idsOfMatter.set(key, new Set([ticket.id]));
    },
    alarmIsOn: (alarm, ticket) => void idOfAlarm.set(alarm, ticket),
    drop(ticket) {
      tickets.delete(ticket.id);
      unlink(ticket);
      for (const { id } of ticket.alarms) if (idOfAlarm.get(id) === ticket.id) idOfAlarm.delete(id);
    },
    get: (id) => tickets.get(id),
    ofAlarm: (alarm) => tickets.get(idOfAlarm.get(alarm) ?? ''),
    ofIncident: (incident) => of(incidentKey(incident)),
    ofDevice: (device, item) => of(deviceKey(device, item)),
    all: () => tickets.values(),
  };
}

const matter = ({ incident, device, clause }: Ticket): string =>
  incident === null ? deviceKey(device ?? '', clause.item) : incidentKey(incident);
const incidentKey = (incident: string): string => `incident ${incident}`;
const deviceKey = (device: string, item: string): string => `device ${device} ${item}`;
