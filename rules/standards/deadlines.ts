import type { Deadlines, Priority } from '../../devices/contract/alarm.ts';
import type { Item } from '../../devices/contract/catalogue.ts';
import type { City } from '../../devices/contract/city.ts';
import type { Zone } from '../../kit/local-time.ts';
import type { CompiledRule } from './compile.ts';
import { addWorkingTime } from './working-time.ts';

const MINUTE = 60_000;

/** What the platform itself asks for where no item of the catalogue sets a time: an acknowledgement, minutes. */
const platformAckMin: Readonly<Record<Priority, number | null>> = { P1: 5, P2: 15, P3: null, P4: null };

/**
 * The deadlines of an alarm raised at `raisedAt` under `rule`. The item says which clock runs; silence of a safety device
 * always runs on the continuous one, whatever its item says.
 */
export function deadlinesOf(
  rule: CompiledRule | null,
  priority: Priority,
  raisedAt: number,
  city: City,
  zone: Zone,
  safetySilence = false,
): Deadlines {
  const limit = rule?.item?.timeLimit;
  return deadlinesUnder(
    safetySilence && limit ? { ...limit, clock: 'continuous' } : limit,
    priority,
    raisedAt,
    city,
    zone,
  );
}

/** The deadlines of a matter that began at `from` under an item's time limits, or the platform's own where there is no item. */
export function deadlinesUnder(
  limit: Item['timeLimit'] | undefined,
  priority: Priority,
  from: number,
  city: City,
  zone: Zone,
): Deadlines {
  const clock = limit?.clock ?? 'continuous';
  const after = (minutes: number | null): number | null => {
    if (minutes === null) return null;
    const ms = minutes * MINUTE;
    return clock === 'continuous' ? from + ms : addWorkingTime(from, ms, city.working, zone);
  };
  return {
    ack: after(limit ? limit.ackMin : platformAckMin[priority]),
    arrive: after(limit?.arriveMin ?? null),
    makeSafe: after(limit?.makeSafeMin ?? null),
    close: after(limit?.closeH === null || limit?.closeH === undefined ? null : limit.closeH * 60),
    clock,
  };
}
