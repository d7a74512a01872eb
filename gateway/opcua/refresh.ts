import type { TimedBy } from './data-value.ts';

/** A value on its way to the platform, as far as it matters to the refresh. */
export interface Sent {
  readonly at: number;
  readonly status: number;
  readonly timedBy: TimedBy;
}

/** Which nodes have said nothing for so long that they are to be asked, and what time it is where they are. */
export interface RefreshBook {
  /** A session begins: every node will send its first value, which may be as old as it likes. */
  begins(): void;
  /** A value of a node came by subscription; `mono` is a clock that only counts, ms. */
  live(node: number, sent: Sent, mono: number): void;
  /** The server's clock showed `time` at `mono`. */
  clock(time: number, mono: number): void;
  /** Nodes that have sent nothing for the refresh interval, devices together. */
  due(mono: number): number[];
  /** When something was last heard of a node: differs once something newer came. */
  heard(node: number): number;
  /** They were asked at `mono`, whatever came of it. */
  asked(nodes: readonly number[], mono: number): void;
  /**
   * The moment `mono` by the clock that times this node's own values, ms since 1970; while that is not known, by the server's,
   * but not later than `now`, the same moment by the gateway's. Undefined where the server does not tell the time.
   */
  timeAt(node: number, mono: number, now: number): number | undefined;
  /** Whether the answer to a question is news: a sign of life, or another status than the last. Remembers it. */
  isNews(node: number, status: number): boolean;
}

/** Differences of a device's clock to its server's that are remembered. */
const samples = 8;
/** A server's clock that moves by more was set: what was measured against it counts no more, ms. */
const stepMs = 2_000;
/**
 * Between two looks no clock drifts by more, ms. Some servers set what they show but once a second (seen with asyncua 2.1): of
 * several looks the furthest is the truest.
 */
const driftMs = 50;

/**
 * Keeps the book for nodes `devices[i]`, each to be asked when it has sent nothing for `everyMs`.
 *
 * The first values of a session come all at once, so the first questions are spread over half an interval, device by device.
 */
export function refreshBook(devices: readonly string[], everyMs: number): RefreshBook {
  const places = new Map([...new Set(devices)].map((name, place) => [name, place]));
  const deviceOf = devices.map((device) => places.get(device) ?? 0);
  const heardAt = new Float64Array(devices.length).fill(Number.NaN);
  const status = new Float64Array(devices.length).fill(Number.NaN);
  const first = new Uint8Array(devices.length).fill(1);
  /** What each device's clock showed less what the server's did, when a change came. */
  const skews: (number[] | undefined)[] = [];
  const byDevice = devices.map((_, i) => i).sort((a, b) => (deviceOf[a] ?? 0) - (deviceOf[b] ?? 0));
  /** The server's clock less the one that only counts. */
  let origin: number | undefined;
  let readAt = 0;
  const spread = (node: number) => ((deviceOf[node] ?? 0) / places.size) * (everyMs / 2);
  return {
    begins() {
      heardAt.fill(Number.NaN);
      first.fill(1);
      origin = undefined;
      skews.length = 0;
    },
    live(node, sent, mono) {
      const isFirst = first[node] === 1;
      heardAt[node] = isFirst ? mono - spread(node) : mono;
      status[node] = sent.status;
      first[node] = 0;
      if (origin === undefined || sent.timedBy === 'gateway') return;
      const skew = sent.at - (origin + mono);
      // An old first value says nothing of a clock. One from beyond the server's now says that its clock is ahead.
      if (isFirst && skew < 0) return;
      const device = deviceOf[node] ?? 0;
      skews[device] ??= [];
      const known = skews[device];
      known.push(skew);
      if (known.length > samples) known.shift();
    },
    clock(time, mono) {
      const by = origin === undefined ? 0 : time - mono - origin;
      if (origin === undefined || Math.abs(by) > stepMs) {
        skews.length = 0;
        origin = time - mono;
      } else if (by >= 0) {
        // What it showed before was old already, and what was measured against that is too much.
        if (by > driftMs) for (const [i, known] of skews.entries()) skews[i] = known?.map((skew) => skew - by);
        origin += by;
      } else origin -= Math.min(-by, (mono - readAt) / 1000);
      readAt = mono;
    },
    // A node that never sent anything is not read (refused, or the server waits for its station): nothing to keep alive.
    due: (mono) => byDevice.filter((node) => mono - (heardAt[node] ?? Number.NaN) >= everyMs),
    heard: (node) => heardAt[node] ?? Number.NaN,
    asked(nodes, mono) {
      for (const node of nodes) heardAt[node] = mono;
    },
    timeAt(node, mono, now) {
      if (origin === undefined) return undefined;
      const skew = skews[deviceOf[node] ?? 0];
      // A server that is ahead must not make good readings doubtful; one that is behind must not be overtaken, as the
      // station's own changes, which may be timed by the same clock, would then come too late.
      if (!skew) return Math.round(Math.min(origin + mono, now));
      // The least delay of the last changes: what was held up on its way must not make a clock look slow.
      return Math.round(origin + mono + Math.max(...skew));
    },
    isNews(node, now) {
      const changed = status[node] !== now;
      status[node] = now;
      return changed || isAlive(now);
    },
  };
}

/** Uncertain, and by its own words nothing that is measured now: the last usable value, a substitute, an initial one. */
const stale = new Set([0x408f0000, 0x40900000, 0x40910000, 0x40920000]);

/**
 * Whether a server that shows this status speaks for its station now. A bad value, or one that is kept from before the line
 * went down (OPC 10000-8 Annex), is worth telling once and no sign of life: told again and again, a lost station would
 * never be missed.
 */
export const isAlive = (status: number): boolean => status >>> 30 < 2 && !stale.has((status & 0xffff0000) >>> 0);
