export const TEN_MINUTES = 600_000;

/** Ten in ten minutes is a flood; it is over when fewer than five are left (ANSI/ISA-18.2, EEMUA 191). */
export const FLOOD = { from: 10, below: 5 } as const;

/** Three of one point within a minute is chatter. */
export const CHATTER = { times: 3, withinMs: 60_000 } as const;
