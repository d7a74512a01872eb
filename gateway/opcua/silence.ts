/** Watches over something that speaks regularly. */
export interface SilenceWatch {
  /** It spoke. */
  heard(): void;
  stop(): void;
}

/**
 * Calls `onSilence` once, when nothing was heard for `withinMs`. World time that never jumps: a line is dead or not, whatever
 * the clocks say. A process that was itself held up (a busy machine, a suspended laptop) gets one more look before it judges:
 * what arrived meanwhile is heard first.
 */
export function watchSilence(withinMs: number, onSilence: (silentMs: number) => void): SilenceWatch {
  const everyMs = Math.max(50, withinMs / 8);
  let last = performance.now();
  let looked = last;
  const timer = setInterval(() => {
    const now = performance.now();
    const heldUp = now - looked > everyMs * 3;
    looked = now;
    if (heldUp || now - last <= withinMs) return;
    clearInterval(timer);
    onSilence(Math.round(now - last));
  }, everyMs);
  return {
    heard: () => {
      last = performance.now();
    },
    stop: () => clearInterval(timer),
  };
}
