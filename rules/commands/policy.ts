import type { AlarmPolicy } from '../../devices/contract/city.ts';
import type { Actor, Refusal } from '../../devices/contract/command.ts';
import type { OverrideAsk } from '../../devices/contract/overrides.ts';
import { type PersonOf, samePerson } from '../../devices/duty/same-person.ts';
import type { Risk } from '../engine/engine.ts';

/** True when nobody hides this alone. */
export const needsSecondPerson = ({ secondPerson }: AlarmPolicy, { priority, hazard }: Risk): boolean =>
  secondPerson.some(
    ({ priorities, hazards }) => priorities.includes(priority) && hazard !== null && hazards.includes(hazard),
  );

/** The gravest of several: what needs two people first, then by priority. */
export function gravest(policy: AlarmPolicy, risks: readonly Risk[]): Risk {
  const weight = (risk: Risk): string => `${needsSecondPerson(policy, risk) ? 0 : 1}${risk.priority}`;
  return risks.reduce((a, b) => (weight(b) < weight(a) ? b : a), { priority: 'P4', hazard: null } as Risk);
}

/** Why a shelf may not be that long; null when it may. */
export function whyTooLong(policy: AlarmPolicy, { priority }: Risk, minutes: number): Refusal | null {
  const longest = policy.longestShelfMinutes[priority];
  if (minutes <= longest) return null;
  return {
    code: 'shelf-too-long',
    zh: `${priority} 告警最多搁置 ${longest} 分钟，请求的是 ${minutes} 分钟；更久请凭工单停用`,
    en: `a ${priority} alarm is shelved for at most ${longest} min, not ${minutes}; for longer take it out of service under a work order`,
  };
}

/** Why somebody may not be the second person; null when he may: another person, of another role, in person. */
export function whyNotSecond(ask: OverrideAsk, actor: Actor, personOf: PersonOf): Refusal | null {
  if (actor.via !== 'page' && actor.via !== 'cli') return notInPerson;
  if (actor.role === 'viewer' || actor.role === 'system') return mayNotConfirm;
  if (samePerson(personOf, actor.id, ask.by.id)) return ownRequest;
  return actor.role === ask.by.role ? sameRole(ask) : null;
}

const notInPerson: Refusal = {
  code: 'not-in-person',
  zh: '二次确认须由本人在页面或命令行上完成，不能用接口令牌',
  en: 'the second person confirms in person, at a page or the command line: not by an API token',
};
const mayNotConfirm: Refusal = {
  code: 'may-not-confirm',
  zh: '您的角色不能做二次确认',
  en: 'your role may not be the second person',
};
const ownRequest: Refusal = {
  code: 'same-person',
  zh: '不能确认自己提出的请求：须由另一角色的另一人确认',
  en: 'you asked for this yourself: another person of another role must confirm it',
};
const sameRole = ({ by }: OverrideAsk): Refusal => ({
  code: 'same-role',
  zh: `${by.name} 与您角色相同（${by.role}）：须由另一角色的人确认`,
  en: `${by.name} has the same role as you (${by.role}): somebody of another role must confirm it`,
});
