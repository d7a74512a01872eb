import type { Actor, Refusal } from '../contract/command.ts';
import type { ActorRole } from '../contract/roles.ts';
import type { PersonStepKind, Ticket } from '../contract/ticket.ts';
import { type PersonOf, samePerson } from '../duty/same-person.ts';
import type { ClosingRule } from './closing-rule.ts';
import { stepWords } from './stages.ts';

const desk: readonly ActorRole[] = ['admin', 'supervisor', 'duty', 'dispatcher'];
const field: readonly ActorRole[] = [...desk, 'handler', 'inspector'];

/** Which roles may take a step at all. */
const roles: Readonly<Record<PersonStepKind, readonly ActorRole[]>> = {
  file: desk,
  reject: desk,
  dispatch: desk,
  accept: field,
  return: field,
  'hand-back': field,
  arrive: field,
  'make-safe': field,
  record: field,
  finish: field,
  verify: [...desk, 'inspector'],
  fail: [...desk, 'inspector'],
  suspend: desk,
  resume: desk,
  evidence: field,
  'duty-accept': field,
  'report-up': desk,
  'report-receipt': desk,
  recheck: ['admin', 'supervisor', 'inspector'],
  'settle-dispute': ['admin', 'supervisor'],
  satisfaction: desk,
};

/** Steps of whoever has the ticket: his own, or recorded for him by the desk that hears him on the phone. */
const ofTheOwner: ReadonlySet<PersonStepKind> = new Set(['arrive', 'make-safe', 'finish', 'hand-back']);

/** Why somebody may not take a step; null when he may. `personOf` knows which accounts are one person's. */
export function whyNotHis(
  ticket: Ticket,
  kind: PersonStepKind,
  actor: Actor,
  personOf: PersonOf,
  rule: ClosingRule | undefined,
): Refusal | null {
  if (!roles[kind].includes(actor.role)) return notYourRole(kind, actor.role);
  if (kind === 'accept') return whyNotAccept(ticket, actor, personOf(actor.id));
  const atDesk = desk.includes(actor.role);
  if (ofTheOwner.has(kind) && !atDesk && ticket.owner?.id !== actor.id) return notTheOwner(ticket);
  if (kind === 'verify' || kind === 'recheck') return whyNotThirdHand(ticket, kind, actor, personOf, rule);
  return null;
}

/** Only a person of the crew accepts; the desk may do so for one it has on the phone. */
function whyNotAccept({ assigned }: Ticket, actor: Actor, person: string | undefined): Refusal | null {
  if (desk.includes(actor.role) || assigned.persons.length === 0) return null;
  return person !== undefined && assigned.persons.includes(person)
    ? null
    : notYours(assigned.post ?? assigned.crew ?? assigned.department);
}

/** Nobody acknowledges, closes and rechecks the same ticket. */
function whyNotThirdHand(
  { hands }: Ticket,
  kind: 'verify' | 'recheck',
  actor: Actor,
  personOf: PersonOf,
  rule: ClosingRule | undefined,
): Refusal | null {
  if (kind === 'verify' && rule?.secondPerson === false) return null;
  const words = stepWords[kind];
  const isHis = (account: string): boolean => samePerson(personOf, account, actor.id);
  if (hands.handled.some(isHis)) return sameHand(words, { zh: '处置', en: 'handled' });
  // An alarm keeps the name of whoever acknowledged it; accounts have the same id and name, tokens and the terminal do not.
  if (hands.acknowledged.some((name) => name === actor.name || isHis(name) || isHis(`cli:${name}`)))
    return sameHand(words, { zh: '确认', en: 'acknowledged' });
  if (kind === 'recheck' && hands.verified !== null && isHis(hands.verified))
    return sameHand(words, { zh: '核查', en: 'verified' });
  return null;
}

const notYourRole = (kind: PersonStepKind, role: ActorRole): Refusal => ({
  code: 'not-your-role',
  zh: `您的角色（${role}）不能“${stepWords[kind].zh}”；可以的角色：${roles[kind].join('、')}`,
  en: `your role (${role}) may not ${stepWords[kind].en}; these may: ${roles[kind].join(', ')}`,
});
const notYours = (to: string): Refusal => ({
  code: 'not-yours',
  zh: `工单派给了 ${to} 的当值人员，您不在其中；请由调度改派`,
  en: `the ticket went to those on duty at ${to}, and you are not among them: let the dispatcher send it to you`,
});
const notTheOwner = ({ owner }: Ticket): Refusal => ({
  code: 'not-the-owner',
  zh: owner ? `工单在 ${owner.name} 手中：请其本人或值班席登记` : '还没有人接单：请先接单',
  en: owner ? `${owner.name} has this ticket: he or the desk records it` : 'nobody has accepted it: accept it first',
});
const sameHand = (words: { zh: string; en: string }, did: { zh: string; en: string }): Refusal => ({
  code: 'same-hand',
  zh: `您已在此单中“${did.zh}”，不能再“${words.zh}”：须由另一人`,
  en: `you have ${did.en} this ticket, so you may not ${words.en} it: another person must`,
});
