import type { Alarm, Clause, Deadlines, Hazard, Priority } from '../../devices/contract/alarm.ts';
import type { Item, Procedure } from '../../devices/contract/catalogue.ts';
import type {
  Report,
  Reporter,
  Ticket,
  TicketAlarm,
  TicketClock,
  TicketDuty,
  TicketDutyKind,
} from '../../devices/contract/ticket.ts';
import type { TicketPolicy } from '../../devices/contract/ticket-policy.ts';
import type { Bilingual } from '../../devices/model/device-type.ts';
import { fits, type Matter } from '../../devices/tickets/which.ts';
import { type Calendar, clockFor, clocksOf } from './clocks.ts';
import { assign, type Duties, type DutyMatter } from './duties.ts';
import { procedureOn } from './procedure.ts';

export interface OpenParts {
  readonly policy: TicketPolicy;
  readonly calendar: Calendar;
  readonly duties: Duties;
  readonly fallback: string;
}

/** What a new ticket is about. */
export interface Subject extends Matter {
  readonly id: string;
  readonly no: string;
  readonly origin: Ticket['origin'];
  readonly title: Bilingual;
  readonly priority: Priority;
  readonly hazard: Hazard | null;
  readonly clause: Clause;
  readonly deadlines: Deadlines;
  readonly startedAt: number;
  readonly place: Pick<Ticket, 'area' | 'grid' | 'site' | 'siteName' | 'device' | 'lon' | 'lat' | 'address'>;
  readonly incident: string | null;
  readonly procedure: Ticket['procedure'];
  readonly demo: boolean;
  readonly drill?: string | undefined;
}

/** What the standards say of items, for matters that people report. */
export interface Standards {
  /** An item in force by its code. */
  itemOf(code: string): Item | undefined;
  /** An item in force as a clause. */
  clauseOf(item: Item): Clause;
  /** A procedure as `<id>@<version>`, also of earlier standards. */
  procedureOf(reference: string): Procedure | undefined;
  /** The deadlines of a matter under an item, from a moment. */
  deadlinesUnder(item: Item, priority: Priority, from: number): Deadlines;
}

/** What a ticket about an alarm, or about its incident, is about. */
export function subjectOfAlarm(
  alarm: Alarm,
  id: string,
  no: string,
  standards: Pick<Standards, 'procedureOf'>,
  grid?: string,
): Subject {
  const { area, site, siteName, device, lon, lat, incident, clause, priority, hazard, deadlines, demo, drill } = alarm;
  const name = clause.item === '' ? { zh: clause.name, en: clause.problem } : { zh: clause.name, en: clause.item };
  return {
    id,
    no,
    origin: incident === null ? { kind: 'alarm', alarm: alarm.id } : { kind: 'incident', incident },
    title: { zh: `${alarm.deviceName}：${name.zh}`, en: `${alarm.deviceName}: ${name.en}` },
    ...{ priority, hazard, clause, deadlines, incident, demo },
    ...(drill !== undefined && { drill }),
    startedAt: alarm.raisedAt,
    place: { area, ...(grid !== undefined && { grid }), site, siteName, device, lon, lat, address: null },
    procedure: procedureFor(clause, standards),
  };
}

/** What a ticket about a person's report is about. */
export function subjectOfReport(
  report: Report,
  item: Item,
  id: string,
  no: string,
  at: number,
  { standards, isDemo }: { readonly standards: Standards; readonly isDemo: () => boolean },
): Subject {
  const priority = report.priority ?? gravestOf(item);
  const clause = standards.clauseOf(item);
  const { area = null, grid, site = null, device = null, lon, lat, address = null } = report;
  return {
    id: `ticket:${id}`,
    no,
    origin: { kind: 'report', report: id },
    title: item.name,
    priority,
    hazard: item.hazard ?? null,
    clause,
    deadlines: standards.deadlinesUnder(item, priority, at),
    startedAt: at,
    place: { area, ...(grid !== undefined && { grid }), site, siteName: null, device, lon, lat, address },
    incident: null,
    procedure: procedureFor(clause, standards),
    demo: isDemo(),
  };
}

function procedureFor(
  { procedure: reference }: Clause,
  { procedureOf }: Pick<Standards, 'procedureOf'>,
): Ticket['procedure'] {
  const procedure = reference === undefined ? undefined : procedureOf(reference);
  return procedure && reference ? procedureOn(reference.split('@')[0]!, procedure) : null;
}

/** A matter that people report is as grave as the gravest rule of its item, and no graver than P2: nobody measured it. */
const gravestOf = ({ rules }: Item): Priority => {
  const gravest = rules.map(({ priority }) => priority).sort()[0] ?? 'P3';
  return gravest === 'P1' ? 'P2' : gravest;
};

/** A ticket as it begins: reported, lying with the dispatcher, its clocks running since the matter began. */
export function newTicket(parts: OpenParts, subject: Subject, at: number): Ticket {
  const { deadlines, startedAt, place, ...rest } = subject;
  const matter: DutyMatter = {
    item: subject.clause.item,
    department: subject.clause.department,
    hazard: subject.hazard,
    area: place.area,
    grid: place.grid,
  };
  const hazardous = subject.hazard !== null;
  return {
    ...rest,
    ...place,
    stage: 'reported',
    alarms: [],
    assigned: assign(parts.duties, matter, 'dispatch', at, parts.fallback),
    owner: null,
    verifiers: null,
    duties: dutiesOf(parts, subject, matter, at),
    clocks: [...clocksOf(parts.calendar, deadlines, startedAt, hazardous), ...sideClocks(parts, subject, startedAt)],
    suspended: null,
    returns: 0,
    dispute: null,
    upward: null,
    reporters: [],
    hands: { acknowledged: [], handled: [], verified: null },
    needs: [],
    reading: null,
    photos: [],
    mergedInto: null,
    settledOnSpot: false,
    recheck: null,
    reopened: 0,
    openedAt: at,
    closedAt: null,
    seq: 0,
  };
}

const kinds = ['local', 'supervise', 'company'] as const satisfies readonly TicketDutyKind[];

function dutiesOf(
  { policy, duties, fallback }: OpenParts,
  subject: Subject,
  matter: DutyMatter,
  at: number,
): TicketDuty[] {
  if (!fits(policy.threeDuties, subject)) return [];
  return kinds.map((kind) => {
    const { department, post, persons } = assign(duties, matter, kind, at, fallback);
    return { kind, department, post, persons, acceptedAt: null, by: null };
  });
}

/** The clocks of the three duties and of the report upward. */
export function sideClocks(
  { policy, calendar }: Pick<OpenParts, 'policy' | 'calendar'>,
  matter: Matter,
  startedAt: number,
): TicketClock[] {
  const { threeDuties: three, reportUp } = policy;
  const duty = (kind: TicketDutyKind, minutes: number) => clockFor(calendar, `duty:${kind}`, startedAt, minutes);
  return [
    ...(fits(three, matter)
      ? [duty('local', three.localMin), duty('supervise', three.superviseMin), duty('company', three.companyMin)]
      : []),
    ...(fits(reportUp, matter) ? [clockFor(calendar, 'report-up', startedAt, reportUp.withinMin)] : []),
  ];
}

/** The duties that a ticket carries now that it is graver than it began. */
export const dutiesNow = (parts: OpenParts, ticket: Ticket, at: number): readonly TicketDuty[] =>
  ticket.duties.length > 0
    ? ticket.duties
    : dutiesOf(parts, { ...ticket, deadlines: noDeadlines, startedAt: at, place: ticket }, matterOf(ticket), at);

/** A matter of a ticket, as the duty list looks it up. */
export const matterOf = ({
  clause,
  hazard,
  area,
  grid,
}: Pick<Ticket, 'clause' | 'hazard' | 'area' | 'grid'>): DutyMatter => ({
  item: clause.item,
  department: clause.department,
  hazard,
  area,
  grid,
});

const noDeadlines: Deadlines = { ack: null, arrive: null, makeSafe: null, close: null, clock: 'continuous' };

/** What a ticket keeps of an alarm. */
export const ticketAlarm = (alarm: Alarm): TicketAlarm => ({
  id: alarm.id,
  device: alarm.device,
  deviceName: alarm.deviceName,
  rule: alarm.rule,
  measurement: alarm.measurement,
  priority: alarm.priority,
  active: alarm.active,
  acked: alarm.acked,
  latched: alarm.latched,
  returnedAt: alarm.returnedAt,
  ackedBy: alarm.ackedBy,
  closedAt: alarm.closedAt,
  marks: alarm.marks,
  verdict: alarm.verdict?.kind ?? null,
});

/** Whether an alarm that stands is to have a ticket now. What is put aside, superseded or only found in old data is not. */
export function opensTicket(policy: TicketPolicy, alarm: Alarm): boolean {
  if (alarm.needsVerdict || alarm.override !== null || alarm.supersededBy !== null || alarm.closedAt !== null)
    return false;
  if (!alarm.active && alarm.acked) return false;
  // Whoever sits down at the seat ends it: there is nothing to send anybody out for.
  if (alarm.rule === 'platform.seat-unstaffed') return false;
  const when = policy.opens.find((rule) => fits(rule, alarm))?.when ?? 'at-once';
  return when === 'at-once' || (when === 'on-verdict' && alarm.verdict?.kind === 'real');
}

/** A person's report as one of a ticket's reporters. */
export const reporterOf = (id: string, report: Report, at: number): Reporter => ({
  id,
  channel: report.channel,
  reference: report.reference ?? null,
  name: report.name ?? null,
  phone: report.phone ?? null,
  at,
  text: report.text,
  photos: report.photos,
  satisfaction: null,
});
