import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type Clock, type DemoTime, demoClock, systemClock } from './clock.ts';
import type { DataFolder } from './data-folder.ts';

/** A platform's clock, and how it relates to the world's time. */
export interface SharedClock {
  readonly clock: Clock;
  readonly time: DemoTime;
}

const worldTime: DemoTime = { worldAt: 0, demoAt: 0, speed: 1 };

/**
 * The clock of a platform. A real city has the world's. A demonstration may run faster: its relation to the world's time is
 * kept in its data folder, so that all its processes share it and a restart continues it.
 */
export function sharedClock(folder: DataFolder, demo: boolean, speed: number): SharedClock {
  if (!demo) return { clock: systemClock, time: worldTime };
  const file = folder.path('clock.json');
  const held = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as DemoTime) : undefined;
  if (held?.speed === speed) return { clock: demoClock(held), time: held };
  const worldAt = Date.now();
  // Another speed goes on from where the old one stands: a clock of this platform never runs backwards.
  const time: DemoTime = { worldAt, demoAt: held ? demoClock(held).now() : worldAt, speed };
  writeFileSync(file, JSON.stringify(time), { mode: 0o600 });
  return { clock: demoClock(time), time };
}
