import type { UplinkRow } from '../row.ts';

/** A field device's clock, as its messages show it. */
export interface DeviceClock {
  readonly device: string;
  /** What its clock shows less what the platform's shows when a message arrives, ms: below zero it is behind, or slow to report. */
  readonly offsetMs: number;
  /** Beyond what is tolerated. */
  readonly wrong: boolean;
}

/** Measures the clocks of field devices. */
export interface DeviceClocks {
  /** Rows of one message, received at `now` on the platform's time. */
  heard(rows: readonly UplinkRow[], now: number): void;
  /** Those that are known, the worst first. */
  all(): DeviceClock[];
}

export interface DeviceClockParts {
  readonly toleranceMs?: number;
  /** A device's clock was found wrong, or right again. */
  readonly onChange: (clock: DeviceClock) => void;
}

const samples = 9;
/** One sample in so long: a hundred changes a second say no more than one. */
const everyMs = 15_000;
const mostDevices = 20_000;

/**
 * The median of what a device's last messages say, each by its newest row: a median is not moved by one message that lay
 * somewhere. Before nine messages over two minutes nothing is said: a broker's queue that drains looks like a slow clock.
 */
export function deviceClocks({ toleranceMs = 60_000, onChange }: DeviceClockParts): DeviceClocks {
  const devices = new Map<string, { at: number; offsets: number[]; known: DeviceClock | null }>();
  const sample = (device: string, offset: number, now: number) => {
    let clock = devices.get(device);
    if (!clock) {
      if (devices.size >= mostDevices) return;
      clock = { at: Number.NEGATIVE_INFINITY, offsets: [], known: null };
      devices.set(device, clock);
    }
    if (Math.abs(now - clock.at) < everyMs) return;
    clock.at = now;
    clock.offsets.push(offset);
    if (clock.offsets.length > samples) clock.offsets.shift();
    if (clock.offsets.length < samples) return;
    const offsetMs = Math.round([...clock.offsets].sort((a, b) => a - b)[samples >> 1] ?? 0);
    const before = clock.known?.wrong ?? false;
    // It is right again only well within what is tolerated, so that one at the edge is not told again and again.
    const wrong = Math.abs(offsetMs) > (before ? toleranceMs * 0.75 : toleranceMs);
    clock.known = { device, offsetMs, wrong };
    if (wrong !== before) onChange(clock.known);
  };
  return {
    heard(rows, now) {
      const newest = new Map<string, number>();
      for (const { device, ts, untimed, historical, unreadable } of rows) {
        if (untimed || historical || unreadable !== undefined) continue;
        if (ts > (newest.get(device) ?? Number.NEGATIVE_INFINITY)) newest.set(device, ts);
      }
      for (const [device, ts] of newest) sample(device, ts - now, now);
    },
    all: () =>
      [...devices.values()]
        .flatMap(({ known }) => known ?? [])
        .sort((a, b) => Math.abs(b.offsetMs) - Math.abs(a.offsetMs)),
  };
}
