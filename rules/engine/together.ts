import type { Meter } from '../judge/balance.ts';
import type { Flow } from '../standards/balance-rule.ts';
import type { CompiledRule } from '../standards/compile.ts';
import type { Unit } from './units.ts';

/** A device's rule was abnormal, and a `neighbours` rule counts that. */
export interface Sign {
  readonly unit: Unit;
  readonly rule: CompiledRule;
  /** Source time since which no stretch without an abnormal sample was longer than neighbours wait, ms. */
  readonly since: number;
  /** Source time and judged number of its newest abnormal sample. */
  at: number;
  value: number;
}

/** One device's rule that changed in a way that its neighbours must hear of. */
export interface Stir {
  readonly unit: Unit;
  readonly rule: CompiledRule;
  readonly at: number;
  readonly wall: number;
  readonly now: number;
}

/** A rule about several devices that is not normal at the one where its alarm stands. */
export interface Standing {
  readonly unit: Unit;
  readonly rule: CompiledRule;
  /** Engine time at which it is looked at again: one reminder at a time. */
  due: number;
}

/** Devices whose amounts are balanced with each other. */
export interface BalanceGroup {
  readonly rule: CompiledRule;
  /** Name of the site, or what else joins them. */
  readonly over: string;
  readonly inflow: Set<Unit>;
  readonly outflow: Set<Unit>;
  /** Where its alarm stands, and who is reminded of it; null while no device of the item's type is in it. */
  leader: Unit | null;
  /** Engine time at which it is looked at next; NaN before time is known. */
  due: number;
}

/** What devices say together: written and put back as one, since no single device's row could hold it. */
export interface Together {
  /** By the index of the rule that was abnormal. */
  readonly signs: Map<number, Sign>;
  /** By the index of the rule: phases of these rules are kept here, not with their unit. */
  readonly open: Map<number, Standing>;
  /** By rule and what joins them. */
  readonly balances: Map<string, BalanceGroup>;
  /** What has passed through each device, by what counts it and by the device's number. */
  readonly meters: Map<Flow, Map<number, Meter>>;
  /** Waiting to be looked at once the entry in hand is judged. */
  readonly stirred: Stir[];
  /** Journal position up to which the loaded snapshot holds all this: what comes again up to there changes nothing. */
  heldTo: number;
}

export const newTogether = (): Together => ({
  signs: new Map(),
  open: new Map(),
  balances: new Map(),
  meters: new Map(),
  stirred: [],
  heldTo: 0,
});
