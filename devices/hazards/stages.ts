import type { Refusal } from '../contract/command.ts';
import type { HazardOwnStepKind, HazardPersonStepKind, HazardStage } from '../contract/hazard.ts';

type Row = Partial<Record<HazardPersonStepKind, HazardStage>>;

/**
 * The life of a hazard as a table: 发现 → 定级 → 交办 → 整改 → 验收 → 销号. A step that is missing from a row is refused there. It is
 * graded again without moving; given to somebody else it begins with him; returned as not theirs it waits to be given out.
 */
export const hazardFlow: Readonly<Record<HazardStage, Row>> = {
  found: { grade: 'graded', reject: 'rejected', evidence: 'found' },
  graded: { grade: 'graded', assign: 'assigned', reject: 'rejected', evidence: 'graded' },
  assigned: {
    grade: 'assigned',
    assign: 'assigned',
    start: 'rectifying',
    return: 'graded',
    extend: 'assigned',
    reject: 'rejected',
    evidence: 'assigned',
  },
  rectifying: {
    grade: 'rectifying',
    assign: 'assigned',
    finish: 'verifying',
    return: 'graded',
    extend: 'rectifying',
    evidence: 'rectifying',
  },
  verifying: { verify: 'closed', fail: 'rectifying', evidence: 'verifying' },
  closed: {},
  rejected: {},
};

/** The stage that a step leads to, or why it is not possible. */
export function hazardStageAfter(
  stage: HazardStage,
  kind: HazardPersonStepKind,
): { readonly to: HazardStage } | { readonly refused: Refusal } {
  const to = hazardFlow[stage][kind];
  return to ? { to } : { refused: outOfOrder(stage, kind) };
}

/** The steps that the table allows in a stage: which buttons are live. */
export const hazardStepsIn = (stage: HazardStage): readonly HazardPersonStepKind[] =>
  Object.keys(hazardFlow[stage]) as HazardPersonStepKind[];

const outOfOrder = (stage: HazardStage, kind: HazardPersonStepKind): Refusal => {
  const possible = hazardStepsIn(stage);
  const words = (language: 'zh' | 'en') => possible.map((one) => hazardStepWords[one][language]);
  return {
    code: 'out-of-order',
    zh: `隐患现处于“${hazardStageWords[stage].zh}”，不能“${hazardStepWords[kind].zh}”；现在可以：${words('zh').join('、') || '无'}`,
    en: `the hazard is ${hazardStageWords[stage].en}: one cannot ${hazardStepWords[kind].en} now; possible: ${words('en').join(', ') || 'nothing'}`,
  };
};

/** Stages in words. */
export const hazardStageWords: Readonly<Record<HazardStage, { readonly zh: string; readonly en: string }>> = {
  found: { zh: '待定级', en: 'found, not yet graded' },
  graded: { zh: '待交办', en: 'graded, not yet given to anybody' },
  assigned: { zh: '已交办', en: 'given to a post' },
  rectifying: { zh: '整改中', en: 'being put right' },
  verifying: { zh: '待验收', en: 'waiting for verification' },
  closed: { zh: '已销号', en: 'closed' },
  rejected: { zh: '不是隐患', en: 'no hazard' },
};

/** Steps in words, as something one does. */
export const hazardStepWords: Readonly<Record<HazardPersonStepKind, { readonly zh: string; readonly en: string }>> = {
  grade: { zh: '定级', en: 'grade it' },
  reject: { zh: '认定不是隐患', en: 'reject it' },
  assign: { zh: '交办', en: 'give it to a post' },
  return: { zh: '退回', en: 'return it' },
  start: { zh: '开始整改', en: 'begin putting it right' },
  finish: { zh: '整改完成', en: 'report it put right' },
  verify: { zh: '验收销号', en: 'verify it' },
  fail: { zh: '验收不通过', en: 'fail its verification' },
  extend: { zh: '延期', en: 'move its deadline' },
  evidence: { zh: '补充证据', en: 'add evidence' },
};

/** What happens by itself, in words. */
export const hazardOwnStepWords: Readonly<Record<HazardOwnStepKind, { readonly zh: string; readonly en: string }>> = {
  found: { zh: '发现', en: 'found' },
  'found-again': { zh: '再次发现', en: 'found again' },
  'auto-grade': { zh: '按类别定级', en: 'graded by its kind' },
  'auto-assign': { zh: '按责任清单交办', en: 'given out by the duty list' },
  warned: { zh: '期限将至', en: 'four fifths of the time are gone' },
  overdue: { zh: '已逾期', en: 'overdue' },
  'cause-gone': { zh: '平台不再看到，自行销号', en: 'no longer seen: closed by itself' },
};
