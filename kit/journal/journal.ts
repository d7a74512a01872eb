/** Where a block stands in the journal: 1, 2, 3 … without gaps. 0 is "before the first". */
export type Position = number;

/**
 * Which share of the journal an append may use. As it fills, `routine` appends (what no rule judges, or only P4 ones) wait
 * first, then `normal` ones; `safety` (what P1 and P2 rules judge) keeps a reserved share.
 */
export type Lane = 'routine' | 'normal' | 'safety';

/** All lanes, the first to wait first. */
export const laneNames = ['routine', 'normal', 'safety'] as const satisfies readonly Lane[];

/** What one group commit made durable together. Consumers take blocks whole, so a cursor is always a block's position. */
export interface Block<T> {
  readonly position: Position;
  readonly entries: readonly T[];
}

/** The reading half of a journal; safe to hold in any process of the host. */
export interface JournalReader<T> {
  /** Changes when the journal was made anew or restored from a backup: a cursor of another epoch means nothing here. */
  readonly epoch: string;
  /** Blocks after `after`, oldest first, until about `maxEntries` entries; empty at the head. Throws {@link JournalGap} when they were freed, or when `after` lies beyond the head (a cursor of another journal). */
  read(after: Position, maxEntries?: number): Promise<readonly Block<T>[]>;
  /** Resolves once a block after `after` can be read, or `signal` is aborted (it never rejects for that). */
  changed(after: Position, signal?: AbortSignal): Promise<void>;
  /** The newest durable position, 0 while empty. */
  head(): Promise<Position>;
  close(): Promise<void>;
}

/** Counters of a journal's health, for `/metrics` and the duty desk's strip. */
export interface JournalStats {
  readonly head: Position;
  /** The oldest position that can still be read; head + 1 when nothing is kept. */
  readonly oldest: Position;
  readonly bytes: number;
  readonly capBytes: number;
  /** Appends that wait for room now. */
  readonly waiting: number;
  /** The same, by lane. */
  readonly waitingBy: Readonly<Record<Lane, number>>;
  /** Entries made durable since this journal was opened. */
  readonly entries: number;
  /** Blocks made durable since this journal was opened; `entries / commits` is the mean group. */
  readonly commits: number;
  readonly consumers: Readonly<Record<string, Position>>;
}

/**
 * The durable, ordered log between those who accept messages and those who act on them.
 *
 * Promises: order of appends is order of reading; what `append` resolved for survives `kill -9` and power loss; nothing
 * is ever dropped to make room: when the cap is reached, appends wait.
 */
export interface Journal<T> extends JournalReader<T> {
  /**
   * Resolves with the block's position once the entries are durable. Concurrent appends share one commit. The entries
   * are handed to readers as they are: do not change one after giving it away. Rejects with {@link JournalError} when
   * nothing was written.
   */
  append(entries: readonly T[], lane?: Lane): Promise<Position>;
  /**
   * Registers a consumer, or finds it again, and returns the position it has released: nothing after that is freed. A
   * new one starts before the oldest block kept.
   */
  register(consumer: string): Promise<Position>;
  /**
   * Says that `consumer` will never need blocks up to and including `position` again. Never moves backwards. Throws for
   * a consumer that is not registered (it may have been cut off) and for a position that does not exist yet.
   */
  release(consumer: string, position: Position): Promise<void>;
  /** Cuts a consumer off, so that its backlog no longer holds space. */
  unregister(consumer: string): Promise<void>;
  stats(): JournalStats;
}

/** A block as it is kept: text, or bytes where a codec packs it. */
export type Packed = string | Uint8Array;

/** How entries become text (or bytes) and back. Readers accept `version` and the one before it. */
export interface JournalCodec<T> {
  readonly version: number;
  encode(entries: readonly T[]): Packed;
  decode(version: number, packed: Packed): readonly T[];
}

export interface JournalOptions {
  /** Size at which appends begin to wait, bytes. */
  readonly capBytes: number;
  /** Part of the cap that only `safety` appends may use, bytes. */
  readonly safetyBytes: number;
  /** How much of the rest `routine` appends may fill, 0 to 1; {@link ROUTINE_SHARE} when absent. */
  readonly routineShare?: number;
  /** How much of its newest blocks a journal keeps in memory for consumers that keep up; a small machine's keeps less. */
  readonly tail?: { readonly maxEntries: number; readonly maxBytes: number };
}

/** Of what the safety share leaves, the part that `routine` appends may fill. */
export const ROUTINE_SHARE = 0.8;

/** What a lane may fill the journal to, bytes. */
export function laneLimit({ capBytes, safetyBytes, routineShare = ROUTINE_SHARE }: JournalOptions, lane: Lane): number {
  if (lane === 'safety') return capBytes;
  return lane === 'normal' ? capBytes - safetyBytes : Math.floor((capBytes - safetyBytes) * routineShare);
}

/**
 * The journal could not do what was asked; nothing of it was written. `retryable`: the disk is full or failing, or the
 * journal is being closed, so that the same call may succeed later.
 */
export class JournalError extends Error {
  readonly retryable: boolean;
  constructor(message: string, options: { retryable: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = 'JournalError';
    this.retryable = options.retryable;
  }
}

/** A reader asked for blocks that were freed: it must start from a snapshot, and somebody must be told. */
export class JournalGap extends Error {
  readonly after: Position;
  readonly oldest: Position;
  constructor(after: Position, oldest: Position) {
    super(`the journal no longer holds what follows position ${after}: the oldest kept is ${oldest}`);
    this.name = 'JournalGap';
    this.after = after;
    this.oldest = oldest;
  }
}

/** A block was written by a version that this program does not read. */
export class JournalVersion extends Error {
  constructor(found: number, known: number) {
    super(
      `the journal holds entries of schema ${found}; this program reads ${known - 1} and ${known}: run the version that wrote them until the journal is drained`,
    );
    this.name = 'JournalVersion';
  }
}

/** The plain codec: JSON text, versions checked, entries trusted because we wrote them. */
export function jsonCodec<T>(version: number): JournalCodec<T> {
  return {
    version,
    encode: (entries) => JSON.stringify(entries),
    decode(found, packed) {
      if (found !== version && found !== version - 1) throw new JournalVersion(found, version);
      const text = typeof packed === 'string' ? packed : Buffer.from(packed).toString('utf8');
      return JSON.parse(text) as readonly T[];
    },
  };
}
