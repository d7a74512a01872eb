import type { Hazard, Priority } from '../contract/alarm.ts';
import type { Which } from '../contract/ticket-policy.ts';

/** What of a matter a policy may ask for. */
export interface Matter {
  readonly priority: Priority;
  readonly hazard: Hazard | null;
  readonly clause: { readonly item: string };
}

/** True when all that an entry of the policy names fits the matter. */
export function fits({ items, categories, hazards, priorities }: Which, { priority, hazard, clause }: Matter): boolean {
  if (priorities && !priorities.includes(priority)) return false;
  if (hazards && (hazard === null || !hazards.includes(hazard))) return false;
  if (!items && !categories) return true;
  return items?.includes(clause.item) === true || categories?.includes(clause.item.slice(0, 3)) === true;
}
