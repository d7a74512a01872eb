import { z } from 'zod';
import type { Bilingual } from '../model/device-type.ts';
import type { Alarm, Clause, Hazard, Priority } from './alarm.ts';
import type { Step as ProcedureStep } from './catalogue.ts';
import { positionSchema } from './place.ts';
import type { ActorRole } from './roles.ts';
import { carriedFields, note, photos, reason } from './step-fields.ts';
import { type ReportChannel, reportChannels, type TicketStage } from './ticket-stages.ts';

// What pages need without the schemas stands in a file of its own.
export { isTicketOpen, type ReportChannel, reportChannels, type TicketStage, ticketStages } from './ticket-stages.ts';

/** The duties of a matter: who handles it, and for gas the three duties 属地、监管、主体 beside it. */
export const dutyOfTicket = ['local', 'supervise', 'company'] as const;
export type TicketDutyKind = (typeof dutyOfTicket)[number];

/** What was measured on site. */
export const readingSchema = z.object({
  value: z.number(),
  unit: z.string().min(1).max(20),
  instrument: z.string().max(100).optional(),
});
export type OnSiteReading = z.infer<typeof readingSchema>;

/** What every step may carry, and a reading. */
const carried = { ...carriedFields, reading: readingSchema.optional() };
const bare = <K extends string>(kind: K) => z.strictObject({ kind: z.literal(kind), ...carried });

/** What a person does with a ticket. The table in devices/tickets/stages.ts says in which stage each is possible. */
export const personStepSchema = z.discriminatedUnion('kind', [
  /** 立案 */
  bare('file'),
  /** 不予立案, with its reason. */
  z.strictObject({ kind: z.literal('reject'), ...carried, reason }),
  /** 派遣, also to somebody else (transfer) while it is under way. Nothing named: whom the duty list answers. */
  z.strictObject({
    kind: z.literal('dispatch'),
    ...carried,
    department: z.string().optional(),
    post: z.string().optional(),
    crew: z.string().optional(),
    person: z.string().optional(),
    reason: reason.optional(),
  }),
  /** 接单 */
  bare('accept'),
  /** 退回: not ours. It goes back to the dispatcher; no clock stops. */
  z.strictObject({ kind: z.literal('return'), ...carried, reason }),
  /** 交回: ours, but somebody else must go on (end of a shift, hurt, called away). */
  z.strictObject({ kind: z.literal('hand-back'), ...carried, reason }),
  /** 到场 */
  bare('arrive'),
  /** 控制: people and surroundings are safe. */
  bare('make-safe'),
  /** One step of the procedure, done or not applicable with a reason. */
  z.strictObject({
    kind: z.literal('record'),
    ...carried,
    step: z.number().int().min(0),
    choice: z.number().int().min(0).optional(),
    skipped: reason.optional(),
  }),
  /** 完成: handled, asks for verification. */
  z.strictObject({ kind: z.literal('finish'), ...carried, note }),
  /** 核查通过, and with it 结案 where nothing else is missing. */
  bare('verify'),
  /** 核查不通过 */
  z.strictObject({ kind: z.literal('fail'), ...carried, reason }),
  /** 挂起 until a moment, with a reason. Safety clocks run on. */
  z.strictObject({ kind: z.literal('suspend'), ...carried, reason, until: z.number() }),
  bare('resume'),
  /** Evidence that follows later; possible at any time, also of a closed ticket. */
  bare('evidence'),
  /** One of the three duties has taken note and acts. */
  z.strictObject({ kind: z.literal('duty-accept'), ...carried, duty: z.enum(dutyOfTicket) }),
  /** 见事报信: the report upward was sent, with its number; and its receipt. */
  z.strictObject({ kind: z.literal('report-up'), ...carried, note }),
  z.strictObject({ kind: z.literal('report-receipt'), ...carried, note }),
  /** 回头看: looked again. What fails reopens the ticket. */
  z.strictObject({ kind: z.literal('recheck'), ...carried, passed: z.boolean(), note }),
  /** The quarrel about whose it is, settled: it is theirs. */
  z.strictObject({ kind: z.literal('settle-dispute'), ...carried, department: z.string(), reason }),
  /** The reporter's own word on how it went, 1 (bad) to 5 (good). */
  z.strictObject({
    kind: z.literal('satisfaction'),
    ...carried,
    score: z.number().int().min(1).max(5),
    reporter: z.string(),
  }),
]);
export type PersonStep = z.infer<typeof personStepSchema>;
export type PersonStepKind = PersonStep['kind'];
/** All of them, in the order of the flow. */
export const personStepKinds: readonly PersonStepKind[] = personStepSchema.options.map(({ shape }) => shape.kind.value);

/** What happens to a ticket without a person: its alarms change, its clocks run. */
export type OwnStepKind =
  | 'opened'
  | 'joined'
  | 'merged'
  | 'auto-dispatch'
  | 'alarm-returned'
  | 'alarm-again'
  | 'alarm-changed'
  | 'raised-priority'
  | 'warned'
  | 'overdue'
  | 'resumed'
  | 'disputed'
  | 'closable'
  | 'self-closed'
  | 'recheck-due'
  | 'recheck-drawn'
  /** Nobody had taken it yet, and others are on duty now where it lies. */
  | 'shift-changed'
  /** Its drill is over: nobody need go on. */
  | 'drill-over';
export type TicketStepKind = PersonStepKind | OwnStepKind;

/** Somebody as a step remembers him. */
export interface By {
  readonly id: string;
  readonly name: string;
  readonly role: ActorRole;
}

/** One line of a ticket's history: who, when, where, what, and under which version of which clause. */
export interface TicketStep {
  readonly seq: number;
  readonly ticket: string;
  /** On the platform's clock, ms. */
  readonly at: number;
  /** On the clock of the device it was done at, where that was later sent, ms. */
  readonly doneAt: number | null;
  readonly kind: TicketStepKind;
  readonly by: By | null;
  readonly place: { readonly lon: number; readonly lat: number } | null;
  readonly note: string | null;
  readonly reading: OnSiteReading | null;
  readonly photos: readonly string[];
  readonly from: TicketStage;
  readonly to: TicketStage;
  /** `<item>@<version of the catalogue>`; empty for the platform's own. */
  readonly clause: string;
  /** What else the step says: whom it was dispatched to, which clock, which step of the procedure. */
  readonly more: Readonly<Record<string, string | number | boolean | null>>;
}

/** The clocks of a ticket. `duty:*` and `report-up` belong to the three duties and the report upward. */
export type TicketClockKind = 'acknowledge' | 'arrive' | 'make-safe' | 'close' | 'report-up' | `duty:${TicketDutyKind}`;

/** One deadline, of a ticket or of whatever else must be done in time. All times in ms on the platform's clock. */
export interface Clock<K extends string> {
  readonly kind: K;
  /** `continuous` runs always; `working` only in the city's working hours (GB/T 30428). */
  readonly runs: 'continuous' | 'working';
  /** A safety clock: no suspension, return or transfer stops it. */
  readonly safety: boolean;
  readonly startedAt: number;
  readonly due: number;
  /** When four fifths of the time are gone. */
  readonly warnAt: number;
  readonly metAt: number | null;
  readonly warned: boolean;
  readonly overdue: boolean;
}
export type TicketClock = Clock<TicketClockKind>;

/** One of the three duties (属地、监管、主体) of a gas ticket. */
export interface TicketDuty {
  readonly kind: TicketDutyKind;
  readonly department: string;
  readonly post: string | null;
  /** Persons on duty for it when the ticket was opened. */
  readonly persons: readonly string[];
  readonly acceptedAt: number | null;
  readonly by: By | null;
}

/** What a ticket knows of each of its alarms. */
export type TicketAlarm = Pick<
  Alarm,
  | 'id'
  | 'device'
  | 'deviceName'
  | 'rule'
  | 'measurement'
  | 'priority'
  | 'active'
  | 'acked'
  | 'latched'
  | 'returnedAt'
  | 'ackedBy'
  | 'closedAt'
  | 'marks'
> & { readonly verdict: string | null };

/** Somebody who reported it: a citizen at the hotline, a grid worker, an inspector. */
export interface Reporter {
  readonly id: string;
  readonly channel: ReportChannel;
  /** Number in the system it came from. */
  readonly reference: string | null;
  readonly name: string | null;
  readonly phone: string | null;
  readonly at: number;
  readonly text: string;
  readonly photos: readonly string[];
  readonly satisfaction: number | null;
}

/** A matter that people report. */
export const reportSchema = z.strictObject({
  channel: z.enum(reportChannels),
  reference: z.string().max(100).optional(),
  /** Code of the catalogue's item. */
  item: z.string().min(1),
  text: z.string().trim().min(2).max(2000),
  lon: positionSchema.shape.lon,
  lat: positionSchema.shape.lat,
  area: z.string().optional(),
  grid: z.string().max(100).optional(),
  address: z.string().max(200).optional(),
  site: z.string().optional(),
  device: z.string().optional(),
  priority: z.enum(['P1', 'P2', 'P3', 'P4']).optional(),
  name: z.string().max(100).optional(),
  phone: z.string().max(40).optional(),
  photos: photos.default([]),
  /** Settled on the spot: what was done, with what proves it. It is filed and closed in one. */
  settled: z.strictObject({ note, photos: photos.default([]) }).optional(),
});
export type Report = z.infer<typeof reportSchema>;

/** A procedure's step on a ticket, and how it was recorded. */
export interface TicketProcedureStep extends Omit<ProcedureStep, 'choices' | 'unit'> {
  readonly choices?: readonly Bilingual[] | undefined;
  readonly unit?: string | undefined;
  readonly done: {
    readonly at: number;
    readonly by: By;
    readonly reading: OnSiteReading | null;
    readonly choice: number | null;
    readonly photos: readonly string[];
    readonly note: string | null;
    readonly skipped: string | null;
  } | null;
}

/** Whom a ticket lies with. A department always; a person once somebody accepted. */
export interface Assigned {
  readonly department: string;
  readonly post: string | null;
  readonly crew: string | null;
  /** Ids of the persons whom the duty list names, whom first. */
  readonly persons: readonly string[];
  /** What is missing in the duty list for this; null when nothing is. */
  readonly hole: Bilingual | null;
}

/** What a close still waits for. */
export interface ClosingNeed {
  readonly id:
    | 'alarm-over'
    | 'fresh-data'
    | 'alarm-closed'
    | 'verdict'
    | 'on-site-reading'
    | 'evidence'
    | 'procedure'
    | 'witness'
    | 'report-up'
    | 'second-person'
    | 'dispute';
  readonly met: boolean;
  readonly text: Bilingual;
}

/** 回头看 of a closed ticket. */
export interface Recheck {
  /** When somebody must have looked again, ms. */
  readonly due: number;
  /** `item`: the item always asks for it; `drawn`: by lot; `none`: the lot passed it by. */
  readonly why: 'item' | 'drawn' | 'none';
  /** With this the lot can be drawn again by anybody (rules/tickets/recheck.ts). */
  readonly seed: string;
  readonly passed: boolean | null;
  readonly by: By | null;
  readonly at: number | null;
}

/** A matter on its way to a verified close. */
export interface Ticket {
  /** `ticket:` and the id of what opened it: never changes, never doubles. */
  readonly id: string;
  /** What people say on the phone: `20261130-0007`, counted through each local day. */
  readonly no: string;
  readonly origin:
    | { readonly kind: 'alarm'; readonly alarm: string }
    | { readonly kind: 'incident'; readonly incident: string }
    | { readonly kind: 'report'; readonly report: string };
  readonly stage: TicketStage;
  readonly title: Bilingual;
  readonly priority: Priority;
  readonly hazard: Hazard | null;
  /** Frozen as it stood when the ticket was opened. */
  readonly clause: Clause;
  readonly area: string | null;
  /** The grid of its device or of the report; left out where none was known. */
  readonly grid?: string | undefined;
  readonly site: string | null;
  readonly siteName: string | null;
  readonly device: string | null;
  readonly lon: number;
  readonly lat: number;
  readonly address: string | null;
  readonly alarms: readonly TicketAlarm[];
  readonly incident: string | null;
  readonly assigned: Assigned;
  /** Who accepted it and has it now. */
  readonly owner: By | null;
  /** Whom the verification lies with, once it is finished. */
  readonly verifiers: Assigned | null;
  readonly duties: readonly TicketDuty[];
  readonly clocks: readonly TicketClock[];
  readonly suspended: {
    readonly since: number;
    readonly until: number;
    readonly reason: string;
    readonly by: By;
  } | null;
  /** How often it was returned as not theirs. */
  readonly returns: number;
  /** Three returns: somebody must settle whose it is. */
  readonly dispute: { readonly since: number; readonly settledAt: number | null } | null;
  readonly procedure: {
    readonly id: string;
    readonly version: string;
    readonly title: Bilingual;
    readonly steps: readonly TicketProcedureStep[];
  } | null;
  /** 见事报信: the report upward and its receipt; null until it was sent. */
  readonly upward: {
    readonly sentAt: number;
    readonly by: By;
    readonly text: string;
    readonly receiptAt: number | null;
    readonly receipt: string | null;
  } | null;
  readonly reporters: readonly Reporter[];
  /** Who did what: nobody acknowledges, closes and rechecks the same ticket. */
  readonly hands: {
    readonly acknowledged: readonly string[];
    readonly handled: readonly string[];
    readonly verified: string | null;
  };
  /** What a close still waits for; empty once it is closed. */
  readonly needs: readonly ClosingNeed[];
  /** The newest reading taken on site. */
  readonly reading: (OnSiteReading & { readonly at: number; readonly by: By }) | null;
  readonly photos: readonly string[];
  readonly mergedInto: string | null;
  readonly settledOnSpot: boolean;
  readonly recheck: Recheck | null;
  readonly reopened: number;
  readonly openedAt: number;
  readonly closedAt: number | null;
  readonly demo: boolean;
  /** The drill it belongs to; left out for what is real. */
  readonly drill?: string | undefined;
  /** Number of the last step that touched it; the live stream counts by it. */
  readonly seq: number;
}
