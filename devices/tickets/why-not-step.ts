import type { Actor, Refusal } from '../contract/command.ts';
import { type PersonStepKind, personStepKinds, type Ticket } from '../contract/ticket.ts';
import type { TicketPolicy } from '../contract/ticket-policy.ts';
import type { PersonOf } from '../duty/same-person.ts';
import { closingRule } from './closing-rule.ts';
import { whyNotHis } from './hands.ts';
import { stageAfter } from './stages.ts';

/**
 * Why somebody cannot take a step of a ticket as it stands: the table, his role, his own earlier hand in it, or what was done
 * already. Null when he can, as far as can be told before the step's own content is known. `personOf` is who of the duty list
 * acts under an account.
 */
export function whyNotStep(
  policy: TicketPolicy,
  ticket: Ticket,
  kind: PersonStepKind,
  actor: Actor,
  personOf: PersonOf,
): Refusal | null {
  const stage = stageAfter(ticket.stage, kind);
  if ('refused' in stage) return stage.refused;
  return whyNotHis(ticket, kind, actor, personOf, closingRule(policy, ticket)) ?? whyNotNow(ticket, kind);
}

/** Every step, and why he cannot take it; for the buttons of a page. */
export const stepsFor = (
  policy: TicketPolicy,
  ticket: Ticket,
  actor: Actor,
  personOf: PersonOf,
): readonly { readonly kind: PersonStepKind; readonly refused: Refusal | null }[] =>
  personStepKinds.map((kind) => ({ kind, refused: whyNotStep(policy, ticket, kind, actor, personOf) }));

/** What the table allows and the ticket has behind it already, or not before it yet. */
function whyNotNow(ticket: Ticket, kind: PersonStepKind): Refusal | null {
  const { suspended, upward, dispute, recheck, duties, procedure, reporters } = ticket;
  switch (kind) {
    case 'suspend':
      return suspended ? alreadySuspended : null;
    case 'resume':
      return suspended ? null : notSuspended;
    case 'report-up':
      return upward ? alreadyTaken(upward.by.name) : null;
    case 'report-receipt':
      return upward ? null : notReported;
    case 'settle-dispute':
      return dispute && dispute.settledAt === null ? null : noDispute;
    case 'recheck':
      return recheck?.passed === true ? alreadyTaken(recheck.by?.name ?? '') : null;
    case 'duty-accept':
      return duties.length === 0 ? noSuchDuty : null;
    case 'record':
      return procedure ? null : noProcedure;
    case 'satisfaction':
      return reporters.length === 0 ? noSuchReporter : null;
    default:
      return null;
  }
}

const refusal = (code: string, zh: string, en: string): Refusal => ({ code, zh, en });
const notSuspended = refusal('not-suspended', '工单没有挂起', 'the ticket is not suspended');
const alreadySuspended = refusal('already-suspended', '工单已挂起', 'the ticket is suspended already');
const notReported = refusal(
  'not-reported',
  '尚未报信，没有回执可登记',
  'nothing was reported upward yet, so there is no receipt',
);
const noDispute = refusal('no-dispute', '此单没有待裁定的责任争议', 'there is no dispute to settle');
const noProcedure = refusal('no-procedure', '此单的事项没有规程', 'the item of this ticket has no procedure');

/** Said of a duty that a ticket does not carry. */
export const noSuchDuty = refusal('no-such-duty', '此单没有这项责任', 'this ticket carries no such duty');
/** Said of somebody who did not report it. */
export const noSuchReporter = refusal('no-such-reporter', '此单没有这位上报人', 'nobody of this id reported it');
/** Said of what one time is enough for. */
export const alreadyTaken = (who: string): Refusal =>
  refusal('already-done', `${who} 已办理`, `${who} has done so already`);
