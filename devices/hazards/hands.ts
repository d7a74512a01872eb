import type { Actor, Refusal } from '../contract/command.ts';
import type { HazardEntry, HazardPersonStepKind } from '../contract/hazard.ts';
import type { HazardGrade } from '../contract/hazard-policy.ts';
import type { ActorRole } from '../contract/roles.ts';
import { type PersonOf, samePerson } from '../duty/same-person.ts';
import { hazardStepWords } from './stages.ts';

/** Who gives hazards out. */
const desk: readonly ActorRole[] = ['admin', 'supervisor', 'duty', 'dispatcher'];
/** Who may say how grave one is. */
export const mayGrade: readonly ActorRole[] = ['admin', 'supervisor', 'dispatcher', 'inspector'];
const field: readonly ActorRole[] = [...desk, 'handler', 'inspector'];

/** Which roles may take a step at all; `verify` and `fail` are the grade's to say. */
const roles: Readonly<Record<Exclude<HazardPersonStepKind, 'verify' | 'fail'>, readonly ActorRole[]>> = {
  grade: mayGrade,
  reject: ['admin', 'supervisor'],
  assign: desk,
  return: field,
  start: field,
  finish: field,
  extend: ['admin', 'supervisor'],
  evidence: field,
};

/** Who may report a hazard: everybody who acts, and scripts that bring assessments in. */
export const mayReport: readonly ActorRole[] = field;

/** Why somebody may not take a step; null when he may. `personOf`: who of the duty list acts under an account. */
export function whyNotHis(
  entry: HazardEntry,
  kind: HazardPersonStepKind,
  actor: Actor,
  personOf: PersonOf,
  grade: HazardGrade | undefined,
): Refusal | null {
  const allowed = kind === 'verify' || kind === 'fail' ? (grade?.verifiedBy ?? []) : roles[kind];
  if (!allowed.includes(actor.role)) return notYourRole(kind, actor.role, allowed);
  if (kind === 'start') return whyNotStart(entry, actor, personOf(actor.id));
  if (kind === 'finish' && !desk.includes(actor.role) && entry.rectifier?.id !== actor.id) return notTheirs(entry);
  const isHis = (account: string | undefined) => account !== undefined && samePerson(personOf, account, actor.id);
  if (kind === 'verify' && entry.hands.rectified.some(isHis)) return sameHand;
  // Who put it right may not be the one who moves his own deadline either.
  if (kind === 'extend' && isHis(entry.rectifier?.id)) return ownDeadline;
  return null;
}

/** Only those it was given to begin; the desk may do so for one it has on the phone. */
function whyNotStart({ assigned }: HazardEntry, actor: Actor, person: string | undefined): Refusal | null {
  if (desk.includes(actor.role) || !assigned || assigned.persons.length === 0) return null;
  return person !== undefined && assigned.persons.includes(person)
    ? null
    : notYours(assigned.post ?? assigned.crew ?? assigned.department);
}

/** Said of a step or report that a role may not do. */
export const notYourRole = (
  kind: HazardPersonStepKind | 'report',
  role: ActorRole,
  allowed: readonly ActorRole[],
): Refusal => {
  const words = kind === 'report' ? { zh: '登记隐患', en: 'report a hazard' } : hazardStepWords[kind];
  return {
    code: 'not-your-role',
    zh: `您的角色（${role}）不能“${words.zh}”；可以的角色：${allowed.join('、')}`,
    en: `your role (${role}) may not ${words.en}; these may: ${allowed.join(', ')}`,
  };
};
const notYours = (to: string): Refusal => ({
  code: 'not-yours',
  zh: `隐患交办给了 ${to}，您不在其当值人员中；请由值班席改派`,
  en: `the hazard was given to ${to}, and you are not among those on duty there: let the desk give it to you`,
});
const notTheirs = ({ rectifier }: HazardEntry): Refusal => ({
  code: 'not-the-owner',
  zh: rectifier ? `整改人是 ${rectifier.name}：请其本人或值班席登记` : '还没有人开始整改：请先点“开始整改”',
  en: rectifier ? `${rectifier.name} puts it right: he or the desk records it` : 'nobody has begun: begin first',
});
const sameHand: Refusal = {
  code: 'same-hand',
  zh: '整改是您完成的，不能再由您验收：须由另一人',
  en: 'you put this right, so you may not verify it: another person must',
};
const ownDeadline: Refusal = {
  code: 'same-hand',
  zh: '不能延长自己的整改期限：须由另一人批准',
  en: 'you may not move your own deadline: another person must',
};
