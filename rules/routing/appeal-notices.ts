import type { Notice } from '../../devices/contract/notice.ts';
import type { RunLine } from '../../devices/contract/score.ts';
import { deadlineNotice, stampOf } from './deadline-notice.ts';
import { type RoutingParts, whoever } from './people.ts';

/** A run whose numbers may be appealed, with the departments that it scores. */
export interface AppealableRun {
  readonly line: Pick<RunLine, 'id' | 'name' | 'period' | 'at' | 'state' | 'appealUntil' | 'openAppeals' | 'demo'>;
  readonly departments: readonly string[];
}

/** At so much of the time for appeals whoever is scored is told that it ends. */
const WARN_AT = 0.8;

/**
 * What is to be told now of the time for appeals: to the scored that it nears its end, to the office that it is over while appeals
 * still wait for an answer. The same run gives the same ids each time; telling is keeping what is new.
 * @param at platform time, ms
 */
export function appealNotices(parts: RoutingParts, { line, departments }: AppealableRun, at: number): Notice[] {
  const { id, name, period, appealUntil, openAppeals, state, demo } = line;
  if (state !== 'provisional' || appealUntil === null) return [];
  const until = stampOf(parts, appealUntil);
  const titled = (zh: string, en: string) => ({
    zh: `${zh} · ${name.zh} ${period.key}`,
    en: `${en} · ${name.en} ${period.key}`,
  });
  const dispatchersOf = (ids: readonly string[]) =>
    whoever(
      parts,
      ids.map((department) => ({ item: '', department, hazard: null, area: null })),
      'dispatch',
      at,
    );
  const common = {
    at,
    subject: { kind: 'appeal', id } as const,
    link: `/scores?run=${encodeURIComponent(id)}`,
    ...{ area: null, item: null, demo },
  };
  const office = [parts.city.platformDepartment];
  if (at >= appealUntil)
    return openAppeals === 0
      ? []
      : [
          deadlineNotice(parts, {
            ...common,
            id: `appeal/${id}/over`,
            title: titled('申诉已截止，尚有未答复', 'Appeals are closed and some wait for an answer'),
            body: {
              zh: `${until} 截止；${openAppeals} 件申诉未答复，答复前不能公布`,
              en: `Closed ${until}; ${openAppeals} appeals without an answer; nothing is published before`,
            },
            persons: dispatchersOf(office),
          }),
        ];
  if (at < line.at + WARN_AT * (appealUntil - line.at)) return [];
  return [
    deadlineNotice(parts, {
      ...common,
      id: `appeal/${id}/near`,
      title: titled('申诉即将截止', 'Appeals close soon'),
      body: { zh: `${until} 截止；有异议请在此前申诉`, en: `Until ${until}; whoever disagrees appeals before` },
      persons: dispatchersOf([...departments, ...office]),
    }),
  ];
}
