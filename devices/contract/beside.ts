import { z } from 'zod';
import { type Contact, contactSchema } from './contact.ts';
import { idSchema, positionSchema } from './place.ts';

/**
 * What stands beside the devices: valves, pipes and crews that a leak picture names, records (work orders, permits, protection
 * plans) that conditions ask for, and the contacts of sites. No valve is ever operated from here.
 */

const named = {
  id: idSchema,
  name: z.string().min(1),
  nameEn: z.string().optional(),
  /** Area code of the city's own list. */
  area: z.string().optional(),
  /** Belongs to a demonstration. */
  demo: z.boolean().default(false),
  /** Source and licence of data from elsewhere. */
  attribution: z.string().optional(),
};

/** A shut-off valve of the network. */
export const valveSchema = z
  .object({
    ...named,
    ...positionSchema.shape,
    address: z.string().optional(),
    /** The pipe it sits on. */
    pipe: z.string().optional(),
    /** The device and measurement by which its state is known; both or neither. */
    stateDevice: z.string().optional(),
    stateMeasurement: z.string().optional(),
    /** The value that means closed; without it `true` and `closed` do. */
    closedIs: z.string().optional(),
  })
  .meta({ id: 'Valve' });

/** A stretch of pipe, drawn as a line. */
export const pipeSchema = z
  .object({
    ...named,
    /** [lon, lat] from one end to the other, WGS-84. */
    line: z
      .array(z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]))
      .min(2)
      .max(5000),
    /** By GB 50028: low below 0.01 MPa, medium B to 0.2, A to 0.4, sub-high B to 0.8, A to 1.6, high B to 2.5, A to 4.0. */
    pressure: z.enum(['low', 'medium-b', 'medium-a', 'sub-high-b', 'sub-high-a', 'high-b', 'high-a']),
    /** The `circuit` that devices along it name. */
    circuit: z.string().optional(),
  })
  .meta({ id: 'Pipe' });

/** People who go out: where they start from, what for, and whom to call. */
export const crewSchema = z
  .object({
    ...named,
    ...positionSchema.shape,
    department: z.string(),
    phone: z.string().min(3),
    /** What they go out for. */
    for: z.array(z.enum(['gas', 'fire', 'water', 'structure', 'power'])).min(1),
    /** Areas they serve; everywhere when empty. */
    areas: z.array(z.string()).default([]),
  })
  .meta({ id: 'Crew' });

/** A record of work or protection at a place, for a time. The places it names add up. */
const record = z.object({
  ...named,
  /** Number in the system it comes from. */
  reference: z.string().min(1),
  /** The company or person it was given to. */
  who: z.string().optional(),
  devices: z.array(z.string()).default([]),
  site: z.string().optional(),
  /** It holds in the whole of `area`, not only near the other places. */
  wholeArea: z.boolean().default(false),
  lon: positionSchema.shape.lon.optional(),
  lat: positionSchema.shape.lat.optional(),
  /** Metres around `lon`, `lat`. */
  radiusM: z.number().positive().max(5000).optional(),
  /** ISO 8601 with its offset, such as `2026-11-30T08:00:00+08:00`. */
  from: z.iso.datetime({ offset: true }),
  /** Absent: until it is changed. */
  to: z.iso.datetime({ offset: true }).optional(),
});

export const workOrderSchema = record.meta({ id: 'WorkOrder' });
export const permitSchema = record.meta({ id: 'Permit' });
export const protectionPlanSchema = record.meta({ id: 'ProtectionPlan' });

export type Valve = z.infer<typeof valveSchema>;
export type Pipe = z.infer<typeof pipeSchema>;
export type Crew = z.infer<typeof crewSchema>;
export type PlaceRecord = z.infer<typeof record>;

/** The record of each kind that stands beside devices. */
export interface BesideRecords {
  readonly valve: Valve;
  readonly pipe: Pipe;
  readonly crew: Crew;
  readonly contact: Contact;
  readonly 'work-order': PlaceRecord;
  readonly permit: PlaceRecord;
  readonly 'protection-plan': PlaceRecord;
}
export type BesideKind = keyof BesideRecords;
export type BesideRecord = BesideRecords[BesideKind];

/** The name of each kind's list in a put, a snapshot and a route. */
export const besideLists = {
  valve: 'valves',
  pipe: 'pipes',
  crew: 'crews',
  contact: 'contacts',
  'work-order': 'workOrders',
  permit: 'permits',
  'protection-plan': 'protectionPlans',
} as const satisfies Readonly<Record<BesideKind, string>>;

export const besideKinds = Object.keys(besideLists) as readonly BesideKind[];

/** The kinds that are {@link PlaceRecord}s. */
export const recordKinds = ['work-order', 'permit', 'protection-plan'] as const satisfies readonly BesideKind[];

export const besideSchemas = {
  valve: valveSchema,
  pipe: pipeSchema,
  crew: crewSchema,
  contact: contactSchema,
  'work-order': workOrderSchema,
  permit: permitSchema,
  'protection-plan': protectionPlanSchema,
} as const;

/** Lists by their names; an absent one is empty. */
export type BesideListed = {
  readonly [K in BesideKind as (typeof besideLists)[K]]?: readonly BesideRecords[K][] | undefined;
};

/** One list of a put or snapshot, empty where there is none. */
export const listed = <K extends BesideKind>(lists: BesideListed, kind: K): readonly BesideRecords[K][] =>
  (lists[besideLists[kind]] ?? []) as readonly BesideRecords[K][];
