import { categoriesOf, concerns } from '../../devices/city/seats.ts';
import type { Alarm } from '../../devices/contract/alarm.ts';
import type { Seat } from '../../devices/contract/city.ts';
import type { StandingOverride } from '../../devices/contract/overrides.ts';
import type { Device } from '../../devices/contract/registry.ts';
import { isTicketOpen, type Ticket } from '../../devices/contract/ticket.ts';
import {
  type Handover,
  type HandoverDraft,
  type HandoverItem,
  type HandoverSection,
  type HandoverState,
  handoverSections,
  type LeavingTicket,
} from '../../devices/contract/watch.ts';
import type { LedgerLine } from '../../devices/detectors/ledger.ts';
import type { Bilingual } from '../../devices/model/device-type.ts';
import { dueOf, NEVER } from '../../devices/tickets/ticket-line.ts';

/** What a note of a seat is drafted from: rows as they are at one moment. */
export interface DraftParts {
  readonly seat: Seat;
  /** ms. */
  readonly at: number;
  readonly alarms: readonly Alarm[];
  readonly standing: readonly StandingOverride[];
  readonly tickets: readonly Ticket[];
  /** Expiry and calibration, what is overdue or ends within {@link SOON_DAYS}. */
  readonly ledger: readonly LedgerLine[];
  readonly leaving: readonly LeavingTicket[];
  /** The last note of the seat with both signatures. */
  readonly last: Handover | null;
  readonly categoriesOfType: (deviceType: string) => readonly string[];
  readonly deviceOf: (id: string) => Pick<Device, 'name' | 'type' | 'area'> | undefined;
}

/** So many days ahead a note names what expires or wants a calibration. */
export const SOON_DAYS = 7;
/** Items of a section that a note lists; it counts the rest. */
const LISTED = 100;

type Drafted = Omit<HandoverItem, 'again' | 'section'>;

/**
 * The note of a seat at one moment: its open alarms, what is put aside and until when, what nobody watches, its tickets, detectors
 * that are or soon will be past their day, and what was promised. Gravest first in each section, what nobody has taken before the rest.
 */
export function draftNote(parts: DraftParts): HandoverDraft {
  const before = new Set(parts.last?.note.items.map(({ id }) => id));
  const sections: Readonly<Record<HandoverSection, readonly Drafted[]>> = {
    alarms: alarmsOf(parts),
    aside: asideOf(parts),
    blind: blindOf(parts),
    tickets: ticketsOf(parts),
    detectors: detectorsOf(parts),
    carried: promisesOf(parts.last),
  };
  const items = handoverSections.flatMap((section) =>
    sections[section].slice(0, LISTED).map((item) => ({ section, ...item, again: before.has(item.id) })),
  );
  const more = Object.fromEntries(
    handoverSections.flatMap((section) => {
      const left = sections[section].length - LISTED;
      return left > 0 ? [[section, left]] : [];
    }),
  );
  return { seat: parts.seat.id, at: parts.at, items, more, leaving: parts.leaving };
}

const item = (
  id: string,
  title: Bilingual,
  link: string,
  more: Partial<Drafted> & Pick<Drafted, 'states'>,
): Drafted => ({
  ...{ id, title, link, priority: null, until: null, who: null, says: null, count: 1 },
  ...more,
});

const byGravity = (a: Drafted, b: Drafted): number => (a.priority ?? 'P5').localeCompare(b.priority ?? 'P5');
/** What waits for somebody before the rest of its priority. */
const waiting: ReadonlySet<HandoverState> = new Set(['unacknowledged', 'unowned', 'overdue']);
const waits = ({ states }: Drafted): number => Number(!states.some((state) => waiting.has(state)));
const sorted = (items: Drafted[]): Drafted[] => items.sort((a, b) => byGravity(a, b) || waits(a) - waits(b));

const hearsOf = ({ seat, categoriesOfType }: DraftParts, alarm: Alarm): boolean =>
  concerns(seat, {
    categories: categoriesOf(alarm, categoriesOfType),
    area: alarm.area,
    priority: alarm.priority,
  });

const alarmTitle = ({ deviceName, clause }: Alarm): Bilingual => ({
  zh: `${deviceName}：${clause.name}`,
  en: `${deviceName}: ${clause.item || clause.problem}`,
});
const alarmLink = (id: string): string => `/?alarm=${encodeURIComponent(id)}`;

function alarmsOf(parts: DraftParts): Drafted[] {
  const open = [...parts.alarms].filter(
    (alarm) => alarm.override === null && alarm.supersededBy === null && hearsOf(parts, alarm),
  );
  return sorted(
    open.map((alarm) =>
      item(alarm.id, alarmTitle(alarm), alarmLink(alarm.id), {
        priority: alarm.priority,
        states: alarmStates(alarm),
        who: alarm.ackedBy,
      }),
    ),
  );
}

const alarmStates = ({ needsVerdict, acked, active }: Alarm): HandoverState[] =>
  needsVerdict
    ? ['needs-verdict']
    : [...(acked ? [] : (['unacknowledged'] as const)), active ? 'standing' : 'returned'];

/** What people put aside, point by point; what the design hides, by its cause. */
function asideOf(parts: DraftParts): Drafted[] {
  const { seat, categoriesOfType, deviceOf } = parts;
  const byPeople = [...parts.standing].flatMap(({ device, rule, override }): Drafted[] => {
    const there = deviceOf(device);
    const categories = rule ? [rule.slice(0, 3)] : categoriesOfType(there?.type ?? '');
    const named = categories.length > 0 ? categories : ['*'];
    // Whatever its priority: a point is hidden from the seat by whoever did it.
    if (!concerns(seat, { categories: named, area: there?.area ?? null, priority: seat.priorities[0]! })) return [];
    const name = there?.name ?? device;
    const title = { zh: rule ? `${name} ${rule}` : name, en: rule ? `${name} ${rule}` : name };
    const says = override.kind === 'out-of-service' ? `${override.workOrder} · ${override.reason}` : override.reason;
    const link = `/?device=${encodeURIComponent(device)}`;
    const { until, by: who } = override;
    return [
      item(`aside:${device} ${rule ?? ''} ${override.kind}`, title, link, {
        states: [override.kind],
        until,
        who,
        says,
      }),
    ];
  });
  const causes = new Map<string, number>();
  for (const alarm of parts.alarms)
    if (alarm.override?.kind === 'suppressed' && hearsOf(parts, alarm))
      causes.set(alarm.override.because, (causes.get(alarm.override.because) ?? 0) + 1);
  const byDesign = [...causes].map(([because, count]) => {
    const name = deviceOf(because)?.name ?? because;
    const link = `/?device=${encodeURIComponent(because)}`;
    return item(`suppressed:${because}`, { zh: name, en: name }, link, { states: ['suppressed'], count });
  });
  const end = ({ until }: Drafted): number => until ?? NEVER;
  return [...byPeople.sort((a, b) => end(a) - end(b)), ...byDesign.sort((a, b) => b.count - a.count)];
}

function blindOf(parts: DraftParts): Drafted[] {
  const open = [...parts.alarms].filter((alarm) => alarm.active && alarm.blind !== null && hearsOf(parts, alarm));
  return sorted(
    open.map((alarm) =>
      item(`blind:${alarm.id}`, alarmTitle(alarm), alarmLink(alarm.id), {
        ...{ priority: alarm.priority, states: ['blind'], count: alarm.blind!.devices },
      }),
    ),
  );
}

function ticketsOf({ seat, tickets, leaving, at }: DraftParts): Drafted[] {
  const going = new Set(leaving.map(({ ticket }) => ticket));
  const open = [...tickets].filter(
    (ticket) =>
      isTicketOpen(ticket) &&
      (going.has(ticket.id) ||
        concerns(seat, {
          categories: [ticket.clause.item.slice(0, 3) || '*'],
          area: ticket.area,
          priority: ticket.priority,
        })),
  );
  const items = open.map((ticket) => {
    const due = dueOf(ticket);
    const { no, title, priority, owner, id } = ticket;
    return item(id, { zh: `${no} ${title.zh}`, en: `${no} ${title.en}` }, `/tickets?ticket=${encodeURIComponent(id)}`, {
      ...{ priority, states: ticketStates(ticket, at), who: owner?.name ?? null, until: due === NEVER ? null : due },
      says: ticket.suspended?.reason ?? null,
    });
  });
  return sorted(items);
}

function ticketStates({ clocks, suspended, dispute, owner }: Ticket, at: number): HandoverState[] {
  const states: HandoverState[] = [];
  if (clocks.some(({ metAt, due, safety }) => metAt === null && due <= at && (safety || !suspended)))
    states.push('overdue');
  if (dispute && dispute.settledAt === null) states.push('disputed');
  if (suspended) states.push('suspended');
  if (!owner) states.push('unowned');
  return states.length > 0 ? states : ['open'];
}

function detectorsOf({ seat, ledger, categoriesOfType }: DraftParts): Drafted[] {
  return [...ledger].flatMap((line): Drafted[] => {
    const categories = categoriesOfType(line.type);
    if (line.days === null || line.days > SOON_DAYS || categories.length === 0) return [];
    if (!concerns(seat, { categories, area: line.area, priority: seat.priorities[0]! })) return [];
    const past = line.days < 0;
    const state =
      line.kind === 'expiry' ? (past ? 'expired' : 'expires-soon') : past ? 'calibration-overdue' : 'calibration-soon';
    const link = `/?device=${encodeURIComponent(line.device)}`;
    return [
      item(`${line.kind}:${line.device}`, { zh: line.name, en: line.name }, link, { states: [state], says: line.due }),
    ];
  });
}

/** What was promised and is not kept yet, the soonest first. */
const promisesOf = (last: Handover | null): Drafted[] =>
  [...(last?.promises ?? [])]
    .sort((a, b) => (a.due ?? NEVER) - (b.due ?? NEVER))
    .map(({ id, text, due, by }) =>
      item(id, { zh: text, en: text }, '/handover', { states: ['promised'], until: due, who: by.name }),
    );
