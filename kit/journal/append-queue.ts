import { type JournalCodec, JournalError, type JournalOptions, type Lane, type Position } from './journal.ts';

/** One append that waits to become durable. */
export interface Pending<T> {
  readonly entries: readonly T[];
  readonly lane: Lane;
  /** Place in the order of arrival over both lanes. */
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
  readonly text: string;
  readonly bytes: number;
}

/** How large one block may become. Small enough that encoding or decoding it does not stall an event loop. */
export interface GroupLimits {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

/** Appends in order of arrival, in two lanes. A lane that waits for room does not hold up the other one. */
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
  readonly waitingForRoom: number;
}

/** What a lane may fill the journal to, bytes. */
export const laneLimit = ({ capBytes, safetyBytes }: JournalOptions, lane: Lane): number =>
  lane === 'safety' ? capBytes : capBytes - safetyBytes;

/** An empty {@link AppendQueue}. */
export function appendQueue<T>(
  codec: Pick<JournalCodec<T>, 'encode'>,
  options: JournalOptions,
  limits: GroupLimits,
): AppendQueue<T> {
  const lanes = { normal: fifo<Pending<T>>(), safety: fifo<Pending<T>>() };
  const blocked = { normal: false, safety: false };
  let bytesPerEntry = 128;

  /** Takes appends in order of arrival from the lanes that are not blocked. */
  const candidates = (): Pending<T>[] => {
    const taken: Pending<T>[] = [];
    let entries = 0;
    while (entries < limits.maxEntries && (entries === 0 || entries * bytesPerEntry < limits.maxBytes)) {
      const normal = blocked.normal ? undefined : lanes.normal.first();
      const safety = blocked.safety ? undefined : lanes.safety.first();
      if (!normal && !safety) break;
      const lane = !safety || (normal && normal.order < safety.order) ? 'normal' : 'safety';
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
    const most = laneLimit(options, pending.lane);
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
    const back = { normal: [] as Pending<T>[], safety: [] as Pending<T>[] };
    let held = heldBytes;
    for (const pending of taken) {
      const bytes = measured(pending);
      if (bytes === undefined) continue;
      if (!blocked[pending.lane] && held + bytes <= laneLimit(options, pending.lane)) {
        fits.push(pending);
        held += bytes;
      } else {
        // Whoever comes later in this lane waits behind it, however small: order within a lane is kept.
        blocked[pending.lane] = true;
        back[pending.lane].push(pending);
      }
    }
    lanes.normal.putBack(back.normal);
    lanes.safety.putBack(back.safety);
    return fits;
  };

  const encodedAtOnce = (taken: readonly Pending<T>[], heldBytes: number): Group<T> | undefined => {
    const room = laneLimit(options, 'normal') - heldBytes;
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
      blocked.normal = false;
      blocked.safety = false;
    },
    drain: () => [...lanes.normal.drain(), ...lanes.safety.drain()].sort((a, b) => a.order - b.order),
    get size() {
      return lanes.normal.size + lanes.safety.size;
    },
    get waitingForRoom() {
      return (blocked.normal ? lanes.normal.size : 0) + (blocked.safety ? lanes.safety.size : 0);
    },
  };
}

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
