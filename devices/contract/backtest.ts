import { z } from 'zod';
import type { Bilingual } from '../model/device-type.ts';
import type { Priority, VerdictKind } from './alarm.ts';
import type { Refusal } from './command.ts';
import type { Value } from './entry.ts';

/**
 * A back-test: what a rule would have done with the readings that are stored. `rule` alone tries it as it stands; with
 * `change` it is tried beside that; `add` tries a rule that does not exist yet, under an item that does.
 */
export const backtestRequestSchema = z
  .strictObject({
    /** `<item code>.<rule id>`. */
    rule: z.string().max(100).optional(),
    /** A JSON merge patch (RFC 7396) over the rule: `{"limit": {"value": 15}, "onDelayS": 30, "deadband": null}`. */
    change: z.record(z.string(), z.unknown()).optional(),
    /** Item code of the new rule. */
    item: z.string().max(100).optional(),
    /** The new rule, as the catalogue would hold it. */
    add: z.record(z.string(), z.unknown()).optional(),
    /** Source time, inclusive, ms. */
    from: z.number().int(),
    /** Exclusive, ms. */
    to: z.number().int(),
    /** Only these; absent: every device of the rule's type. */
    devices: z.array(z.string()).min(1).max(200).optional(),
  })
  .superRefine(({ rule, change, item, add, from, to }, fault) => {
    const refuse = (field: string, zh: string, message: string) =>
      fault.addIssue({ code: 'custom', path: [field], message, params: { zh } });
    if (from >= to) refuse('from', 'from 必须早于 to', '`from` must lie before `to`');
    if ((rule === undefined) === (add === undefined)) {
      refuse(
        'rule',
        '请给出 rule（已有规则）或 add（新规则）之一',
        'give either `rule`, which exists, or `add`, a new one',
      );
    }
    if ((add === undefined) !== (item === undefined)) {
      refuse('item', 'add 与 item 同用：新规则须属于一个项目', '`add` goes with `item`: a new rule belongs to an item');
    }
    if (change !== undefined && rule === undefined) {
      refuse('change', 'change 须与 rule 同用', '`change` goes with `rule`');
    }
  });
export type BacktestRequest = z.infer<typeof backtestRequestSchema>;

/** What would have hidden an alarm when it rang: its point was put aside by people, or a suppression of the catalogue held. */
export type Hidden = 'by-people' | 'by-design';

/** One time that the rule would have rung. Nobody answered anything: each is taken as acknowledged at once. */
export interface TriedAlarm {
  readonly device: string;
  /** Source time of the first abnormal sample, ms. */
  readonly since: number;
  /** When its on-delay had passed, ms. */
  readonly raisedAt: number;
  /** null: it still stood at the end of the period. */
  readonly returnedAt: number | null;
  /** The value that raised it, in the rule's unit. */
  readonly value: Value | null;
  /** null: nothing, somebody would have seen it. */
  readonly hidden: Hidden | null;
}

/** A {@link TriedAlarm} with what a list shows of it. */
export interface ListedAlarm extends TriedAlarm {
  readonly deviceName: string;
  readonly site: string | null;
  readonly siteName: string | null;
  readonly area: string | null;
}

/** What one form of the rule did. Figures of load are those of EEMUA 191: about one alarm in ten minutes a seat. */
export interface TriedRule {
  readonly alarms: number;
  /** Devices that rang at least once. */
  readonly devices: number;
  readonly perHour: number;
  /** Alarms in 10 min, on average, against the 1 that a seat can take. */
  readonly perTenMinutes: number;
  /** The ten minutes with most alarms; null when there was none. */
  readonly worst: { readonly from: number; readonly alarms: number } | null;
  /** Floods: from ten alarms in ten minutes on, until fewer than five. */
  readonly floods: number;
  /** Part of the period that was flood, 0 to 1. */
  readonly inFlood: number;
  /** Devices that rang three times within a minute. */
  readonly chattering: readonly { readonly device: string; readonly times: number }[];
  /** Still standing at the end. */
  readonly standing: number;
  /** Stood already when the period began: not counted as alarms. */
  readonly stoodBefore: number;
  /** Of the alarms, how many would have lain hidden when they rang; the figures count them all the same. */
  readonly hidden: { readonly byPeople: number; readonly byDesign: number };
  /** Median and longest time from raised to returned, ms; null when none returned. */
  readonly medianMs: number | null;
  readonly longestMs: number | null;
  readonly byArea: readonly { readonly area: string; readonly alarms: number }[];
  readonly topDevices: readonly { readonly device: string; readonly name: string; readonly alarms: number }[];
  /** The first of them, at most {@link LISTED}. */
  readonly list: readonly ListedAlarm[];
}

/** Alarms that a list of a back-test holds at most; the figures count all. */
export const LISTED = 500;

/** What changes for the duty seat between the rule as it stands and as it is tried. */
export interface Difference {
  /** Would ring, and does not today. */
  readonly gained: number;
  /** Rings today, and would not. */
  readonly lost: number;
  /** The same matter at another time. */
  readonly moved: number;
  /** Median by which those are later (earlier below 0), ms; null when none moved. */
  readonly movedMs: number | null;
  readonly gainedList: readonly ListedAlarm[];
  readonly lostList: readonly ListedAlarm[];
  readonly movedList: readonly (ListedAlarm & { readonly wasRaisedAt: number })[];
}

/** How the tried rule stands to what people judged about its alarms (研判). */
export interface VerdictCheck {
  readonly kind: VerdictKind;
  readonly total: number;
  /** Would ring at that time too. */
  readonly kept: number;
  readonly missed: readonly { readonly device: string; readonly since: number }[];
}

export interface BacktestReport {
  readonly rule: string;
  readonly title: Bilingual;
  readonly priority: Priority;
  readonly deviceType: string;
  readonly measurement: string;
  readonly unit: string;
  /** In words: what is tried, and what stands today. */
  readonly tried: Bilingual;
  readonly standing: Bilingual | null;
  /** Who would be called: the lead department of the item and those that cooperate. */
  readonly department: { readonly id: string; readonly name: Bilingual };
  readonly cooperating: readonly string[];
  readonly from: number;
  readonly to: number;
  /** Where the figures end because the rule rang {@link MOST_ALARMS} times by then; null when the whole period was tried. */
  readonly cutAt: number | null;
  readonly registered: number;
  readonly heard: number;
  readonly readings: number;
  /** Judging and reading together, ms. */
  readonly tookMs: number;
  /** The rule as it stands; null for a new one, or where nothing was changed. */
  readonly before: TriedRule | null;
  readonly after: TriedRule;
  readonly difference: Difference | null;
  readonly verdicts: readonly VerdictCheck[];
  /** Where devices are judged by other figures than the city's. */
  readonly overlays: readonly { readonly id: string; readonly title: Bilingual; readonly devices: number }[];
  /** What the figures take into account and what they do not, in plain sentences. */
  readonly notes: readonly Bilingual[];
  /** Devices for which the rule rests, and why. */
  readonly problems: readonly { readonly device: string; readonly text: string; readonly count: number }[];
}

/** A rule that rings so often is not worth trying further. */
export const MOST_ALARMS = 50_000;

/** A back-test on its way. */
export interface BacktestJob {
  readonly id: string;
  readonly state: 'running' | 'done' | 'failed' | 'cancelled';
  readonly rule: string;
  readonly by: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** Part of the period that is judged, 0 to 1. */
  readonly progress: number;
  readonly readings: number;
  /** Estimate of the time left, ms; null before there is one. */
  readonly leftMs: number | null;
  readonly report: BacktestReport | null;
  /** Why it failed. */
  readonly problem: { readonly zh: string; readonly en: string } | null;
}

/** One thing wrong with what is to be tried: by its path in the rule, or by the name of another rule that it makes wrong. */
export interface RuleFault {
  readonly path: string;
  readonly zh: string;
  readonly en: string;
}

export type BacktestStart =
  | { readonly job: BacktestJob }
  | { readonly refused: Refusal; readonly faults: readonly RuleFault[] };
