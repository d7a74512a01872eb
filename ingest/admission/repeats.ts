/**
 * Which readings of a device are known to be durable already, so that a redelivery is not journaled twice. A short window for
 * each device, in one block of memory for all; what falls out of it is journaled again, which leaves one copy in the store.
 */
export interface Repeats {
  /** A place for one device, empty. */
  place(): number;
  free(place: number): void;
  /** Whether the reading of this time and digest is in the device's window. */
  has(place: number, at: number, digest: number): boolean;
  /** It is durable now. */
  add(place: number, at: number, digest: number): void;
}

/** Readings remembered for each device: what a client that lost its connection may have under way for one device. */
const WINDOW = 4;

/** An empty {@link Repeats}. */
export function repeats(): Repeats {
  // [time, digest] for each of the window's readings, then the next to be overwritten.
  const width = WINDOW * 2 + 1;
  let cells = new Float64Array(256 * width).fill(Number.NaN);
  const unused: number[] = [];
  let places = 0;
  return {
    place() {
      const place = unused.pop() ?? places++;
      if ((place + 1) * width > cells.length) {
        const grown = new Float64Array(cells.length * 2).fill(Number.NaN);
        grown.set(cells);
        cells = grown;
      }
      cells.fill(Number.NaN, place * width, (place + 1) * width);
      cells[place * width + WINDOW * 2] = 0;
      return place;
    },
    free: (place) => void unused.push(place),
    has(place, at, digest) {
      const start = place * width;
      for (let i = start; i < start + WINDOW * 2; i += 2) {
        if (cells[i] === at && cells[i + 1] === digest) return true;
      }
      return false;
    },
    add(place, at, digest) {
      const start = place * width;
      const next = cells[start + WINDOW * 2] as number;
      cells[start + next * 2] = at;
      cells[start + next * 2 + 1] = digest;
      cells[start + WINDOW * 2] = (next + 1) % WINDOW;
    },
  };
}

const number = new Float64Array(1);
const halves = new Uint32Array(number.buffer);

/** A number for a text; equal texts have equal ones. */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash | 0;
}

const TRUE = seedOf('true');
const FALSE = seedOf('false');

/** The two halves of the digest that is being made: admission judges one reading after another, and none waits within. */
const state = new Int32Array(2);

/**
 * 53 bits that stand for everything a sender said of one moment: names, values and qualities as they came. Two different
 * readings of one device and time have the same digest once in 10¹⁵ times. Made value by value, so that who walks over the
 * values anyhow need not do it twice: `begin`, `take` for each value, `end`.
 */
export const digest = {
  /** `seed` stands for the device. */
  begin(seed: number): void {
    state[0] = seed;
    state[1] = ~seed;
  },
  /** `key` stands for the measurement's name. */
  take(key: number, value: unknown): void {
    let low: number;
    let high: number;
    if (typeof value === 'number') {
      number[0] = value;
      low = halves[0] as number;
      high = halves[1] as number;
    } else if (typeof value === 'boolean') {
      low = value ? TRUE : FALSE;
      high = 2;
    } else {
      low = seedOf(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
      high = typeof value === 'string' ? 1 : 2;
    }
    const a = Math.imul((state[0] as number) ^ key ^ low, 0x85ebca6b);
    state[0] = Math.imul(a ^ (a >>> 13) ^ high, 0xc2b2ae35);
    const b = Math.imul((state[1] as number) ^ key ^ high, 0x27d4eb2f);
    state[1] = Math.imul(b ^ (b >>> 15) ^ low, 0x165667b1);
  },
  end(quality: Readonly<Record<string, unknown>> | undefined): number {
    let a = state[0] as number;
    let b = state[1] as number;
    if (quality !== undefined) a = Math.imul(a ^ seedOf(JSON.stringify(quality)), 0x85ebca6b);
    a ^= a >>> 16;
    b ^= b >>> 13;
    return (a >>> 0) * 0x200000 + (b >>> 11);
  },
};
