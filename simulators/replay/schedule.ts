import type { Frame } from './read-data.ts';

/** A frame with its time on the platform's clock. */
export interface DueFrame extends Frame {
  /** Before the replay began: sent at once, and said to be old. */
  readonly historical: boolean;
  /** 0 for the first pass, which ends where the replay began. */
  readonly pass: number;
}

export interface ScheduleOptions {
  /** First and last time in the whole data, ms. */
  readonly from: number;
  readonly to: number;
  /** Usual time between two rows of a device: the pause between two passes, the same for all, so that none drifts away. */
  readonly stepMs: number;
  /** When the replay began, on the platform's clock: the end of the data lands here. */
  readonly startedAt: number;
  /** How much of the past is sent first, ms of the platform's clock. */
  readonly backfillMs: number;
  /** Seconds of data in one second of the platform's clock. */
  readonly speed: number;
  /** Goes round for ever; otherwise ends after the first live pass. */
  readonly loop: boolean;
}

/**
 * The frames of one device on the platform's clock, in order. The data's end is laid on the moment of the start: what lies
 * before is history, sent first; then the data begins anew and runs live, again and again. Between two passes lies the
 * usual step: the seam is no pause.
 */
export function* scheduleOf(frames: readonly Frame[], options: ScheduleOptions): Generator<DueFrame> {
  const { from, to, stepMs, startedAt, backfillMs, speed, loop } = options;
  const period = (to - from + Math.max(stepMs, 1000)) / speed;
  const placed = (frame: Frame, pass: number) => Math.round(startedAt - (to - frame.at) / speed + pass * period);
  for (const frame of frames) {
    const at = placed(frame, 0);
    if (at >= startedAt - backfillMs) yield { at, values: frame.values, historical: at < startedAt, pass: 0 };
  }
  for (let pass = 1; pass === 1 || loop; pass++) {
    for (const frame of frames) yield { at: placed(frame, pass), values: frame.values, historical: false, pass };
  }
}
