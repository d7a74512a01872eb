import {
  type JournalCodec,
  JournalError,
  type JournalOptions,
  type Lane,
  laneLimit,
  laneNames,
  type Packed,
  type Position,
} from './journal.ts';

/** One append that waits to become durable. */
export interface Pending<T> {
  readonly entries: readonly T[];
  readonly lane: Lane;
  /** Place in the order of arrival over all lanes. */
  readonly order: number;
  /** Length of its own text; known only once it had to be measured. */
  bytes?: number;
  readonly resolve: (position: Position) => void;
  readonly reject: (err: unknown) => void;
}

/** Appends that go into one block together, and their text. */
export interface Group<T> {
  readonly pending: readonly Pending<T>[];
  readonly entries: readonly T[];
  readonly text: Packed;
  readonly bytes: number;
}

/** How large one block may become. Small enough that encoding or decoding it does not stall an event loop. */
export interface GroupLimits {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

/** Appends in order of arrival, in lanes. A lane that waits for room does not hold up the others. */
export interface AppendQueue<T> {
  add(pending: Pending<T>): void;
  /** The next block's worth that fits beside `heldBytes` already in the journal; undefined when nothing does. */
  take(heldBytes: number): Group<T> | undefined;
  /** Blocks were freed: lanes that waited may look again. */
  roomMade(): void;
  /** Empties the queue. */
  drain(): Pending<T>[];
  readonly size: number;
  /** Appends that could not be taken because their lane has no room. */
  readonly waitingForRoom: Readonly<Record<Lane, number>>;
}

/** An empty {@link AppendQueue}. */
export function appendQueue<T>(
  codec: Pick<JournalCodec<T>, 'encode'>,
  options: JournalOptions,
  limits: GroupLimits,
): AppendQueue<T> {
  const lanes = byLane(() => fifo<Pending<T>>());
  const blocked = byLane(() => false);
  const limitOf = byLane((lane) => laneLimit(options, lane));
  let bytesPerEntry = 128;

  /** The lane of the oldest append that need not wait. */
  const nextLane = (): Lane | undefined => {
    let oldest = Number.POSITIVE_INFINITY;
    let found: Lane | undefined;
    for (const lane of laneNames) {
      const first = blocked[lane] ? undefined : lanes[lane].first();
      if (first && first.order < oldest) {
        oldest = first.order;
        found = lane;
      }
    }
    return found;
  };

  /** Takes appends in order of arrival from the lanes that are not blocked. */
  const candidates = (): Pending<T>[] => {
    const taken: Pending<T>[] = [];
    let entries = 0;
    while (entries < limits.maxEntries && (entries === 0 || entries * bytesPerEntry < limits.maxBytes)) {
      const lane = nextLane();
      if (!lane) break;
      const next = lanes[lane].shift()!;
      taken.push(next);
      entries += next.entries.length;
    }
    return taken;
  };

  /** Encodes as one text: one call costs far less than one for each append. */
  const group = (pending: readonly Pending<T>[]): Group<T> => {
    // Always a copy: consumers keep it, and the sender may use its own array again.
    const entries = pending.flatMap((p) => p.entries);
    const text = codec.encode(entries);
    const bytes = Buffer.byteLength(text);
    bytesPerEntry = bytes / entries.length;
    return { pending, entries, text, bytes };
  };

  /** Its own length, or undefined after refusing what can never be written. */
  const measured = (pending: Pending<T>): number | undefined => {
    if (pending.bytes !== undefined) return pending.bytes;
    try {
      pending.bytes = Buffer.byteLength(codec.encode(pending.entries));
    } catch (err) {
      pending.reject(err);
      return undefined;
    }
    const most = limitOf[pending.lane];
    if (pending.bytes <= most) return pending.bytes;
    pending.reject(
      new JournalError(
        `an append of ${pending.bytes} bytes can never fit: the journal gives the ${pending.lane} lane ${most} bytes; send smaller batches or raise the journal's cap`,
        { retryable: false },
      ),
    );
    return undefined;
  };

  /** The slow way, near the cap: measures each append, keeps those that fit, puts the others back where they were. */
  const fitting = (taken: readonly Pending<T>[], heldBytes: number): Pending<T>[] => {
    const fits: Pending<T>[] = [];
    const back = byLane(() => [] as Pending<T>[]);
    let held = heldBytes;
    for (const pending of taken) {
      const bytes = measured(pending);
      if (bytes === undefined) continue;
      if (!blocked[pending.lane] && held + bytes <= limitOf[pending.lane]) {
        fits.push(pending);
        held += bytes;
      } else {
        // Whoever comes later in this lane waits behind it, however small: order within a lane is kept.
        blocked[pending.lane] = true;
        back[pending.lane].push(pending);
      }
    }
    for (const lane of laneNames) lanes[lane].putBack(back[lane]);
    return fits;
  };

  const encodedAtOnce = (taken: readonly Pending<T>[], heldBytes: number): Group<T> | undefined => {
    // The strictest lane's room for all of them: the quick answer of a journal that is not near its cap.
    const strictest = laneNames.find((lane) => taken.some((pending) => pending.lane === lane)) ?? 'routine';
    const room = limitOf[strictest] - heldBytes;
    try {
      const whole = room > 0 ? group(taken) : undefined;
      return whole && whole.bytes <= room ? whole : undefined;
    } catch {
      return undefined; // one of them cannot be encoded; the slow way finds out which
    }
  };

  return {
    add: (pending) => lanes[pending.lane].push(pending),
    take(heldBytes) {
      for (;;) {
        const taken = candidates();
        if (taken.length === 0) return undefined;
        const whole = encodedAtOnce(taken, heldBytes);
        if (whole) return whole;
        const fits = fitting(taken, heldBytes);
        if (fits.length > 0) return group(fits);
      }
    },
    roomMade() {
      for (const lane of laneNames) blocked[lane] = false;
    },
    drain: () => laneNames.flatMap((lane) => lanes[lane].drain()).sort((a, b) => a.order - b.order),
    get size() {
      return laneNames.reduce((sum, lane) => sum + lanes[lane].size, 0);
    },
    get waitingForRoom() {
      return byLane((lane) => (blocked[lane] ? lanes[lane].size : 0));
    },
  };
}

/** One of something for each lane. */
const byLane = <V>(make: (lane: Lane) => V): Record<Lane, V> => ({
  routine: make('routine'),
  normal: make('normal'),
  safety: make('safety'),
});

/** First in, first out, without moving the rest of the array. */
function fifo<T>() {
  let items: T[] = [];
  let start = 0;
  return {
    push: (item: T) => void items.push(item),
    first: (): T | undefined => items[start],
    shift(): T | undefined {
      const item = items[start];
      if (item === undefined) return undefined;
      items[start++] = undefined as T;
      if (start === items.length || start > 4096) {
        items = items.slice(start);
        start = 0;
      }
      return item;
    },
    putBack(front: readonly T[]) {
      if (front.length > 0) {
        items = [...front, ...items.slice(start)];
        start = 0;
      }
    },
    drain(): T[] {
      const all = items.slice(start);
      items = [];
      start = 0;
      return all;
    },
    get size() {
      return items.length - start;
    },
  };
}
