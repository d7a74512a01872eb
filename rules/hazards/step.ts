import type { Actor, Refusal } from '../../devices/contract/command.ts';
import type { HazardEntry, HazardPersonStep, HazardStage } from '../../devices/contract/hazard.ts';
import type { HazardGrade, HazardPolicy } from '../../devices/contract/hazard-policy.ts';
import type { Assigned, By } from '../../devices/contract/ticket.ts';
import { whyNotHis } from '../../devices/hazards/hands.ts';
import { hazardStageAfter } from '../../devices/hazards/stages.ts';
import type { Bilingual } from '../../devices/model/device-type.ts';
import { type Calendar, clockTo, met } from '../tickets/clocks.ts';
import { assign, type Duties } from '../tickets/duties.ts';
import { clockOfDays, withClock } from './limits.ts';

export interface HazardParts {
  readonly policy: HazardPolicy;
  readonly calendar: Calendar;
  readonly duties: Duties;
  /** Ids of the city's departments. */
  readonly departments: readonly string[];
  /** Department that answers where nobody else does. */
  readonly fallback: string;
  /** What the platform sees of a cause at this moment: in words why it still stands; null when it does not, or nobody knows. */
  readonly stands: (entry: HazardEntry) => Bilingual | null;
}

export interface HazardTaken {
  readonly entry: HazardEntry;
  readonly more?: Readonly<Record<string, string | number | boolean | null>>;
}
export type HazardStepOutcome = HazardTaken | { readonly refused: Refusal };

const DAY = 86_400_000;

/** A grade of the policy by its id. */
export const gradeOf = ({ grades }: Pick<HazardPolicy, 'grades'>, id: string | undefined): HazardGrade | undefined =>
  grades.find((grade) => grade.id === id);

/**
 * Takes a person's step: refused where the table, his role, his own earlier hand or a missing picture forbids it. Pure; time
 * comes with the step.
 */
export function takeHazardStep(
  parts: HazardParts,
  entry: HazardEntry,
  step: HazardPersonStep,
  actor: Actor,
  at: number,
): HazardStepOutcome {
  const stage = hazardStageAfter(entry.stage, step.kind);
  if ('refused' in stage) return stage;
  const grade = gradeOf(parts.policy, entry.grade?.id);
  const refused = whyNotHis(entry, step.kind, actor, parts.duties.personOf, grade);
  if (refused) return { refused };
  const by: By = { id: actor.id, name: actor.name, role: actor.role };
  return effect(
    { ...parts, by, at, grade },
    pictured({ ...entry, stage: stage.to }, entry.stage, step),
    entry.stage,
    step,
  );
}

/** Pictures of before the work, or of after it: by the step's own word, else by when they came. */
function pictured(entry: HazardEntry, from: HazardStage, step: HazardPersonStep): HazardEntry {
  const fresh = step.photos ?? [];
  if (fresh.length === 0) return entry;
  const isAfter = step.kind === 'evidence' ? step.shows === 'after' : step.kind === 'finish' || from === 'verifying';
  const known = isAfter ? entry.after : entry.before;
  const all = [...new Set([...known, ...fresh])];
  return isAfter ? { ...entry, after: all } : { ...entry, before: all };
}

interface Doing extends HazardParts {
  readonly by: By;
  readonly at: number;
  readonly grade: HazardGrade | undefined;
}

/** The one place that says what each step changes: a row a step. */
function effect(doing: Doing, entry: HazardEntry, from: HazardStage, step: HazardPersonStep): HazardStepOutcome {
  const { by, at, calendar } = doing;
  const when = Math.min(step.doneAt ?? at, at);
  switch (step.kind) {
    case 'grade':
      return regrade(doing, entry, from, step);
    case 'reject':
      return {
        entry: { ...entry, clocks: met(entry.clocks, ['assign', 'rectify'], at), closedAt: at },
        more: { reason: step.reason },
      };
    case 'assign':
      return giveTo(doing, entry, step);
    case 'return':
      return { entry: { ...entry, assigned: null, rectifier: null }, more: { reason: step.reason } };
    case 'start':
      return { entry: { ...entry, rectifier: by } };
    case 'finish':
      return finish(doing, entry, when);
    case 'verify':
      return verify(doing, entry, when);
    case 'fail':
      return {
        entry: { ...entry, clocks: reopened(calendar, entry.clocks), failed: entry.failed + 1 },
        more: { reason: step.reason },
      };
    case 'extend':
      return extend(doing, entry, step);
    case 'evidence':
      return step.photos?.length || step.note ? { entry } : { refused: nothingAdded };
  }
}

/** The verification asked for more: its clock ends, and the one of the work runs on as it was. */
const reopened = (calendar: Calendar, clocks: HazardEntry['clocks']): HazardEntry['clocks'] =>
  clocks
    .filter(({ kind }) => kind !== 'verify')
    .map((clock) => {
      if (clock.kind !== 'rectify') return clock;
      const { runs, startedAt, due, warned, overdue } = clock;
      return { ...clockTo(calendar, 'rectify', runs, startedAt, due), warned, overdue };
    });

/** Under a grade, as it is called today. */
export const graded = (entry: HazardEntry, { id, name }: HazardGrade): HazardEntry => ({
  ...entry,
  grade: { id, name },
});

function regrade(
  { policy, calendar }: Doing,
  entry: HazardEntry,
  from: HazardStage,
  step: Extract<HazardPersonStep, { kind: 'grade' }>,
): HazardStepOutcome {
  const grade = gradeOf(policy, step.grade);
  if (!grade) return { refused: unknownGrade(step.grade, policy) };
  if (from !== 'found' && step.reason === undefined) return { refused: reasonWanted };
  const again = graded(entry, grade);
  const more = { grade: grade.id, was: entry.grade?.id ?? null, reason: step.reason ?? null };
  if (entry.assignedAt === null || entry.assigned === null) return { entry: again, more };
  const clock = clockOfDays(calendar, 'rectify', grade.rectify, entry.assignedAt);
  return { entry: { ...again, clocks: withClock(entry.clocks, clock) }, more };
}

function giveTo(
  doing: Doing,
  entry: HazardEntry,
  step: Extract<HazardPersonStep, { kind: 'assign' }>,
): HazardStepOutcome {
  const { post, crew, person } = step;
  const named = post ?? crew ?? person;
  const department = step.department ?? (named ? doing.duties.departmentOf({ post, crew, person }) : undefined);
  if (named && department === undefined) return { refused: unknownPost(named) };
  if (department !== undefined && !doing.departments.includes(department))
    return { refused: unknownDepartment(department) };
  const assigned: Assigned =
    department === undefined
      ? answered(doing, entry)
      : {
          department,
          post: post ?? null,
          crew: crew ?? null,
          persons: named ? doing.duties.personsOf({ post, crew, person }, doing.at) : [],
          hole: null,
        };
  return {
    entry: given(doing, entry, assigned, doing.at),
    more: { department: assigned.department, post: assigned.post, crew: assigned.crew },
  };
}

/** Whom the duty list answers for a hazard; its kind's department where the list has nobody. */
export function answered(
  { duties, policy, fallback, at }: Pick<Doing, 'duties' | 'policy' | 'fallback' | 'at'>,
  entry: HazardEntry,
): Assigned {
  const department = policy.kinds.find(({ id }) => id === entry.kind)?.department ?? '';
  return assign(duties, { item: entry.item ?? '', department, hazard: null, area: entry.area }, 'handle', at, fallback);
}

/** A hazard in somebody's hands. The first time its deadline begins; given on, it keeps the one it has. */
export function given(
  { policy, calendar }: Pick<HazardParts, 'policy' | 'calendar'>,
  entry: HazardEntry,
  assigned: Assigned,
  at: number,
): HazardEntry {
  const grade = gradeOf(policy, entry.grade?.id);
  const met1 = met(entry.clocks, ['assign'], at);
  const has = met1.some(({ kind }) => kind === 'rectify');
  const clocks = has || !grade ? met1 : withClock(met1, clockOfDays(calendar, 'rectify', grade.rectify, at));
  return { ...entry, stage: 'assigned', assigned, rectifier: null, clocks, assignedAt: entry.assignedAt ?? at };
}

function finish({ by, grade, calendar }: Doing, entry: HazardEntry, when: number): HazardStepOutcome {
  if (grade?.pictures && entry.after.length === 0) return { refused: pictureWanted('after') };
  const rectified = [...new Set([...entry.hands.rectified, entry.rectifier?.id ?? by.id, by.id])];
  const done = met(entry.clocks, ['rectify'], when);
  const clocks = grade ? withClock(done, clockOfDays(calendar, 'verify', grade.verify, when)) : done;
  return { entry: { ...entry, hands: { ...entry.hands, rectified }, clocks } };
}

function verify({ by, at, grade, stands }: Doing, entry: HazardEntry, when: number): HazardStepOutcome {
  if (grade?.pictures && entry.before.length === 0 && entry.cause === null) return { refused: pictureWanted('before') };
  if (grade?.pictures && entry.after.length === 0) return { refused: pictureWanted('after') };
  const still = stands(entry);
  if (still) return { refused: causeStands(still) };
  const hands = { ...entry.hands, verified: by.id };
  return {
    entry: { ...entry, hands, clocks: met(entry.clocks, ['verify'], when), closedAt: at, closedBy: 'verified' },
  };
}

function extend(
  { grade, calendar, at }: Doing,
  entry: HazardEntry,
  step: Extract<HazardPersonStep, { kind: 'extend' }>,
): HazardStepOutcome {
  const clock = entry.clocks.find(({ kind }) => kind === 'rectify');
  if (!clock || step.until <= clock.due || step.until <= at) return { refused: notLater };
  const days = (step.until - clock.due) / DAY;
  const all = { times: entry.extended.times + 1, days: entry.extended.days + days };
  if (all.times > (grade?.extensions ?? 0) || all.days > (grade?.extensionDays ?? 0))
    return { refused: tooOften(grade) };
  const later = clockTo(calendar, 'rectify', clock.runs, clock.startedAt, step.until);
  return {
    entry: { ...entry, extended: all, clocks: withClock(entry.clocks, later) },
    more: { reason: step.reason, was: clock.due, until: step.until },
  };
}

const nothingAdded: Refusal = {
  code: 'nothing-added',
  zh: '没有内容：请附照片或写明情况',
  en: 'nothing was added: give a picture or some words',
};
const reasonWanted: Refusal = {
  code: 'reason-wanted',
  zh: '改变等级须写明原因',
  en: 'say why the grade changes',
};
const unknownGrade = (id: string, { grades }: HazardPolicy): Refusal => ({
  code: 'unknown-grade',
  zh: `没有等级“${id}”；本市的等级：${grades.map((grade) => `${grade.id}（${grade.name.zh}）`).join('、')}`,
  en: `there is no grade "${id}"; the city has: ${grades.map((grade) => grade.id).join(', ')}`,
});
const unknownPost = (id: string): Refusal => ({
  code: 'unknown-post',
  zh: `责任清单中没有“${id}”：请写明部门，或先登记岗位、班组、人员`,
  en: `the duty list has no "${id}": name a department, or register the post, crew or person first`,
});
const unknownDepartment = (id: string): Refusal => ({
  code: 'unknown-department',
  zh: `本市没有部门“${id}”`,
  en: `the city has no department "${id}"`,
});
const pictureWanted = (which: 'before' | 'after'): Refusal => ({
  code: 'picture-wanted',
  zh: which === 'before' ? '缺少整改前的照片：请先补充' : '缺少整改后的照片：请附照片',
  en:
    which === 'before'
      ? 'there is no picture of before the work: add one first'
      : 'there is no picture of after the work: add one',
});
const causeStands = ({ zh, en }: Bilingual): Refusal => ({
  code: 'cause-stands',
  zh: `平台现在仍看到：${zh}。请先更正登记或设备，再验收`,
  en: `the platform still sees: ${en}. Put the registry or the device right, then verify`,
});
const notLater: Refusal = {
  code: 'not-later',
  zh: '延期后的期限须晚于现在的期限，也须晚于此刻',
  en: 'the new deadline must be later than the one there is, and than now',
};
const tooOften = (grade: HazardGrade | undefined): Refusal => ({
  code: 'extended-enough',
  zh: `${grade?.name.zh ?? '该等级'}最多延期 ${grade?.extensions ?? 0} 次、共 ${grade?.extensionDays ?? 0} 天`,
  en: `${grade?.name.en ?? 'this grade'}: at most ${grade?.extensions ?? 0} extensions, ${grade?.extensionDays ?? 0} days altogether`,
});
