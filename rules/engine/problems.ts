import type { RulesStats } from '../../devices/contract/stats.ts';

/** Problems the engine met and went on from: counted by what and where, so that none is silent and none floods. */
export interface Problems {
  add(rule: string, device: string, text: string): void;
  /** A problem that no longer exists: the constant was registered, the device removed. */
  clear(rule: string, device: string): void;
  /** Whether there is any at all: what clears its own on a busy path need not ask. */
  readonly some: boolean;
  list(): RulesStats['problems'];
}

/** Different ones kept; further kinds are counted together under the last. */
const KEPT = 2000;

export function problems(): Problems {
  const found = new Map<string, { rule: string; device: string; text: string; count: number }>();
  return {
    add(rule, device, text) {
      const key = `${rule} ${device}`;
      const known = found.get(key) ?? (found.size >= KEPT ? found.get('rest') : undefined);
      if (known) known.count++;
      else if (found.size < KEPT) found.set(key, { rule, device, text, count: 1 });
      else found.set('rest', { rule: '*', device: '*', text: `further problems beyond the ${KEPT} listed`, count: 1 });
    },
    clear: (rule, device) => void found.delete(`${rule} ${device}`),
    get some() {
      return found.size > 0;
    },
    list: () => [...found.values()],
  };
}
