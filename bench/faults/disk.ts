import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../test/support/until.ts';
import { atLeast, atMost } from '../report.ts';
import type { Fault } from './fault.ts';

/** A disk of its own for a town's data, small enough to be filled. */
export interface SmallDisk {
  readonly dataDir: string;
  readonly full: Fault;
  remove(): void;
}

/** Mounts a small disk in memory; undefined where this user may not mount one. */
export function smallDisk(megabytes = 96): SmallDisk | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'yanshao-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
  if (mounted.status !== 0) {
    rmdirSync(folder);
    return undefined;
  }
  return {
    dataDir: join(folder, 'data'),
    remove() {
      spawnSync('umount', ['-l', folder]);
      rmdirSync(folder);
    },
    full: diskFull(join(folder, 'ballast')),
  };
}

/** Somebody's file takes all the room there is, for a while. */
const diskFull = (ballast: string): Fault => ({
  zh: '磁盘写满',
  en: 'disk full',
  times: [2, 1],
  async act({ town, senders, spike, rings, goal }) {
    fill(ballast);
    // Whatever room files had kept within themselves is used up; from then on nothing is promised any more.
    let promised = -1;
    let since = performance.now();
    await until(
      'nothing is acknowledged any more',
      () => {
        if (senders.acknowledgedDirectly !== promised) {
          promised = senders.acknowledgedDirectly;
          since = performance.now();
          fill(ballast);
        }
        return performance.now() - since > 1500;
      },
      { withinMs: 60_000 },
    );
    const told = await until('the platform says so', async () => !(await town.ask('/readyz')).ok, { withinMs: 15_000 });
    goal(atLeast('disk full: the platform says that it is not ready', told ? 1 : 0, '', 1));
    const alarm = spike();
    await pause(1000);
    rmSync(ballast, { force: true });
    const began = performance.now();
    await rings(alarm, 60_000);
    goal(atMost('disk full: from room on the disk to the alarm', performance.now() - began, 'ms', 15_000));
  },
});

/** Writes until the disk takes no more. */
function fill(file: string): void {
  const block = Buffer.alloc(65_536, 1);
  const to = openSync(file, 'a');
  try {
    for (let size = block.length; size >= 512; ) {
      try {
        writeSync(to, block, 0, size);
      } catch {
        size >>= 1;
      }
    }
  } finally {
    closeSync(to);
  }
}
