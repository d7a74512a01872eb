import { z } from 'zod';
import type { Refusal } from '../../devices/contract/command.ts';
import { actorRoles } from '../../devices/contract/roles.ts';

/** What several answers of the API are made of. */
export const time = z.number().describe('ms since 1970 UTC');
export const value = z.union([z.number(), z.boolean(), z.string()]);
export const bilingual = z.object({ zh: z.string(), en: z.string() });
export const priority = z.enum(['P1', 'P2', 'P3', 'P4']).describe('P1 urgent, P2 high, P3 medium, P4 low');
/** Somebody, as a record remembers him. */
export const by = z.object({ id: z.string(), name: z.string(), role: z.enum(actorRoles) });
export const verdictKind = z.enum(['real', 'biogas', 'cooking', 'sensor-fault', 'test', 'works']);

export const shelf = z.object({
  kind: z.literal('shelved'),
  until: time,
  oneShot: z.boolean().describe('also ends when the alarm returns to normal'),
  by: z.string(),
  confirmedBy: z.string().nullable().describe('the second person, where one was needed'),
  reason: z.string(),
});
export const outOfService = z.object({
  kind: z.literal('out-of-service'),
  workOrder: z.string(),
  by: z.string(),
  confirmedBy: z.string().nullable(),
  reason: z.string(),
  until: time.nullable(),
});
export const suppressed = z.object({
  kind: z.literal('suppressed'),
  rule: z.string().describe('the suppression that hides it'),
  because: z.string().describe('id of the device or gateway that stands for it'),
});
export const override = z.union([shelf, suppressed, outOfService]);

export const hazard = z.enum(['gas', 'fire', 'water', 'structure', 'power']);
export const marks = z.array(z.enum(['expired', 'uncalibrated', 'self-test-failed'])).readonly();
export const refusal = z.object({ code: z.string(), zh: z.string(), en: z.string() }) satisfies z.ZodType<Refusal>;

/** The clause that an alarm or a ticket stands on, as it stood then. */
export const clause = z.object({
  item: z.string(),
  name: z.string(),
  text: z.string(),
  provenance: z.enum(['quoted', 'adapted', 'illustrative']),
  problem: z.string(),
  catalogueVersion: z.string(),
  department: z.string(),
  cooperating: z.array(z.string()),
  procedure: z.string().optional().describe('<id>@<version> of the procedure that went with it'),
  overlays: z
    .array(z.object({ id: z.string(), title: bilingual }))
    .readonly()
    .optional()
    .describe('overlays of its place, laid over the catalogue'),
});
