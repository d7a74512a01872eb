/** How many messages of the backlog may be under way: as many as live readings do not feel. */
export interface Pace {
  /** Messages that may be unacknowledged now, at least 1. */
  readonly window: number;
  /** How long to wait before the next one, ms: above 0 only where a single message under way is already felt. */
  readonly restMs: number;
  /** A message, live or of the backlog, was acknowledged after `ms`. */
  felt(ms: number): void;
}

export interface PaceLimits {
  readonly most: number;
  /** How much longer than on an idle link an acknowledgement may take, ms. */
  readonly queueMs: number;
}

const firstWindow = 4;
/** No link is left idle for longer, ms. */
const longestRestMs = 2_000;

/**
 * Learns a link's pace by what acknowledgements take: grows while they take about as long as on an idle link, and halves as
 * soon as they take longer. The backlog is put through the same line as live readings, so what is queued of it is what
 * those wait for.
 */
export function pace({ most, queueMs }: PaceLimits): Pace {
  let window = Math.min(firstWindow, most);
  let idle = Number.POSITIVE_INFINITY;
  let usual = Number.NaN;
  let restMs = 0;
  /** Acknowledgements before the next change downwards, so that one queue is answered once. */
  let patience = 0;
  return {
    get window() {
      return Math.max(1, Math.floor(window));
    },
    get restMs() {
      return restMs;
    },
    felt(ms) {
      idle = Math.min(ms, idle * 1.001);
      usual = Number.isNaN(usual) ? ms : usual * 0.8 + ms * 0.2;
      patience -= 1;
      const queued = usual - idle;
      if (queued <= queueMs) {
        restMs = 0;
        window = Math.min(most, window + 1 / window);
      } else if (patience <= 0) {
        restMs = window <= 1 ? Math.min(longestRestMs, queued) : 0;
        patience = Math.ceil(window);
        window = Math.max(1, window / 2);
      }
    },
  };
}
