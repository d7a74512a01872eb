import { z } from 'zod';
import { isUnit } from '../model/units.ts';

const unit = z.string().refine(isUnit, { error: (issue) => `"${issue.input}" is not a UCUM unit this platform knows` });
const bilingual = z.object({ zh: z.string().min(1), en: z.string().min(1) });

/**
 * What no limit may exceed, whoever enters it and however: a standard with its scope. It belongs to the city, not to the
 * catalogue, so that another catalogue cannot drop it.
 *
 * For each device type of the scope there must be, for every level, one plain rule (a value against a limit, without window or
 * condition) at least as urgent as `priority`, with a limit of at most `max` and an on-delay of at most `withinS`; and no high
 * limit at all may lie above the last `max`.
 */
export const ceilingSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  /** The standard, and the kinds of detector it covers. */
  scope: bilingual,
  source: z.string().min(1),
  status: z.enum(['verified', 'background', 'proposal']),
  deviceTypes: z.array(z.string()).min(1),
  measurements: z.array(z.string()).min(1),
  /** First level first. */
  levels: z
    .array(
      z.strictObject({
        name: bilingual,
        max: z.strictObject({ value: z.number(), unit }),
        priority: z.enum(['P1', 'P2', 'P3', 'P4']),
        withinS: z.number().min(0),
      }),
    )
    .min(1),
});
export type Ceiling = z.infer<typeof ceilingSchema>;
