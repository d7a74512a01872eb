import type { Doubt } from '../../devices/contract/entry.ts';
import { hours, minutes } from '../../devices/model/device-type.ts';

/** When a sender's clock is believed. */
export interface ClockLimits {
  /** How far ahead a clock may be, ms. */
  readonly futureMs: number;
  /** The city's offset from UTC, ms: by how much a clock is off that was set to local time and read as UTC, or twice corrected. */
  readonly zoneOffsetMs: number;
  /** How near to that offset a clock must be to be taken for one, ms. */
  readonly zoneToleranceMs: number;
  /** No honest reading is older, ms: clocks that lost power wake in 1970 or 2000. */
  readonly earliest: number;
}

export const defaultClockLimits: ClockLimits = {
  futureMs: minutes(5),
  zoneOffsetMs: hours(8),
  zoneToleranceMs: minutes(10),
  earliest: Date.UTC(2020, 0, 1),
};

/** What is remembered of one device's clock. */
export interface ClockMemory {
  /** Receive time at which its clock was last seen right, ms. */
  clockRightAt: number;
  /** The lag with which its present run of old readings began, ms; NaN outside of one. */
  lagAtStart: number;
}

/** A clock seen right this recently is not suspected. */
const TRUST_MS = minutes(10);
/** An outbox that has caught up by this much is draining; a wrong clock keeps our pace. */
const CAUGHT_UP_MS = minutes(1);

/**
 * Judges the time a sender claims, at receive time. `undefined`: it is believed.
 *
 * Old is not wrong: an outbox may drain hours or weeks late and keeps its times. Only a claim that lies one zone offset
 * (eight hours in China) behind is ambiguous. It is taken for an honest backlog when the sender marks it `historical`,
 * when the device's clock was seen right within the last ten minutes, or when its lag has shrunk by more than a minute
 * since the run began (a draining outbox catches up, a wrong clock keeps pace). Otherwise it is a wrong clock.
 */
export function judgeClock(
  claimed: number,
  received: number,
  historical: boolean,
  memory: ClockMemory,
  limits: ClockLimits,
): Doubt | undefined {
  const lag = received - claimed;
  // The plain case first: within the tolerance of a live clock.
  if (lag >= -limits.futureMs && lag <= limits.futureMs) {
    memory.clockRightAt = received;
    memory.lagAtStart = Number.NaN;
    return undefined;
  }
  if (lag < 0) return nearZone(-lag, limits) ? 'clock-eight-hours-off' : 'clock-in-future';
  // Seconds where milliseconds belong: 2001 to 2286 in seconds, which as milliseconds is 12 January to 26 April 1970.
  if (claimed >= 1e9 && claimed < 1e10) return 'clock-in-seconds';
  if (claimed < limits.earliest) return 'clock-in-past';
  if (historical) return undefined;
  const before = memory.lagAtStart;
  memory.lagAtStart = Number.isNaN(before) ? lag : Math.max(before, lag);
  if (!nearZone(lag, limits)) return undefined;
  if (received - memory.clockRightAt < TRUST_MS) return undefined;
  return before - lag > CAUGHT_UP_MS ? undefined : 'clock-eight-hours-off';
}

const nearZone = (off: number, limits: ClockLimits): boolean =>
  limits.zoneOffsetMs !== 0 && Math.abs(off - Math.abs(limits.zoneOffsetMs)) <= limits.zoneToleranceMs;
