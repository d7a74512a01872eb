import { readdirSync, readFileSync } from 'node:fs';

/** Memory of all processes of a process group, bytes. */
export interface Memory {
  /** Resident pages, shared ones counted once for every process. */
  readonly rss: number;
  /** Resident pages, shared ones divided among those who share them: what ending the group would free. */
  readonly pss: number;
  readonly processes: number;
}

/** Reads the memory of the process group `pgid` from /proc. */
export function memoryOfGroup(pgid: number): Memory {
  let [rss, pss, processes] = [0, 0, 0];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      // "pid (name) state ppid pgrp …": the name may hold anything, so what follows the last bracket counts.
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]) !== pgid) continue;
      const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
      rss += kilobytes(rollup, 'Rss');
      pss += kilobytes(rollup, 'Pss');
      processes += 1;
    } catch {
      // It ended while we looked.
    }
  }
  return { rss: rss * 1024, pss: pss * 1024, processes };
}

const kilobytes = (rollup: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0);
