import type { Core } from './core.ts';
import { joinBalances, leadAgain } from './flows.ts';
import { type MeterBody, readMeters, writeMeters } from './meter-rows.ts';
import type { Unit } from './units.ts';

/** What was counted at each device, and how: by the name of what counts it. */
type Counted = ReadonlyMap<Unit, { readonly meters: Readonly<Record<string, MeterBody>>; readonly how: Ways }>;
type Ways = ReadonlyMap<string, string>;

/** Dissolves every balance, and keeps what was counted for the standards that come. */
export function takeBalances(core: Core): Counted {
  const taken = new Map<Unit, { meters: Record<string, MeterBody>; how: Ways }>();
  for (const unit of core.units.all()) {
    const meters = writeMeters(core, unit);
    if (meters) taken.set(unit, { meters, how: waysOf(unit) });
  }
  core.together.balances.clear();
  core.together.meters.clear();
  return taken;
}

/** Forms the balances of the standards in force. What is counted as before goes on; an alarm stays where it stands. */
export function putBalances(core: Core, counted: Counted): void {
  for (const unit of core.units.all()) {
    joinBalances(core, unit);
    const kept = counted.get(unit);
    if (!kept) continue;
    const ways = waysOf(unit);
    const same = Object.entries(kept.meters).filter(([key]) => ways.get(key) === kept.how.get(key));
    readMeters(core, unit, Object.fromEntries(same));
  }
  for (const { unit, rule } of core.together.open.values()) if (rule.balance) leadAgain(core, unit, rule);
}

/** How each flow is counted; where it stands in its plan is no part of that. */
const waysOf = ({ plan }: Unit): Ways =>
  new Map(plan.flows.flatMap((flows) => flows ?? []).map(({ offset: _, ...way }) => [way.key, JSON.stringify(way)]));
