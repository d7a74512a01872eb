import type { City } from '../../devices/contract/city.ts';
import type { Actor, Refusal } from '../../devices/contract/command.ts';
import {
  type HazardCause,
  type HazardEntry,
  type HazardLook,
  type HazardPersonStep,
  type HazardReport,
  type HazardStage,
  type HazardStep,
  type HazardStepKind,
  isHazardOpen,
} from '../../devices/contract/hazard.ts';
import type { HazardKind } from '../../devices/contract/hazard-policy.ts';
import type { Site } from '../../devices/contract/registry.ts';
import type { By } from '../../devices/contract/ticket.ts';
import { mayGrade, mayReport, notYourRole } from '../../devices/hazards/hands.ts';
import { dayNumbers } from '../day-numbers.ts';
import { type Calendar, met, nextMoment, rung } from '../tickets/clocks.ts';
import type { Duties } from '../tickets/duties.ts';
import { type Found, type Looked, nextLook, type Sees } from './look.ts';
import { type HazardSubject, newHazard, placeOf, placeOfSite } from './open.ts';
import { isSamePlace, type PastHazard, pastHazards } from './past.ts';
import { answered, given, graded, gradeOf, type HazardParts, takeHazardStep } from './step.ts';

export interface HazardBookParts {
  readonly city: City;
  readonly calendar: Calendar;
  /** The duty list as it is now. */
  readonly duties: () => Duties;
  readonly siteOf: (id: string) => Site | undefined;
  /** The registry is a demonstration's: so is what is found where no site is named. */
  readonly isDemo: () => boolean;
  /** What the registry and the readings show now. */
  readonly sees: Sees;
}

/** What is to be written: entries whole, lines of history numbered. */
export interface HazardChanges {
  readonly hazards: readonly HazardEntry[];
  readonly steps: readonly HazardStep[];
  readonly looks: readonly HazardLook[];
}

/** What the database keeps that the book needs. */
export interface KeptHazards {
  /** Open ones, and rejected ones whose cause may still stand. */
  readonly hazards: readonly HazardEntry[];
  /** Closed ones, by which repeats are known. */
  readonly past: readonly PastHazard[];
  readonly lastSeq: number;
  readonly lastNo: string | null;
  readonly lastLook: Pick<HazardLook, 'seq' | 'at'> | null;
}

export type HazardTold = { readonly hazard: HazardEntry } | { readonly refused: Refusal };

/** By what a report came: a visit of a campaign, or nothing of the kind. */
export interface FoundBy {
  readonly visit: string;
  readonly campaign: string;
}

/**
 * The open hazards of the register, and every way in which they change: by people's reports and steps, by the platform's own
 * look, by time. Pure: what it does follows from what it is told, in that order; it is put back by {@link KeptHazards} alone.
 */
export interface HazardBook {
  load(kept: KeptHazards): void;
  /** Lets clocks run and looks once a day, at `at` (ms on the journal's time). */
  settle(at: number): void;
  /** Looks now. */
  look(at: number): void;
  /** Somebody found one. `id` names the report. */
  report(id: string, report: HazardReport, actor: Actor, at: number, by?: FoundBy): HazardTold;
  step(id: string, step: HazardPersonStep, actor: Actor, at: number): HazardTold;
  byId(id: string): HazardEntry | undefined;
  all(): Iterable<HazardEntry>;
  /** What changed since the last take; null when nothing did. */
  take(): HazardChanges | null;
}

/** What a line of history is written with. */
interface Written {
  readonly by?: By | null;
  readonly step?: HazardPersonStep;
  readonly note?: string | null;
  readonly photos?: readonly string[];
  readonly more?: HazardStep['more'];
}

export function hazardBook(parts: HazardBookParts): HazardBook {
  const { city, calendar } = parts;
  const policy = city.hazards;
  const open = new Map<string, HazardEntry>();
  /** What people rejected while its cause stands: it is not found anew every day. */
  const rejected = new Map<string, HazardEntry>();
  /** Which entry stands under a cause, open or rejected. */
  const idOfCause = new Map<string, string>();
  const past = pastHazards(policy);
  let changed = new Map<string, HazardEntry>();
  let steps: HazardStep[] = [];
  let looks: HazardLook[] = [];
  let seq = 0;
  const numbers = dayNumbers(calendar.zone, 'H');
  let lookSeq = 0;
  let lookAt = Number.NaN;
  let next = Number.POSITIVE_INFINITY;

  const stepParts = (): HazardParts => ({
    policy,
    calendar,
    duties: parts.duties(),
    departments: city.departments.map(({ id }) => id),
    fallback: city.platformDepartment,
    stands: ({ cause }) => (cause ? parts.sees.stands(cause) : null),
  });
  const hold = (entry: HazardEntry): void => {
    open.delete(entry.id);
    rejected.delete(entry.id);
    if (entry.cause) idOfCause.delete(entry.cause.key);
    if (entry.stage === 'closed') past.add(entry);
    if (isHazardOpen(entry)) {
      open.set(entry.id, entry);
      next = Math.min(next, nextMoment({ ...entry, suspended: null }));
    } else if (causeOf(entry) !== null) rejected.set(entry.id, entry);
    const cause = causeOf(entry);
    if (cause !== null) idOfCause.set(cause, entry.id);
  };
  /** Writes a line of history, and the entry as it is after it. */
  const write = (
    entry: HazardEntry,
    from: HazardStage,
    kind: HazardStepKind,
    at: number,
    { by = null, step, note = null, photos = [], more = {} }: Written = {},
  ): HazardEntry => {
    steps.push({
      seq: ++seq,
      hazard: entry.id,
      at,
      doneAt: step?.doneAt ?? null,
      kind,
      by,
      place: step?.place ?? null,
      note: step?.note ?? note,
      photos: step?.photos ?? photos,
      from,
      to: entry.stage,
      more,
    });
    const written = { ...entry, seq };
    changed.set(written.id, written);
    hold(written);
    return written;
  };
  const begin = (subject: HazardSubject, at: number, written: Written): HazardEntry => {
    const { id, kind, place } = subject;
    const earlier = past.before({ kind: kind.id, ...place }, at);
    const entry = newHazard({ policy, calendar }, subject, earlier, at);
    const more = { source: subject.source, repeatOf: earlier?.id ?? null, ...written.more };
    return write({ ...entry, id }, 'found', 'found', at, { ...written, more });
  };
  /** Graded by its kind, or by the finder where his role may; and given out where the kind says so. */
  const onward = (entry: HazardEntry, kind: HazardKind, wanted: string | undefined, at: number, by: By | null) => {
    const grade = gradeOf(policy, wanted ?? kind.grade);
    if (!grade) return entry;
    const own = wanted === undefined;
    const after = write({ ...graded(entry, grade), stage: 'graded' }, 'found', own ? 'auto-grade' : 'grade', at, {
      by: own ? null : by,
      more: { grade: grade.id },
    });
    if (!kind.assigns) return after;
    const assigned = answered({ ...stepParts(), at }, after);
    const { department, post, crew, hole } = assigned;
    return write(given({ policy, calendar }, after, assigned, at), 'graded', 'auto-assign', at, {
      more: { department, post, crew, hole: hole?.en ?? null },
    });
  };
  const same = (kind: string, place: HazardSubject['place']): HazardEntry | undefined => {
    for (const entry of open.values())
      if (entry.kind === kind && isSamePlace(entry, place, policy.repeat.withinM)) return entry;
    return undefined;
  };

  const opened = ({ cause, site, kind }: Found, at: number): void => {
    const subject: HazardSubject = {
      id: `hazard:${cause.key}:${at}`,
      no: numbers.next(at),
      kind,
      text: cause.evidence.zh,
      source: 'rule',
      reference: null,
      visit: null,
      campaign: null,
      cause,
      siteNameEn: site.nameEn ?? null,
      place: placeOfSite(site),
      before: [],
      foundBy: null,
      demo: site.demo,
    };
    const entry = begin(subject, at, { more: { rule: cause.rule, evidence: cause.evidence.en } });
    onward(entry, kind, undefined, at, null);
  };
  /** Its cause is gone: it closes by itself, with its history. What people rejected may be found again from now on. */
  const gone = (id: string, at: number): void => {
    const entry = open.get(id) ?? rejected.get(id);
    if (!entry) return;
    const clocks = met(entry.clocks, ['assign', 'rectify', 'verify'], at);
    const closed = isHazardOpen(entry) ? { ...entry, clocks, stage: 'closed' as const, closedAt: at } : entry;
    write({ ...closed, closedBy: 'gone' }, entry.stage, 'cause-gone', at);
  };
  const evidenceNow = (entry: HazardEntry, cause: HazardCause): void => {
    if (entry.cause?.evidence.en === cause.evidence.en) return;
    const now = { ...entry, cause };
    changed.set(now.id, now);
    hold(now);
  };
  const look = (at: number): void => {
    const seen: Looked = parts.sees.look();
    const isGone = (cause: string) =>
      seen.rules.has(cause.split(':')[0]!) && !seen.found.has(cause) && !seen.unobserved.has(cause);
    for (const [cause, id] of inOrder(idOfCause)) if (isGone(cause)) gone(id, at);
    for (const [cause, found] of inOrder(seen.found)) {
      const known = idOfCause.get(cause);
      const entry = open.get(known ?? '');
      if (known === undefined) opened(found, at);
      else if (entry) evidenceNow(entry, found.cause);
    }
    looks.push({ seq: ++lookSeq, at, overbuilt: seen.overbuilt, coverage: seen.coverage });
    lookAt = nextLook(policy, calendar.zone, at);
  };
  const ring = (entry: HazardEntry, at: number): void => {
    const { clocks, says } = rung({ ...entry, suspended: null }, at);
    for (const { kind, clock } of says)
      write({ ...(open.get(entry.id) ?? entry), clocks }, entry.stage, kind, at, {
        more: { clock: clock.kind, due: clock.due, runs: clock.runs },
      });
  };
  return {
    load(kept) {
      seq = kept.lastSeq;
      numbers.load(kept.lastNo);
      lookSeq = kept.lastLook?.seq ?? 0;
      lookAt = kept.lastLook ? nextLook(policy, calendar.zone, kept.lastLook.at) : Number.NaN;
      for (const entry of kept.past) past.add(entry);
      for (const entry of kept.hazards) hold(entry);
    },
    settle(at) {
      if (parts.sees.looks) {
        // Nobody has looked yet: the first time is the next hour of the day that the city named.
        if (Number.isNaN(lookAt)) lookAt = nextLook(policy, calendar.zone, at);
        if (at >= lookAt) look(at);
      }
      if (at < next) return;
      for (const entry of [...open.values()]) if (nextMoment({ ...entry, suspended: null }) <= at) ring(entry, at);
      next = Number.POSITIVE_INFINITY;
      for (const entry of open.values()) next = Math.min(next, nextMoment({ ...entry, suspended: null }));
    },
    look,
    report(id, report, actor, at, from) {
      if (!mayReport.includes(actor.role)) return { refused: notYourRole('report', actor.role, mayReport) };
      const kind = policy.kinds.find((one) => one.id === report.kind);
      if (!kind) return { refused: unknownKind(report.kind, policy.kinds) };
      if (report.grade !== undefined && !gradeOf(policy, report.grade))
        return { refused: unknownGradeOf(report.grade) };
      const site = report.site === undefined ? undefined : parts.siteOf(report.site);
      if (report.site !== undefined && !site) return { refused: unknownSite(report.site) };
      const by: By = { id: actor.id, name: actor.name, role: actor.role };
      const place = placeOf(report, site);
      const there = report.separate ? undefined : same(kind.id, place);
      const told = { by, note: report.text, photos: report.photos };
      if (there) {
        const before = [...new Set([...there.before, ...report.photos])];
        const more = { report: id, visit: from?.visit ?? null };
        return { hazard: write({ ...there, before }, there.stage, 'found-again', at, { ...told, more }) };
      }
      const subject: HazardSubject = {
        id: `hazard:${id}`,
        no: numbers.next(at),
        kind,
        text: report.text,
        source: from ? 'visit' : report.source,
        reference: report.reference ?? null,
        visit: from?.visit ?? null,
        campaign: from?.campaign ?? null,
        cause: null,
        siteNameEn: site?.nameEn ?? null,
        place,
        before: report.photos,
        foundBy: actor.id,
        demo: site?.demo ?? parts.isDemo(),
      };
      const entry = begin(subject, at, told);
      const wanted = mayGrade.includes(actor.role) ? report.grade : undefined;
      return { hazard: onward(entry, kind, wanted, at, by) };
    },
    step(id, step, actor, at) {
      const entry = open.get(id);
      if (!entry) return { refused: unknownHazard };
      const taken = takeHazardStep(stepParts(), entry, step, actor, at);
      if ('refused' in taken) return taken;
      const by: By = { id: actor.id, name: actor.name, role: actor.role };
      return { hazard: write(taken.entry, entry.stage, step.kind, at, { by, step, more: taken.more ?? {} }) };
    },
    byId: (id) => open.get(id),
    all: () => open.values(),
    take() {
      if (changed.size === 0 && looks.length === 0) return null;
      const taken = { hazards: [...changed.values()], steps, looks };
      changed = new Map();
      steps = [];
      looks = [];
      return taken;
    },
  };
}

/** By key, so that the same city always gives the same numbers. */
const inOrder = <T>(map: ReadonlyMap<string, T>): [string, T][] => [...map].sort(([a], [b]) => (a < b ? -1 : 1));

/** The cause that stands under an entry, open or rejected; null once it is closed or gone. */
export const causeOf = ({ cause, stage, closedBy }: HazardEntry): string | null =>
  cause === null || stage === 'closed' || closedBy !== null ? null : cause.key;

/** Said of an id that is no hazard which may still change. */
const unknownHazard: Refusal = {
  code: 'unknown-hazard',
  zh: '台账中没有这条未销号的隐患',
  en: 'the register has no open hazard of this id',
};
const unknownKind = (id: string, kinds: readonly HazardKind[]): Refusal => ({
  code: 'unknown-kind',
  zh: `没有隐患类别“${id}”；本市的类别：${kinds.map((kind) => `${kind.id}（${kind.name.zh}）`).join('、')}`,
  en: `there is no kind of hazard "${id}"; the city has: ${kinds.map((kind) => kind.id).join(', ')}`,
});
const unknownGradeOf = (id: string): Refusal => ({
  code: 'unknown-grade',
  zh: `没有等级“${id}”`,
  en: `there is no grade "${id}"`,
});
const unknownSite = (id: string): Refusal => ({
  code: 'unknown-site',
  zh: `没有登记场所“${id}”`,
  en: `no site "${id}" is registered`,
});
