import type { ClockSkew } from '../devices/contract/stats.ts';
import type { Running } from '../kit/cleanups.ts';
import type { Clock } from '../kit/clock.ts';
import type { SteadyClock, Step } from '../kit/steady-clock.ts';
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

/**
 * The field's clocks decide about a step of the system's clock: where they go with it, ours was wrong and follows; where they
 * stay with ours, the step is the error and is held on.
 */
export function judgeStep(
  steady: Pick<SteadyClock, 'adopt' | 'refute'>,
  step: Step,
  fieldAheadMs: number | null,
): void {
  if (fieldAheadMs === null) return;
  if (Math.abs(fieldAheadMs - step.byMs) < Math.abs(fieldAheadMs)) steady.adopt();
  else steady.refute();
}

export interface ClockWatchParts {
  readonly admission: Pick<Admission, 'stats' | 'clocksOff' | 'clockOf' | 'fieldAheadMs'>;
  readonly conditions: Pick<ConditionBook, 'begin' | 'end' | 'standing'>;
  readonly isRegistered: (device: string) => boolean;
  /** The platform's own clock, where it can hold back a step of the system's. */
  readonly steady: Pick<SteadyClock, 'step' | 'adopt' | 'refute'> | null;
  readonly clock: Pick<Clock, 'every'>;
}

const EVERY_MS = 10_000;
const seconds = (ms: number): number => Math.round(ms / 1000);

/** Tells the rules which clocks are wrong, every ten seconds; ends what was told once a clock was measured right again. */
export function startClockWatch({ admission, conditions, isRegistered, steady, clock }: ClockWatchParts): Running {
  const look = (): void => {
    const step = steady?.step() ?? null;
    if (steady && step) judgeStep(steady, step, admission.fieldAheadMs());
    const off = admission.clocksOff;
    const standing = conditions.standing('clock-skew');
    if (off.size === 0 && standing.length === 0 && !step) return;
    const { measured } = admission.stats().clocks;
    const { platform, devices } = clocksToTell(off, measured);
    const known = new Set(standing.map(({ subject }) => subject));
    if (step) {
      if (!known.has(PLATFORM)) conditions.begin('clock-skew', PLATFORM, { steppedSeconds: seconds(step.byMs) });
    } else if (platform) {
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
