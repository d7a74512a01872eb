import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type Clock, type DemoTime, demoClock, systemClock } from './clock.ts';
import type { DataFolder } from './data-folder.ts';

/**
 * The clock of a platform. A real city has the world's. A demonstration may run faster: its relation to the world's time is
 * kept in its data folder, so that all its processes share it and a restart continues it.
 */
export function sharedClock(folder: DataFolder, demo: boolean, speed: number): Clock {
  if (!demo) return systemClock;
  const file = folder.path('clock.json');
  const held = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as DemoTime) : undefined;
  if (held && held.speed === speed) return demoClock(held);
  const worldAt = Date.now();
  // Another speed goes on from where the old one stands: a clock of this platform never runs backwards.
  const fresh: DemoTime = { worldAt, demoAt: held ? demoClock(held).now() : worldAt, speed };
  writeFileSync(file, JSON.stringify(fresh), { mode: 0o600 });
  return demoClock(fresh);
}
