import { z } from 'zod';

const bilingual = z.object({ zh: z.string().min(1), en: z.string().min(1) });
const id = z.string().regex(/^[a-z0-9-]+$/);
const share = z.number().min(0).max(1);
const clock = z.enum(['acknowledge', 'arrive', 'make-safe', 'close']);
const priority = z.enum(['P1', 'P2', 'P3', 'P4']);
const hazard = z.enum(['gas', 'fire', 'water', 'structure', 'power']);

/** Which tickets or alarms a measure looks at; what is not said, fits. */
const only = { priorities: z.array(priority).min(1).optional(), hazards: z.array(hazard).min(1).optional() };

/** How one figure is made of facts. devices/supervision/measures.ts says of each which facts it takes and when. */
export const measureSchema = z.discriminatedUnion('kind', [
  /** Share of tickets whose clocks of these kinds, met or missed in the cycle, were all met in time. */
  z.strictObject({ kind: z.literal('on-time'), clocks: z.array(clock).min(1), ...only }),
  /** Share of tickets opened in the cycle that were closed by its end; those not yet due do not count. */
  z.strictObject({ kind: z.literal('closed'), ...only }),
  /** Tickets with a deadline missed and still open at the end of the cycle; `per`: for so many tickets under way. */
  z.strictObject({ kind: z.literal('overdue'), per: z.number().positive().optional(), ...only }),
  /** Returns as "not mine"; `per`: for so many tickets under way. */
  z.strictObject({ kind: z.literal('returns'), per: z.number().positive().optional(), ...only }),
  /** Share of tickets verified at the first attempt. */
  z.strictObject({ kind: z.literal('first-time'), ...only }),
  /** Share of rechecks (回头看) in the cycle that were passed. */
  z.strictObject({ kind: z.literal('recheck'), ...only }),
  /** Share of tickets closed that were opened again in the cycle. */
  z.strictObject({ kind: z.literal('reopened'), ...only }),
  /** Mean of what reporters said, 1 (bad) to 5 (good). */
  z.strictObject({ kind: z.literal('satisfaction'), ...only }),
  /** So many of 100 alarms were acknowledged within the figure, seconds. */
  z.strictObject({ kind: z.literal('ack-time'), percentile: z.number().min(1).max(100).default(90), ...only }),
  /** Share of hazards due in the cycle that were put right and verified in time. */
  z.strictObject({ kind: z.literal('hazards') }),
  /** Share of unannounced visits in the cycle that found nothing. */
  z.strictObject({ kind: z.literal('sample') }),
  /** Share of items × places that are observed at all. */
  z.strictObject({ kind: z.literal('coverage') }),
  /** Share of sites of a kind with a device in service of one of these types: restaurants with a gas detector. */
  z.strictObject({ kind: z.literal('site-coverage'), site: z.string().min(1), types: z.array(z.string()).min(1) }),
  /** Share of registered devices that are in service and heard. */
  z.strictObject({ kind: z.literal('devices') }),
]);
/** `scores` is what a review over several cycles is made of; no city writes it. */
export type Measure = z.infer<typeof measureSchema> | { readonly kind: 'scores' };
export type MeasureKind = Measure['kind'];

/**
 * One figure, and how many points it is worth: 100 at `full` and better, 0 at `zero` and worse, in a straight line between.
 * Either may be the larger: for a share more is better, for a count fewer.
 */
export const indicatorSchema = z
  .strictObject({ id, name: bilingual, measure: measureSchema, full: z.number(), zero: z.number() })
  .refine(({ full, zero }) => full !== zero, {
    error: 'full and zero differ',
    params: { zh: 'full 与 zero 不能相同' },
  });
export interface Indicator {
  readonly id: string;
  readonly name: { readonly zh: string; readonly en: string };
  readonly measure: Measure;
  readonly full: number;
  readonly zero: number;
}

/** Who is scored: the departments, the areas, or the departments within the areas. */
const unitSchema = z
  .strictObject({
    id,
    name: bilingual,
    departments: z.array(z.string()).min(1).optional(),
    areas: z.array(z.string()).min(1).optional(),
  })
  .refine(({ departments, areas }) => departments !== undefined || areas !== undefined, {
    error: 'a unit has departments, areas or both',
    params: { zh: '单位须写明 departments 或 areas' },
  });
export type Unit = z.infer<typeof unitSchema>;
export const classSchema = z.strictObject({ id, name: bilingual, units: z.array(unitSchema).min(1) });
export type UnitClass = z.infer<typeof classSchema>;

export const periodLengths = ['week', 'month', 'quarter', 'half-year', 'year'] as const;
export type PeriodLength = (typeof periodLengths)[number];

/** Red and black list: either condition is enough. A unit that is not ranked is on neither. */
const listsSchema = z.strictObject({
  red: z.strictObject({ top: z.number().int().min(1).optional(), atLeast: z.number().optional() }).optional(),
  black: z.strictObject({ bottom: z.number().int().min(1).optional(), below: z.number().optional() }).optional(),
});
/** 约谈: who is called in. Either in the last places, under a score, or not to be ranked at all; so many times in a row. */
export const callInSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('last'),
    places: z.number().int().min(1).default(1),
    times: z.number().int().min(1),
  }),
  z.strictObject({ kind: z.literal('below'), score: z.number(), times: z.number().int().min(1) }),
  z.strictObject({ kind: z.literal('unranked'), times: z.number().int().min(1) }),
]);
export type CallInRule = z.infer<typeof callInSchema>;

const cycleBase = {
  id,
  name: bilingual,
  every: z.enum(periodLengths),
  /**
   * Worked out by itself, so many hours after its period begins (lists and samples, which are of the period that runs) or ends
   * (scores and reviews). Left out: only when somebody asks.
   */
  byItself: z.strictObject({ afterH: z.number().min(0).max(2160) }).optional(),
};
const ranked = {
  /** Ids of classes; all of them unless given. */
  classes: z.array(z.string()).min(1).optional(),
  lists: listsSchema.default({}),
  callIn: z.array(callInSchema).default([]),
  /** So many days after it was made known a number may be appealed. */
  appealDays: z.number().int().min(0).default(10),
};
export const cycleSchema = z.discriminatedUnion('kind', [
  /** 季考核: figures, scores, ranks. */
  z.strictObject({ kind: z.literal('score'), ...cycleBase, ...ranked }),
  /** 年评价: the mean of the published scores of the cycles `of` that ended in the period. */
  z.strictObject({ kind: z.literal('review'), ...cycleBase, of: z.string(), ...ranked }),
  /** 周调度: what is open, by department, and what was promised last time. */
  z.strictObject({ kind: z.literal('dispatch'), ...cycleBase, mostReturned: z.number().int().min(1).default(10) }),
  /** 月暗访: places drawn by lot in each area and category, to be visited unannounced. */
  z.strictObject({
    kind: z.literal('sample'),
    ...cycleBase,
    /** Share of the places of an area, of every category; at least one of each. */
    share: z.strictObject({ usual: share, areas: z.record(z.string(), share).default({}) }),
    /** Codes of categories; all of them unless given. */
    categories: z.array(z.string()).min(1).optional(),
    /** Kind of the city's campaigns by which it is visited. Where that is unannounced, the lot stays sealed until its visits open. */
    campaign: id.optional(),
  }),
]);
export type Cycle = z.infer<typeof cycleSchema>;
export type CycleKind = Cycle['kind'];
export type RankedCycle = Extract<Cycle, { kind: 'score' | 'review' }>;

/** Weights of a class's indicators, per cent: they add up to 100. */
export const weightsSchema = z
  .record(z.string(), z.number().min(0).max(100))
  .refine((weights) => Math.abs(Object.values(weights).reduce((sum, one) => sum + one, 0) - 100) < 1e-9, {
    error: 'the weights add up to 100',
    params: { zh: '权重之和须为 100' },
  });
export type Weights = z.infer<typeof weightsSchema>;

/** `cities/<id>/supervision.yaml`: how a city supervises by figures. All of it is the city's own. */
export const supervisionSchema = z.strictObject({
  status: z.enum(['official', 'illustrative']),
  /** Where it is taken from, and what of it is ours. */
  source: z.string(),
  /** The department whose office decides appeals. */
  office: z.string(),
  /** Shares under which a unit is not ranked: of its items × places that are observed, of the weights that have facts. */
  ranking: z.strictObject({ coverageFloor: share.gt(0), evidenceFloor: share.gt(0) }),
  classes: z.array(classSchema).min(1),
  indicators: z.array(indicatorSchema).min(1),
  /** By class; the first ones, until others are agreed in the product. */
  weights: z.record(z.string(), weightsSchema),
  cycles: z.array(cycleSchema).min(1),
});
export type Supervision = z.infer<typeof supervisionSchema>;
