import type { Condition, ConditionEntry, JournalEntry } from '../devices/contract/entry.ts';
import type { Running } from '../kit/cleanups.ts';
import type { Log } from '../kit/log.ts';
import { retryDelays, type Wait, wait } from '../kit/retry.ts';
import type { Sql } from '../kit/sql/sql.ts';
import type { IngestTables } from './tables.ts';

export type Facts = ConditionEntry['facts'];

/** A condition that holds now. */
export interface StandingCondition {
  readonly subject: string;
  readonly condition: Condition;
  /** When it began, ms. */
  readonly at: number;
  readonly facts: Facts;
}

/**
 * What is wrong with ingest itself, told to the rules as it begins and ends. What holds is kept in `ingest.db`, so that a
 * condition that began before a restart is ended after it.
 */
export interface ConditionBook extends Running {
  /** It holds. Telling it again renews its facts under the same beginning; the same facts again are nothing. */
  begin(condition: Condition, subject: string, facts: Facts): void;
  /** It holds no longer. Nothing for one that did not. */
  end(condition: Condition, subject: string, facts?: Facts): void;
  /** It held, and nobody could be told meanwhile: both ends at once. */
  held(condition: Condition, subject: string, from: number, to: number, facts: Facts): void;
  standing(condition?: Condition): readonly StandingCondition[];
  /** Resolves when everything said so far is in the journal. */
  settled(): Promise<void>;
}

export interface ConditionBookParts {
  readonly sql: Sql<IngestTables>;
  /** Resolves when the entries are durable. */
  readonly append: (entries: readonly JournalEntry[]) => Promise<unknown>;
  readonly now: () => number;
  readonly log: Log;
  readonly wait?: Wait;
}

const keyOf = (condition: Condition, subject: string): string => `${condition}/${subject}`;

/** Opens the book; what held when it was closed is told again, which changes nothing where it is known. */
export async function openConditionBook(parts: ConditionBookParts): Promise<ConditionBook> {
  const { sql, append, now, log, wait: pause = wait } = parts;
  const stopping = new AbortController();
  const held = new Map<string, StandingCondition>();
  let queue: Promise<void> = Promise.resolve();

  /** Does one thing after all that were asked for before, however long a disk takes. */
  const then = (step: () => Promise<unknown>): void => {
    queue = queue.then(async () => {
      for (const delay of retryDelays(200, 5000)) {
        if (stopping.signal.aborted) return;
        try {
          await step();
          return;
        } catch (err) {
          if (stopping.signal.aborted) return;
          log.warn({ err, delay }, 'a condition of the platform could not be written and is tried again');
          await pause(delay, stopping.signal);
        }
      }
    });
  };

  const entryOf = ({ subject, condition, at, facts }: StandingCondition, active: boolean): ConditionEntry => ({
    kind: 'condition',
    subject,
    condition,
    active,
    at,
    facts,
  });
  const save = ({ subject, condition, at, facts }: StandingCondition) =>
    sql.db
      .insertInto('conditions')
      .values({ subject, condition, at, facts: JSON.stringify(facts) })
      .onConflict((conflict) =>
        conflict.columns(['subject', 'condition']).doUpdateSet(({ ref }) => ({ facts: ref('excluded.facts') })),
      )
      .execute();
  const erase = ({ subject, condition }: StandingCondition) =>
    sql.db.deleteFrom('conditions').where('subject', '=', subject).where('condition', '=', condition).execute();

  for (const row of await sql.db.selectFrom('conditions').selectAll().execute()) {
    const one = { ...row, at: Number(row.at), facts: JSON.parse(row.facts) as Facts };
    held.set(keyOf(row.condition, row.subject), one);
    then(() => append([entryOf(one, true)]));
  }

  return {
    begin(condition, subject, facts) {
      const key = keyOf(condition, subject);
      const known = held.get(key);
      if (known && JSON.stringify(known.facts) === JSON.stringify(facts)) return;
      const one = { subject, condition, at: known?.at ?? now(), facts };
      held.set(key, one);
      if (!known) log.warn({ condition, subject, ...facts }, 'a condition of the platform began');
      // Kept first: one that the rules know and we forgot would never end.
      then(() => save(one));
      then(() => append([entryOf(one, true)]));
    },
    end(condition, subject, facts) {
      const key = keyOf(condition, subject);
      const known = held.get(key);
      if (!known) return;
      held.delete(key);
      const one = { ...known, at: now(), facts: facts ?? known.facts };
      log.info({ condition, subject }, 'a condition of the platform ended');
      then(() => append([entryOf(one, false)]));
      then(() => erase(one));
    },
    held(condition, subject, from, to, facts) {
      const one = { subject, condition, facts };
      then(() => append([entryOf({ ...one, at: from }, true), entryOf({ ...one, at: to }, false)]));
    },
    standing: (condition) => [...held.values()].filter((one) => condition === undefined || one.condition === condition),
    settled: () => queue,
    async stop() {
      stopping.abort();
    },
  };
}
