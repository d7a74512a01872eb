/** Texts of time for the page. All take milliseconds; none reads a clock. */

/** A running age: `0:42`, `12:04`, `1:04:20`, and past a day `2d 03:15` (`2天 03:15`). Never negative. */
export function ageText(ms: number, dayWord = 'd '): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const days = Math.floor(total / 86_400);
  const hours = Math.floor((total % 86_400) / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const seconds = total % 60;
  if (days > 0) return `${days}${dayWord}${two(hours)}:${two(minutes)}`;
  if (hours > 0) return `${hours}:${two(minutes)}:${two(seconds)}`;
  return `${minutes}:${two(seconds)}`;
}

/** A span always in full, `00:00:12`: for the banner that says data stopped. */
export function spanText(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  return `${two(Math.floor(total / 3600))}:${two(Math.floor((total % 3600) / 60))}:${two(total % 60)}`;
}

/** `19:42:07` in the city's time zone, whatever the zone of the workstation. */
export function clockText(ms: number, timeZone: string, withSeconds = true): string {
  return formatter(timeZone, withSeconds ? 'clock' : 'minute').format(ms);
}

/** `11-22 19:42` in the city's time zone. */
export function stampText(ms: number, timeZone: string): string {
  const parts = new Map(
    formatter(timeZone, 'stamp')
      .formatToParts(ms)
      .map((part) => [part.type, part.value]),
  );
  return `${parts.get('month')}-${parts.get('day')} ${parts.get('hour')}:${parts.get('minute')}`;
}

/** `2026-11-22 19:42:07` in the city's time zone: for histories and audits. */
export function fullStampText(ms: number, timeZone: string): string {
  const parts = new Map(
    formatter(timeZone, 'full')
      .formatToParts(ms)
      .map((part) => [part.type, part.value]),
  );
  return `${parts.get('year')}-${parts.get('month')}-${parts.get('day')} ${parts.get('hour')}:${parts.get('minute')}:${parts.get('second')}`;
}

const two = (n: number): string => String(n).padStart(2, '0');

const shapes = {
  clock: { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
  minute: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  stamp: { month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  full: {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  },
} satisfies Record<string, Intl.DateTimeFormatOptions>;

/** Making a formatter costs far more than using it. */
const made = new Map<string, Intl.DateTimeFormat>();
function formatter(timeZone: string, shape: keyof typeof shapes): Intl.DateTimeFormat {
  const key = `${shape} ${timeZone}`;
  const known = made.get(key);
  if (known) return known;
  const fresh = new Intl.DateTimeFormat('en-GB', { timeZone, ...shapes[shape] });
  made.set(key, fresh);
  return fresh;
}
