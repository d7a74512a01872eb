import { z } from 'zod';

/** The model as data: what each feature weighs, how it was fitted, how it did on days that were not used to fit it. */
export const modelSchema = z.object({
  version: z.string(),
  /** Log-odds of biogas against a leak before any reason, both taken as equally frequent. */
  intercept: z.number(),
  /** `weight` for each unit of `x - centre`: at the centre, or unheard, a feature says nothing. */
  features: z.record(z.string(), z.object({ weight: z.number(), centre: z.number() })),
  /** `biogas` is said from this score on, `leak` up to this one. */
  says: z.object({ biogasFrom: z.number().min(0.5).max(1), leakTo: z.number().min(0.001).max(0.5) }),
  fitted: z.object({
    on: z.iso.date(),
    by: z.string(),
    seeds: z.string(),
    towns: z.string(),
    cases: z.number().int(),
    /** Leaks of the fitting towns that were called biogas, of those the word was chosen on. */
    leaksCalledBiogas: z.number(),
  }),
});

export type Model = z.infer<typeof modelSchema>;
