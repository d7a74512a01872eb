/** Addresses remembered; beyond that the oldest are forgotten, so that nobody can fill the memory. */
const mostAddresses = 5000;

/** Counts what an address asks for: tells how long it has to wait yet, ms, or 0 where it may go on. */
export type RateLimit = (address: string) => number;

/** At most `max` times in `windowMs` for each address, from its first time on. `now` counts ms. */
export function rateLimit(max: number, windowMs: number, now: () => number): RateLimit {
  const windows = new Map<string, { count: number; until: number }>();
  return (address) => {
    const at = now();
    const held = windows.get(address);
    const one = held && held.until > at ? held : { count: 0, until: at + windowMs };
    one.count += 1;
    if (one !== held) windows.delete(address);
    windows.set(address, one);
    if (windows.size > mostAddresses) windows.delete(windows.keys().next().value as string);
    return one.count > max ? one.until - at : 0;
  };
}
