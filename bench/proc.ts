import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Usage } from './measured.ts';

/** Linux counts processor time in hundredths of a second (USER_HZ, on every architecture that runs Node), µs. */
const TICK_US = 10_000;

/** Processor time and peak memory of a program that is not ours, as the kernel counts them; it has no event loop of ours. */
export function usageOf(pid: number): Pick<Usage, 'cpuUs' | 'peakBytes'> {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name before may hold blanks and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const cpuUs = (Number(fields[11]) + Number(fields[12])) * TICK_US;
  const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { cpuUs, peakBytes: Number(peak ?? Number.NaN) * 1024 };
}

/** Waits until a program does next to nothing for a while, with a bound. */
export async function settled(pid: number): Promise<void> {
  for (let look = 0; look < 20; look++) {
    const before = usageOf(pid).cpuUs;
    await pause(400);
    if (usageOf(pid).cpuUs - before <= 2 * TICK_US) return;
  }
}
