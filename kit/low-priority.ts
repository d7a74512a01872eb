import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

/**
 * Lets this thread step behind all others of the machine: for work that nobody waits for. Linux knows a priority for each
 * thread; elsewhere nothing changes. Returns whether it worked.
 */
export function stepBehind(): boolean {
  try {
    // `<process>/task/<thread>`: the thread that asks.
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL);
    return true;
  } catch {
    return false;
  }
}
