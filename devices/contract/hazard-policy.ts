import { z } from 'zod';
import { actorRoles } from './roles.ts';

const bilingual = z.object({ zh: z.string().min(1), en: z.string().min(1) });
const id = z.string().regex(/^[a-z0-9-]+$/);
const siteKind = z.string().min(1);

/** So many days on one of the two clocks: calendar days that always run, or working days of the city's working hours. */
export const dayLimitSchema = z.strictObject({
  days: z.number().positive().max(730),
  runs: z.enum(['continuous', 'working']),
});
export type DayLimit = z.infer<typeof dayLimitSchema>;

/** A grade of hazards (重大、一般 …): how soon it is put right, and who says that it is. */
const gradeSchema = z.strictObject({
  id,
  name: bilingual,
  /** From its assignment until it is put right. */
  rectify: dayLimitSchema,
  /** From then until somebody has verified it. */
  verify: dayLimitSchema,
  verifiedBy: z.array(z.enum(actorRoles)).min(1),
  /** Before-and-after pictures are asked for. */
  pictures: z.boolean().default(true),
  /** How often, and for how many days altogether, the deadline may be moved. */
  extensions: z.number().int().min(0).max(10).default(1),
  extensionDays: z.number().min(0).max(365).default(30),
});
export type HazardGrade = z.infer<typeof gradeSchema>;

/** A kind of hazard that the register counts: an overbuilt pipe, an old hose, a blocked exit. */
const kindSchema = z.strictObject({
  id,
  name: bilingual,
  /** Code of the catalogue's item it belongs to: by it the duty list knows whose it is. */
  item: z.string().optional(),
  /** Where the duty list has no answer. */
  department: z.string().optional(),
  /** The grade it has unless somebody grades it otherwise; without it a person grades. */
  grade: id.optional(),
  /** True: graded and given to its post without anybody's hand. */
  assigns: z.boolean().default(false),
  source: z.string().optional(),
});
export type HazardKind = z.infer<typeof kindSchema>;

/** Hazards that the platform finds by itself in the registry and the readings, once a day. */
const rulesSchema = z.strictObject({
  /** 占压: sites that stand on or beside a pipe. */
  overbuilding: z
    .strictObject({
      kind: id,
      /** Kinds of site that are buildings. */
      siteKinds: z.array(siteKind).min(1),
      /** Nearer to the pipe's line than this, metres; by pressure class, `other` for the rest. */
      withinM: z.record(z.string(), z.number().min(0).max(200)),
    })
    .optional(),
  /** Sites that no working detector watches. */
  coverage: z
    .strictObject({
      kind: id,
      siteKinds: z.array(siteKind).min(1),
      /** Device types that count as detectors there. */
      deviceTypes: z.array(z.string()).min(1),
    })
    .optional(),
});
export type HazardRules = z.infer<typeof rulesSchema>;

/** The hazard register (隐患台账) of a city. The defaults are our proposal; a city writes its own in city.yaml. */
export const hazardPolicySchema = z.strictObject({
  grades: z
    .array(gradeSchema)
    .min(1)
    .default([
      {
        id: 'major',
        name: { zh: '重大隐患', en: 'Major' },
        rectify: { days: 3, runs: 'continuous' },
        verify: { days: 1, runs: 'working' },
        verifiedBy: ['admin', 'supervisor', 'inspector'],
        pictures: true,
        extensions: 1,
        extensionDays: 15,
      },
      {
        id: 'general',
        name: { zh: '一般隐患', en: 'General' },
        rectify: { days: 10, runs: 'working' },
        verify: { days: 3, runs: 'working' },
        verifiedBy: ['admin', 'supervisor', 'inspector', 'dispatcher'],
        pictures: true,
        extensions: 2,
        extensionDays: 30,
      },
    ]),
  kinds: z
    .array(kindSchema)
    .min(1)
    .default([{ id: 'other', name: { zh: '其他隐患', en: 'Other' }, assigns: false }]),
  /** From the finding until it is graded and given to a post. */
  assign: dayLimitSchema.default({ days: 1, runs: 'working' }),
  /** The same kind at the same site, or so near, within so many days of the close is a repeat. */
  repeat: z
    .strictObject({
      withinM: z.number().min(0).max(500).default(30),
      withinDays: z.number().min(0).max(730).default(365),
    })
    .prefault({}),
  rules: rulesSchema.prefault({}),
  /** Local time of the daily look, `HH:MM`. */
  looksAt: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
    .default('02:30'),
});
export type HazardPolicy = z.infer<typeof hazardPolicySchema>;
