import type { RpcClient } from '../../kit/rpc/rpc.ts';
import type { Bilingual } from '../model/device-type.ts';
import type { Override, Priority } from './alarm.ts';
import type { BacktestJob, BacktestStart } from './backtest.ts';
import type { Refusal } from './command.ts';
import type { Value } from './entry.ts';
import type { HandoverDraft } from './watch.ts';

/** A compiled rule in words. */
export interface RuleInWords {
  /** `<item code>.<rule id>`, or the platform's own. */
  readonly rule: string;
  /** Item code; empty for the platform's own. */
  readonly item: string;
  readonly itemName: string;
  readonly title: Bilingual;
  readonly deviceType: string;
  readonly measurement: string;
  readonly kind: string;
  readonly priority: Priority;
  readonly words: Bilingual;
  readonly department: string;
  readonly latched: boolean;
  readonly ladder: string | null;
  /** What a baseline rule learns; null for every other kind. */
  readonly learned: Learned | null;
}

/** What is learned of each device. */
export interface Learned {
  /** Kept of each device once it was heard, bytes: bounded, whatever it says. */
  readonly bytesPerDevice: number;
  /** Devices of which too little is known yet, at which the rule rests; null where no engine judges. */
  readonly learning: number | null;
}

/** How far one rule of one device has got, as the engine has it. */
export interface RuleState extends RuleInWords {
  /** The newest value of its measurement; null before the first. */
  readonly newest: {
    readonly value: Value;
    readonly at: number;
    readonly ageMs: number;
    readonly quality: 'good' | 'uncertain' | 'bad';
    /** OPC UA status code. */
    readonly status: number;
  } | null;
  /** The number that is compared, where a window makes it out of many readings; null while it cannot be had. */
  readonly compared: number | null;
  /** What the window holds; null for a rule without one. */
  readonly window: { readonly spanMs: number; readonly watchedMs: number; readonly samples: number } | null;
  readonly unit: string;
  /** The limit for this device, where it must come back beyond, and what it follows from; null where there is none. */
  readonly limit: { readonly value: Value; readonly back: Value; readonly from: Bilingual } | null;
  /** Why the rule rests for this device. */
  readonly rests: Bilingual | null;
  readonly phase: 'normal' | 'pending' | 'active' | 'returning' | 'held';
  /** Source time of the first abnormal sample, ms. */
  readonly since: number | null;
  /** What is left of the delay or silence that runs, ms; null when none does. */
  readonly leftMs: number | null;
  /** What it remembers beside its number: samples, what is usual, which neighbours; null where nothing. */
  readonly memory: Bilingual | null;
  /** The condition and the time beside the comparison: null where there is none; `holds` null when it cannot be evaluated now. */
  readonly condition: { readonly holds: boolean | null; readonly text: Bilingual } | null;
  readonly alarm: {
    readonly id: string;
    readonly active: boolean;
    readonly acked: boolean;
    readonly latched: boolean;
    readonly raisedAt: number;
    readonly supersededBy: string | null;
    readonly overrides: readonly Override[];
  } | null;
  /** What would hide an alarm that were raised now: suppressions, and what stands for it under each. */
  readonly wouldHide: readonly { readonly rule: string; readonly because: string }[];
  /** What would have to change for it to raise, or to return. */
  readonly change: Bilingual;
}

/** The rules that see one device. */
export interface DeviceRules {
  readonly device: string;
  readonly name: string;
  readonly type: string;
  /** Time of the engine, ms; null before the first tick. */
  readonly at: number | null;
  /** Newest live reading of anything. */
  readonly heardAt: number | null;
  /** A backlog of late data is being judged beside it. */
  readonly draining: boolean;
  readonly rules: readonly RuleState[];
}

export type Explanation = { readonly found: DeviceRules } | { readonly unknown: Bilingual };

/**
 * What rules offers to the people who tune them. In one process `main.ts` hands over the object; across processes it is
 * authenticated HTTP on loopback (kit/rpc).
 */
export interface RulesTools {
  /** Begins a back-test of a `BacktestRequest`; whatever else it is given is refused with its faults. */
  startBacktest(request: unknown, by: string): Promise<BacktestStart>;
  /** null for an id that is not known, or no longer. */
  backtest(id: string): Promise<BacktestJob | null>;
  /** All that are under way or ended lately, without their reports. */
  backtests(): Promise<readonly BacktestJob[]>;
  /** False when the id is not known. */
  cancelBacktest(id: string): Promise<boolean>;
  /** The rules that see a device, as the engine has them now. */
  explain(device: string): Promise<Explanation>;
  /** Every compiled rule in words. */
  rules(): Promise<readonly RuleInWords[]>;
  /** The hand-over note of a seat as it would be signed now. */
  handoverDraft(seat: string): Promise<{ readonly draft: HandoverDraft } | { readonly refused: Refusal }>;
}

/** Rules in another process of this host, as its {@link RulesTools}. */
export function rulesToolsClient(rpc: Pick<RpcClient, 'call'>): RulesTools {
  return {
    startBacktest: (request, by) => rpc.call('rules.startBacktest', [request, by]),
    backtest: (id) => rpc.call('rules.backtest', [id]),
    backtests: () => rpc.call('rules.backtests', []),
    cancelBacktest: (id) => rpc.call('rules.cancelBacktest', [id]),
    explain: (device) => rpc.call('rules.explain', [device]),
    rules: () => rpc.call('rules.rules', []),
    handoverDraft: (seat) => rpc.call('rules.handoverDraft', [seat]),
  };
}
