import { z } from 'zod';
import { campaignPolicySchema } from './campaign-policy.ts';
import { ceilingSchema } from './ceiling.ts';
import { hazardPolicySchema } from './hazard-policy.ts';
import { notifyPolicySchema } from './notify-policy.ts';
import { ticketPolicySchema } from './ticket-policy.ts';

const monthDay = z.string().regex(/^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/);
const bilingual = z.object({ zh: z.string().min(1), en: z.string().min(1) });

const hazard = z.enum(['gas', 'fire', 'water', 'structure', 'power']);
const priority = z.enum(['P1', 'P2', 'P3', 'P4']);

/** How far people may go in putting alarms aside. The defaults are our proposal; a city writes its own. */
export const alarmPolicySchema = z.strictObject({
  /** The longest shelf by priority, minutes: an urgent alarm is looked at again within the hour. */
  longestShelfMinutes: z
    .strictObject({
      P1: z.number().int().min(1).default(60),
      P2: z.number().int().min(1).default(480),
      P3: z.number().int().min(1).default(1440),
      P4: z.number().int().min(1).default(10_080),
    })
    .prefault({}),
  /** Alarms that nobody hides alone: of these priorities and these hazards. */
  secondPerson: z
    .array(z.strictObject({ priorities: z.array(priority).min(1), hazards: z.array(hazard).min(1) }))
    .default([{ priorities: ['P1'], hazards: ['gas', 'fire'] }]),
  /** So long what was asked for waits for the second person, minutes. */
  confirmWithinMinutes: z.number().int().min(1).max(120).default(10),
  /** How near another detector must be to bear out that a marked one's alarm is over, metres. */
  witnessWithinM: z.number().min(0).max(1000).default(100),
});
export type AlarmPolicy = z.infer<typeof alarmPolicySchema>;

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
/** When somebody must sit at a seat: a page that watches it, with its sound unlocked. */
const staffedSchema = z.strictObject({
  /** Local times, `["08:00","18:00"]`, over midnight where the first is later; left out: day and night. Empty: never. */
  hours: z.array(z.tuple([timeOfDay, timeOfDay])).optional(),
  /** So long it may be without one before it is an alarm, seconds. */
  graceS: z.number().int().min(5).max(3600).default(60),
});
export type Staffed = z.infer<typeof staffedSchema>;

/** A place where alarms are watched. It hears what fits all that is said here; what is not said, fits. */
const seatSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  name: bilingual,
  /** Codes of the catalogue: domains (`G`) and categories (`G05`); either is enough. */
  domains: z.array(z.string()).min(1).optional(),
  categories: z.array(z.string()).min(1).optional(),
  areas: z.array(z.string()).min(1).optional(),
  /** P4 is a work order, on no seat's sound unless it is named here. */
  priorities: z
    .array(z.enum(['P1', 'P2', 'P3', 'P4']))
    .min(1)
    .default(['P1', 'P2', 'P3']),
  /** Left out: day and night, with a minute of grace. */
  staffed: staffedSchema.optional(),
});
export type Seat = z.infer<typeof seatSchema>;

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
  alarmPolicy: alarmPolicySchema.prefault({}),
  tickets: ticketPolicySchema.prefault({}),
  hazards: hazardPolicySchema.prefault({}),
  campaigns: campaignPolicySchema.prefault({}),
  /** Who watches what: figures are kept for each. Left out: one seat for everything. */
  seats: z.array(seatSchema).min(1).optional(),
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
  /** How gas alarms join into incidents (rules/incidents/policy.ts says what each is when left out, and why). */
  incidents: z
    .strictObject({
      /** Metres that gas may have come, by device type; `other` for the rest. */
      reachM: z.record(z.string(), z.number().nonnegative().max(1000)).optional(),
      alongM: z.number().nonnegative().max(5000).optional(),
      withinMin: z.number().nonnegative().max(1440).optional(),
      stayedGoodMin: z.number().positive().max(1440).optional(),
      tooLateMin: z.number().positive().max(1440).optional(),
      ringM: z.number().positive().max(2000).optional(),
    })
    .optional(),
  /** How people are told: ladders by priority, quiet hours, gathering. Left out: the defaults of {@link notifyPolicySchema}. */
  notify: notifyPolicySchema.optional(),
  /** Standards that no limit may exceed, each with its scope. */
  ceilings: z.array(ceilingSchema).optional(),
});
export type City = z.infer<typeof citySchema>;
