import type { Kysely } from 'kysely';
import type { Cycle, Supervision } from '../../devices/contract/supervision.ts';
import { type CycleEnd, dueSince, lastDue, nextDue } from '../../devices/supervision/cycle-ends.ts';
import { runLines } from '../../devices/supervision/read-scores.ts';
import type { Running } from '../../kit/cleanups.ts';
import type { Zone } from '../../kit/local-time.ts';
import type { Log } from '../../kit/log.ts';
import type { Commits } from '../store/commits.ts';
import type { RulesTables } from '../store/migrations.ts';
import { addCycleEnd, cycleEnds } from '../store/score-store.ts';

export interface CycleParts {
  readonly db: Kysely<RulesTables>;
  /** Null in a city that does not supervise by figures. */
  readonly policy: Pick<Supervision, 'cycles'> | null;
  readonly zone: Zone;
  /** Journal time up to which everything is judged, ms; NaN before the first. */
  readonly time: () => number;
  /** Works out a period and keeps it with its end, in one transaction. Does it once, however often it is asked. */
  readonly workOut: (end: CycleEnd, at: number) => Promise<void>;
  readonly writing: Pick<Commits, 'serial' | 'transaction'>;
  readonly log: Log;
  readonly stopped: AbortSignal;
}

/** What runs by itself at the ends of the city's cycles. */
export interface CycleKeeper extends Running {
  /** Time has passed in the journal. Costs a comparison while nothing is due. */
  look(): void;
  /** Why something that is due could not be worked out; null when nothing stands in the way. */
  readonly problem: string | null;
}

const HOUR = 3_600_000;
const RETRY_MS = 60_000;

/**
 * Works out what is due by the journal's clock. What was dealt with stands in the books beside it, so that a kill at any moment,
 * a replay or a second start neither doubles nor forgets one. A cycle that is seen for the first time begins with its next end.
 */
export function keepCycles(parts: CycleParts): CycleKeeper {
  const { db, zone, log, stopped } = parts;
  const cycles = (parts.policy?.cycles ?? []).filter(({ byItself }) => byItself !== undefined);
  let next = cycles.length > 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  let busy: Promise<void> | null = null;
  let problem: string | null = null;

  const mark = (end: CycleEnd, at: number): Promise<void> =>
    parts.writing.serial(() => parts.writing.transaction((trx) => addCycleEnd(trx, end, at, null)));
  /** Deals with one cycle; gives the moment of its next end. */
  const keep = async (cycle: Cycle, since: number | undefined, at: number): Promise<number> => {
    const last = lastDue(cycle, at, zone);
    if (!last) return Number.POSITIVE_INFINITY;
    if (since === undefined) {
      await mark(last, at);
      return nextDue(last, zone);
    }
    const { work, passed } = dueSince(last, since, at, zone);
    for (const end of passed) await mark(end, at);
    for (const end of work) {
      if (await mustWait(db, end)) return at + HOUR;
      await parts.workOut(end, at);
      log.info({ cycle: cycle.id, period: end.period.key }, 'a period of supervision was worked out');
    }
    return nextDue(last, zone);
  };
  const keepAll = async (at: number): Promise<void> => {
    try {
      const since = await cycleEnds(db);
      let first = Number.POSITIVE_INFINITY;
      for (const cycle of cycles) first = Math.min(first, await keep(cycle, since.get(cycle.id), at));
      next = first;
      problem = null;
    } catch (err) {
      if (stopped.aborted) return;
      next = at + RETRY_MS;
      problem = `a period of supervision could not be worked out: ${err instanceof Error ? err.message : String(err)}`;
      log.error({ err }, 'a period of supervision could not be worked out; it is tried again');
    }
  };
  return {
    look() {
      const at = parts.time();
      if (busy || stopped.aborted || !(at >= next)) return;
      busy = keepAll(at).finally(() => {
        busy = null;
      });
    },
    get problem() {
      return problem;
    },
    stop: async () => busy ?? undefined,
  };
}

/** A review is of published scores: it waits while one of its period may still be appealed or signed. */
async function mustWait(db: Kysely<RulesTables>, { cycle, period }: CycleEnd): Promise<boolean> {
  if (cycle.kind !== 'review') return false;
  const lines = await runLines(db);
  return lines.some(
    (one) =>
      one.cycle === cycle.of &&
      one.state === 'provisional' &&
      one.period.from >= period.from &&
      one.period.to <= period.to,
  );
}
