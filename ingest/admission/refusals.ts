import type { RefusalCode } from '../../devices/contract/quarantine.ts';
import type { Bilingual } from '../../devices/model/device-type.ts';
import { reasons } from './reasons.ts';

/** One refusal of (a part of) a message. */
export interface Refusal {
  readonly device: string | null;
  readonly code: RefusalCode;
  readonly reason: Bilingual;
  /** How many parts of the message it stands for; `reason` shows the first ones. */
  readonly count: number;
}

/** Gathers what is refused in one message, merged by device and code so that one bad message cannot flood the quarantine. */
export interface Refusals {
  add(device: string | null, code: RefusalCode, reason: Bilingual): void;
  list(): readonly Refusal[];
  /** Parts refused so far. */
  readonly count: number;
}

/** Reasons written out for one device and code. */
const SHOWN = 5;
/** Devices written out for one message; the rest are counted in a last line. */
const MOST = 20;

/** An empty {@link Refusals}. Made on the first refusal only: a clean message costs nothing. */
export function gatherRefusals(): Refusals {
  const groups = new Map<string, { device: string | null; code: RefusalCode; reasons: Bilingual[]; count: number }>();
  const overflow = new Map<RefusalCode, { reason: Bilingual; count: number }>();
  let count = 0;
  return {
    get count() {
      return count;
    },
    add(device, code, reason) {
      count++;
      const key = `${code}/${device ?? ''}`;
      const group = groups.get(key);
      if (group) {
        group.count++;
        if (group.reasons.length < SHOWN) group.reasons.push(reason);
      } else if (groups.size < MOST) groups.set(key, { device, code, reasons: [reason], count: 1 });
      else {
        const rest = overflow.get(code);
        if (rest) rest.count++;
        else overflow.set(code, { reason, count: 1 });
      }
    },
    list: () => [
      ...[...groups.values()].map(({ device, code, reasons: all, count: n }) => {
        const joined = { zh: all.map((r) => r.zh).join(' '), en: all.map((r) => r.en).join(' ') };
        return { device, code, count: n, reason: n > all.length ? reasons.andMore(joined, n) : joined };
      }),
      ...[...overflow].map(([code, { reason, count: n }]) => ({
        device: null,
        code,
        count: n,
        reason: reasons.andMore(reason, n),
      })),
    ],
  };
}
