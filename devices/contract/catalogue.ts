import { z } from 'zod';
import { isUnit } from '../model/units.ts';

/**
 * The standards catalogue as data: domain → category → item → rules. Prose of the draft has become typed: limits are
 * tagged, conditions are CEL expressions, ceilings carry their scope. A city replaces the file, never the code.
 */
const bilingual = z.object({ zh: z.string().min(1), en: z.string().min(1) });
const unit = z.string().refine(isUnit, { error: (issue) => `"${issue.input}" is not a UCUM unit this platform knows` });

/** What a value is compared with. */
export const limitSchema = z.union([
  /** A number in a unit. */
  z.strictObject({ value: z.number(), unit }),
  /** CEL arithmetic over the device's constants (`1.10 * Ps`), each converted to `unit` first. */
  z.strictObject({ expr: z.string().min(1), unit }),
  /** A boolean measurement's abnormal value. */
  z.strictObject({ flag: z.boolean() }),
  /** A text measurement's abnormal word. */
  z.strictObject({ state: z.string() }),
  /** A vendor's numeric code. */
  z.strictObject({ code: z.number().int() }),
]);
export type Limit = z.infer<typeof limitSchema>;

export const basisSchema = z.object({
  src: z.string(),
  status: z.enum(['verified', 'background', 'proposal']),
  note: z.string().optional(),
});

/**
 * A CEL condition that must hold beside the comparison. It sees: `r` (newest readings of the device by dotted name, nested:
 * `r.pole.dimLevel`), `c` (constants in the rule's unit), `facts`, `device` (id, type, area, …), `local` (hour, minute,
 * minuteOfDay, weekday 1–7, in the city's time zone), `sun` (altitude in degrees, dark below civil dusk), and `records`
 * (`workOrders`, `permits`, `protectionPlans`: how many are open at the device).
 */
export const conditionSchema = z.strictObject({ expr: z.string().min(1), text: bilingual });

export const ceilingSchema = z.strictObject({
  value: z.number(),
  unit,
  /** The standard, and the kinds of detector it covers. */
  scope: z.string().min(1),
});

const common = {
  id: z.string().regex(/^[a-z0-9-]+$/),
  title: bilingual,
  /** Dotted measurement; for absence, any or `*`. */
  measurement: z.string(),
  priority: z.enum(['P1', 'P2', 'P3', 'P4']),
  onDelayS: z.number().min(0).default(0),
  offDelayS: z.number().min(0).default(0),
  latched: z.boolean().default(false),
  /** Levels of one measurement that exclude each other share a ladder; the highest priority that is active is the alarm. */
  ladder: z.string().optional(),
  when: conditionSchema.optional(),
  basis: z.array(basisSchema).min(1),
  note: z.string().optional(),
};
const comparison = z.enum(['>', '>=', '<', '<=', '==', '!=']);

export const ruleSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    ...common,
    kind: z.literal('threshold'),
    op: comparison,
    limit: limitSchema,
    /** Applies to the return only, in the limit's unit or an expression like the limit's. */
    deadband: limitSchema.optional(),
    ceiling: ceilingSchema.optional(),
    /** Judge the mean of this window rather than each value. */
    windowS: z.number().positive().optional(),
  }),
  z.strictObject({ ...common, kind: z.literal('state'), op: z.enum(['==', '!=']), limit: limitSchema }),
  z.strictObject({
    ...common,
    kind: z.literal('rate'),
    op: comparison,
    limit: limitSchema,
    windowS: z.number().positive(),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('count'),
    op: comparison,
    limit: limitSchema,
    windowS: z.number().positive(),
  }),
  /** Nothing heard of the device (or of `measurement`) for `afterS` seconds, also when it was registered and never heard. */
  z.strictObject({ ...common, kind: z.literal('absence'), afterS: z.number().positive() }),
  z.strictObject({ ...common, kind: z.literal('stuck'), windowS: z.number().positive() }),
]);
export type Rule = z.infer<typeof ruleSchema>;

export const itemSchema = z.strictObject({
  code: z.string().regex(/^[A-Z]\d{2}-\d{2}$/),
  name: bilingual,
  standard: z.strictObject({
    text: z.string(),
    provenance: z.enum(['quoted', 'adapted', 'illustrative']),
    source: z.string().nullable(),
  }),
  problem: z.string(),
  /** Department id of the city's list. */
  leadDepartment: z.string(),
  cooperating: z.array(z.string()).default([]),
  /** Device type whose readings are judged. */
  deviceType: z.string(),
  /** What escapes, burns or falls when the item's urgent rules are right. */
  hazard: z.enum(['gas', 'fire', 'water', 'structure', 'power']).optional(),
  rules: z.array(ruleSchema),
  timeLimit: z.strictObject({
    ackMin: z.number().nullable(),
    arriveMin: z.number().nullable(),
    makeSafeMin: z.number().nullable(),
    closeH: z.number().nullable(),
    clock: z.enum(['continuous', 'working']),
    basis: z.array(basisSchema).min(1),
  }),
  gbt30428: z
    .strictObject({
      kind: z.enum(['event', 'component']),
      code: z.string(),
      name: z.string(),
      status: z.enum(['verified', 'background', 'proposal']),
    })
    .optional(),
  note: z.string().optional(),
});
export type Item = z.infer<typeof itemSchema>;

export const categorySchema = z.strictObject({
  code: z.string(),
  name: bilingual,
  status: z.enum(['named', 'facility-named', 'topic-named']),
  sourceWords: z.string(),
  sources: z.array(z.string()),
  items: z.array(itemSchema),
});

export const catalogueSchema = z.strictObject({
  title: bilingual,
  /** Frozen into alarms. */
  version: z.string(),
  /** Shown wherever the catalogue is shown: that it is a draft, and whose. */
  warning: bilingual,
  officialTotal: z
    .object({ domains: z.number(), categories: z.number(), items: z.number(), source: z.string() })
    .optional(),
  bases: z.record(z.string(), z.array(basisSchema)).default({}),
  domains: z.array(z.strictObject({ code: z.string(), name: bilingual, categories: z.array(categorySchema) })),
  /** What was corrected against the draft it came from, newest first. */
  changes: z.array(z.strictObject({ version: z.string(), item: z.string().optional(), text: bilingual })).default([]),
});
export type Catalogue = z.infer<typeof catalogueSchema>;
