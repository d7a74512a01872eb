import type { Refusal } from '../contract/command.ts';
import type { PersonStepKind, TicketStage } from '../contract/ticket.ts';

type Row = Partial<Record<PersonStepKind, TicketStage>>;

/** What may be added in any stage without moving it. */
const always = ['evidence', 'satisfaction'] as const;
/** What stands beside the flow while the ticket is open. */
const beside = ['duty-accept', 'report-up', 'report-receipt', 'suspend', 'resume', 'settle-dispute'] as const;

const stays = (stage: TicketStage, kinds: readonly PersonStepKind[]): Row =>
  Object.fromEntries(kinds.map((kind) => [kind, stage]));
const open = (stage: TicketStage, row: Row): Row => ({ ...stays(stage, [...always, ...beside]), ...row });

/**
 * The flow of GB/T 30428 as a table: 上报 → 立案 → 派遣 → 处置 → 核查 → 结案. A step that is missing from a row is refused there. A
 * ticket that is dispatched again while it is under way goes to somebody else (transfer); one that is returned lies with the
 * dispatcher, filed.
 */
export const flow: Readonly<Record<TicketStage, Row>> = {
  reported: open('reported', { file: 'filed', reject: 'rejected', dispatch: 'dispatched' }),
  filed: open('filed', { dispatch: 'dispatched', reject: 'rejected' }),
  dispatched: open('dispatched', { accept: 'accepted', dispatch: 'dispatched', return: 'filed' }),
  accepted: open('accepted', {
    arrive: 'handling',
    'make-safe': 'handling',
    record: 'accepted',
    finish: 'verifying',
    dispatch: 'dispatched',
    'hand-back': 'dispatched',
    return: 'filed',
  }),
  handling: open('handling', {
    'make-safe': 'handling',
    record: 'handling',
    finish: 'verifying',
    dispatch: 'dispatched',
    'hand-back': 'dispatched',
    return: 'filed',
  }),
  verifying: open('verifying', { record: 'verifying', verify: 'closed', fail: 'accepted', dispatch: 'dispatched' }),
  closed: stays('closed', [...always, 'duty-accept', 'report-up', 'report-receipt', 'recheck']),
  rejected: stays('rejected', always),
  merged: {},
};

/** The stage that a step leads to, or why it is not possible. */
export function stageAfter(
  stage: TicketStage,
  kind: PersonStepKind,
): { readonly to: TicketStage } | { readonly refused: Refusal } {
  const to = flow[stage][kind];
  return to ? { to } : { refused: outOfOrder(stage, kind) };
}

/** The steps that the table allows in a stage: which buttons are live. */
export const stepsIn = (stage: TicketStage): readonly PersonStepKind[] => Object.keys(flow[stage]) as PersonStepKind[];

const outOfOrder = (stage: TicketStage, kind: PersonStepKind): Refusal => ({
  code: 'out-of-order',
  zh: `工单现处于“${stageWords[stage].zh}”，不能“${stepWords[kind].zh}”；现在可以：${
    stepsIn(stage)
      .filter(isFlow)
      .map((one) => stepWords[one].zh)
      .join('、') || '无'
  }`,
  en: `the ticket is ${stageWords[stage].en}: it cannot ${stepWords[kind].en} now; possible: ${
    stepsIn(stage)
      .filter(isFlow)
      .map((one) => stepWords[one].en)
      .join(', ') || 'nothing'
  }`,
});

const sideways: ReadonlySet<PersonStepKind> = new Set([...always, ...beside]);
const isFlow = (kind: PersonStepKind): boolean => !sideways.has(kind);

/** Stages in words. */
export const stageWords: Readonly<Record<TicketStage, { readonly zh: string; readonly en: string }>> = {
  reported: { zh: '已上报', en: 'reported' },
  filed: { zh: '已立案', en: 'filed' },
  dispatched: { zh: '已派遣', en: 'dispatched' },
  accepted: { zh: '已接单', en: 'accepted' },
  handling: { zh: '处置中', en: 'being handled' },
  verifying: { zh: '待核查', en: 'waiting for verification' },
  closed: { zh: '已结案', en: 'closed' },
  rejected: { zh: '不予立案', en: 'not filed' },
  merged: { zh: '已并案', en: 'merged into another' },
};

/** Steps in words, as something one does. */
export const stepWords: Readonly<Record<PersonStepKind, { readonly zh: string; readonly en: string }>> = {
  file: { zh: '立案', en: 'file' },
  reject: { zh: '不予立案', en: 'reject' },
  dispatch: { zh: '派遣', en: 'dispatch' },
  accept: { zh: '接单', en: 'accept' },
  return: { zh: '退回', en: 'return' },
  'hand-back': { zh: '交回', en: 'hand back' },
  arrive: { zh: '到场', en: 'arrive' },
  'make-safe': { zh: '控制', en: 'make safe' },
  record: { zh: '记录步骤', en: 'record a step' },
  finish: { zh: '完成', en: 'finish' },
  verify: { zh: '核查通过', en: 'verify' },
  fail: { zh: '核查不通过', en: 'fail the verification' },
  suspend: { zh: '挂起', en: 'suspend' },
  resume: { zh: '恢复', en: 'resume' },
  evidence: { zh: '补充证据', en: 'add evidence' },
  'duty-accept': { zh: '责任方接收', en: 'take note for a duty' },
  'report-up': { zh: '报信', en: 'report upward' },
  'report-receipt': { zh: '报信回执', en: 'enter the receipt' },
  recheck: { zh: '回头看', en: 'recheck' },
  'settle-dispute': { zh: '裁定责任', en: 'settle the dispute' },
  satisfaction: { zh: '满意度', en: 'record satisfaction' },
};
