import type { QuietHours } from '../../devices/contract/notice.ts';

const dayMs = 86_400_000;
const minutesOf = (time: string): number => {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
};

/**
 * When quiet hours that hold at `at` end, ms; null where they do not hold.
 * @param offset what local clocks are ahead of UTC at a moment, ms
 */
export function quietUntil(hours: QuietHours | null, at: number, offset: (at: number) => number): number | null {
  if (!hours) return null;
  const from = minutesOf(hours.from);
  const to = minutesOf(hours.to);
  const local = at + offset(at);
  const midnight = local - (((local % dayMs) + dayMs) % dayMs);
  const minute = (local - midnight) / 60_000;
  const over = from > to;
  const holds = over ? minute >= from || minute < to : minute >= from && minute < to;
  if (!holds) return null;
  const ends = midnight + to * 60_000 + (over && minute >= from ? dayMs : 0);
  return ends - offset(ends - offset(at));
}
