import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type Clock, type DemoTime, demoClock } from './clock.ts';
import type { DataFolder } from './data-folder.ts';
import type { Log } from './log.ts';
import { type SteadyClock, steadyClock } from './steady-clock.ts';

/** A platform's clock, and how it relates to the world's time. */
export interface SharedClock {
  readonly clock: Clock;
  readonly time: DemoTime;
  /** The clock of a real city, which holds back a step of the system's; null in a demonstration. */
  readonly steady: SteadyClock | null;
}

const worldTime: DemoTime = { worldAt: 0, demoAt: 0, speed: 1 };

/**
 * The clock of a platform. A real city has the world's, made steady. A demonstration may run faster: its relation to the world's time is
 * kept in its data folder, so that all its processes share it and a restart continues it.
 */
export function sharedClock(folder: DataFolder, demo: boolean, speed: number, log: Log): SharedClock {
  if (!demo) {
    const steady = steadyClock({ onStep: (step, what) => log.warn({ ...step, what }, stepWords[what]) });
    return { clock: steady, time: worldTime, steady };
  }
  const file = folder.path('clock.json');
  const held = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as DemoTime) : undefined;
  if (held?.speed === speed) return { clock: demoClock(held), time: held, steady: null };
  const worldAt = Date.now();
  // Another speed goes on from where the old one stands: a clock of this platform never runs backwards.
  const time: DemoTime = { worldAt, demoAt: held ? demoClock(held).now() : worldAt, speed };
  writeFileSync(file, JSON.stringify(time), { mode: 0o600 });
  return { clock: demoClock(time), time, steady: null };
}

/** What the clock of the platform of a data folder shows now, ms, for a program that only asks it something. */
export function sharedNow(folder: DataFolder): number {
  const file = folder.path('clock.json');
  return existsSync(file) ? demoClock(JSON.parse(readFileSync(file, 'utf8')) as DemoTime).now() : Date.now();
}

const stepWords = {
  held: 'the system’s clock was stepped; the platform’s goes on evenly until devices or ten minutes confirm it',
  adopted: 'the platform’s clock follows the step of the system’s',
  gone: 'the system’s clock is right again',
} as const;
