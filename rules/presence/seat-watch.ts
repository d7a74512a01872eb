import { seatsOf } from '../../devices/city/seats.ts';
import type { City, Seat, Staffed } from '../../devices/contract/city.ts';
import { seatAddress } from '../../devices/contract/pages.ts';
import type { Running } from '../../kit/cleanups.ts';
import type { Clock } from '../../kit/clock.ts';
import { zoneOf } from '../../kit/local-time.ts';
import type { ConditionReporter } from './condition-reporter.ts';
import type { PagesDesk } from './open-pages.ts';
import { isUnstaffed, lookAtSeat, type SeatState, seatUnknown } from './staffing.ts';

export interface SeatWatchParts {
  readonly city: Pick<City, 'seats' | 'timeZone'>;
  readonly pages: Pick<PagesDesk, 'at'>;
  readonly conditions: Pick<ConditionReporter, 'say' | 'holds'>;
  readonly watched: SeatsWatched;
  /** The world's: a demonstration's may run too fast for people. */
  readonly world: Clock;
}

/** What decides whether somebody must be at a seat. */
export interface SeatsWatched {
  /** True where the seat hears of a real device that is registered. */
  readonly guards: (seat: Seat) => boolean;
  /** True where somebody has signed on to a watch at the seat. */
  readonly onWatch: (seat: Seat) => boolean;
  /** True where all devices are a demonstration's. */
  readonly demonstration: () => boolean;
}

const LOOK_MS = 1000;
const always: Staffed = { graceS: 60 };

/**
 * Watches the seats, whoever serves their pages and whether that still runs: one without an open page and unlocked sound is told to
 * the journal, and is an alarm (design.md, rule 7). A seat that somebody sits at never times out.
 */
export function startSeatWatch({ city, pages, conditions, watched, world }: SeatWatchParts): Running {
  const zone = zoneOf(city.timeZone);
  const states = new Map<string, SeatState>();
  const look = (): void => {
    const at = world.now();
    const { minuteOfDay } = zone.local(at);
    for (const seat of seatsOf(city)) {
      const subject = seatAddress(seat.id);
      const staffed = seat.staffed ?? always;
      const open = pages.at(subject);
      const before = states.get(seat.id) ?? seatUnknown;
      const demonstration = watched.demonstration();
      const guards = !demonstration && (before.needed || watched.guards(seat));
      const seen = { heard: open.heard, guards, onWatch: watched.onWatch(seat), demonstration, minuteOfDay, at };
      const now = lookAtSeat(before, staffed, seen);
      states.set(seat.id, now);
      const facts = { pages: open.pages, graceS: staffed.graceS };
      if (isUnstaffed(now, staffed, at)) conditions.say('seat-unstaffed', subject, true, facts);
      // What held when the process ended holds on through the grace of this one.
      else if (now.emptySince === null || !now.needed) conditions.say('seat-unstaffed', subject, false);
    }
  };
  look();
  return { stop: world.every(LOOK_MS, look) };
}
