import type { Kysely, Transaction } from 'kysely';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { Effects, StateRow } from '../engine/engine.ts';
import type { Routed } from '../routing/routed.ts';
import { type Cursor, knownEpisodes, writeAlarms, writeCursor, writeState } from './alarm-store.ts';
import { writeAnnunciations } from './annunciation-store.ts';
import { writeCampaigns } from './campaign-store.ts';
import { writeHazards } from './hazard-store.ts';
import { writeIncidents } from './incident-store.ts';
import { type Lease, LeaseLost, pause } from './lease.ts';
import type { RulesTables } from './migrations.ts';
import { actOnNotices, forgetBeats, writeNotices } from './notice-store.ts';
import { writeOverrides } from './override-store.ts';
import { writeTickets } from './ticket-store.ts';

export interface CommitParts {
  readonly db: Kysely<RulesTables>;
  readonly lease: Lease;
  readonly clock: Clock;
  readonly log: Log;
  readonly stopped: AbortSignal;
  /** Whom to tell of what is committed, and what is settled by it. */
  readonly route: (effects: Effects) => Routed;
}

/** Every write of the rules process: one after another, fenced by the lease, tried again until the database takes it. */
export interface Commits {
  /** Runs judging and commands one at a time, so that the desk and the database change in the same order. */
  serial<T>(fn: () => Promise<T>): Promise<T>;
  /** A fenced transaction. What fails for a passing reason is tried again; rejects only when stopped or the lease is lost. */
  transaction<T>(fn: (trx: Transaction<RulesTables>) => Promise<T>): Promise<T>;
  /** Alarms, events and the cursor, in one transaction. Resolves with the ids of what had a row already and was left out. */
  effects(effects: Effects, cursor: Cursor): Promise<readonly string[]>;
  /** Alarms, events and the cursor, inside somebody's transaction. */
  write(trx: Transaction<RulesTables>, effects: Effects, cursor: Cursor): Promise<readonly string[]>;
  /** Snapshots beside what {@link effects} writes, in one transaction. */
  state(rows: readonly StateRow[], effects: Effects | null, cursor: Cursor): Promise<readonly string[]>;
  /** What stands in the way now, in words; null when nothing does. */
  readonly problem: string | null;
}

const RETRY_MS = 1000;
/** Heartbeats are looked at for so long, ms; there is one a minute. */
const BEATS_KEPT_MS = 3_600_000;

export function commits({ db, lease, clock, log, stopped, route }: CommitParts): Commits {
  let tail: Promise<unknown> = Promise.resolve();
  let problem: string | null = null;

  const transaction = async <T>(fn: (trx: Transaction<RulesTables>) => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        const result = await db.transaction().execute(async (trx) => {
          await lease.fence(trx);
          return fn(trx);
        });
        problem = null;
        return result;
      } catch (err) {
        if (err instanceof LeaseLost || stopped.aborted) throw err;
        if (problem === null) log.error({ err }, 'the state database does not take what was judged; trying again');
        problem = `the state database does not take what was judged: ${err instanceof Error ? err.message : String(err)}`;
        await pause(clock, RETRY_MS, stopped);
      }
    }
  };
  /** Whom to tell never stands in the way of what is told: where that fails, the alarms are written all the same. */
  const routed = (effects: Effects): Routed => {
    try {
      return route(effects);
    } catch (err) {
      log.error({ err }, 'whom to tell could not be worked out; the alarms go on without notices');
      return { notices: [], acted: [] };
    }
  };
  const write: Commits['write'] = async (trx, effects, cursor) => {
    const { alarms, events } = await withoutRedelivered(trx, effects);
    await writeAlarms(trx, alarms, events);
    if (effects.overrides) await writeOverrides(trx, effects.overrides);
    if (effects.incidents) await writeIncidents(trx, effects.incidents);
    if (effects.tickets) await writeTickets(trx, effects.tickets);
    if (effects.hazards) await writeHazards(trx, effects.hazards);
    if (effects.campaigns) await writeCampaigns(trx, effects.campaigns);
    // What is played sounds, and is no figure.
    const played = new Set(alarms.flatMap(({ id, drill }) => (drill === undefined ? [] : [id])));
    const counted = effects.annunciations.filter(({ alarm }) => !played.has(alarm));
    await writeAnnunciations(trx, counted, events);
    await writeRouted(trx, routed(effects));
    if (effects.beat !== undefined) await forgetBeats(trx, effects.beat - BEATS_KEPT_MS);
    await writeCursor(trx, cursor);
    const written = new Set(alarms.map(({ id }) => id));
    return effects.alarms.flatMap(({ id }) => (written.has(id) ? [] : [id]));
  };
  return {
    serial(fn) {
      const next = tail.then(fn);
      tail = next.catch(() => undefined);
      return next;
    },
    transaction,
    effects: (effects, cursor) => transaction((trx) => write(trx, effects, cursor)),
    write,
    state: (rows, effects, cursor) =>
      transaction(async (trx) => {
        await writeState(trx, rows);
        return write(trx, effects ?? { alarms: [], events: [], annunciations: [], derived: [] }, cursor);
      }),
    get problem() {
      return problem;
    },
  };
}

/** What is settled comes first: a step that settles what was told before may tell something itself. */
async function writeRouted(trx: Transaction<RulesTables>, { notices, acted }: Routed): Promise<void> {
  for (const { subject, at, by } of acted) await actOnNotices(trx, { subject }, at, by);
  await writeNotices(trx, notices);
}

/**
 * A backlog that is delivered twice finds its episodes twice, or the end of one that was heard live. The second time their
 * rows are there, perhaps judged and closed: those stay as they are, and the event becomes a note.
 */
async function withoutRedelivered(
  trx: Transaction<RulesTables>,
  effects: Effects,
): Promise<Pick<Effects, 'alarms' | 'events'>> {
  const raisedNow = new Set(effects.events.filter((e) => e.kind === 'raised').map((e) => e.alarm));
  const found = effects.alarms.filter((a) => a.lane === 'history' && a.needsVerdict && raisedNow.has(a.id));
  if (found.length === 0) return effects;
  const known = await knownEpisodes(trx, found);
  if (known.size === 0) return effects;
  return {
    alarms: effects.alarms.filter(({ id }) => !known.has(id)),
    events: effects.events.map((e) => {
      const row = known.get(e.alarm);
      return row !== undefined && e.kind === 'raised'
        ? { ...e, alarm: row, kind: 'note', note: 'found again in late data' }
        : e;
    }),
  };
}
