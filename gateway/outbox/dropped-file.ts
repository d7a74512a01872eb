import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import type { Dropped, DroppedMemory } from './outbox.ts';

/** Remembers in a file what an outbox let go of: written and synced before it goes, so that no count is lost with a process. */
export function droppedFile(path: string): DroppedMemory {
  return {
    read() {
      try {
        const { rows, untold, why } = JSON.parse(readFileSync(path, 'utf8')) as Dropped;
        return { rows, untold, why };
      } catch {
        return { rows: 0, untold: 0, why: null };
      }
    },
    write(dropped) {
      const file = openSync(`${path}.new`, 'w', 0o600);
      try {
        writeSync(file, JSON.stringify(dropped));
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(`${path}.new`, path);
    },
  };
}
