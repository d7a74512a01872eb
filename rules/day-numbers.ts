import type { Zone } from '../kit/local-time.ts';

/** Numbers that people say on the phone: `20261130-0007`, counted through each local day. */
export interface DayNumbers {
  /** The last number that was given before; null for none. */
  load(last: string | null): void;
  /**
   * The next number at `at`, ms. A day that was counted never comes back, though a moment of the day before may be asked for
   * after it: midnight is not the same for a command and for the journal, and no number is ever given twice.
   */
  next(at: number): string;
}

/** @param prefix a letter before the day, such as `H` for hazards */
export function dayNumbers(zone: Pick<Zone, 'local'>, prefix = ''): DayNumbers {
  const dayEnds = prefix.length + 8;
  let day = '';
  let count = 0;
  return {
    load(last) {
      day = last?.slice(0, dayEnds) ?? '';
      count = last === null ? 0 : Number(last.slice(dayEnds + 1));
    },
    next(at) {
      const today = prefix + zone.local(at).date.replaceAll('-', '');
      if (today > day) {
        day = today;
        count = 0;
      }
      return `${day}-${String(++count).padStart(4, '0')}`;
    },
  };
}
