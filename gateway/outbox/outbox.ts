import type { Running } from '../../kit/cleanups.ts';
import { type Journal, JournalError, type Position } from '../../kit/journal/journal.ts';
import type { Log } from '../../kit/log.ts';
import { retryDelays, wait } from '../../kit/retry.ts';
import type { TakeRows, UplinkRow } from '../row.ts';
import { keptAt, type Ledger, openLedger, unread } from './ledger.ts';
import { type NewestRows, newestRows } from './newest.ts';
import type { RowClass } from './safety.ts';

/** Where rows lie: first in `front`, as they come; what has to wait long is packed into one journal for each class. */
export interface OutboxJournals extends Readonly<Record<RowClass, Journal<UplinkRow>>> {
  readonly front: Journal<UplinkRow>;
}

/** How much is kept, and what goes first when it is too much. */
export interface OutboxPolicy {
  /** Of all three journals together, bytes. */
  readonly capBytes: number;
  /** Rows of the rest that wait longer than this go; those of safety never, ms. */
  readonly maxAgeMs: number;
  /** At the cap: the field waits, or the oldest rows of the rest go. Safety rows have a share of the cap for themselves. */
  readonly full: 'wait' | 'drop-oldest';
}

/** Rows let go of unsent, since this outbox was made. */
export interface Dropped {
  readonly rows: number;
  /** Of these, since the platform was last told. */
  readonly untold: number;
  readonly why: 'age' | 'size' | null;
}

/** Remembers across a restart what was let go: nothing is dropped before that is written. */
export interface DroppedMemory {
  read(): Dropped;
  write(dropped: Dropped): void;
}

export interface OutboxParts {
  readonly journals: OutboxJournals;
  readonly policy: OutboxPolicy;
  readonly classOf: (row: Pick<UplinkRow, 'values'>) => RowClass;
  readonly dropped?: DroppedMemory;
  /** Ages are measured by it; a step of the system's clock must not make everything old. */
  readonly now: () => number;
  readonly log: Log;
}

export interface Backlog {
  readonly rows: number;
  /** When the oldest was kept, ms; null when nothing waits. */
  readonly oldest: number | null;
}

export interface OutboxStats {
  readonly bytes: number;
  readonly capBytes: number;
  /** Rows that wait, those under way included. */
  readonly waiting: Readonly<Record<'fresh' | RowClass, Backlog>>;
  readonly dropped: Dropped;
  /** The field is held back now for want of room. */
  readonly full: boolean;
}

/** The durable store between the field and the platform, and all that happens to rows in it but their sending. */
export interface Outbox extends Running {
  readonly take: TakeRows;
  /** Rows taken since the start. */
  readonly taken: number;
  readonly journals: OutboxJournals;
  readonly ledgers: Readonly<Record<'front' | RowClass, Ledger>>;
  readonly newest: NewestRows;
  /** Resolves when what was there at the start has been looked through: from then on {@link newest} knows all of it. */
  readonly known: Promise<void>;
  /** Moves what lies in front up to `upTo` into the backlog; only while nothing is being sent from the front. */
  pack(upTo?: Position): Promise<void>;
  /** Goes by another policy from now on; what lies packed stays in its class. */
  use(policy: OutboxPolicy, classOf: OutboxParts['classOf']): void;
  /** Lets go of what is too old, and packs what lies in front for long; done now and then of its own accord. */
  tend(): void;
  /** While the uplink drains, nothing is dropped and nothing packed of its own accord. */
  draining: boolean;
  /** The platform knows of everything that was dropped up to `rows`. */
  toldOfDropped(rows: number): void;
  stats(): OutboxStats;
}

/** The part of the cap that only safety rows may use. */
const safetyShare = 0.1;
/** Rows that make a good block: packed by the thousand, a reading takes some twenty bytes. */
const packRows = 4096;
const packBytes = 1024 * 1024;
const tendMs = 15_000;
/** What has lain in front so long is packed, however little it is, ms. */
const packAfterMs = 3_600_000;

/** Opens the outbox over its journals. Rows are in it when their append is synced to the disk, and only then taken. */
export async function openOutbox(parts: OutboxParts): Promise<Outbox> {
  const { journals, now, log } = parts;
  let { policy, classOf } = parts;
  const stopped = new AbortController();
  const memory = parts.dropped ?? inMemory();
  let dropped = memory.read();
  let taken = 0;
  let blocked = 0;
  let said = false;
  let freed = Promise.withResolvers<void>();
  const onFreed = () => {
    freed.resolve();
    freed = Promise.withResolvers<void>();
  };
  const ledgers = {
    front: await openLedger(journals.front, log, onFreed),
    safety: await openLedger(journals.safety, log, onFreed),
    rest: await openLedger(journals.rest, log, onFreed),
  };
  const newest = newestRows();
  const bytes = () => journals.front.stats().bytes + journals.safety.stats().bytes + journals.rest.stats().bytes;

  /** Looks through what an earlier run left. */
  const lookThrough = async (of: 'front' | RowClass): Promise<void> => {
    const ledger = ledgers[of];
    const head = await journals[of].head();
    for await (const blocks of unread(journals[of], ledger.released, head, stopped.signal, packRows))
      for (const { position, entries } of blocks) {
        ledger.note(position, entries.length, keptAt(entries));
        if (of !== 'front') newest.add(of, position, entries);
      }
  };
  await lookThrough('front');
  const known = Promise.all([lookThrough('safety'), lookThrough('rest')]).then(
    () => {},
    (err: unknown) => {
      if (!stopped.signal.aborted) log.error({ err }, 'what waits in the outbox could not be looked through');
    },
  );

  /** However long the disk needs: a full or failing one is tried again until the outbox stops. */
  const append = async (journal: Journal<UplinkRow>, rows: readonly UplinkRow[], kind: RowClass): Promise<Position> => {
    for (const delay of retryDelays(200, 10_000)) {
      try {
        const position = await journal.append(rows, kind === 'safety' ? 'safety' : 'normal');
        said = false;
        return position;
      } catch (err) {
        if (!(err instanceof JournalError && err.retryable) || stopped.signal.aborted) throw err;
        if (!said) log.warn({ err }, 'the outbox cannot be written; it is tried again and the field waits');
        said = true;
        await wait(delay, stopped.signal);
      }
    }
    throw new Error('unreachable');
  };

  const packing = async (upTo: Position): Promise<void> => {
    const ledger = ledgers.front;
    for await (const blocks of unread(journals.front, ledger.released, upTo, stopped.signal, packRows)) {
      const rows = blocks.filter(({ position }) => !ledger.has(position)).flatMap(({ entries }) => entries);
      const put = async (kind: RowClass) => {
        const own = rows.filter((row) => classOf(row) === kind);
        if (own.length === 0) return;
        const position = await append(journals[kind], own, kind);
        ledgers[kind].note(position, own.length, keptAt(own));
        newest.add(kind, position, own);
      };
      // Both durable before the front lets go: a crash in between leaves a row twice, which is one reading by its key.
      await Promise.all([put('safety'), put('rest')]);
      ledger.pass(blocks.map(({ position }) => position));
    }
    await ledger.settled();
  };
  let packed = Promise.resolve();
  /** One packing at a time, each from where the last ended. */
  const pack = async (upTo?: Position): Promise<void> => {
    const to = upTo ?? (await journals.front.head());
    const mine = packed.then(() => packing(to));
    packed = mine.catch(() => {});
    return mine;
  };

  /** Lets go of the oldest blocks of the rest while `wanted` says so of the next. */
  const drop = (why: 'age' | 'size', wanted: (kept: number) => boolean): boolean => {
    const going: Position[] = [];
    let rows = 0;
    for (const [position, block] of ledgers.rest.blocks()) {
      if (!wanted(block.kept)) break;
      going.push(position);
      rows += block.rows;
    }
    if (rows === 0) return false;
    dropped = { rows: dropped.rows + rows, untold: dropped.untold + rows, why };
    memory.write(dropped);
    log.error({ rows, why }, 'the outbox let go of its oldest readings that no safety rule needs');
    ledgers.rest.pass(going);
    return true;
  };
  const dropForRoom = (): boolean => {
    let first = true;
    return drop('size', () => {
      const once = first;
      first = false;
      return once;
    });
  };
  const isOld = (kept: number): boolean => {
    const age = now() - kept;
    // Far beyond the limit is a clock that was wrong when the row was kept, or a gateway that lay in a drawer: no reason to drop.
    return age > policy.maxAgeMs && age < 2 * policy.maxAgeMs;
  };

  const limitOf = (kind: RowClass) => policy.capBytes * (kind === 'safety' ? 1 : 1 - safetyShare);
  const room = async (kind: RowClass): Promise<void> => {
    if (bytes() < limitOf(kind)) return;
    blocked += 1;
    try {
      for (let waited = 0; bytes() >= limitOf(kind); waited++) {
        stopped.signal.throwIfAborted();
        const before = freed.promise;
        if (!api.draining) await pack();
        if (bytes() < limitOf(kind)) return;
        // Safety rows never wait while others could make room for them. What is being sent makes room by itself, for a while.
        const mayDrop = (policy.full === 'drop-oldest' || kind === 'safety') && (!api.draining || waited > 5);
        if (mayDrop && dropForRoom()) await ledgers.rest.settled();
        else await Promise.race([before, wait(1000, stopped.signal)]);
      }
    } finally {
      blocked -= 1;
    }
  };
  const put = async (rows: readonly UplinkRow[], kind: RowClass): Promise<void> => {
    if (rows.length === 0) return;
    await room(kind);
    const position = await append(journals.front, rows, kind);
    ledgers.front.note(position, rows.length, keptAt(rows));
    taken += rows.length;
    if (!api.draining && (ledgers.front.rows >= packRows || journals.front.stats().bytes >= packBytes)) packSoon();
  };
  let soon = false;
  const packSoon = () => {
    if (soon) return;
    soon = true;
    void pack()
      .catch((err: unknown) => !stopped.signal.aborted && log.warn({ err }, 'the outbox could not be packed'))
      .finally(() => {
        soon = false;
      });
  };
  const tend = () => {
    if (api.draining) return;
    const { oldest } = ledgers.front;
    if (oldest !== null && now() - oldest > packAfterMs) packSoon();
    drop('age', isOld);
  };
  const tending = setInterval(tend, tendMs);

  const api: Outbox = {
    async take(given) {
      const kept = now();
      const rows = given.map((row) => ({ ...row, kept }));
      const safety = rows.filter((row) => classOf(row) === 'safety');
      const rest = safety.length === 0 ? rows : rows.filter((row) => classOf(row) === 'rest');
      await Promise.all([put(safety, 'safety'), put(rest, 'rest')]);
    },
    get taken() {
      return taken;
    },
    journals,
    ledgers,
    newest,
    known,
    pack,
    tend,
    draining: false,
    use(next, by) {
      policy = next;
      classOf = by;
      onFreed();
    },
    toldOfDropped(rows) {
      dropped = { ...dropped, untold: Math.max(0, dropped.untold - rows) };
      memory.write(dropped);
    },
    stats() {
      const backlog = ({ rows, oldest }: Ledger): Backlog => ({ rows, oldest });
      return {
        bytes: bytes(),
        capBytes: policy.capBytes,
        waiting: {
          fresh: backlog(ledgers.front),
          safety: backlog(ledgers.safety),
          rest: backlog(ledgers.rest),
        },
        dropped,
        full: blocked > 0,
      };
    },
    async stop() {
      clearInterval(tending);
      stopped.abort(new JournalError('the gateway is stopping', { retryable: true }));
      await Promise.all([known, packed]);
    },
  };
  return api;
}

function inMemory(): DroppedMemory {
  let kept: Dropped = { rows: 0, untold: 0, why: null };
  return {
    read: () => kept,
    write: (dropped) => {
      kept = dropped;
    },
  };
}
