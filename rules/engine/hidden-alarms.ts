import { type Alarm, isOpen, type Override } from '../../devices/contract/alarm.ts';

/** A suppression in force over an alarm: which, and what stands for the alarm. */
export type Suppressed = Extract<Override, { kind: 'suppressed' }>;

/** Open alarms by what hides them, so that the end of a cause finds its own without looking through all. */
export interface HiddenAlarms {
  /** Takes an alarm's next row for its last one; `before` is undefined for one that was not on the desk. */
  move(before: Alarm | undefined, after: Alarm): void;
  by(rule: string, because: string): ReadonlySet<string>;
  all(): Iterable<string>;
}

const none: ReadonlySet<string> = new Set();

export function hiddenAlarms(): HiddenAlarms {
  const byCause = new Map<string, Set<string>>();
  const causes = (alarm: Alarm): string[] =>
    alarm.overrides.flatMap((o) => (o.kind === 'suppressed' ? [`${o.rule} ${o.because}`] : []));
  const drop = (cause: string, id: string): void => {
    const ids = byCause.get(cause);
    if (ids?.delete(id) && ids.size === 0) byCause.delete(cause);
  };
  const add = (cause: string, id: string): void => {
    const ids = byCause.get(cause);
    if (ids) ids.add(id);
    else byCause.set(cause, new Set([id]));
  };
  return {
    move(before, after) {
      // The overrides of nearly every row, nearly always.
      if (after.overrides.length === 0 && (before?.overrides.length ?? 0) === 0) return;
      if (before) for (const cause of causes(before)) drop(cause, before.id);
      if (isOpen(after)) for (const cause of causes(after)) add(cause, after.id);
    },
    by: (rule, because) => byCause.get(`${rule} ${because}`) ?? none,
    *all() {
      for (const ids of byCause.values()) yield* ids;
    },
  };
}
