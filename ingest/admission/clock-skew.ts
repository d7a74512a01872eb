import type { AdmissionStats, ClockSkew } from '../../devices/contract/stats.ts';

/** What is remembered of a device for measuring its clock; the samples stand in the pool. */
export interface SkewMemory {
  readonly id: string;
  readonly place: number;
  /** The next sample is due then, receive time, ms. */
  skewDueAt: number;
}

export interface ClockSkews {
  /** Makes room for a device at `place`, without samples. */
  forget(memory: SkewMemory): void;
  /** A live reading that carried a time of its own: `lag` is receive time less claimed time, ms. Call when a sample is due. */
  sample(memory: SkewMemory, lag: number, received: number): void;
  /** Null until enough was heard of it. */
  of(memory: SkewMemory): ClockSkew | null;
  /** Devices that are off by more than is tolerated, until they are right by half of it. */
  readonly off: ReadonlyMap<string, ClockSkew>;
  stats(): AdmissionStats['clocks'];
  /** By how much the middle one of all measured clocks is ahead of ours, ms; null while too few are measured. */
  overall(): number | null;
}

/** So few clocks prove nothing about ours. */
const WITNESSES = 5;

/** Samples of one device, and how many are needed. Odd: the middle one is taken. */
const SAMPLES = 7;
const ENOUGH = 5;
/** One sample in so long, ms: a burst says nothing new of a clock. */
export const SAMPLE_EVERY_MS = 10_000;
/** A backlog that drains comes ever less late; a wrong clock keeps pace within this, ms. */
const STEADY_MS = 60_000;

/**
 * Measures each device's clock by the middle of its last live readings' lag: one slow message, or one burst, moves nothing.
 * The way here takes a second or two and counts as behind; that is far below what is tolerated.
 */
export function clockSkews(toleratedMs: number): ClockSkews {
  let lags = new Float64Array(256 * SAMPLES);
  let counts = new Uint8Array(256);
  let nexts = new Uint8Array(256);
  const off = new Map<string, ClockSkew>();
  const measuredAt = new Map<number, number>();
  const sorted = new Float64Array(SAMPLES);

  const grow = (place: number): void => {
    if (place < counts.length) return;
    const size = Math.max(place + 1, counts.length * 2);
    const grown = { lags: new Float64Array(size * SAMPLES), counts: new Uint8Array(size), nexts: new Uint8Array(size) };
    grown.lags.set(lags);
    grown.counts.set(counts);
    grown.nexts.set(nexts);
    ({ lags, counts, nexts } = grown);
  };

  /** The middle lag; undefined while there are too few, or while they are those of a backlog. */
  const middle = (place: number): number | undefined => {
    const count = counts[place] ?? 0;
    if (count < ENOUGH) return undefined;
    const view = sorted.subarray(0, count);
    view.set(lags.subarray(place * SAMPLES, place * SAMPLES + count));
    view.sort();
    const lag = view[count >> 1] as number;
    // Without the two outermost, so that one late message does not hide a wrong clock.
    const spread = (view[count - 2] as number) - (view[1] as number);
    return lag > toleratedMs / 2 && spread > STEADY_MS ? undefined : lag;
  };

  return {
    forget({ id, place }) {
      grow(place);
      counts[place] = 0;
      nexts[place] = 0;
      measuredAt.delete(place);
      off.delete(id);
    },
    sample(memory, lag, received) {
      const { id, place } = memory;
      memory.skewDueAt = received + SAMPLE_EVERY_MS;
      lags[place * SAMPLES + (nexts[place] as number)] = lag;
      nexts[place] = ((nexts[place] as number) + 1) % SAMPLES;
      if ((counts[place] as number) < SAMPLES) counts[place] = (counts[place] as number) + 1;
      const lagNow = middle(place);
      if (lagNow === undefined) return;
      measuredAt.set(place, received);
      const by = Math.abs(lagNow);
      if (by > toleratedMs || (by > toleratedMs / 2 && off.has(id))) {
        off.set(id, { device: id, skewMs: -Math.round(lagNow), at: received });
      } else off.delete(id);
    },
    of({ id, place }) {
      const lag = middle(place);
      const at = measuredAt.get(place);
      return lag === undefined || at === undefined ? null : { device: id, skewMs: 0 - Math.round(lag), at };
    },
    off,
    overall() {
      const lags = [...measuredAt.keys()].flatMap((place) => middle(place) ?? []).sort((a, b) => a - b);
      const lag = lags[lags.length >> 1];
      return lags.length < WITNESSES || lag === undefined ? null : 0 - Math.round(lag);
    },
    stats: () => ({
      measured: measuredAt.size,
      off: off.size,
      worst: worstOf(off),
    }),
  };
}

/** The ten that are off most. */
function worstOf(off: ReadonlyMap<string, ClockSkew>): readonly ClockSkew[] {
  const worst: ClockSkew[] = [];
  for (const one of off.values()) {
    if (worst.length === 10 && Math.abs(one.skewMs) <= Math.abs(worst[9]?.skewMs ?? 0)) continue;
    worst.push(one);
    worst.sort((a, b) => Math.abs(b.skewMs) - Math.abs(a.skewMs));
    worst.length = Math.min(worst.length, 10);
  }
  return worst;
}
