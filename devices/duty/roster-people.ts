import type { Roster } from '../contract/duty.ts';

/** Everybody a roster can name, on any day. */
export function rosteredEver({ pattern, holidays = [], makeUpDays = [] }: Roster): string[] {
  const turns = pattern.kind === 'week' ? Object.values(pattern.days) : pattern.turns;
  return [...new Set([...turns.flatMap((persons) => persons ?? []), ...holidays, ...makeUpDays])];
}
