import { seatsOf } from '../../devices/city/seats.ts';
import type { City } from '../../devices/contract/city.ts';
import type { Person } from '../../devices/contract/duty.ts';
import type { Notice } from '../../devices/contract/notice.ts';
import type { Appeal, RunContent, ScoreRun } from '../../devices/contract/score.ts';
import type { Supervision, Unit } from '../../devices/contract/supervision.ts';
import type { DutyBook } from '../../devices/duty/duty-book.ts';
import type { Bilingual } from '../../devices/model/device-type.ts';
import { peopleOfDepartment, peopleOfUnit } from '../../devices/supervision/people-of-unit.ts';
import type { Zone } from '../../kit/local-time.ts';
import { recipientOf, seatRecipient } from './recipients.ts';

/** What supervision is told by. */
export interface ScoreRouting {
  readonly city: City;
  readonly policy: Supervision;
  readonly book: () => DutyBook;
  readonly zone: Zone;
}

/**
 * That a period was worked out: to the office, and to every department or area that it speaks of. A sample is the office's alone:
 * nobody whom it may visit is told. Where the duty list names nobody, the seats are told.
 */
export function runNotice(parts: ScoreRouting, run: ScoreRun): Notice {
  const { title, body } = wordsOfRun(parts, run);
  const to = [...officeOf(parts, run.at), ...concernedBy(parts, run)];
  return noticeOf(parts, { id: `score/${run.id}`, run, at: run.at, title, body, to });
}

/** That a number is appealed: to the office that decides. */
export function appealNotice(parts: ScoreRouting, run: ScoreRun, appeal: Appeal): Notice {
  const unit = nameOfUnit(parts, appeal.unit);
  return noticeOf(parts, {
    id: `score/${run.id}#${appeal.seq}`,
    run,
    at: appeal.at,
    subject: `${run.id}#${appeal.seq}`,
    title: {
      zh: `待裁定的申诉：${run.cycle.name.zh} ${run.period.key} · ${unit.zh}`,
      en: `An appeal to decide: ${run.cycle.name.en} ${run.period.key} · ${unit.en}`,
    },
    body: { zh: appeal.reason, en: appeal.reason },
    to: officeOf(parts, appeal.at),
  });
}

/** What became of an appeal: to the people of the unit. */
export function decisionNotice(parts: ScoreRouting, run: ScoreRun, { unit, seq, decided }: Appeal): Notice | null {
  if (!decided) return null;
  const what = decided.upheld ? { zh: '采纳', en: 'upheld' } : { zh: '驳回', en: 'dismissed' };
  const found = unitOf(parts, unit);
  return noticeOf(parts, {
    id: `score/${run.id}#${seq}/decided`,
    run,
    at: decided.at,
    title: {
      zh: `申诉已${what.zh}：${run.cycle.name.zh} ${run.period.key}`,
      en: `Appeal ${what.en}: ${run.cycle.name.en} ${run.period.key}`,
    },
    body: { zh: decided.reason, en: decided.reason },
    to: found ? peopleOfUnit(parts.book(), found, dateOf(parts, decided.at)) : [],
  });
}

interface Told {
  readonly id: string;
  readonly run: ScoreRun;
  readonly at: number;
  /** Of what somebody acts on it; the run itself unless given. */
  readonly subject?: string;
  readonly title: Bilingual;
  readonly body: Bilingual;
  readonly to: readonly Person[];
}

function noticeOf({ city }: ScoreRouting, { id, run, at, subject = run.id, title, body, to }: Told): Notice {
  const people = [...new Map(to.map((person) => [person.id, person])).values()];
  return {
    ...{ id, at, title, body },
    priority: 'P4',
    hazard: null,
    area: null,
    categories: ['*'],
    subject: { kind: 'score', id: subject },
    link: `/scores?run=${encodeURIComponent(run.id)}`,
    mark: run.demo ? 'demo' : null,
    to:
      people.length > 0
        ? people.map((person) => recipientOf(person, 0))
        : seatsOf(city).map((seat) => seatRecipient(city, seat.id, 0)),
    handledAt: null,
    handledBy: null,
  };
}

const dateOf = ({ zone }: ScoreRouting, at: number): string => zone.local(at).date;
const officeOf = (parts: ScoreRouting, at: number): Person[] =>
  peopleOfDepartment(parts.book(), parts.policy.office, dateOf(parts, at));

const unitOf = ({ policy }: ScoreRouting, id: string): Unit | undefined =>
  policy.classes.flatMap(({ units }) => units).find((unit) => unit.id === id);
const nameOfUnit = (parts: ScoreRouting, id: string): Bilingual => unitOf(parts, id)?.name ?? { zh: id, en: id };

function concernedBy(parts: ScoreRouting, { content, at }: ScoreRun): Person[] {
  const book = parts.book();
  const date = dateOf(parts, at);
  switch (content.kind) {
    case 'sample':
      return [];
    case 'dispatch':
      return content.lines.flatMap(({ department }) => peopleOfDepartment(book, department, date));
    case 'score':
    case 'review':
      return content.basis.classes.flatMap(({ units }) => units.flatMap((unit) => peopleOfUnit(book, unit, date)));
  }
}

function wordsOfRun(parts: ScoreRouting, run: ScoreRun): { readonly title: Bilingual; readonly body: Bilingual } {
  const { cycle, period, content } = run;
  const titled = (zh: string, en: string): Bilingual => ({
    zh: `${cycle.name.zh} ${period.key}：${zh}`,
    en: `${cycle.name.en} ${period.key}: ${en}`,
  });
  switch (content.kind) {
    case 'dispatch':
      return { title: titled('清单已生成', 'the list is made'), body: countsOf(content) };
    case 'sample': {
      const n = content.strata.reduce((sum, { drawn }) => sum + drawn.length, 0);
      return {
        title: titled('样本已抽取', 'the sample is drawn'),
        body: { zh: `抽中 ${n} 处，请转为走访`, en: `${n} places are drawn: make them visits` },
      };
    }
    case 'score':
    case 'review': {
      const days = 'appealDays' in cycle ? cycle.appealDays : 0;
      const until = dateOf(parts, run.at + days * 86_400_000);
      return {
        title: titled('初核结果公示', 'provisional result'),
        body: {
          zh: `${until} 前可申诉；每个数都能点开看到依据`,
          en: `may be appealed until ${until}; every number opens what it is made of`,
        },
      };
    }
  }
}

function countsOf({ lines }: Extract<RunContent, { kind: 'dispatch' }>): Bilingual {
  const sum = (of: (line: (typeof lines)[number]) => readonly string[]) =>
    lines.reduce((all, line) => all + of(line).length, 0);
  const [open, overdue, unowned] = [sum((one) => one.open), sum((one) => one.overdue), sum((one) => one.unowned)];
  return {
    zh: `${lines.length} 个部门，未结 ${open} 件，超期 ${overdue} 件，无人 ${unowned} 件`,
    en: `departments: ${lines.length}; open ${open}, overdue ${overdue}, without an owner ${unowned}`,
  };
}
