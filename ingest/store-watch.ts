import type { Running } from '../kit/cleanups.ts';
import type { Clock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import type { TelemetryStore } from '../kit/telemetry/telemetry-store.ts';
import type { ConditionBook } from './conditions.ts';
import { PLATFORM } from './journal-watch.ts';
import type { Writer } from './writer/writer.ts';

/** Part of the series limit at which somebody is told, and below which it is over: time to raise it before devices are refused. */
const NEAR = 0.8;
const FAR = 0.75;

/** What to do about the number of series; null leaves things as they are, between the two marks. */
export function nearLimit(series: number | null, seriesLimit: number | null): boolean | null {
  if (series === null || seriesLimit === null || seriesLimit <= 0) return false;
  const part = series / seriesLimit;
  return part >= NEAR ? true : part < FAR ? false : null;
}

export interface StoreWatchParts {
  readonly store: Pick<TelemetryStore, 'upkeep' | 'engine'>;
  readonly writer: Pick<Writer, 'stopped' | 'problem'>;
  readonly conditions: Pick<ConditionBook, 'begin' | 'end'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  /** Between two rounds of upkeep, and two looks at the writer, ms of world time. */
  readonly upkeepEveryMs?: number;
  readonly lookEveryMs?: number;
}

/**
 * Looks after the store: a round of upkeep every ten minutes (retention, rollups, the number of series), and two conditions
 * for people: `store-stopped` while it takes nothing until somebody mends it, `series-limit` while new devices may soon be
 * refused. World time: a demonstration that runs faster must not delete more often.
 */
export function startStoreWatch(parts: StoreWatchParts): Running {
  const { store, writer, conditions, clock, log, upkeepEveryMs = 600_000, lookEveryMs = 1000 } = parts;
  let busy = false;
  const look = (): void => {
    if (!writer.stopped) conditions.end('store-stopped', PLATFORM);
    else conditions.begin('store-stopped', PLATFORM, { engine: store.engine, problem: writer.problem ?? '' });
  };
  const round = async (): Promise<void> => {
    try {
      const { series, seriesLimit, dropped, rolledHours } = await store.upkeep(clock.now());
      const near = nearLimit(series, seriesLimit);
      if (near) conditions.begin('series-limit', PLATFORM, { series: series ?? 0, limit: seriesLimit ?? 0 });
      else if (near === false) conditions.end('series-limit', PLATFORM);
      if (dropped > 0) log.info({ dropped }, 'readings beyond their retention were deleted');
      if (rolledHours > 0) log.debug({ rolledHours }, 'rollups were made');
    } catch (err) {
      log.warn({ err }, 'the store could not be looked after and is tried again at the next round');
    }
  };
  /** One round at a time: on a large store it may take longer than the pause between two. */
  const care = (): void => {
    if (busy) return;
    busy = true;
    void round().finally(() => {
      busy = false;
    });
  };
  const looking = setInterval(look, lookEveryMs);
  const caring = setInterval(care, upkeepEveryMs);
  care();
  return {
    stop() {
      clearInterval(looking);
      clearInterval(caring);
      // A round under way is not waited for: the store ends it when it is closed.
    },
  };
}
