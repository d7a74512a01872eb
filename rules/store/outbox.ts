import type { Kysely } from 'kysely';
import type { IngestPort } from '../../devices/contract/ports.ts';
import { markPublished, unpublishedChanges } from '../../devices/registry/registry-store.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { pause } from './lease.ts';
import type { RulesTables } from './migrations.ts';
import { unpublishedVersions } from './standards-store.ts';

/** Carries committed registry changes into the journal, in order, until it has them. */
export interface Outbox {
  /** Resolves once everything committed before the call stands in the journal; false when stopped before. */
  publish(): Promise<boolean>;
  /** What stands in the way, in words; null when nothing does. */
  readonly problem: string | null;
}

const RETRY_MS = 1000;

/** Changes stay in the database until the journal has them, so a crash between the two only sends them twice. */
export function registryOutbox(
  db: Kysely<RulesTables>,
  ingest: Pick<IngestPort, 'append'>,
  clock: Clock,
  log: Log,
  stopped: AbortSignal,
): Outbox {
  return outbox('registry changes', clock, log, stopped, async () => {
    const changes = await unpublishedChanges(db);
    const last = changes.at(-1);
    if (!last) return false;
    await ingest.append(changes.map((change) => ({ kind: 'registry', change })));
    await markPublished(db, last.version);
    return true;
  });
}

/** The same for versions of the standards: what was approved reaches whoever judges by them, once or twice. */
export function standardsOutbox(
  db: Kysely<RulesTables>,
  ingest: Pick<IngestPort, 'append'>,
  clock: Clock,
  log: Log,
  stopped: AbortSignal,
): Outbox {
  return outbox('approved standards', clock, log, stopped, async () => {
    const [first] = await unpublishedVersions(db);
    if (!first) return false;
    await ingest.append([{ kind: 'standards', ...first }]);
    await db.insertInto('standards_published').values({ seq: first.version.seq }).execute();
    return true;
  });
}

/** Sends until nothing waits, one drain at a time. @param send sends some of it; false when nothing was left. */
function outbox(what: string, clock: Clock, log: Log, stopped: AbortSignal, send: () => Promise<boolean>): Outbox {
  let problem: string | null = null;
  let tail: Promise<unknown> = Promise.resolve();
  const drain = async (): Promise<boolean> => {
    while (!stopped.aborted) {
      try {
        if (await send()) continue;
        problem = null;
        return true;
      } catch (err) {
        if (problem === null) log.warn({ err, what }, 'an outbox waits: the journal does not take it');
        problem = `${what} wait for the journal: ${err instanceof Error ? err.message : String(err)}`;
        await pause(clock, RETRY_MS, stopped);
      }
    }
    return false;
  };
  return {
    publish() {
      const next = tail.then(drain);
      tail = next;
      return next;
    },
    get problem() {
      return problem;
    },
  };
}

/** Derived measurements on their way to the store: kept in order, tried again until the journal takes them. */
export function derivedOutbox(ingest: Pick<IngestPort, 'append'>, clock: Clock, log: Log, stopped: AbortSignal) {
  let waiting: Parameters<IngestPort['append']>[0][number][] = [];
  let busy = false;
  const run = async () => {
    busy = true;
    while (waiting.length > 0 && !stopped.aborted) {
      const batch = waiting;
      waiting = [];
      for (;;) {
        try {
          await ingest.append(batch);
          break;
        } catch (err) {
          log.warn(
            { err, waiting: waiting.length + batch.length },
            'derived measurements wait: the journal does not take them',
          );
          await pause(clock, RETRY_MS, stopped);
          if (stopped.aborted) break;
        }
      }
    }
    busy = false;
  };
  return {
    add(entries: typeof waiting): void {
      waiting.push(...entries);
      if (!busy && waiting.length > 0) void run();
    },
    get waiting() {
      return waiting.length;
    },
  };
}
