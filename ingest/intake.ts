import type { JournalEntry } from '../devices/contract/entry.ts';
import { HEARTBEAT_DEVICE } from '../devices/heartbeat/heartbeat-device.ts';
import { type Journal, JournalError, type Lane, type Position } from '../kit/journal/journal.ts';
import type { Log } from '../kit/log.ts';
import { retryDelays, type Wait, wait } from '../kit/retry.ts';
import type { Admission, Admitted, Message } from './admission/admission.ts';
import type { Ledger } from './ledger.ts';
import type { Quarantine } from './quarantine/quarantine.ts';

/** Counters since the process began. */
export interface IntakeCounts {
  accepted: number;
  readings: number;
  doubtful: number;
}

/** The one way into the journal. What it has called back for is durable. */
export interface Intake {
  /**
   * Judges a message, journals what is kept, quarantines what is refused, and calls `done` when both are durable: only
   * then may the sender be told. An error means that nothing may be acknowledged; the sender still has the message.
   */
  take(message: Message, done: (err: Error | null, admitted: Admitted) => void): void;
  /** As `take`, for a message already judged (one that was too large to be read, say). */
  settle(
    message: Message,
    size: number,
    admitted: Admitted,
    done: (err: Error | null, admitted: Admitted) => void,
  ): void;
  /** Appends entries of ours: registry changes, derived telemetry, connections, ticks. Resolves when durable. */
  append(entries: readonly JournalEntry[], lane: Lane): Promise<Position>;
  readonly counts: Readonly<IntakeCounts>;
  /** Messages that wait to become durable. */
  readonly pending: number;
  /** Resolves when nothing waits any more (or after some patience); new messages are refused from now on. */
  stop(): Promise<void>;
}

export interface IntakeParts {
  readonly admission: Admission;
  readonly journal: Pick<Journal<JournalEntry>, 'append'>;
  readonly quarantine: Pick<Quarantine, 'keep'>;
  readonly ledger: Pick<Ledger, 'acknowledged'>;
  /** Told of the readings that were accepted, batch by batch. */
  readonly onAccepted?: (readings: number) => void;
  /** Told of a journal that cannot be written, at each attempt, and with null of the first that succeeds again. */
  readonly onJournal?: (err: Error | null) => void;
  readonly log: Log;
  readonly wait?: Wait;
}

/** How long a stopping intake waits for a disk that may never answer, ms. */
const STOP_WITHIN_MS = 5000;

/** A disk that was full may have room again: it is tried at least so often, ms. */
const RETRY_WITHIN_MS = 2000;

/** Entries after which a batch is full: a block small enough to be decoded without stalling a reader. */
const BATCH = 2000;

/** The share of the journal that a message may use: that of the most important thing in it. */
export const laneOf = ({ safety, routine }: Pick<Admitted, 'safety' | 'routine'>): Lane =>
  safety ? 'safety' : routine ? 'routine' : 'normal';

interface Batch {
  readonly entries: JournalEntry[];
  readonly waiters: ((err: Error | null, position: Position) => void)[];
}

/**
 * Gathers what arrives in one turn of the event loop into one append a lane, so that a thousand messages cost one
 * promise. Order within a lane is order of arrival; a batch that the disk refuses is tried again before the next.
 */
export function intake(parts: IntakeParts): Intake {
  const { admission, journal, quarantine, ledger, onAccepted, onJournal, log, wait: pause = wait } = parts;
  const counts: IntakeCounts = { accepted: 0, readings: 0, doubtful: 0 };
  /** Of them, readings that {@link IntakeParts.onAccepted} knows of. */
  let told = 0;
  const stopping = new AbortController();
  const idle: (() => void)[] = [];
  let pending = 0;
  let stopped = false;

  const persistently = async <T>(
    what: string,
    attempt: () => Promise<T>,
    hopeless: (err: unknown) => boolean,
    onTrouble?: (err: Error) => void,
  ) => {
    let told = false;
    for (const delay of retryDelays(100, RETRY_WITHIN_MS)) {
      try {
        return await attempt();
      } catch (err) {
        if (hopeless(err) || stopping.signal.aborted) throw err;
        onTrouble?.(err as Error);
        // Once: what is tried every other second for a day is a figure, not a line of the log.
        if (!told)
          log.warn({ err }, `${what} could not be written and is tried until it can; senders wait unacknowledged`);
        told = true;
        await pause(delay, stopping.signal);
      }
    }
    throw new Error('unreachable: delays never end');
  };

  let journalFails = false;
  const journalFailed = (err: Error): void => {
    journalFails = true;
    onJournal?.(err);
  };
  const lanes: Record<Lane, { queue: Batch[]; busy: boolean; scheduled: boolean }> = {
    routine: { queue: [], busy: false, scheduled: false },
    normal: { queue: [], busy: false, scheduled: false },
    safety: { queue: [], busy: false, scheduled: false },
  };

  const flush = async (lane: Lane): Promise<void> => {
    const state = lanes[lane];
    state.scheduled = false;
    if (state.busy) return;
    state.busy = true;
    for (let batch = state.queue.shift(); batch; batch = state.queue.shift()) {
      const { entries, waiters } = batch;
      let failure: Error | null = null;
      let position = 0;
      try {
        position = await persistently(
          'the journal',
          () => journal.append(entries, lane),
          (err) => err instanceof JournalError && !err.retryable,
          journalFailed,
        );
        if (journalFails) {
          journalFails = false;
          onJournal?.(null);
        }
        ledger.acknowledged(position, entries.length);
      } catch (err) {
        failure = err as Error;
        log.error({ err, entries: entries.length, lane }, 'entries could not be journaled; nothing was acknowledged');
      }
      for (const waiter of waiters) waiter(failure, position);
      // Also those that waited for the quarantine since the last batch.
      if (counts.readings > told) onAccepted?.(counts.readings - told);
      told = counts.readings;
    }
    state.busy = false;
  };

  const enqueue = (entries: readonly JournalEntry[], lane: Lane, waiter: Batch['waiters'][number]): void => {
    const state = lanes[lane];
    let batch = state.queue.at(-1);
    if (!batch || batch.entries.length + entries.length > BATCH) {
      batch = { entries: [], waiters: [] };
      state.queue.push(batch);
    }
    for (const entry of entries) batch.entries.push(entry);
    batch.waiters.push(waiter);
    if (!state.scheduled && !state.busy) {
      state.scheduled = true;
      setImmediate(flush, lane);
    }
  };

  const ended = (): void => {
    if (--pending === 0) for (const resolve of idle.splice(0)) resolve();
  };

  const settle: Intake['settle'] = (message, size, admitted, done) => {
    if (stopped) return done(new Error('ingest is stopping'), admitted);
    pending++;
    const { entries, refusals } = admitted;
    let open = (entries.length > 0 ? 1 : 0) + (refusals.length > 0 ? 1 : 0);
    let failure: Error | null = null;
    const settled = (err: Error | null): void => {
      failure ??= err;
      if (--open > 0) return;
      ended();
      if (!failure && entries.length > 0) {
        admission.durable(admitted);
      }
      // The platform's own pulse is nobody's reading.
      if (!failure && entries.length > 0 && message.client !== HEARTBEAT_DEVICE) {
        counts.accepted++;
        counts.readings += admitted.readings;
        counts.doubtful += admitted.doubtful;
      }
      done(failure, admitted);
    };
    if (entries.length > 0) enqueue(entries, laneOf(admitted), settled);
    if (refusals.length > 0) {
      persistently(
        'the quarantine',
        () => quarantine.keep({ ...message, size, refusals }),
        () => false,
      ).then(
        () => settled(null),
        (err: unknown) => settled(err as Error),
      );
    }
    if (open === 0) {
      // Nothing in it to keep (an attributes message of no devices): an ending all the same, on a turn of its own.
      open = 1;
      setImmediate(settled, null);
    }
  };

  return {
    counts,
    get pending() {
      return pending;
    },
    settle,
    take: (message, done) => settle(message, message.payload.length, admission.admit(message), done),
    append: (entries, lane) =>
      new Promise((resolve, reject) => {
        if (stopped) return reject(new Error('ingest is stopping: nothing is appended any more'));
        pending++;
        enqueue(entries, lane, (err, position) => {
          ended();
          if (err) reject(err);
          else resolve(position);
        });
      }),
    async stop() {
      stopped = true;
      // A journal that is full or a disk that fails would keep us for ever: what is unacknowledged stays with its sender.
      stopping.abort();
      if (pending === 0) return;
      const patience = new AbortController();
      const finished = new Promise<void>((resolve) => idle.push(resolve));
      await Promise.race([finished, pause(STOP_WITHIN_MS, patience.signal)]);
      patience.abort();
      if (pending > 0)
        log.warn({ pending }, 'messages were not durable in time to stop; their senders still have them');
    },
  };
}
