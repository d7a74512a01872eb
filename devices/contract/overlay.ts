import { z } from 'zod';
import { domainSchema, effectiveSchema, itemSchema, limitSchema, ruleSchema } from './catalogue.ts';

const bilingual = z.object({ zh: z.string().min(1), en: z.string().min(1) });
const item = itemSchema.shape;
const priority = z.enum(['P1', 'P2', 'P3', 'P4']);

/** What an overlay says otherwise about one rule; `off` takes the rule away. */
export const ruleChangeSchema = z.strictObject({
  limit: limitSchema.optional(),
  deadband: limitSchema.optional(),
  priority: priority.optional(),
  onDelayS: z.number().min(0).optional(),
  offDelayS: z.number().min(0).optional(),
  off: z.literal(true).optional(),
});
export type RuleChange = z.infer<typeof ruleChangeSchema>;

const changeSchema = z.union([
  z.strictObject({
    item: z.string(),
    set: z
      .strictObject({
        standard: item.standard.optional(),
        problem: item.problem.optional(),
        leadDepartment: item.leadDepartment.optional(),
        cooperating: z.array(z.string()).optional(),
        timeLimit: item.timeLimit.optional(),
        procedure: item.procedure,
      })
      .optional(),
    rules: z.record(z.string(), ruleChangeSchema).optional(),
    /** Rules of its own under the item. */
    addRules: z.array(ruleSchema).optional(),
  }),
  /** An item of its own, in the category that its code begins with. */
  z.strictObject({ add: itemSchema }),
]);

/**
 * `cities/<id>/overlays/<name>.yaml`: where a town, a patch or a pilot area departs from the city's catalogue. It applies to
 * the devices of its areas and grids, on top of overlays of a wider kind: town, then patch, then pilot.
 */
export const overlaySchema = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9-]+$/),
    title: bilingual,
    kind: z.enum(['town', 'patch', 'pilot']),
    /** Area codes of the city's list. */
    areas: z.array(z.string()).default([]),
    /** Grid codes of devices; one that ends in `*` stands for all that begin so. */
    grids: z.array(z.string().min(2)).default([]),
    effective: effectiveSchema.optional(),
    provenance: z.enum(['quoted', 'adapted', 'illustrative']),
    source: z.string().nullable().default(null),
    /** Domains that only this place has. */
    domains: z.array(domainSchema).default([]),
    /** Codes of domains in this place's order; those not named follow in the catalogue's. */
    order: z.array(z.string()).default([]),
    changes: z.array(changeSchema).default([]),
  })
  .refine(({ areas, grids }) => areas.length + grids.length > 0, {
    error: 'name at least one area or grid',
    path: ['areas'],
  });
export type Overlay = z.infer<typeof overlaySchema>;
