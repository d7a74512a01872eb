import type { BiogasAdvice } from '../biogas/advise.ts';
import type { LedgerLine } from '../detectors/ledger.ts';
import type { Bilingual, DeviceType } from '../model/device-type.ts';
import type { Fault } from '../registry/fault.ts';
import type { Reachable } from '../registry/reach.ts';
import type { Unowned } from '../tickets/unowned.ts';
import type { Alarm, AlarmEvent, Priority, Verdict } from './alarm.ts';
import type { Catalogue } from './catalogue.ts';
import type { Ceiling } from './ceiling.ts';
import type { City } from './city.ts';
import type { Refusal } from './command.ts';
import type { DutyRecords } from './duty.ts';
import type { DutyGap } from './duty-answers.ts';
import type { Value } from './entry.ts';
import type { Delivery } from './notice.ts';
import type { Overlay } from './overlay.ts';
import type { OverrideAsk, StandingOverride } from './overrides.ts';
import type { Quarantined } from './quarantine.ts';
import type { Device, Gateway, Site } from './registry.ts';
import type { StandardsChange, StandardsProposal, StandardsText, VersionLine } from './standards.ts';
import type { PersonStepKind, Ticket, TicketStep } from './ticket.ts';
import type { TicketLine, TicketRef } from './ticket-line.ts';

/**
 * Bodies of `/api/v1/*`. Errors are RFC 9457 problem documents (`application/problem+json`) with `title`, `detail`, `status`,
 * `code`, and `zh`/`en` sentences for people.
 */

/** GET /api/v1/city */
export interface CityBody {
  readonly city: City;
  readonly types: readonly DeviceType[];
  /** `demo` is present in a demonstration: pages carry the watermark and the fault buttons. */
  readonly demo: { readonly speed: number; readonly faults: readonly DemoFault[] } | null;
  readonly version: string;
  /** Map style URLs by theme, geometry under /geo/. */
  readonly mapStyles: { readonly light: string; readonly dark: string };
  readonly mapboxToken: string | null;
}

/** A fault that the demonstration can play on demand: POST /api/v1/demo/faults {kind, target?} → {started: string} */
export interface DemoFault {
  readonly kind: string;
  readonly title: Bilingual;
  /** What a duty officer will see. */
  readonly expect: Bilingual;
}

/** GET /api/v1/devices?type=&area=&site=&gateway=&q=&limit=&offset= */
export interface DevicesBody {
  readonly total: number;
  readonly items: readonly DeviceBody[];
}

/** GET /api/v1/devices/:id */
export interface DeviceBody extends Device {
  readonly siteRecord?: Site;
  readonly gatewayRecord?: Gateway;
  readonly lastAt: number | null;
  readonly stale: boolean;
  /** measurement → [value, source time, quality] */
  readonly values: Readonly<Record<string, readonly [Value, number, number]>>;
  /** Client attributes it sent: firmware, serial, … */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Its clock as measured, in `GET /api/v1/devices/:id` only: by how much it is ahead, ms; null while too little was heard. */
  readonly clock?: { readonly skewMs: number; readonly at: number } | null;
}

/** GET /api/v1/sites, /api/v1/gateways: {total, items} of Site / Gateway. */

/**
 * GET /api/v1/readings?device=&measurement=&from=&to=&width= (ms; default the last 24 h, 500 columns); of several devices and
 * measurements (`devices=a,b&measurements=c,d`) a {@link ReadingsListBody} of these.
 */
export interface ReadingsBody {
  readonly device: string;
  readonly measurement: string;
  readonly unit: string;
  /** The range that was asked for, ms. */
  readonly from: number;
  readonly to: number;
  /** [time ms, value, quality] oldest first; of each column of the picture the lowest and the highest. */
  readonly samples: readonly (readonly [number, Value, number])[];
  /** Limits of catalogue rules on this measurement for this device, evaluated, to draw as lines. */
  readonly limits: readonly {
    readonly rule: string;
    readonly title: Bilingual;
    readonly priority: string;
    readonly op: string;
    readonly value: number;
  }[];
  /** Readings in the range; more than there are samples when `thinned`. */
  readonly count: number;
  readonly thinned: boolean;
  /** 0: from the readings themselves. Else from rollups of this width, ms: lows and highs are exact, times within it. */
  readonly resolutionMs: number;
  /** How many readings were of which quality; null where rollups no longer tell. */
  readonly quality: { readonly good: number; readonly uncertain: number; readonly bad: number } | null;
  /** Times of the first and the last reading in the range, ms. */
  readonly first: number | null;
  readonly last: number | null;
  /** Longest silence that is normal for this measurement, ms; 0 where it reports on change, and silence says nothing. */
  readonly gapMs: number;
  /** Silences longer than that, also at the beginning of the range and up to now: [from, to], ms. */
  readonly gaps: readonly (readonly [number, number])[];
  /** There were more gaps than are listed. */
  readonly moreGaps: boolean;
}

/** GET /api/v1/readings?devices=&measurements=&from=&to=&width= */
export interface ReadingsListBody {
  readonly from: number;
  readonly to: number;
  readonly series: readonly ReadingsBody[];
}

/** GET /api/v1/alarms?state=open|all&priority=P1,P2&device=&area=&from=&to=&limit=&offset= */
export interface AlarmsBody {
  readonly total: number;
  readonly items: readonly Alarm[];
  /** Which tickets they are on, by alarm. */
  readonly tickets: Readonly<Record<string, TicketRef>>;
}

/** GET /api/v1/alarms/unowned: what the live strip counts, by name. */
export interface UnownedBody extends Unowned {
  readonly alarms: readonly string[];
}

/** GET /api/v1/alarms/:id (the id URL-encoded) */
export interface AlarmBody {
  readonly alarm: Alarm;
  readonly events: readonly AlarmEvent[];
  readonly ticket: TicketRef | null;
}

/**
 * GET /api/v1/alarms/:id/biogas: advice on an alarm of methane in an underground space, worked out anew from stored readings.
 * 404 `not-underground` for any other alarm.
 */
export interface BiogasBody {
  readonly alarm: string;
  /** The moment it was judged for, ms: now, or when the alarm returned. */
  readonly asOf: number;
  readonly advice: BiogasAdvice;
  /** Version of the model. */
  readonly model: string;
}

/** POST /api/v1/alarms/acknowledge {ids: string[], note?, commandId?} and POST /api/v1/alarms/reset {id, note?, commandId?} → CommandOutcome */

/**
 * GET /api/v1/overrides. What people ask for: POST /api/v1/alarms/shelve {ids, minutes, oneShot?, reason}, POST
 * /api/v1/overrides/unshelve and /return-to-service {device, rule}, POST /api/v1/overrides/out-of-service {device, rule: null
 * for a whole device, workOrder, reason, until?}, POST /api/v1/overrides/confirm and /decline {ask} → CommandOutcome
 */
export interface OverridesBody {
  readonly standing: readonly StandingOverride[];
  readonly asked: readonly OverrideAsk[];
  /** Open alarms by what hides them now. */
  readonly hidden: { readonly shelved: number; readonly outOfService: number; readonly suppressed: number };
}

/** GET /api/v1/verdicts?alarm=&device=&from=&to=&limit=; POST /api/v1/verdicts {of, kind, evidence} → CommandOutcome */
export interface VerdictsBody {
  readonly items: readonly (Verdict & {
    readonly seq: number;
    readonly alarm: string;
    readonly device: string;
    readonly rule: string;
    readonly incident: string | null;
  })[];
}

/** GET /api/v1/verdicts/precision?by=model|site|rule&from=&to= */
export interface PrecisionBody {
  readonly by: 'model' | 'site' | 'rule';
  readonly items: readonly PrecisionLine[];
}

export interface PrecisionLine {
  /** The model (or type, where no model is registered), site or rule; '' for no site. */
  readonly name: string;
  readonly verdicts: number;
  readonly counts: Readonly<Record<string, number>>;
  /** Too few verdicts to say; then there is no figure. */
  readonly tooFew: boolean;
  /** Share that was real, 0–1. */
  readonly precision: number | null;
}

/** GET /api/v1/ledger?kind=expiry|calibration&within=days, and /api/v1/ledger.csv */
export interface LedgerBody {
  /** The day it is, in the city's zone. */
  readonly today: string;
  readonly items: readonly LedgerLine[];
}

/** GET /api/v1/clocks: devices whose clock is off by more than is tolerated, the worst first, and how many were measured. */
export interface ClocksBody {
  readonly measured: number;
  readonly off: number;
  readonly worst: readonly { readonly device: string; readonly skewMs: number; readonly at: number }[];
}

/**
 * GET /api/v1/quarantine?id=&device=&before=&limit=, and GET /api/v1/devices/me/quarantine?before=&limit= with the credential
 * of a device or gateway: its own only. POST /api/v1/quarantine/readmit {ids?: number[], device?: string, commandId?} →
 * CommandOutcome: `changed` are the rows that went in.
 */
export interface QuarantineBody {
  readonly items: readonly Quarantined[];
}

/** GET /api/v1/standards */
export interface StandardsBody {
  readonly catalogue: Catalogue;
  /** What is laid over it in some places, now. */
  readonly overlays: readonly Overlay[];
  /** What no limit may exceed, with its scope. */
  readonly ceilings: readonly Ceiling[];
  /** The approved version that this is; null before the first start of rules. */
  readonly inForce: { readonly seq: number; readonly from: number; readonly to: number | null } | null;
  /** Open alarms per item code now. */
  readonly open: Readonly<Record<string, number>>;
}

/** GET /api/v1/standards/versions */
export interface VersionsBody {
  readonly items: readonly VersionLine[];
}

/** GET /api/v1/standards/versions/:seq */
export interface StandardsVersionBody {
  readonly proposal: StandardsProposal;
  readonly text: StandardsText;
}

/** GET /api/v1/standards/diff?from=&to= */
export interface StandardsDiffBody {
  readonly changes: readonly StandardsChange[];
}

/**
 * GET /api/v1/standards/proposals?limit=. POST /api/v1/standards/propose {wanted, reason, from?, dryRun?, commandId?},
 * /approve {proposal, reason?, commandId?} and /reject {proposal, reason, commandId?} → CommandOutcome; `changed` is the
 * proposal's number.
 */
export interface ProposalsBody {
  readonly items: readonly StandardsProposal[];
}

/** GET /api/v1/me → 401 or this. POST /api/v1/session {name, password} → Me + cookie. DELETE /api/v1/session signs out. */
export interface Me {
  readonly name: string;
  readonly displayName: string;
  readonly role: string;
  /** Sent back as header `x-yanshao-csrf` with every changing request. */
  readonly csrf: string;
}

/** POST /api/v1/session/claim {link, name, password} uses the one-time link of the first start (page `/claim#<link>`). → Me */

/**
 * GET /api/v1/audit?log=commands|accounts&person=&device=&incident=&ticket=&type=&from=&to=&before=&limit=; the same without
 * `before` and `limit` as CSV at /api/v1/audit.csv. `accounts` is for administrators.
 */
export interface AuditBody {
  readonly items: readonly {
    readonly seq: number;
    readonly at: number;
    readonly type: string;
    readonly actor: string;
    readonly actorId: string;
    readonly via: string;
    readonly body: unknown;
    readonly outcome: unknown;
    /** What chains the next row to this one (docs/audit.md). */
    readonly hash: string;
  }[];
}

/** GET /api/v1/audit/head: the last row of each chain. */
export interface AuditHeadsBody {
  readonly commands: { readonly seq: number; readonly at: number; readonly hash: string };
  readonly accounts: { readonly seq: number; readonly at: number; readonly hash: string };
}

/**
 * POST /api/v1/photos (multipart/form-data, field `photo`, header `idempotency-key`) → this; GET /api/v1/photos/:hash/info → this.
 * The picture itself: GET /api/v1/photos/:hash and /thumb, image/jpeg. A command that writes `hash` anywhere keeps the picture.
 */
export interface PhotoBody {
  /** SHA-256 of the picture as it is kept: its name in addresses and commands. */
  readonly hash: string;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  /** When it was taken, by its own word, ms. */
  readonly takenAt: number | null;
  /** When it arrived first, ms. */
  readonly at: number;
  /** Where it was taken, WGS-84; to about a kilometre where `exact` is false. */
  readonly place: { readonly lon: number; readonly lat: number; readonly exact: boolean } | null;
}

/** POST /api/v1/demo/payload {device, payload} publishes the text as that device through the real MQTT door. → {sent: true, quarantined?: Quarantined} */

/** One seat, right now: part of the live strip. */
export interface SeatNow {
  readonly id: string;
  readonly name: Bilingual;
  /** Alarms that began to sound there in the last ten minutes, and in the last hour. */
  readonly inTenMinutes: number;
  readonly inHour: number;
  /** Since when it floods, ms; null while it does not. */
  readonly floodSince: number | null;
}

/** A point (device and rule) as figures name it. */
export interface KpiPoint {
  readonly device: string;
  readonly deviceName: string;
  readonly rule: string;
  readonly title: Bilingual;
  /** The newest alarm known of it. */
  readonly alarm: string;
  readonly count: number;
  /** Of all that sounded in the period, 0 to 1. */
  readonly share: number;
}

/**
 * GET /api/v1/kpis?seat=&from=&to=&last= (default: all seats, the last 24 h; `last` ms in place of `from`). What counts is an alarm of the live lane that begins to
 * sound at the seat: not hidden by a person or by design, no work order (P4) unless the seat hears those.
 */
export interface KpisBody {
  readonly from: number;
  readonly to: number;
  /** Seat id; null: all that any seat hears. */
  readonly seat: string | null;
  readonly seats: readonly { readonly id: string; readonly name: Bilingual }[];
  /** What it is held against. */
  readonly targets: {
    readonly perTenMinutes: number;
    readonly floodShare: number;
    readonly split: { readonly P1: number; readonly P2: number; readonly rest: number };
    readonly chattering: number;
    readonly stale: number;
  };
  /** Counts of this moment, whatever the period. */
  readonly now: {
    readonly active: number;
    readonly unacknowledged: number;
    readonly shelved: number;
    readonly suppressed: number;
    readonly outOfService: number;
    readonly stale: number;
    readonly byPriority: Readonly<Record<'P1' | 'P2' | 'P3' | 'P4', number>>;
  };
  readonly total: number;
  /** Means over the period, and the most there was: when the stretch ended, ms. */
  readonly rate: {
    readonly perTenMinutes: number;
    readonly perHour: number;
    readonly peakTenMinutes: { readonly count: number; readonly at: number } | null;
    readonly peakHour: { readonly count: number; readonly at: number } | null;
  };
  readonly flood: {
    /** Floods that began in the period. */
    readonly count: number;
    readonly ms: number;
    readonly share: number;
    /** Since when it floods at the end of the period, ms; null where it does not. */
    readonly since: number | null;
  };
  readonly priorities: readonly {
    readonly priority: 'P1' | 'P2' | 'P3' | 'P4';
    readonly count: number;
    readonly share: number;
    readonly acknowledged: number;
    /** Mean time to acknowledge, of those that were, ms. */
    readonly meanAckMs: number | null;
  }[];
  readonly top: readonly KpiPoint[];
  /** Share of the top ten in all. */
  readonly topShare: number;
  /** Points that sounded three times within a minute: how many there are, and the hundred worst; their `count` is how often. */
  readonly chattering: { readonly count: number; readonly items: readonly KpiPoint[] };
  /** Alarms that stood for more than a day in the period, the hundred oldest; `since` ms, `until` null while they stand. */
  readonly stale: {
    readonly count: number;
    readonly items: readonly (Omit<KpiPoint, 'count' | 'share'> & {
      readonly since: number;
      readonly until: number | null;
    })[];
  };
  /** The most in ten minutes of each column of the picture, oldest first: [begin ms, count]; empty ones are left out. */
  readonly columns: readonly (readonly [number, number])[];
  readonly columnMs: number;
}

/** GET /api/v1/duty/records */
export interface DutyRecordsBody {
  /** Number of the newest change. */
  readonly version: number;
  readonly records: DutyRecords;
}

/** GET /api/v1/duty/holes?from=&days= */
export interface DutyGapsBody {
  readonly from: string;
  readonly days: number;
  readonly items: readonly DutyGap[];
}

/** GET /api/v1/duty/posts: posts and crews by name, for whoever shows whose something is. */
export interface DutyPostsBody {
  readonly items: readonly { readonly id: string; readonly name: Bilingual; readonly department: string }[];
}

/** GET /api/v1/duty/records/:kind/:id/history */
export interface DutyHistoryBody {
  readonly items: readonly {
    readonly version: number;
    readonly at: number;
    readonly by: { readonly id: string; readonly name: string };
    /** Null: taken away. */
    readonly record?: unknown;
  }[];
}

/** POST /api/v1/duty/read {name, content, kind?} */
export type DutyReadBody =
  | { readonly faults: readonly Fault[] }
  | {
      readonly put: DutyRecords;
      /** `<kind> <id>` → sheet and row, or line. */
      readonly places: Readonly<Record<string, string>>;
    };
/**
 * GET /api/v1/tickets?state=open|all&stage=&priority=&department=&crew=&area=&item=&owner=&mine=1&overdue=1&q=&sort=due|priority|newest&cursor=&limit=
 */
export interface TicketsBody {
  readonly total: number;
  readonly items: readonly TicketLine[];
  /** Given as `cursor`, the page that follows; null at the end. */
  readonly next: string | null;
}

/** GET /api/v1/tickets/:id, by id or number. What tells of persons is masked for roles that do not need it. */
export interface TicketBody {
  readonly ticket: Ticket;
  /** Its history, oldest first. */
  readonly steps: readonly TicketStep[];
  /** Every step, and why whoever asks cannot take it now; null when he can. */
  readonly may: readonly { readonly kind: PersonStepKind; readonly refused: Refusal | null }[];
  /** Names of persons and posts of the duty list that the ticket speaks of, by id. */
  readonly names: Readonly<Record<string, string>>;
}

/** POST /api/v1/tickets/:id/steps {step, commandId?} → CommandOutcome. POST /api/v1/reports {report, commandId?} → 201 with this. */
export interface ReportedBody {
  readonly ticket: string;
  readonly no: string;
  /** It was the same matter as an open ticket, which has one more reporter now. */
  readonly joined: boolean;
}

/** Somebody or some place of the duty list that a ticket may be sent to. */
export interface DispatchChoice {
  readonly kind: 'post' | 'crew' | 'person';
  readonly id: string;
  readonly name: string;
  readonly department: string;
}

/** GET /api/v1/tickets/:id/whom: whom it may be sent to, and whom the duty list answers now, with its reasons. */
export interface WhomBody {
  readonly answer: {
    readonly department: string | null;
    readonly post: string | null;
    readonly crew: string | null;
    readonly persons: readonly { readonly id: string; readonly name: string }[];
    readonly because: readonly Bilingual[];
    readonly hole: (Bilingual & { readonly code: string }) | null;
  };
  readonly posts: readonly DispatchChoice[];
  readonly crews: readonly DispatchChoice[];
  readonly persons: readonly DispatchChoice[];
}

/** GET /api/v1/notices: who was told of what, by which means, and what came of it. Addresses and telephones are left out. */
export interface NoticesBody {
  readonly items: readonly NoticeBody[];
}

export interface NoticeBody {
  readonly id: string;
  readonly at: number;
  readonly priority: Priority;
  /** `<kind>/<id>` of what it is about. */
  readonly subject: string;
  readonly title: Bilingual;
  readonly body: Bilingual;
  readonly link: string;
  readonly mark: 'demo' | 'drill' | null;
  readonly handledAt: number | null;
  readonly handledBy: string | null;
  /** In the order in which they are called; those of one wave together. */
  readonly to: readonly {
    readonly id: string;
    readonly kind: 'person' | 'seat';
    readonly name: string;
    readonly wave: number;
  }[];
  /** Each step of each ladder, in the order in which it was due. */
  readonly deliveries: readonly NoticeDelivery[];
}

/** One step: what was tried, and the proof of it. */
export type NoticeDelivery = Pick<
  Delivery,
  | 'key'
  | 'person'
  | 'channel'
  | 'round'
  | 'state'
  | 'due'
  | 'sent'
  | 'delivered'
  | 'seen'
  | 'accepted'
  | 'failed'
  | 'reason'
  | 'attempts'
  | 'mayRepeat'
>;

/** GET /api/v1/sites/:id/contacts: whom to call, those who can be reached at this hour first; numbers as the role may see them. */
export interface SiteContactsBody {
  readonly items: readonly Reachable[];
  /** What the site's own record says in words; null where it says nothing. */
  readonly text: string | null;
}
