import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type SmallDisk, smallDisk } from '../../test/support/small-disk.ts';
import { until } from '../../test/support/until.ts';
import { atLeast, atMost } from '../report.ts';
import type { Fault } from './fault.ts';

/** A disk of its own for a town's data, small enough to be filled; null where this user may not mount one. */
export function fillableDisk(): { readonly dataDir: string; readonly full: Fault; remove(): void } | null {
  const disk = smallDisk(128);
  return disk && { dataDir: join(disk.dir, 'data'), full: diskFull(disk), remove: disk.remove };
}

/** Somebody's file takes all the room there is, for a while. */
const diskFull = (disk: SmallDisk): Fault => ({
  zh: '磁盘写满',
  en: 'disk full',
  times: [2, 1],
  async act({ town, senders, spike, rings, goal }) {
    let promised = -1;
    let since = performance.now();
    await until(
      'nothing is acknowledged any more',
      () => {
        // Whatever room files had kept within themselves is used up first.
        if (senders.acknowledgedDirectly !== promised) {
          promised = senders.acknowledgedDirectly;
          since = performance.now();
          disk.fill();
        }
        return performance.now() - since > 1500;
      },
      { withinMs: 60_000 },
    );
    const told = await until('the platform says so', async () => !(await town.ask('/readyz')).ok, { withinMs: 20_000 });
    goal(atLeast('disk full: the platform says that it is not ready', told ? 1 : 0, '', 1));
    const alarm = spike();
    await pause(1000);
    disk.free();
    const began = performance.now();
    await rings(alarm, 60_000);
    goal(atMost('disk full: from room on the disk to the alarm', performance.now() - began, 'ms', 15_000));
  },
});
