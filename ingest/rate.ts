/** Counts per second over the last ten full seconds. */
export interface Rate {
  /** Adds to the second that `now` (ms) falls in. */
  add(now: number, count: number): void;
  perSecond(now: number): number;
}

const SECONDS = 10;

/** An empty {@link Rate}. The second that is running is not counted, so that the figure does not sag at its start. */
export function rate(): Rate {
  const counts = new Float64Array(SECONDS + 1);
  const seconds = new Float64Array(SECONDS + 1).fill(-1);
  return {
    add(now, count) {
      const second = Math.floor(now / 1000);
      const slot = second % (SECONDS + 1);
      if (seconds[slot] !== second) {
        seconds[slot] = second;
        counts[slot] = 0;
      }
      counts[slot] = (counts[slot] as number) + count;
    },
    perSecond(now) {
      const current = Math.floor(now / 1000);
      let sum = 0;
      for (let slot = 0; slot <= SECONDS; slot++) {
        const age = current - (seconds[slot] as number);
        if (age >= 1 && age <= SECONDS) sum += counts[slot] as number;
      }
      return sum / SECONDS;
    },
  };
}
