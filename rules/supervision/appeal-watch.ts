import type { Kysely } from 'kysely';
import { runLines } from '../../devices/supervision/read-scores.ts';
import type { Running } from '../../kit/cleanups.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { appealNotices } from '../routing/appeal-notices.ts';
import type { RoutingParts } from '../routing/people.ts';
import type { Commits } from '../store/commits.ts';
import type { RulesTables } from '../store/migrations.ts';
import { subjectKey } from '../store/notice-rows.ts';
import { actOnNotices, writeNotices } from '../store/notice-store.ts';

export interface AppealWatchParts {
  readonly db: Kysely<RulesTables>;
  readonly routing: RoutingParts;
  /** Departments that are scored. */
  readonly departments: readonly string[];
  readonly writing: Pick<Commits, 'transaction'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Called when something is to be told. */
  readonly told: () => void;
}

/** Its deadlines are days away. */
const LOOK_MS = 600_000;

/**
 * Watches the time for appeals of provisional runs. What it tells is kept under ids that follow from the run, so that it is told once,
 * also after a kill. A run that is published, or has a newer revision, asks nothing more.
 */
export function startAppealWatch({ db, routing, departments, writing, clock, log, told }: AppealWatchParts): Running {
  let looking: Promise<void> | null = null;
  const look = async (): Promise<void> => {
    const at = clock.now();
    const lines = await runLines(db);
    const open = lines.filter(({ state, appealUntil }) => state === 'provisional' && appealUntil !== null);
    const notices = open.flatMap((line) => appealNotices(routing, { line, departments }, at));
    const standing = await subjectsTold(db);
    const settled = lines.filter(
      ({ id, state, openAppeals, appealUntil }) =>
        standing.has(subjectKey({ kind: 'appeal', id })) &&
        (state !== 'provisional' || (appealUntil !== null && at >= appealUntil && openAppeals === 0)),
    );
    if (notices.length === 0 && settled.length === 0) return;
    await writing.transaction(async (trx) => {
      for (const { id } of settled) await actOnNotices(trx, { subject: { kind: 'appeal', id } }, at, 'system');
      await writeNotices(trx, notices);
    });
    if (notices.length > 0) told();
  };
  const cancel = clock.every(LOOK_MS, () => {
    looking ??= look()
      .catch((err) => log.warn({ err }, 'the time for appeals could not be looked at; it is tried again'))
      .finally(() => {
        looking = null;
      });
  });
  return {
    async stop() {
      cancel();
      await looking;
    },
  };
}

/** What notices speak of that somebody may still act on. */
async function subjectsTold(db: Kysely<RulesTables>): Promise<ReadonlySet<string>> {
  const rows = await db.selectFrom('notices').select('subject').where('open', '=', 1).distinct().execute();
  return new Set(rows.map(({ subject }) => subject));
}
