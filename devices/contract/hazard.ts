import { z } from 'zod';
import type { Bilingual } from '../model/device-type.ts';
import { positionSchema } from './place.ts';
import { carriedFields, note, photos, reason } from './step-fields.ts';
import type { Assigned, By, Clock } from './ticket.ts';

/**
 * Where a hazard of the register (隐患台账) stands: 发现 found → 定级 graded → 交办 assigned → 整改 rectifying → 验收 verifying → 销号
 * closed. `rejected`: it is none.
 */
export const hazardStages = ['found', 'graded', 'assigned', 'rectifying', 'verifying', 'closed', 'rejected'] as const;
export type HazardStage = (typeof hazardStages)[number];

export const isHazardOpen = ({ stage }: Pick<HazardEntry, 'stage'>): boolean =>
  stage !== 'closed' && stage !== 'rejected';

/** Who found it: a visit of a campaign, a third party's assessment, a patrol, somebody's report, or the platform's own rules. */
export const hazardSources = ['visit', 'assessment', 'patrol', 'report', 'rule'] as const;
export type HazardSource = (typeof hazardSources)[number];

/** What a hazard is reported with. */
export const hazardReportSchema = z.strictObject({
  /** Kind of the city's list. */
  kind: z.string().min(1),
  text: z.string().trim().min(2).max(2000),
  source: z.enum(['assessment', 'patrol', 'report']).default('report'),
  /** Number of the assessment or case it comes from. */
  reference: z.string().trim().max(100).optional(),
  ...positionSchema.shape,
  area: z.string().optional(),
  address: z.string().max(200).optional(),
  site: z.string().optional(),
  device: z.string().optional(),
  /** What the finder takes it for; it stands if his role may grade. */
  grade: z.string().optional(),
  /** Pictures of how it was found. */
  photos: photos.default([]),
  /** Another one of its kind at this place, not the one that is open there. */
  separate: z.boolean().default(false),
});
export type HazardReport = z.infer<typeof hazardReportSchema>;

const bare = <K extends string>(kind: K) => z.strictObject({ kind: z.literal(kind), ...carriedFields });

/** What a person does with a hazard. The table in rules/hazards/stages.ts says in which stage each is possible. */
export const hazardStepSchema = z.discriminatedUnion('kind', [
  /** 定级; also again, with a reason, as long as it is not closed. */
  z.strictObject({ kind: z.literal('grade'), ...carriedFields, grade: z.string().min(1), reason: reason.optional() }),
  /** 不是隐患 */
  z.strictObject({ kind: z.literal('reject'), ...carriedFields, reason }),
  /** 交办, also to somebody else. Nothing named: whom the duty list answers. */
  z.strictObject({
    kind: z.literal('assign'),
    ...carriedFields,
    department: z.string().optional(),
    post: z.string().optional(),
    crew: z.string().optional(),
    person: z.string().optional(),
  }),
  /** 退回: not ours. */
  z.strictObject({ kind: z.literal('return'), ...carriedFields, reason }),
  /** 开始整改 */
  bare('start'),
  /** 整改完成, with pictures of how it is now. */
  z.strictObject({ kind: z.literal('finish'), ...carriedFields, note }),
  /** 验收通过，销号 */
  bare('verify'),
  /** 验收不通过 */
  z.strictObject({ kind: z.literal('fail'), ...carriedFields, reason }),
  /** 延期: the deadline moves to a later moment, ms. */
  z.strictObject({ kind: z.literal('extend'), ...carriedFields, until: z.number(), reason }),
  /** Words or pictures that follow; `shows` says of which state. */
  z.strictObject({
    kind: z.literal('evidence'),
    ...carriedFields,
    shows: z.enum(['before', 'after']).default('before'),
  }),
]);
export type HazardPersonStep = z.infer<typeof hazardStepSchema>;
export type HazardPersonStepKind = HazardPersonStep['kind'];

/** What happens to a hazard without a person. */
export type HazardOwnStepKind =
  | 'found'
  | 'found-again'
  | 'auto-grade'
  | 'auto-assign'
  | 'warned'
  | 'overdue'
  | 'cause-gone';
export type HazardStepKind = HazardPersonStepKind | HazardOwnStepKind;

/** One line of a hazard's history. */
export interface HazardStep {
  readonly seq: number;
  readonly hazard: string;
  /** On the platform's clock, ms. */
  readonly at: number;
  readonly doneAt: number | null;
  readonly kind: HazardStepKind;
  readonly by: By | null;
  readonly place: { readonly lon: number; readonly lat: number } | null;
  readonly note: string | null;
  readonly photos: readonly string[];
  readonly from: HazardStage;
  readonly to: HazardStage;
  readonly more: Readonly<Record<string, string | number | boolean | null>>;
}

/** `assign`: found until given to a post. `rectify`: until put right. `verify`: until verified. */
export type HazardClockKind = 'assign' | 'rectify' | 'verify';
export type HazardClock = Clock<HazardClockKind>;

/** Why the platform itself says so: what its registry and readings showed when it looked. */
export interface HazardCause {
  readonly rule: 'overbuilding' | 'coverage';
  /** What stands under it: at most one open hazard has it. */
  readonly key: string;
  readonly evidence: Bilingual;
  readonly facts: Readonly<Record<string, string | number | null>>;
}

/** One entry of the register. */
export interface HazardEntry {
  /** `hazard:` and the id of what found it: never changes, never doubles. */
  readonly id: string;
  /** What people say on the phone: `H20261130-0007`. */
  readonly no: string;
  readonly stage: HazardStage;
  readonly kind: string;
  readonly title: Bilingual;
  readonly text: string;
  /** Frozen as it was when it was graded. */
  readonly grade: { readonly id: string; readonly name: Bilingual } | null;
  readonly source: HazardSource;
  readonly reference: string | null;
  /** The visit and campaign that found it. */
  readonly visit: string | null;
  readonly campaign: string | null;
  readonly cause: HazardCause | null;
  readonly item: string | null;
  readonly area: string | null;
  readonly site: string | null;
  readonly siteName: string | null;
  readonly device: string | null;
  readonly lon: number;
  readonly lat: number;
  readonly address: string | null;
  readonly assigned: Assigned | null;
  /** Who puts it right. */
  readonly rectifier: By | null;
  readonly clocks: readonly HazardClock[];
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Who did what: nobody verifies what he put right. */
  readonly hands: {
    readonly found: string | null;
    readonly rectified: readonly string[];
    readonly verified: string | null;
  };
  /** How often the deadline was moved, and by how many days altogether. */
  readonly extended: { readonly times: number; readonly days: number };
  /** The earlier hazard of the same kind at the same place, and how many there were before. */
  readonly repeatOf: string | null;
  readonly repeats: number;
  /** How often it failed its verification. */
  readonly failed: number;
  readonly foundAt: number;
  readonly assignedAt: number | null;
  readonly closedAt: number | null;
  /** `verified` by a person, or its cause is `gone`. */
  readonly closedBy: 'verified' | 'gone' | null;
  readonly demo: boolean;
  readonly seq: number;
}

/** Sites that should be watched, and whether a working detector does: one line an area. */
export interface CoverageArea {
  readonly area: string | null;
  readonly all: number;
  readonly working: number;
  readonly failing: number;
  /** A detector is there, and nobody knows whether it works. Unobserved is never good. */
  readonly unobserved: number;
}

/** One look of the platform at its registry and readings. */
export interface HazardLook {
  readonly seq: number;
  readonly at: number;
  /** Open causes that it found, by rule. */
  readonly overbuilt: number | null;
  readonly coverage: readonly CoverageArea[] | null;
}
