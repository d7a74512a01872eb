import type { JournalTrouble } from '../devices/contract/stats.ts';
import type { Running } from '../kit/cleanups.ts';
import type { Clock } from '../kit/clock.ts';
import {
  type Journal,
  type JournalOptions,
  type JournalStats,
  laneLimit,
  type Position,
} from '../kit/journal/journal.ts';
import type { Log } from '../kit/log.ts';
import type { ConditionBook } from './conditions.ts';
import type { CutOff, CutOffs } from './cut-offs.ts';

/** Who is never cut off, however far behind: alarms come from there. */
export const PROTECTED_CONSUMER = 'rules';
/** Subject of conditions that stand at no device. */
export const PLATFORM = 'platform';

/** Up to where the lanes of the journal may fill it, bytes, and when a consumer is cut off. */
export interface JournalMarks {
  readonly routineBytes: number;
  readonly normalBytes: number;
  readonly capBytes: number;
  /** Part of the reserved share in use at which the slowest consumer is cut off, 0 to 1. */
  readonly cutAt: number;
}

/** Part of the reserved share in use at which a consumer is cut off. */
export const CUT_AT = 0.8;

/** The marks of a journal that was opened so. */
export const journalMarks = (options: JournalOptions, cutAt = CUT_AT): JournalMarks => ({
  routineBytes: laneLimit(options, 'routine'),
  normalBytes: laneLimit(options, 'normal'),
  capBytes: options.capBytes,
  cutAt,
});

type Filled = Pick<JournalStats, 'bytes' | 'head' | 'oldest' | 'consumers' | 'waitingBy'>;

/** It begins shortly before the first senders wait, and ends when a good part is free again, so that it does not flicker. */
export function isFilling(before: boolean, { bytes, waitingBy }: Filled, { routineBytes }: JournalMarks): boolean {
  const waits = waitingBy.routine + waitingBy.normal + waitingBy.safety > 0;
  return waits || bytes >= routineBytes * (before ? 0.8 : 0.95);
}

/** The consumer that holds most, and how many blocks it has not read. */
export function slowest({ consumers, head }: Filled): { consumer: string; behind: number } | null {
  let found: { consumer: string; behind: number } | null = null;
  for (const [consumer, position] of Object.entries(consumers)) {
    if (!found || head - position > found.behind) found = { consumer, behind: head - position };
  }
  return found;
}

/**
 * Who must be cut off now, and up to where: the consumer that alone holds the oldest blocks, once the share reserved for
 * safety is nearly used. It loses the older half of what it has not read, and never what the rules still need. Null while
 * there is room, and where the rules are the slowest themselves: then everybody waits.
 */
export function toCut(stats: Filled, { capBytes, normalBytes, cutAt }: JournalMarks): Omit<CutOff, 'at'> | null {
  const nearlyUsed = stats.bytes >= normalBytes + (capBytes - normalBytes) * cutAt;
  if (!nearlyUsed && stats.waitingBy.safety === 0) return null;
  const others = Object.entries(stats.consumers).filter(([consumer]) => consumer !== PROTECTED_CONSUMER);
  const [victim] = others.sort(([, a], [, b]) => a - b);
  if (!victim) return null;
  const [consumer, from] = victim;
  const needed = stats.consumers[PROTECTED_CONSUMER] ?? stats.head;
  const through = Math.min(from + Math.ceil((stats.head - from) / 2), needed);
  if (through <= from) return null;
  const blocks = stats.head - from;
  return { consumer, from, through, bytes: Math.round((stats.bytes * (through - from)) / blocks) };
}

export interface JournalWatchParts {
  readonly journal: Pick<Journal<unknown>, 'stats' | 'release'>;
  readonly marks: JournalMarks;
  readonly conditions: Pick<ConditionBook, 'begin' | 'end' | 'held' | 'standing'>;
  readonly cutOffs: CutOffs;
  /** How far the consumer has come; a cut is over when it has caught up. */
  readonly storePosition: () => Position;
  readonly clock: Pick<Clock, 'now' | 'every'>;
  readonly log: Log;
}

export interface JournalWatch extends Running {
  /** An attempt to write the journal failed, or the first one after that succeeded. */
  told(err: Error | null): void;
  /** Why nothing can be acknowledged now; null while it can. */
  readonly trouble: JournalTrouble | null;
}

/**
 * Watches the journal once a second: tells the rules when it fills, cuts off a consumer before safety measurements would
 * have to wait, and remembers since when it could not be written at all.
 */
export function startJournalWatch(parts: JournalWatchParts): JournalWatch {
  const { journal, marks, conditions, cutOffs, storePosition, clock, log } = parts;
  let trouble: JournalTrouble | null = null;
  let cutting = false;
  const holds = (condition: 'journal-filling' | 'consumer-cut-off') => conditions.standing(condition).length > 0;

  const watchFilling = (stats: JournalStats): void => {
    const before = holds('journal-filling');
    const now = isFilling(before, stats, marks);
    if (now && !before) {
      const last = slowest(stats);
      conditions.begin('journal-filling', PLATFORM, {
        percent: Math.round((stats.bytes / marks.capBytes) * 100),
        megabytes: megabytes(marks.capBytes),
        consumer: last?.consumer ?? '—',
        behind: last?.behind ?? 0,
      });
    } else if (!now && before) conditions.end('journal-filling', PLATFORM);
  };

  const cut = async (what: Omit<CutOff, 'at'>): Promise<void> => {
    const cutOff = { ...what, at: clock.now() };
    // Listed first: a loss that nobody can look up must not happen.
    await cutOffs.add(cutOff);
    await journal.release(what.consumer, what.through);
    log.error(
      cutOff,
      'the journal is full and this consumer holds it: it was cut off from its oldest unread part, so that alarms go on',
    );
    const all = cutOffs.list.filter(({ consumer, from }) => consumer === what.consumer && from >= since(what.consumer));
    conditions.begin('consumer-cut-off', PLATFORM, {
      consumer: what.consumer,
      from: Math.min(...all.map(({ from }) => from)) + 1,
      through: what.through,
      blocks: all.reduce((sum, { from, through }) => sum + through - from, 0),
      megabytes: megabytes(all.reduce((sum, { bytes }) => sum + bytes, 0)),
    });
  };
  /** The first block of the present run of cuts. */
  const since = (consumer: string): number => {
    const [standing] = conditions.standing('consumer-cut-off').filter(({ facts }) => facts.consumer === consumer);
    return standing ? Number(standing.facts.from) - 1 : Number.NEGATIVE_INFINITY;
  };

  const watchCut = (stats: JournalStats): void => {
    const victim = cutting ? null : toCut(stats, marks);
    if (victim) {
      cutting = true;
      cut(victim)
        .catch((err: unknown) => log.error({ err, ...victim }, 'a consumer could not be cut off; it is tried again'))
        .finally(() => {
          cutting = false;
        });
      return;
    }
    const [standing] = conditions.standing('consumer-cut-off');
    // Over when the consumer reads again what follows the cut, and the journal has room.
    if (standing && !holds('journal-filling') && storePosition() > Number(standing.facts.through)) {
      conditions.end('consumer-cut-off', PLATFORM);
    }
  };

  const look = (): void => {
    const stats = journal.stats();
    watchFilling(stats);
    watchCut(stats);
  };
  const cancel = clock.every(1000, look);

  return {
    told(err) {
      if (err) {
        const since = trouble?.since ?? clock.now();
        if (!trouble) log.error({ err }, 'the journal cannot be written: nothing is acknowledged until it can');
        trouble = { since, text: err.message };
        return;
      }
      if (!trouble) return;
      const { since, text } = trouble;
      trouble = null;
      const now = clock.now();
      log.info({ forMs: now - since }, 'the journal is written again');
      conditions.held('journal-unwritable', PLATFORM, since, now, { seconds: Math.round((now - since) / 1000), text });
    },
    get trouble() {
      return trouble;
    },
    stop: cancel,
  };
}

const megabytes = (bytes: number): number => Math.round(bytes / 104_857.6) / 10;
