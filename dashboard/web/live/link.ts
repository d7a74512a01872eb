/** After this long without a message the page greys and says so (interface: health of the display itself). */
export const SILENCE_MS = 10_000;

export type LinkState = 'connecting' | 'live' | 'resyncing' | 'silent';

/**
 * How the link stands. `silent` counts from the last message, connected or not: a socket that is open and says nothing
 * is as blind as one that is closed.
 */
export function linkState(
  socket: 'connecting' | 'open' | 'resyncing',
  lastMessageAt: number | null,
  at: number,
): LinkState {
  if (lastMessageAt === null) return 'connecting';
  if (at - lastMessageAt >= SILENCE_MS) return 'silent';
  if (socket === 'resyncing') return 'resyncing';
  return socket === 'open' ? 'live' : 'connecting';
}

/** The platform's clock now, carried on from the last message at the demonstration's speed; it stops when data stop. */
export function platformNow(message: { now: number; heardAt: number } | null, at: number, speed: number): number {
  if (!message) return at;
  return message.now + Math.max(0, Math.min(at - message.heardAt, SILENCE_MS)) * speed;
}
