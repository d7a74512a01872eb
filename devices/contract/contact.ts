import { z } from 'zod';
import { contactRoles } from './contact-roles.ts';
import { clockTime, idSchema } from './place.ts';

/** When somebody can be reached, by the city's clocks; over midnight where `to` is not later than `from`. */
export const reachSchema = z.strictObject({
  /** ISO weekdays on which it begins, 1 = Monday; left out: every day. */
  days: z.array(z.number().int().min(1).max(7)).min(1).optional(),
  from: clockTime,
  to: clockTime,
});
export type Reach = z.infer<typeof reachSchema>;

/** A person to be called about a site, at any hour. */
export const contactSchema = z
  .object({
    id: idSchema,
    site: idSchema,
    name: z.string().min(1),
    nameEn: z.string().optional(),
    role: z.enum(contactRoles),
    phone: z.string().min(3).max(40),
    /** Left empty: at any hour. */
    hours: z.array(reachSchema).max(20).default([]),
    /** Of several who can be reached, the lowest is called first. */
    order: z.number().int().min(0).max(1000).default(100),
    demo: z.boolean().default(false),
    attribution: z.string().optional(),
  })
  .meta({ id: 'SiteContact' });
export type Contact = z.infer<typeof contactSchema>;
