import type { AlarmEvent } from './alarm.ts';
import type { AuditTables } from './audit-tables.ts';
import type { DrillTables } from './drill.ts';
import type { DutyRecordKind } from './duty-kinds.ts';
import type { HazardTables } from './hazard-tables.ts';
import type { DeliveryState } from './notice.ts';
import type { ChannelKind } from './notify-policy.ts';
import type { ScoreTables } from './score-tables.ts';
import type { WatchTables } from './watch.ts';

/** One row an alarm; `body` is the whole {@link Alarm} as JSON, the other columns are what lists filter and sort by. */
export interface AlarmRow {
  id: string;
  seq: number;
  /** 1 while the duty desk lists it. */
  open: number;
  priority: string;
  device: string;
  area: string | null;
  since: number;
  raised_at: number;
  body: string;
}

/** Append-only; `seq` counts up by one and is what the live stream follows. */
export interface AlarmEventRow {
  seq: number;
  alarm: string;
  at: number;
  kind: AlarmEvent['kind'];
  actor: string | null;
  note: string | null;
}

/** One row an override in force; `rule` is '' for a whole device, `body` a {@link StandingOverride} as JSON. */
export interface OverrideRow {
  device: string;
  rule: string;
  kind: string;
  body: string;
}

/** What waits for a second person; `body` is an {@link OverrideAsk} as JSON. */
export interface OverrideAskRow {
  id: string;
  at: number;
  body: string;
}

/** One row an incident; `body` is the whole {@link Incident} as JSON. */
export interface IncidentRow {
  id: string;
  /** Of its last change; the live stream follows it. */
  seq: number;
  /** 1 while one of its members is open. */
  open: number;
  opened_at: number;
  area: string | null;
  priority: string;
  /** How many detectors see it. */
  detectors: number;
  body: string;
}

/** One row a gas alarm: an alarm is in one incident. `body` is the whole {@link IncidentMember} as JSON. */
export interface IncidentMemberRow {
  alarm: string;
  incident: string;
  since: number;
  body: string;
}

/** Append-only: how incidents came about, joined, split and ended. `body` is the whole {@link IncidentEvent} as JSON. */
export interface IncidentEventRow {
  seq: number;
  incident: string;
  at: number;
  body: string;
}

/** Append-only: every verdict on an alarm, with what precision is counted by. The newest of an alarm counts. */
export interface VerdictRow {
  seq: number;
  at: number;
  alarm: string;
  kind: string;
  evidence: string;
  actor_id: string;
  actor_name: string;
  device: string;
  device_type: string;
  model: string | null;
  site: string | null;
  rule: string;
  priority: string;
  incident: string | null;
  /** When the alarm was raised, ms: a period counts alarms by it. */
  raised_at: number;
}

/**
 * One row each time an alarm began to sound at the desk: live, standing, not acknowledged, hidden by nothing. What KPIs count.
 * `seq` is the event that did it; times are filled in when they are known.
 */
export interface AnnunciationRow {
  seq: number;
  at: number;
  alarm: string;
  device: string;
  rule: string;
  priority: string;
  /** Catalogue categories between commas, `,G05,`; `,*,` concerns everybody. */
  categories: string;
  area: string | null;
  acked_at: number | null;
  returned_at: number | null;
}

/** Append-only: every change of the standards that was ever asked for. */
export interface StandardsProposalRow {
  seq: number;
  at: number;
  actor_id: string;
  actor_name: string;
  /** 1 where it was found on disk. */
  from_file: number;
  reason: string;
  base: number;
  version: string;
  needs: number;
  /** Not before this moment, ms; null: at once. */
  wanted_from: number | null;
  /** SHA-256 of `text`: the same file is not asked about twice. */
  hash: string;
  /** {@link StandardsText} as JSON. */
  text: string;
  /** {@link Standards} as JSON. */
  content: string;
  /** {@link StandardsChange}s as JSON. */
  changes: string;
}

/** Append-only: who stood behind a proposal, or against it. One row a person. */
export interface StandardsDecisionRow {
  proposal: number;
  actor_id: string;
  actor_name: string;
  at: number;
  kind: 'approve' | 'reject';
  reason: string;
}

/** Append-only: proposals that were approved, and when they judge. */
export interface StandardsVersionRow {
  seq: number;
  approved_at: number;
  begins: number;
  ends: number | null;
}

/** What the standards are, were, and are asked to become. */
export interface StandardsTables {
  standards_proposals: StandardsProposalRow;
  standards_decisions: StandardsDecisionRow;
  standards_versions: StandardsVersionRow;
}

/** One row a ticket; `body` is the whole {@link Ticket} as JSON. */
export interface TicketRow {
  id: string;
  no: string;
  /** Of its last step; the live stream follows it. */
  seq: number;
  /** 1 until it is closed, rejected or merged. */
  open: number;
  stage: string;
  priority: string;
  department: string;
  crew: string | null;
  /** Actor id of whoever accepted it. */
  owner: string | null;
  area: string | null;
  item: string;
  incident: string | null;
  opened_at: number;
  closed_at: number | null;
  /** When it is to be looked at again, ms; null when it is not. */
  recheck_at: number | null;
  /** The next deadline that runs and is not met, ms; the largest safe integer when there is none. */
  due_at: number;
  /** Ids of whoever it lies with now, between commas: `,lin,mira,`. */
  persons: string;
  /** What a search looks through, in small letters: number, title, place, devices, item. */
  words: string;
  body: string;
}

/** Which ticket an alarm is on. */
export interface TicketAlarmRow {
  alarm: string;
  ticket: string;
}

/** Append-only: the history of tickets. `body` is the whole {@link TicketStep} as JSON. */
export interface TicketStepRow {
  seq: number;
  ticket: string;
  at: number;
  kind: string;
  actor_id: string | null;
  body: string;
}

/** One row a notice; `body` is the {@link Notice} as JSON, as it was when it came about. */
export interface NoticeRow {
  id: string;
  at: number;
  priority: string;
  area: string | null;
  /** Catalogue categories between commas, `,G05,`; `,*,` concerns everybody. */
  categories: string;
  /** `<kind>/<id>` of what it is about. */
  subject: string;
  /** 1 until somebody acted. */
  open: number;
  /** When its ladder is looked at next; null: it has come to its end. */
  look_at: number | null;
  /** Recipients whose quiet hours hold it back now. */
  held: number;
  /** Recipients who were to be told and have no address on any rung. */
  unreachable: number;
  handled_at: number | null;
  handled_by: string | null;
  body: string;
}

/** One row a step of a person's ladder, {@link Delivery}. */
export interface DeliveryRow {
  key: string;
  notice: string;
  person: string;
  channel: ChannelKind;
  /** Priority of the notice: urgent ones leave first. */
  priority: string;
  reach: number;
  round: number;
  rung: number;
  step: number;
  state: DeliveryState;
  due: number;
  sent: number | null;
  delivered: number | null;
  seen: number | null;
  accepted: number | null;
  failed: number | null;
  reason: string | null;
  attempts: number;
  /** When the last attempt began: limits of the far side are counted by it. */
  attempted_at: number | null;
  troubled_at: number | null;
  /** When it is tried next; null once it is not. */
  next_at: number | null;
  may_repeat: number;
  message: string | null;
  far_id: string | null;
}

/** A browser that a person subscribed to web push. */
export interface PushSubscriptionRow {
  id: string;
  person: string;
  at: number;
  endpoint: string;
  p256dh: string;
  auth: string;
  /** What its owner calls it. */
  name: string;
  /** When its push service said that it is gone. */
  gone_at: number | null;
  delivered_at: number | null;
  seen_at: number | null;
}

/** Append-only: every version of every record of responsibility. The newest of a kind and id counts. */
export interface DutyRecordRow {
  /** Counts up by one over all records. */
  seq: number;
  kind: DutyRecordKind;
  id: string;
  /** Counts up by one for the record. */
  version: number;
  /** The record as canonical JSON; null where it was taken away. */
  body: string | null;
  at: number;
  actor_id: string;
  actor_name: string;
}

/** Who is responsible. */
export interface DutyTables {
  duty_records: DutyRecordRow;
}

/** The tables of the state database that other processes read. `rules` alone writes them. */
export interface StateTables
  extends StandardsTables,
    AuditTables,
    DutyTables,
    ScoreTables,
    HazardTables,
    WatchTables,
    DrillTables {
  alarms: AlarmRow;
  alarm_events: AlarmEventRow;
  annunciations: AnnunciationRow;
  overrides: OverrideRow;
  override_asks: OverrideAskRow;
  verdicts: VerdictRow;
  incidents: IncidentRow;
  incident_members: IncidentMemberRow;
  incident_events: IncidentEventRow;
  tickets: TicketRow;
  ticket_alarms: TicketAlarmRow;
  ticket_steps: TicketStepRow;
  notices: NoticeRow;
  deliveries: DeliveryRow;
  push_subscriptions: PushSubscriptionRow;
}
