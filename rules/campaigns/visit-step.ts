import { visitFlow, visitStageWords, visitStepWords } from '../../devices/campaigns/visit-flow.ts';
import type { Campaign, Visit, VisitAnswer, VisitPersonStep, VisitStage } from '../../devices/contract/campaign.ts';
import type { CampaignPolicy } from '../../devices/contract/campaign-policy.ts';
import type { Actor, Refusal } from '../../devices/contract/command.ts';
import type { ActorRole } from '../../devices/contract/roles.ts';
import type { By } from '../../devices/contract/ticket.ts';

type Kind = VisitPersonStep['kind'];

/** Who makes visits. */
export const inspectors: readonly ActorRole[] = ['admin', 'supervisor', 'inspector', 'handler'];
const chiefs: readonly ActorRole[] = ['admin', 'supervisor'];
const HOUR = 3_600_000;

export type VisitOutcome =
  | { readonly visit: Visit; readonly more?: Readonly<Record<string, string | number | boolean | null>> }
  | { readonly refused: Refusal };

/**
 * Takes an inspector's step at a place. Pure. A step counts for the moment at which it was done: that moment lies in the visit's
 * window, and what a phone sends later is taken for a grace after it.
 */
export function takeVisitStep(
  { graceH }: Pick<CampaignPolicy, 'graceH'>,
  campaign: Campaign,
  visit: Visit,
  step: VisitPersonStep,
  actor: Actor,
  at: number,
): VisitOutcome {
  const done = Math.min(step.doneAt ?? at, at);
  const to = visitFlow[visit.stage][step.kind];
  const refused =
    whyNotHis(campaign, visit, step.kind, actor) ??
    whyNotNow(visit, step.kind, done, at, graceH * HOUR) ??
    (to ? null : outOfOrder(visit.stage, step.kind));
  if (refused || !to) return { refused: refused ?? outOfOrder(visit.stage, step.kind) };
  const by: By = { id: actor.id, name: actor.name, role: actor.role };
  const photos = [...new Set([...visit.photos, ...(step.photos ?? [])])];
  return effect(campaign, { ...visit, stage: to, photos, by }, step, done);
}

function effect(campaign: Campaign, visit: Visit, step: VisitPersonStep, at: number): VisitOutcome {
  switch (step.kind) {
    case 'start':
      return { visit: { ...visit, startedAt: at, againAt: null } };
    case 'finding':
      return { visit };
    case 'done': {
      const refused = whyNotWhole(campaign, step.answers);
      return refused ? { refused } : { visit: { ...visit, answers: step.answers, endedAt: at } };
    }
    case 'nobody-home':
      return { visit: rang(campaign, visit, at), more: { rings: visit.rings + 1 } };
    case 'refused':
      return { visit: { ...visit, endedAt: at }, more: { reason: step.reason } };
    case 'hand-back':
      return { visit: { ...visit, by: null, startedAt: null }, more: { reason: step.reason } };
  }
}

/** Nobody was at home: once more later, as often as the campaign says and as long as its window is open. */
function rang({ attempts, againAfterH }: Campaign, visit: Visit, at: number): Visit {
  const rings = visit.rings + 1;
  const againAt = at + againAfterH * HOUR;
  const left = { ...visit, rings, by: null, startedAt: null };
  return rings >= attempts || againAt >= visit.closesAt
    ? { ...left, stage: 'unreached', endedAt: at, by: visit.by }
    : { ...left, stage: 'again', againAt };
}

/** Why somebody may not make this visit; null when he may. */
function whyNotHis({ inspectors: named }: Campaign, { by, stage }: Visit, kind: Kind, actor: Actor): Refusal | null {
  if (!inspectors.includes(actor.role)) return notYourRole(actor.role);
  const chief = chiefs.includes(actor.role);
  if (named !== null && !chief && !named.includes(actor.id)) return notNamed;
  return stage === 'started' && kind !== 'start' && !chief && by !== null && by.id !== actor.id ? notYours(by) : null;
}

function whyNotNow(visit: Visit, kind: Kind, done: number, at: number, graceMs: number): Refusal | null {
  if (at < visit.opensAt || done < visit.opensAt) return notOpen;
  if (done > visit.closesAt) return tooLate;
  if (at > visit.closesAt + graceMs) return tooLate;
  const early = visit.stage === 'again' && visit.againAt !== null && done < visit.againAt;
  return early && (kind === 'nobody-home' || kind === 'start') ? notAgainYet(visit.againAt!) : null;
}

/** Every step of the checklist has its answer, or why it does not apply. */
function whyNotWhole({ checklist }: Campaign, answers: readonly VisitAnswer[]): Refusal | null {
  const given = new Map(answers.map((answer) => [answer.step, answer]));
  for (const [i, { record, choices, unit, text }] of checklist.entries()) {
    const answer = given.get(i);
    if (answer?.skipped !== undefined) continue;
    const fits =
      answer !== undefined &&
      (record !== 'reading' ||
        (answer.reading !== undefined && (unit === undefined || answer.reading.unit === unit))) &&
      (record !== 'choice' || (answer.choice !== undefined && answer.choice < (choices?.length ?? 0))) &&
      (record !== 'photo' || (answer.photos?.length ?? 0) > 0 || answer.note !== undefined);
    if (!fits) return notWhole(i, checklist.length, text);
  }
  return null;
}

const outOfOrder = (stage: VisitStage, kind: Kind): Refusal => ({
  code: 'out-of-order',
  zh: `这次走访现为“${visitStageWords[stage].zh}”，不能“${visitStepWords[kind].zh}”`,
  en: `this visit is ${visitStageWords[stage].en}: one cannot ${visitStepWords[kind].en} now`,
});
const notYourRole = (role: ActorRole): Refusal => ({
  code: 'not-your-role',
  zh: `您的角色（${role}）不做走访；可以的角色：${inspectors.join('、')}`,
  en: `your role (${role}) makes no visits; these do: ${inspectors.join(', ')}`,
});
const notNamed: Refusal = {
  code: 'not-yours',
  zh: '您不在这次行动的检查人员名单中',
  en: 'you are not among the inspectors of this campaign',
};
const notYours = ({ name }: By): Refusal => ({
  code: 'not-yours',
  zh: `${name} 正在走访此处：请其本人登记或交回`,
  en: `${name} is visiting this place: he records it or hands it back`,
});
const notOpen: Refusal = {
  code: 'not-open-yet',
  zh: '走访时段还没有开始',
  en: 'the window of this visit has not opened yet',
};
const tooLate: Refusal = {
  code: 'too-late',
  zh: '走访时段已经结束',
  en: 'the window of this visit is over',
};
const notAgainYet = (at: number): Refusal => ({
  code: 'not-again-yet',
  zh: `二次走访须在 ${new Date(at).toISOString()} 之后`,
  en: `the second visit is due after ${new Date(at).toISOString()}, not before`,
});
const notWhole = (i: number, of: number, { zh, en }: { zh: string; en: string }): Refusal => ({
  code: 'step-needs',
  zh: `检查清单第 ${i + 1} 项（共 ${of} 项）还缺记录：${zh}；不适用请写明原因`,
  en: `step ${i + 1} of ${of} of the checklist lacks its record: ${en}; where it does not apply say why`,
});
