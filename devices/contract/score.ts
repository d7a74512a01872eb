import type { Bilingual } from '../model/device-type.ts';
import type { CallInRule, Cycle, CycleKind, Indicator, Supervision, UnitClass, Weights } from './supervision.ts';

/** A span of a cycle: `2026-Q4`, from (ms, included) to (ms, not included). */
export interface Period {
  readonly key: string;
  readonly from: number;
  readonly to: number;
}

/** What a number is made of. `cell` is an item in an area, `<item>@<area>`; `run` an earlier score. */
export const factKinds = ['ticket', 'alarm', 'hazard', 'visit', 'cell', 'site', 'device', 'run'] as const;
export type FactKind = (typeof factKinds)[number];

/** One fact behind a number: which, and what it adds. */
export interface NumberFact {
  readonly id: string;
  readonly value: number;
}

/** One figure of one unit. */
export interface ScoreNumber {
  readonly unit: string;
  /** Id of the indicator; {@link coverageOfRanking} for the coverage that ranking rests on. */
  readonly indicator: string;
  /** Null where there is no fact: nothing was observed, which is neither good nor bad. */
  readonly value: number | null;
  readonly kind: FactKind;
  readonly facts: readonly NumberFact[];
}
/** The number that says how much of a unit is observed at all. */
export const coverageOfRanking = '@coverage';

/** A number as lists show it: what it is made of is asked for on its own. */
export interface ShownNumber {
  readonly indicator: string;
  readonly value: number | null;
  /** As it was worked out, where an appeal changed it. */
  readonly before: number | null;
  readonly appealed: boolean;
  readonly kind: FactKind;
  /** How many facts it is made of. */
  readonly count: number;
  readonly points: number | null;
  readonly weight: number;
}

/** One unit in a result. */
export interface ScoreLine {
  readonly unit: string;
  readonly class: string;
  readonly name: Bilingual;
  /** 0 to 100, one decimal; null where no indicator has facts. */
  readonly score: number | null;
  /** 1 is best; equal scores share a place; null where it is not ranked. */
  readonly rank: number | null;
  /** Why it is not ranked. */
  readonly unranked: 'coverage' | 'evidence' | null;
  /** How much of its items × places is observed. */
  readonly coverage: { readonly observed: number; readonly of: number; readonly share: number | null };
  /** Share of the weights that have facts. */
  readonly evidence: number;
  readonly list: 'red' | 'black' | null;
  /** In the cycle before, where one was published. */
  readonly earlier: { readonly score: number | null; readonly rank: number | null } | null;
  readonly numbers: readonly ShownNumber[];
}

/** Somebody is called in (约谈). */
export interface CallIn {
  readonly unit: string;
  readonly class: string;
  readonly rule: CallInRule;
  /** The earlier periods in which it was so too, newest first. */
  readonly periods: readonly string[];
}

/** Scores, ranks, lists and call-ins of one period: what is published. */
export interface ScoreResult {
  readonly lines: readonly ScoreLine[];
  readonly callIns: readonly CallIn[];
}

/** What of a published result later ones look back on. */
export interface EarlierResult {
  readonly run: string;
  readonly period: string;
  readonly lines: readonly Pick<ScoreLine, 'unit' | 'class' | 'score' | 'rank' | 'unranked' | 'coverage'>[];
}

/** How a run was made: frozen with it, so that a later change of the city's file changes no result. */
export interface ScoreBasis {
  readonly classes: readonly UnitClass[];
  readonly indicators: readonly Indicator[];
  /** By class. */
  readonly weights: Readonly<Record<string, Weights>>;
  readonly ranking: Supervision['ranking'];
  /** Published results of earlier periods of the cycle, newest first and without a gap. */
  readonly earlier: readonly EarlierResult[];
}

/** One department on the weekly list; each list holds ids of tickets. */
export interface DispatchLine {
  readonly department: string;
  readonly open: readonly string[];
  readonly overdue: readonly string[];
  readonly disputed: readonly string[];
  readonly suspended: readonly string[];
  readonly unowned: readonly string[];
  readonly returned: readonly string[];
}
/** What a department promised at the last list, and what became of it. */
export interface Promised {
  readonly seq: number;
  readonly run: string;
  readonly department: string;
  readonly by: string;
  readonly at: number;
  readonly text: string;
  readonly until: number;
  readonly tickets: readonly string[];
}
export interface KeptPromise extends Promised {
  /** Tickets of it that are still open. */
  readonly open: readonly string[];
  /** Kept: all closed. Broken: its day has passed and some are not. Null where it names no ticket. */
  readonly state: 'kept' | 'running' | 'broken' | null;
}

/** One place that was drawn. */
export interface Drawn {
  readonly place: string;
  readonly kind: 'site' | 'device';
  readonly name: string;
  readonly area: string;
  readonly category: string;
  readonly lon: number;
  readonly lat: number;
  /** Its lot: from 0 to 1; the lowest of a stratum are drawn. */
  readonly lot: number;
}
export interface Stratum {
  readonly area: string;
  readonly category: string;
  readonly of: number;
  /** Empty while the lot is sealed. */
  readonly drawn: readonly Drawn[];
}
/** A lot that nobody sees yet, as its visits are unannounced. */
export interface Sealed {
  /** Until when, ms: the last of its visits opens then, or the period ends without one. */
  readonly until: number;
  /** SHA-256 of the seed. */
  readonly commitment: string;
  /** How many places were drawn in each stratum, in their order. */
  readonly drawn: readonly number[];
}

/** What a run holds, by the kind of its cycle. */
export type RunContent =
  | { readonly kind: 'score' | 'review'; readonly basis: ScoreBasis }
  | { readonly kind: 'dispatch'; readonly lines: readonly DispatchLine[]; readonly promised: readonly KeptPromise[] }
  | {
      readonly kind: 'sample';
      /** Empty while the lot is sealed. */
      readonly seed: string;
      readonly strata: readonly Stratum[];
      /** Never kept: how people see it before its time. */
      readonly sealed?: Sealed;
    };

/** One working out of one period of a cycle. It never changes; what is corrected is a new revision. */
export interface ScoreRun {
  /** `<cycle>_<period>_<revision>` */
  readonly id: string;
  readonly cycle: Cycle;
  readonly period: Period;
  /** From 1. */
  readonly revision: number;
  readonly at: number;
  readonly by: string;
  /** Why it was worked out anew; null for the first. */
  readonly reason: string | null;
  /** Made of a demonstration's rows. */
  readonly demo: boolean;
  readonly content: RunContent;
}

/** 申诉: a department says that facts do not belong in a number of its own; the office decides, by somebody of another department. */
export interface Appeal {
  readonly seq: number;
  readonly run: string;
  readonly unit: string;
  /** For whom it was made; null where the duty list names nobody at all. */
  readonly department: string | null;
  readonly indicator: string;
  readonly at: number;
  readonly by: { readonly id: string; readonly name: string };
  readonly reason: string;
  readonly evidence: string;
  /** Ids of the facts that should not count. */
  readonly facts: readonly string[];
  readonly decided: {
    readonly at: number;
    readonly by: { readonly id: string; readonly name: string };
    readonly upheld: boolean;
    readonly reason: string;
    /** Facts left out by it; empty where it was dismissed. */
    readonly leftOut: readonly string[];
  } | null;
}

/** Somebody who stands behind something; two different people make it so. */
export interface Signature {
  readonly id: string;
  readonly name: string;
  readonly at: number;
}

/** One difference between a revision and the one before it. */
export interface ResultChange {
  readonly unit: string;
  /** Id of an indicator, or `score`, `rank`, `list`. */
  readonly what: string;
  readonly before: string | null;
  readonly after: string | null;
}

export type RunState = 'provisional' | 'published' | 'superseded' | 'done';

/** A run as lists show it. `done`: a list or a sample, which nobody publishes. */
export interface RunLine {
  readonly id: string;
  readonly cycle: string;
  readonly name: Bilingual;
  readonly kind: CycleKind;
  readonly period: Period;
  readonly revision: number;
  readonly at: number;
  readonly state: RunState;
  /** Until when its numbers may be appealed, ms; null where nothing can be. */
  readonly appealUntil: number | null;
  readonly openAppeals: number;
  /** SHA-256 of the result, once it is published. */
  readonly hash: string | null;
  readonly publishedAt: number | null;
  readonly demo: boolean;
}

/** A run whole. */
export interface RunBody {
  readonly line: RunLine;
  readonly run: ScoreRun;
  readonly result: ScoreResult | null;
  readonly appeals: readonly Appeal[];
  /** Who stands behind the result as it is now; published by the second. */
  readonly signatures: readonly Signature[];
  /** SHA-256 of the result as it is now: what a signature is of. */
  readonly contentHash: string | null;
  /** Against the revision before it. */
  readonly changes: readonly ResultChange[];
  /** What was promised at a dispatch list. */
  readonly promises: readonly Promised[];
  /** The campaign by which a sample is visited; null where there is none, or nothing was drawn. */
  readonly visits: { readonly campaign: string; readonly openAt: number } | null;
}

/** GET /api/v1/supervision/runs/:run: a run as somebody sees it. */
export interface ShownRun extends RunBody {
  /** Units whose numbers whoever asks may appeal; null where the duty list names nobody, and the role alone counts. */
  readonly appealsFor: readonly string[] | null;
}

/** Weights that were asked for or agreed. */
export interface WeightsChange {
  readonly seq: number;
  readonly class: string;
  readonly weights: Weights;
  readonly reason: string;
  readonly at: number;
  readonly signatures: readonly Signature[];
  /** From when it counts, ms; null while a second person has not agreed. */
  readonly from: number | null;
}

/** GET /api/v1/supervision */
export interface SupervisionBody {
  readonly policy: Supervision;
  /** By class, for a period that begins now. */
  readonly weights: Readonly<Record<string, Weights>>;
  /** Changes that were asked for, newest first. */
  readonly changes: readonly WeightsChange[];
  /** Newest first. */
  readonly runs: readonly RunLine[];
}

/** A fact behind a number, as people find it again. */
export interface ShownFact extends NumberFact {
  /** Number of a ticket, name of a place or period. */
  readonly no: string;
  readonly title: Bilingual | null;
  /** An upheld appeal took it out. */
  readonly leftOut: boolean;
}

/** GET /api/v1/supervision/runs/:run/numbers/:unit/:indicator */
export interface NumberBody {
  readonly run: string;
  readonly unit: string;
  readonly indicator: string;
  readonly kind: FactKind;
  /** How many facts there are; `facts` holds the first thousand of them, those that weigh against the unit first. */
  readonly total: number;
  readonly facts: readonly ShownFact[];
}
