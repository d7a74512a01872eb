/** Offsets change on quarter hours only, in every zone there is. */
const quarterMs = 15 * 60_000;
const remembered = 10_000;

/**
 * The offset of an IANA zone from UTC (ms, positive to the east) as a function of time. Each quarter hour is asked of Intl
 * once: asking for every reading would cost more than judging it.
 */
export function zoneOffset(timeZone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  const offsets = new Map<number, number>();
  return (at) => {
    const quarter = Math.floor(at / quarterMs);
    const known = offsets.get(quarter);
    if (known !== undefined) return known;
    const part = Object.fromEntries(
      format.formatToParts(quarter * quarterMs).map(({ type, value }) => [type, Number(value)]),
    );
    const shown = Date.UTC(part.year!, part.month! - 1, part.day!, part.hour!, part.minute!, part.second!);
    const offset = shown - quarter * quarterMs;
    if (offsets.size > remembered) offsets.clear();
    offsets.set(quarter, offset);
    return offset;
  };
}
