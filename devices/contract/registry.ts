import { z } from 'zod';
import type { BesideKind, BesideRecords } from './beside.ts';
import { idSchema, positionSchema } from './place.ts';

/** A station constant with its unit: `Ps` regulator set point, `MOP` maximum operating pressure, `Qmax`, `span`. */
export const constantSchema = z.object({ value: z.number(), unit: z.string() });

const place = {
  name: z.string().min(1),
  nameEn: z.string().optional(),
  ...positionSchema.shape,
  /** Area code of the city's own list (in China the six-digit division code). */
  area: z.string().optional(),
  grid: z.string().optional(),
  address: z.string().optional(),
};

export const deviceSchema = z
  .object({
    id: idSchema,
    type: z.string(),
    model: z.string().optional(),
    ...place,
    /** The site it protects or stands at. */
    site: z.string().optional(),
    /** The device it is mounted on: a camera on a pole. */
    mountedOn: z.string().optional(),
    /** The gateway that speaks for it; absent when it connects itself. */
    gateway: z.string().optional(),
    /** Lighting circuit, pipe section or the like: what joins neighbours for derived measurements. */
    circuit: z.string().optional(),
    gas: z.enum(['natural', 'lpg', 'manufactured']).optional(),
    /** Unit the device counts gas in: `%{LEL}`, `%{VOL}` or `[ppm]`. */
    gasUnit: z.enum(['%{LEL}', '%{VOL}', '[ppm]']).optional(),
    /** Units other than the canonical ones that this device sends, by measurement. */
    units: z.record(z.string(), z.string()).optional(),
    owner: z.string().optional(),
    operator: z.string().optional(),
    maintainer: z.string().optional(),
    constants: z.record(z.string(), constantSchema).default({}),
    /** Free facts that rules may read: `road: "main"`, `wasteKind: "kitchen"`. */
    facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
    /** Dates, `YYYY-MM-DD`. */
    installed: z.iso.date().optional(),
    expires: z.iso.date().optional(),
    calibrated: z.iso.date().optional(),
    /** For how many days a calibration is good; with it a detector that was never calibrated is marked. */
    calibrationDueDays: z.number().int().min(1).max(10_000).optional(),
    /** The last day of the calibration, where a certificate names it. */
    calibrationDue: z.iso.date().optional(),
    /** Belongs to a demonstration: never in a registry that holds real devices. */
    demo: z.boolean().default(false),
    /**
     * The drill (演练) it plays in. What it raises is marked so everywhere, joins nothing real, hides and bears out nothing real, and
     * is kept out of every figure. Said once, when it is registered: no real device becomes one.
     */
    drill: idSchema.optional(),
    /** Shown beside the device when its data comes from elsewhere: source and licence. */
    attribution: z.string().optional(),
  })
  .meta({ id: 'Device' });

export const siteSchema = z
  .object({
    id: idSchema,
    kind: z.enum(['restaurant', 'school', 'station', 'estate', 'market', 'plant', 'street', 'demonstration', 'other']),
    ...place,
    contact: z.string().optional(),
    demo: z.boolean().default(false),
    attribution: z.string().optional(),
  })
  .meta({ id: 'Site' });

export const gatewaySchema = z
  .object({ id: idSchema, ...place, demo: z.boolean().default(false) })
  .meta({ id: 'Gateway' });

/** How a device or gateway proves who it is. Secrets are stored as SHA-256 of a random token of at least 20 characters. */
export const credentialSchema = z.object({
  id: idSchema,
  /** Device or gateway id. */
  subject: idSchema,
  kind: z.enum(['token', 'password', 'certificate']),
  /** token: unused; password: the user name; certificate: the SHA-256 fingerprint. */
  name: z.string().optional(),
  /** Hex SHA-256 of the token or password. */
  hash: z.string().optional(),
  /** What an expired one, still presented, is refused with. */
  revoked: z.boolean().default(false),
  created: z.number(),
});

export type Device = z.infer<typeof deviceSchema>;
export type Site = z.infer<typeof siteSchema>;
export type Gateway = z.infer<typeof gatewaySchema>;
export type Credential = z.infer<typeof credentialSchema>;

/** One change of the registry. Versions count up by one; a cache that holds version n applies n + 1 next. */
export type RegistryChange = { readonly version: number; readonly at: number } & (
  | { readonly put: 'device'; readonly record: Device }
  | { readonly put: 'site'; readonly record: Site }
  | { readonly put: 'gateway'; readonly record: Gateway }
  | { readonly put: 'credential'; readonly record: Credential }
  | { readonly [K in BesideKind]: { readonly put: K; readonly record: BesideRecords[K] } }[BesideKind]
  | { readonly remove: 'device' | 'site' | 'gateway' | 'credential' | BesideKind; readonly id: string }
);
