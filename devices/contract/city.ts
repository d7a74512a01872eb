import { z } from 'zod';

const monthDay = z.string().regex(/^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/);
const bilingual = z.object({ zh: z.string().min(1), en: z.string().min(1) });

/** `cities/<id>/city.yaml`: all that belongs to one city and is not a catalogue, a map or a demonstration. */
export const citySchema = z.strictObject({
  id: z.string(),
  name: bilingual,
  /** True for the invented city that CI runs: shown on its pages. */
  fictional: z.boolean().default(false),
  /** IANA zone of calendar, working hours and local conditions. */
  timeZone: z.string(),
  map: z.strictObject({
    center: z.tuple([z.number(), z.number()]),
    zoom: z.number(),
    /** [west, south, east, north] */
    bounds: z.tuple([z.number(), z.number(), z.number(), z.number()]),
    /** Source and licence of the geometry, shown on the map. */
    attribution: z.string(),
  }),
  areas: z.array(z.strictObject({ code: z.string(), name: bilingual, urban: z.boolean().default(false) })),
  departments: z.array(
    z.strictObject({ id: z.string(), name: bilingual, role: z.string().optional(), source: z.string().optional() }),
  ),
  /** Who answers for the platform's own alarms (path blind, store lagging). */
  platformDepartment: z.string(),
  hotline: z.string().optional(),
  working: z.strictObject({
    /** Local times, `["08:00","12:00"]`. */
    hours: z.array(z.tuple([z.string(), z.string()])),
    /** ISO weekdays, 1 = Monday. */
    days: z.array(z.number().int().min(1).max(7)),
    /** Days off, and working days that fall on a weekend (调休), `YYYY-MM-DD`. */
    holidays: z.array(z.iso.date()).default([]),
    makeUpDays: z.array(z.iso.date()).default([]),
  }),
  /** Parts of the year that rules may name, `MM-DD` to `MM-DD`, both included; over New Year where `from` is later. */
  seasons: z.array(z.strictObject({ name: z.string().min(1), from: monthDay, to: monthDay })).optional(),
});
export type City = z.infer<typeof citySchema>;
