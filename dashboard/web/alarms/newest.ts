import type { Alarm } from '../../../devices/contract/alarm.ts';
import type { Value } from '../../../devices/contract/entry.ts';
import type { DeviceState } from '../../../devices/contract/live.ts';
import { useLive } from '../live/store.ts';

/** A value with its source time and quality. */
export interface Newest {
  readonly value: Value | null;
  readonly at: number | null;
  readonly quality: number;
}

/**
 * The newest value of what an alarm watches. After its return an alarm follows its measurement no longer; the device's own
 * state goes on, and a value from the past must not stand there as if it were now.
 */
export function newestOf(alarm: Alarm, device: DeviceState | undefined): Newest {
  const live = device?.values[alarm.measurement];
  if (live && live[1] > (alarm.lastAt ?? alarm.since)) return { value: live[0], at: live[1], quality: live[2] };
  return { value: alarm.lastValue ?? alarm.value, at: alarm.lastAt, quality: alarm.lastQuality };
}

export function useNewest(alarm: Alarm): Newest {
  return newestOf(
    alarm,
    useLive((live) => live.picture.devices.get(alarm.device)),
  );
}
