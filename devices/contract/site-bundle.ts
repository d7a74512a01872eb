import { z } from 'zod';

const bilingual = z.object({ zh: z.string(), en: z.string() });
const limit = z.union([z.number(), z.boolean(), z.string()]);

/** One P1 rule for one device; what `rules/judge` takes, with words for the person who is called. */
export const siteRuleSchema = z.object({
  device: z.string(),
  deviceName: z.string(),
  /** `<item code>.<rule id>`. */
  rule: z.string(),
  /** Levels of one matter: the highest that stands is told. Null where it stands alone. */
  ladder: z.string().nullable(),
  priority: z.enum(['P1', 'P2', 'P3', 'P4']),
  measurement: z.string(),
  op: z.enum(['>', '>=', '<', '<=', '==', '!=']),
  /** In the unit that the device sends. */
  limit,
  /** The limit of the return (deadband applied); equal to `limit` for text and booleans. */
  returnLimit: limit,
  onDelayMs: z.number(),
  offDelayMs: z.number(),
  /** Unit of the limits; empty for text and booleans. */
  unit: z.string(),
  title: bilingual,
  /** The standard's text, from the catalogue. */
  text: z.string(),
});

/**
 * What a gateway needs to judge the P1 rules of its devices alone: rules compiled by the platform, limits already worked out for
 * each device. Kept on the gateway's disk, so that a restart without an uplink still has it.
 */
export const siteBundleSchema = z.object({
  /** Changes whenever anything in it does; a gateway that holds this version needs no other. */
  version: z.string(),
  catalogueVersion: z.string(),
  /** Rules with a time of day, a window or a condition are not among them: they are the platform's. */
  rules: z.array(siteRuleSchema),
});

export type SiteRule = z.infer<typeof siteRuleSchema>;
export type SiteBundle = z.infer<typeof siteBundleSchema>;
