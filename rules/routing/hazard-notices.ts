import type { HazardClockKind, HazardEntry, HazardStep } from '../../devices/contract/hazard.ts';
import type { Notice } from '../../devices/contract/notice.ts';
import type { Bilingual } from '../../devices/model/device-type.ts';
import type { HazardChanges } from '../hazards/book.ts';
import type { DutyAsked } from '../tickets/duties.ts';
import { deadlineNotice, stampOf } from './deadline-notice.ts';
import type { RoutingParts } from './people.ts';
import type { Acted } from './routed.ts';

const clockWords: Readonly<Record<HazardClockKind, Bilingual>> = {
  assign: { zh: '交办', en: 'assignment' },
  rectify: { zh: '整改', en: 'putting right' },
  verify: { zh: '验收', en: 'verification' },
};

/** Deadlines of hazards that near or are over, told to the post that has them: each once. */
export function hazardNotices(parts: RoutingParts, { hazards, steps }: HazardChanges): Notice[] {
  const entries = new Map(hazards.map((entry) => [entry.id, entry]));
  return steps.flatMap((step) => {
    const entry = entries.get(step.hazard);
    return entry && (step.kind === 'warned' || step.kind === 'overdue') ? [ofClock(parts, entry, step)] : [];
  });
}

/** A person's step, or the end, settles what was told of a hazard before. */
export function actedOnHazards({ hazards, steps }: HazardChanges): Acted[] {
  const ended = new Set(hazards.filter(({ stage }) => stage === 'closed' || stage === 'rejected').map(({ id }) => id));
  return steps.flatMap(({ hazard: id, by, at }): Acted[] =>
    by !== null || ended.has(id) ? [{ subject: { kind: 'hazard', id }, at, by: by?.name ?? 'system' }] : [],
  );
}

function ofClock(parts: RoutingParts, entry: HazardEntry, { at, kind, more }: HazardStep): Notice {
  const clock = more.clock as HazardClockKind;
  const due = Number(more.due);
  const said = clockWords[clock];
  const isOver = kind === 'overdue';
  const where = [entry.siteName, entry.address].filter(Boolean).join(' ');
  const by = stampOf(parts, due);
  return deadlineNotice(parts, {
    // By its deadline: one that was moved is another, and rings again.
    id: `${entry.id}/${clock}/${kind}/${due}`,
    at,
    subject: { kind: 'hazard', id: entry.id },
    title: {
      zh: `隐患${said.zh}${isOver ? '已超期' : '将到期'} · ${entry.title.zh}（${entry.no}）`,
      en: `Hazard: ${said.en} ${isOver ? 'overdue' : 'due soon'} · ${entry.title.en} (${entry.no})`,
    },
    body: {
      zh: [where, entry.grade?.name.zh, `时限 ${by}`].filter(Boolean).join('；'),
      en: [where, entry.grade?.name.en, `due ${by}`].filter(Boolean).join('; '),
    },
    link: `/hazards?hazard=${encodeURIComponent(entry.id)}`,
    area: entry.area,
    item: entry.item,
    demo: entry.demo,
    persons: whose(parts, entry, clock, at),
  });
}

/** Whose deadline it is: who is on at the post that has it, and whoever sends out where nobody has it yet. */
function whose(parts: RoutingParts, entry: HazardEntry, clock: HazardClockKind, at: number): readonly string[] {
  const duties = parts.duties();
  const { assigned, rectifier, item, area } = entry;
  const department = assigned?.department ?? parts.city.platformDepartment;
  const who = (duty: DutyAsked) => duties.who({ item: item ?? '', department, hazard: null, area }, duty, at).persons;
  if (clock === 'assign') return who('dispatch');
  if (clock === 'verify') return [...who('verify'), ...who('dispatch')];
  const began = rectifier && duties.personOf(rectifier.id);
  const onNow = assigned
    ? duties.personsOf({ post: assigned.post ?? undefined, crew: assigned.crew ?? undefined }, at)
    : [];
  const has = [...(began ? [began] : []), ...(onNow.length > 0 ? onNow : (assigned?.persons ?? []))];
  return has.length > 0 ? has : who('dispatch');
}
