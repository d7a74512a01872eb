import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { inCi } from './tools.ts';

/** A real file system with little room: what fills it is refused by the kernel, not by a stand-in. */
export interface SmallDisk {
  readonly dir: string;
  /** Fills it to the last byte, and again: whatever has been freed meanwhile is taken too. */
  fill(): void;
  /** Gives back what {@link fill} took. */
  free(): void;
  readonly freeBytes: number;
  /** Takes the file system away. */
  remove(): void;
}

/** As root, or by a sudo that asks for no password (CI machines). */
function asRoot(command: string, ...args: readonly string[]): boolean {
  const own = process.getuid?.() === 0;
  const run = own ? spawnSync(command, args) : spawnSync('sudo', ['-n', command, ...args]);
  return run.status === 0;
}

/** A tmpfs of `megabytes`; null where this machine lets nobody mount one. */
export function smallDisk(megabytes: number): SmallDisk | null {
  const dir = mkdtempSync(join(tmpdir(), 'yanshao-disk-'));
  const owner = `uid=${process.getuid?.() ?? 0}`;
  if (!asRoot('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m,mode=700,${owner}`, 'tmpfs', dir)) {
    rmSync(dir, { recursive: true });
    return null;
  }
  const fillers: string[] = [];
  const freeBytes = (): number => {
    const { bavail, bsize } = statfsSync(dir);
    return bavail * bsize;
  };
  return {
    dir,
    fill() {
      const file = join(dir, `filler-${fillers.length}`);
      const handle = openSync(file, 'a');
      fillers.push(file);
      // Ever smaller pieces, until not one byte goes in any more.
      for (const size of [1 << 20, 4096, 1]) while (written(handle, Buffer.alloc(size, 120))) {}
      closeSync(handle);
    },
    free() {
      for (const file of fillers.splice(0)) unlinkSync(file);
    },
    get freeBytes() {
      return freeBytes();
    },
    remove() {
      asRoot('umount', '-l', dir);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** False when the disk is full. */
function written(handle: number, bytes: Buffer): boolean {
  try {
    writeSync(handle, bytes);
    return true;
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw err;
  }
}

/** `describe` for tests on a {@link smallDisk}: skipped with a printed reason where none can be mounted, but in CI. */
export function needsSmallDisk(): typeof describe | typeof describe.skip {
  const disk = smallDisk(1);
  disk?.remove();
  if (disk || inCi()) return describe;
  console.warn('skipped: a full disk needs a tmpfs, which only root (or sudo without a password) may mount');
  return describe.skip;
}
