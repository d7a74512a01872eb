export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** What has stood for longer is stale. */
export const STALE_MS = DAY;

/** What an alarm system is held against: EEMUA 191 and ISA-18.2, figures as in common use, not quoted. */
export const targets = {
  perTenMinutes: 1,
  floodShare: 0.01,
  split: { P1: 0.05, P2: 0.15, rest: 0.8 },
  chattering: 0,
  stale: 5,
} as const;
