import type { Alarm } from '../../devices/contract/alarm.ts';
import type { Notice, NoticeSubject, Recipient } from '../../devices/contract/notice.ts';
import type { AnnunciationRow } from '../../devices/contract/state-tables.ts';
import { dutyOfTicket, type Ticket, type TicketStep } from '../../devices/contract/ticket.ts';
import type { Bilingual } from '../../devices/model/device-type.ts';
import type { Effects } from '../engine/engine.ts';
import type { DutyAsked } from '../tickets/duties.ts';
import { matterOf } from '../tickets/open.ts';
import { beatNotice } from './beat-notice.ts';
import { actedOnCampaigns, campaignNotices } from './campaign-notices.ts';
import { actedOnHazards, hazardNotices } from './hazard-notices.ts';
import { persons, type RoutingParts, whoever } from './people.ts';
import { recipientOf, seatRecipient, seatsFor } from './recipients.ts';
import type { Acted, Routed } from './routed.ts';
import { emptySeat, mattersOf, withoutPages } from './seat-alarm.ts';
import { clockWords, dutyWords, ticketWords } from './words.ts';

/**
 * Whom to tell of what changed: the seats and those on duty there of every alarm that begins to sound, and of a ticket's steps
 * whoever it lies with now, and whose deadline of a hazard or campaign nears or is over. Nothing is told to nobody: where the duty list names no one, the seats are told.
 */
export function route(parts: RoutingParts, effects: Effects): Routed {
  const rows = new Map(effects.alarms.map((alarm) => [alarm.id, alarm]));
  const sounded = effects.annunciations.flatMap((one) => ofAlarm(parts, one, rows.get(one.alarm)) ?? []);
  const tickets = new Map(effects.tickets?.tickets.map((ticket) => [ticket.id, ticket]));
  const steps = effects.tickets?.steps ?? [];
  const stepped = steps.flatMap((step) => {
    const ticket = tickets.get(step.ticket);
    return ticket ? ofStep(parts, ticket, step) : [];
  });
  const { beat, hazards, campaigns } = effects;
  return {
    notices: [
      ...sounded,
      ...stepped,
      ...(hazards ? hazardNotices(parts, hazards) : []),
      ...(campaigns ? campaignNotices(parts, campaigns) : []),
      ...(beat === undefined ? [] : [beatNotice(beat)]),
    ],
    acted: distinct([
      ...actedOnAlarms(effects, rows),
      ...actedOnTickets(steps, tickets),
      ...(hazards ? actedOnHazards(hazards) : []),
      ...(campaigns ? actedOnCampaigns(campaigns) : []),
      ...actedByBeat(beat),
    ]),
  };
}

/** A heartbeat that comes through takes the place of the one before, and settles that there was none. */
const actedByBeat = (beat: number | undefined): Acted[] =>
  beat === undefined ? [] : [{ subject: { kind: 'heartbeat' }, at: beat, by: 'heartbeat' }];

/** Each subject once, by the first who acted. */
const distinct = (acted: readonly Acted[]): Acted[] => [
  ...new Map(acted.toReversed().map((one) => [JSON.stringify(one.subject), one])).values(),
];

function actedOnAlarms(effects: Effects, rows: ReadonlyMap<string, Alarm>): Acted[] {
  return effects.events.flatMap(({ kind, alarm, at, actor }): Acted[] => {
    const acts =
      kind === 'acknowledged' ||
      kind === 'closed' ||
      kind === 'shelved' ||
      kind === 'out-of-service' ||
      kind === 'judged';
    const row = rows.get(alarm);
    // An empty seat that somebody took needs nobody else; any other alarm that returned unseen still has to be seen.
    const over = row?.closedAt !== null || row.rule === 'platform.seat-unstaffed';
    return acts || (kind === 'returned' && over)
      ? [{ subject: { kind: 'alarm', id: alarm }, at, by: actor ?? 'system' }]
      : [];
  });
}

/**
 * A person's step settles what was told of the ticket before; a duty's own step what was told of that duty. The end of a drill
 * settles all of it: nobody is called to what was played.
 */
function actedOnTickets(steps: readonly TicketStep[], tickets: ReadonlyMap<string, Ticket>): Acted[] {
  return steps.flatMap(({ by, kind, ticket, at, more }): Acted[] => {
    const name = by?.name ?? 'system';
    if (kind === 'duty-accept') return [{ subject: dutySubject(ticket, String(more.duty)), at, by: name }];
    if (kind === 'report-receipt') return [{ subject: dutySubject(ticket, 'upward'), at, by: name }];
    if (kind === 'drill-over')
      return [
        { subject: { kind: 'ticket', id: ticket }, at, by: name },
        ...[...dutyOfTicket, 'upward'].map((duty) => ({ subject: dutySubject(ticket, duty), at, by: name })),
      ];
    const ended = tickets.get(ticket)?.closedAt !== null;
    // Whoever went off duty is told no further: those who came are told in his place.
    const passedOn = kind === 'shift-changed';
    return by !== null || ended || passedOn ? [{ subject: { kind: 'ticket', id: ticket }, at, by: name }] : [];
  });
}

/** A drill says so even in a demonstration. */
const markOf = ({ demo, drill }: Pick<Alarm, 'demo' | 'drill'>): Notice['mark'] =>
  drill !== undefined ? 'drill' : demo ? 'demo' : null;

const dutySubject = (ticket: string, duty: string): NoticeSubject => ({ kind: 'ticket', id: `${ticket}#${duty}` });

function ofAlarm(parts: RoutingParts, row: AnnunciationRow, alarm: Alarm | undefined): Notice | null {
  if (!alarm) return null;
  const categories = row.categories.split(',').filter(Boolean);
  const seats = seatsFor(parts.city, { categories, area: alarm.area, priority: alarm.priority });
  if (seats.length === 0) return null;
  const matter = {
    item: alarm.clause.item,
    department: alarm.clause.department,
    hazard: alarm.hazard,
    area: alarm.area,
    grid: parts.gridOf?.(alarm.device),
  };
  const empty = emptySeat(parts.city, alarm);
  const matters = empty ? mattersOf(empty, parts.heardAt(empty)) : [matter];
  const name = empty?.name ?? { zh: alarm.deviceName, en: alarm.deviceName };
  const onDuty = whoever(parts, matters, 'seat', row.at);
  const called = onDuty.length > 0 ? onDuty : whoever(parts, matters, 'dispatch', row.at);
  // Whoever is on duty at the seat hears of it there first. The seat itself is told as well: somebody else may sit at it.
  const to = empty
    ? [
        ...seats.filter((seat) => seat !== empty.id).map((seat) => seatRecipient(parts.city, seat, 0)),
        ...persons(parts, called).map((person, i) => withoutPages(recipientOf(person, i))),
      ]
    : [
        ...seats.map((seat) => seatRecipient(parts.city, seat, 0)),
        ...persons(parts, called).map((person, i) => recipientOf(person, i, i === 0 ? seats : [])),
      ];
  if (to.length === 0) return null;
  return {
    id: `alarm/${alarm.id}/${row.seq}`,
    at: row.at,
    priority: alarm.priority,
    hazard: alarm.hazard,
    area: alarm.area,
    categories,
    subject: { kind: 'alarm', id: alarm.id },
    title: {
      zh: `${name.zh}：${alarm.clause.name}`,
      en: `${name.en}: ${alarm.clause.item || alarm.clause.problem}`,
    },
    body: alarm.explanation,
    link: `/?alarm=${encodeURIComponent(alarm.id)}`,
    mark: markOf(alarm),
    to,
    handledAt: null,
    handledBy: null,
  };
}

/** What a step makes others hear. */
function ofStep(parts: RoutingParts, ticket: Ticket, step: TicketStep): Notice[] {
  const tell = (
    ids: readonly string[],
    subject: NoticeSubject = { kind: 'ticket', id: ticket.id },
    name: string = step.kind,
  ): Notice[] => [notice(parts, ticket, step, ids, subject, name)];
  const onDuty = (duty: DutyAsked): readonly string[] => parts.duties().who(matterOf(ticket), duty, step.at).persons;
  const holder = (): readonly string[] => {
    const owner = ticket.owner && parts.duties().personOf(ticket.owner.id);
    return [...new Set([...(owner ? [owner] : []), ...ticket.assigned.persons, ...onDuty('dispatch')])];
  };
  switch (step.kind) {
    case 'opened':
    case 'raised-priority':
      // One that waits for a dispatcher is his; what goes out by itself says so in its own step.
      return [
        ...duties(parts, ticket, step),
        ...(ticket.stage === 'reported' && step.kind === 'opened' ? tell(ticket.assigned.persons) : []),
      ];
    case 'auto-dispatch':
    case 'dispatch':
    case 'hand-back':
    case 'return':
    case 'settle-dispute':
      return tell(ticket.assigned.persons);
    case 'drill-over':
      // To whoever may be on the way: it is no emergency, whatever the ticket was.
      return tell(holder()).map((one) => ({ ...one, priority: 'P3' as const }));
    case 'shift-changed':
      return tell((ticket.stage === 'verifying' ? ticket.verifiers : ticket.assigned)?.persons ?? []);
    case 'finish':
    case 'closable':
      return ticket.verifiers ? tell(ticket.verifiers.persons) : [];
    case 'fail':
    case 'alarm-again':
    case 'warned':
    case 'overdue':
    case 'resumed':
      return tell(holder(), undefined, `${step.kind}/${step.more.clock ?? ''}`);
    case 'recheck':
      return step.more.passed === false ? tell(holder()) : [];
    case 'recheck-due':
      return tell(onDuty('recheck'));
    case 'disputed':
      return tell(onDuty('dispatch'));
    case 'report-up':
      return tell(onDuty('upward'), dutySubject(ticket.id, 'upward'));
    default:
      return [];
  }
}

/** 属地、监管、主体: each is told for itself, and each answers for itself. */
const duties = (parts: RoutingParts, ticket: Ticket, step: TicketStep): Notice[] =>
  ticket.duties
    .filter(({ acceptedAt }) => acceptedAt === null)
    .map(({ kind, persons: ids }) => ({
      ...notice(parts, ticket, step, ids, dutySubject(ticket.id, kind), kind),
      // The same duty is told once, whatever makes the ticket graver later.
      id: `${ticket.id}/duty/${kind}`,
      title: titled(ticket, dutyWords[kind]),
    }));

function notice(
  parts: RoutingParts,
  ticket: Ticket,
  step: TicketStep,
  ids: readonly string[],
  subject: NoticeSubject,
  name: string,
): Notice {
  const { city } = parts;
  const category = ticket.clause.item.slice(0, 3) || '*';
  const found = persons(parts, ids).map((person, i) => recipientOf(person, i));
  const concern = { categories: [category], area: ticket.area };
  // Work orders ring at no seat; but what nobody else would hear, some seat must.
  const seats = seatsFor(city, { ...concern, priority: found.length > 0 ? ticket.priority : 'P1' });
  const fallback = found.length > 0 ? [] : seats.map((seat) => seatRecipient(city, seat, 0));
  return {
    id: `${ticket.id}/${step.seq}/${name}`,
    at: step.at,
    priority: ticket.priority,
    hazard: ticket.hazard,
    area: ticket.area,
    categories: [category],
    subject,
    title: titled(ticket, wordsFor(step)),
    body: bodyOf(ticket, step),
    link: `/tickets?ticket=${encodeURIComponent(ticket.id)}`,
    mark: markOf(ticket),
    to: [...found, ...fallback] satisfies Recipient[],
    handledAt: null,
    handledBy: null,
  };
}

const titled = ({ no, title }: Ticket, words: Bilingual): Bilingual => ({
  zh: `${words.zh} · ${title.zh}（${no}）`,
  en: `${words.en} · ${title.en} (${no})`,
});

const wordsFor = ({ kind, more }: TicketStep): Bilingual => {
  const words = ticketWords[kind] ?? { zh: kind, en: kind };
  const clock = typeof more.clock === 'string' ? clockWords[more.clock] : undefined;
  return clock ? { zh: `${words.zh}：${clock.zh}`, en: `${words.en}: ${clock.en}` } : words;
};

function bodyOf(ticket: Ticket, { note, more }: TicketStep): Bilingual {
  const where = [ticket.siteName, ticket.address].filter(Boolean).join(' ');
  const why = typeof more.reason === 'string' ? more.reason : note;
  const hole = ticket.assigned.hole;
  return {
    zh: [where, ticket.clause.problem, why, hole?.zh].filter(Boolean).join('；'),
    en: [where, ticket.clause.item, why, hole?.en].filter(Boolean).join('; '),
  };
}
