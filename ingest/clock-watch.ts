import type { ClockSkew } from '../devices/contract/stats.ts';
import type { Running } from '../kit/cleanups.ts';
import type { Clock } from '../kit/clock.ts';
import type { Admission } from './admission/admission.ts';
import type { ConditionBook } from './conditions.ts';
import { PLATFORM } from './journal-watch.ts';

/** So many clocks off at once, and so large a part of all, are not theirs but ours. */
const MANY = 20;
const PART = 0.2;

/** What is to be told of clocks: of each device, or of the platform's own when a fifth of all disagree with it. */
export function clocksToTell(
  off: ReadonlyMap<string, ClockSkew>,
  measured: number,
): { readonly platform: boolean; readonly devices: ReadonlyMap<string, ClockSkew> } {
  const platform = off.size >= MANY && off.size >= measured * PART;
  return { platform, devices: platform ? new Map() : off };
}

export interface ClockWatchParts {
  readonly admission: Pick<Admission, 'stats' | 'clocksOff' | 'clockOf'>;
  readonly conditions: Pick<ConditionBook, 'begin' | 'end' | 'standing'>;
  readonly isRegistered: (device: string) => boolean;
  readonly clock: Pick<Clock, 'every'>;
}

const EVERY_MS = 10_000;
const seconds = (ms: number): number => Math.round(ms / 1000);

/** Tells the rules which clocks are wrong, every ten seconds; ends what was told once a clock was measured right again. */
export function startClockWatch({ admission, conditions, isRegistered, clock }: ClockWatchParts): Running {
  const look = (): void => {
    const off = admission.clocksOff;
    const standing = conditions.standing('clock-skew');
    if (off.size === 0 && standing.length === 0) return;
    const { measured } = admission.stats().clocks;
    const { platform, devices } = clocksToTell(off, measured);
    const known = new Set(standing.map(({ subject }) => subject));
    if (platform) {
      if (!known.has(PLATFORM)) conditions.begin('clock-skew', PLATFORM, { devices: off.size, measured });
    } else if (known.has(PLATFORM)) conditions.end('clock-skew', PLATFORM);
    for (const [device, { skewMs }] of devices) {
      if (!known.has(device)) conditions.begin('clock-skew', device, { seconds: seconds(skewMs) });
    }
    for (const { subject } of standing) {
      if (subject === PLATFORM || off.has(subject)) continue;
      const now = admission.clockOf(subject);
      if (now) conditions.end('clock-skew', subject, { seconds: seconds(now.skewMs) });
      else if (!isRegistered(subject)) conditions.end('clock-skew', subject);
    }
  };
  return { stop: clock.every(EVERY_MS, look) };
}
