import { type AppendQueue, appendQueue, type Group, type GroupLimits } from './append-queue.ts';
import { blockTail, type TailLimits } from './block-tail.ts';
import {
  type Block,
  type Journal,
  type JournalCodec,
  JournalError,
  JournalGap,
  type JournalOptions,
  type Lane,
  laneNames,
  type Packed,
  type Position,
  ROUTINE_SHARE,
} from './journal.ts';
import { waiters } from './waiters.ts';

/** A block as the engine keeps it. */
export interface StoredBlock {
  readonly position: Position;
  readonly version: number;
  readonly entries: number;
  readonly bytes: number;
  readonly text: Packed;
}

/** What an engine is asked to make durable together. */
export interface Work {
  readonly block?: StoredBlock;
  /** Consumers' released positions; null takes the consumer out. */
  readonly marks: readonly (readonly [consumer: string, released: Position | null])[];
  /** Blocks up to here may be freed: the engine frees some of them now, as many as do not stall it. */
  readonly freeThrough: Position;
}

/** What became of a {@link Work}. The block and the rest may fail apart from each other; neither is ever half done. */
export interface Done {
  readonly oldest: Position;
  /** Bytes held now. */
  readonly bytes: number;
  readonly blockError?: JournalError;
  readonly keepingError?: JournalError;
}

/** What a journal starts from. */
export interface Opened {
  readonly epoch: string;
  readonly head: Position;
  readonly oldest: Position;
  readonly bytes: number;
  readonly consumers: Readonly<Record<string, Position>>;
}

/** Where blocks are kept. It is given one {@link Work} at a time and decides nothing. */
export interface JournalEngine<T> {
  readonly opened: Opened;
  /** Resolves once durable. A rejection means that the engine is gone for good. */
  commit(work: Work): Promise<Done>;
  /** Blocks after `after` from what is kept, decoded. */
  read(after: Position, maxEntries: number): Promise<readonly Block<T>[]>;
  close(): Promise<void>;
}

/** About what `read` returns when it is not told how much. */
export const readEntries = 4096;

const groupLimits: GroupLimits = { maxEntries: 4096, maxBytes: 512 * 1024 };
const tailLimits: TailLimits = { maxEntries: 65_536, maxBytes: 32 * 1024 * 1024 };
/** How long a failed attempt to free blocks rests, so that a sick disk is not hammered. */
const freeAgainMs = 500;

/** A wish of a consumer, applied between two commits so that nothing is freed while it is being decided. */
type Change = { readonly consumer: string; readonly resolve: (released: Position) => void } & {
  readonly reject: (err: unknown) => void;
} & ({ readonly kind: 'register' | 'unregister' } | { readonly kind: 'release'; readonly position: Position });

/**
 * The journal's rules over any engine: one commit at a time; whatever arrives meanwhile, and in the same turn of the
 * event loop, becomes the next block; lanes wait for room; blocks that every consumer has released are freed.
 */
export function groupCommitJournal<T>(
  engine: JournalEngine<T>,
  codec: Pick<JournalCodec<T>, 'version' | 'encode'>,
  options: JournalOptions,
): Journal<T> {
  checkJournalOptions(options);
  const { epoch } = engine.opened;
  const queue: AppendQueue<T> = appendQueue(codec, options, groupLimits);
  const tail = blockTail<T>(options.tail ?? tailLimits);
  const waiting = waiters();
  let { head, oldest, bytes } = engine.opened;
  let consumers = new Map(Object.entries(engine.opened.consumers));
  let changes: Change[] = [];
  let order = 0;
  let entries = 0;
  let commits = 0;
  let scheduled = false;
  let running = false;
  let freeingRests = false;
  let closing: Promise<void> | undefined;
  let onIdle: (() => void) | undefined;
  let dead: JournalError | undefined;

  const refusal = () =>
    dead ?? new JournalError('the journal is being closed; nothing was written', { retryable: true });

  const schedule = () => {
    if (scheduled || running || dead) return;
    scheduled = true;
    setImmediate(pump);
  };

  const pump = () => {
    scheduled = false;
    if (running || dead) return;
    const group = queue.take(bytes);
    const keeping = applyChanges();
    const freeThrough = freeable();
    if (!group && keeping.marks.length === 0 && freeThrough < oldest) {
      keeping.settle();
      onIdle?.();
      return;
    }
    running = true;
    const block = group && stored(group);
    engine.commit({ block, marks: keeping.marks, freeThrough }).then(
      (done) => {
        running = false;
        if (group) finishGroup(group, done);
        finishKeeping(keeping, done);
        schedule();
      },
      (cause: unknown) => {
        running = false;
        die(cause, group?.pending ?? []);
        keeping.fail(refusal());
      },
    );
  };

  const stored = ({ entries: all, text, bytes: size }: Group<T>): StoredBlock => ({
    position: head + 1,
    version: codec.version,
    entries: all.length,
    bytes: size,
    text,
  });

  const finishGroup = (group: Group<T>, done: Done) => {
    if (done.blockError) {
      for (const pending of group.pending) pending.reject(done.blockError);
      return;
    }
    head += 1;
    commits += 1;
    entries += group.entries.length;
    tail.push({ position: head, entries: group.entries }, group.bytes);
    for (const pending of group.pending) pending.resolve(head);
    waiting.wake(head);
  };

  const finishKeeping = (keeping: ReturnType<typeof applyChanges>, done: Done) => {
    bytes = done.bytes;
    if (done.oldest > oldest) {
      oldest = done.oldest;
      tail.forgetBefore(oldest);
      queue.roomMade();
    }
    if (!done.keepingError) {
      keeping.settle();
      return;
    }
    keeping.fail(done.keepingError);
    freeingRests = true;
    setTimeout(() => {
      freeingRests = false;
      schedule();
    }, freeAgainMs).unref();
  };

  /** Applies what consumers wished for; `settle` and `fail` tell them once it is known whether it became durable. */
  const applyChanges = () => {
    const before = consumers;
    const wishes = changes;
    changes = [];
    const marks = new Map<string, Position | null>();
    const settled: (() => void)[] = [];
    if (wishes.length > 0) consumers = new Map(consumers);
    for (const wish of wishes) {
      const outcome = applyChange(consumers, wish, head, oldest);
      if ('refused' in outcome) wish.reject(new JournalError(outcome.refused, { retryable: false }));
      else {
        if (outcome.mark !== undefined) marks.set(wish.consumer, outcome.mark);
        settled.push(() => wish.resolve(outcome.released));
      }
    }
    return {
      marks: [...marks],
      settle: () => {
        for (const tell of settled) tell();
      },
      fail: (err: JournalError) => {
        consumers = before;
        for (const wish of wishes) wish.reject(err);
      },
    };
  };

  /** The last position nobody needs; below `oldest` when there is nothing to free. */
  const freeable = (): Position => {
    if (consumers.size === 0 || freeingRests) return oldest - 1;
    // While closing, freeing is left to the next start, unless an append waits for the room.
    if (closing && queue.size === 0) return oldest - 1;
    return Math.min(...consumers.values());
  };

  const die = (cause: unknown, lost: readonly { reject(err: unknown): void }[]) => {
    dead = new JournalError(`the journal has stopped: ${cause instanceof Error ? cause.message : String(cause)}`, {
      retryable: false,
      cause,
    });
    for (const one of [...lost, ...queue.drain(), ...changes]) one.reject(dead);
    changes = [];
    waiting.wakeAll();
    onIdle?.();
  };

  const change = (
    wish: { consumer: string } & ({ kind: 'register' | 'unregister' } | { kind: 'release'; position: Position }),
  ) =>
    new Promise<Position>((resolve, reject) => {
      if (closing || dead) return reject(refusal());
      changes.push({ ...wish, resolve, reject });
      schedule();
    });

  const shutDown = async () => {
    if (!dead) {
      await new Promise<void>((resolve) => {
        onIdle = resolve;
        schedule();
      });
      for (const pending of queue.drain()) pending.reject(refusal());
    }
    waiting.wakeAll();
    await engine.close();
    dead ??= new JournalError('the journal is closed', { retryable: false });
  };

  return {
    epoch,
    append(batch: readonly T[], lane: Lane = 'normal') {
      if (closing || dead) return Promise.reject(refusal());
      if (batch.length === 0) return Promise.resolve(head);
      return new Promise((resolve, reject) => {
        queue.add({ entries: batch, lane, order: order++, resolve, reject });
        schedule();
      });
    },
    async read(after, maxEntries = readEntries) {
      if (dead) throw dead;
      if (after > head || after < oldest - 1) throw new JournalGap(after, oldest);
      if (after === head) return [];
      return tail.after(after, maxEntries) ?? (await engine.read(after, maxEntries));
    },
    changed: (after, signal) => (after < head || closing || dead ? Promise.resolve() : waiting.wait(after, signal)),
    head: async () => head,
    register: (consumer) => change({ kind: 'register', consumer }),
    release: async (consumer, position) => void (await change({ kind: 'release', consumer, position })),
    unregister: async (consumer) => void (await change({ kind: 'unregister', consumer })),
    stats: () => ({
      head,
      oldest,
      bytes,
      capBytes: options.capBytes,
      waiting: laneNames.reduce((sum, lane) => sum + queue.waitingForRoom[lane], 0),
      waitingBy: queue.waitingForRoom,
      entries,
      commits,
      consumers: Object.fromEntries(consumers),
    }),
    close: () => (closing ??= shutDown()),
  };
}

/** Moves one consumer's mark in `consumers`, or says why not. `mark` is what must be written, if anything. */
function applyChange(
  consumers: Map<string, Position>,
  wish: Change,
  head: Position,
  oldest: Position,
): { released: Position; mark?: Position | null } | { refused: string } {
  const released = consumers.get(wish.consumer);
  switch (wish.kind) {
    case 'register': {
      if (released !== undefined) return { released };
      consumers.set(wish.consumer, oldest - 1);
      return { released: oldest - 1, mark: oldest - 1 };
    }
    case 'unregister':
      return consumers.delete(wish.consumer) ? { released: released!, mark: null } : { released: 0 };
    case 'release': {
      if (released === undefined) {
        return {
          refused: `consumer "${wish.consumer}" is not registered (it may have been cut off): register it again`,
        };
      }
      if (!Number.isSafeInteger(wish.position) || wish.position > head) {
        return {
          refused: `consumer "${wish.consumer}" released position ${wish.position}, which does not exist: the head is ${head}; is its cursor from another epoch?`,
        };
      }
      if (wish.position <= released) return { released };
      consumers.set(wish.consumer, wish.position);
      return { released: wish.position, mark: wish.position };
    }
  }
}

/** Throws for a cap that leaves nothing beside the safety share. */
export function checkJournalOptions({ capBytes, safetyBytes, routineShare = ROUTINE_SHARE }: JournalOptions): void {
  if (!(routineShare > 0 && routineShare <= 1)) {
    throw new JournalError(`a routine share of ${routineShare} is not between 0 and 1`, { retryable: false });
  }
  if (!(capBytes > 0) || !(safetyBytes >= 0) || safetyBytes >= capBytes) {
    throw new JournalError(
      `a journal of ${capBytes} bytes with ${safetyBytes} of them for safety leaves nothing for the rest: give a cap above the safety share`,
      { retryable: false },
    );
  }
}
