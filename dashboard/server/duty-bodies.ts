import { z } from 'zod';
import type {
  DutyGapsBody,
  DutyHistoryBody,
  DutyPostsBody,
  DutyReadBody,
  DutyRecordsBody,
} from '../../devices/contract/api.ts';
import { dutyRecordsSchema, personSchema } from '../../devices/contract/duty.ts';
import type { OnDuty } from '../../devices/contract/duty-answers.ts';
import { dutyKinds } from '../../devices/contract/duty-kinds.ts';
import type { Fault } from '../../devices/registry/fault.ts';
import { bilingual, time } from './body-parts.ts';

/** Answers about who is responsible, for the document of the API; see `bodies.ts`. */
const fault = z
  .object({
    where: z.string().describe('<kind> <id>, or sheet and cell, or line'),
    field: z.string(),
    value: z.string(),
    zh: z.string(),
    en: z.string(),
  })
  .meta({ id: 'DutyFault' }) satisfies z.ZodType<Fault>;

const onDuty = z
  .object({
    department: z.string().nullable(),
    post: z.string().nullable(),
    crew: z.string().nullable(),
    persons: z
      .array(
        z.object({
          person: personSchema,
          as: z.enum(['on-shift', 'swapped-in', 'deputy', 'next']),
          because: bilingual,
        }),
      )
      .readonly()
      .describe('whom first, then the next in line'),
    because: z.array(bilingual).readonly().describe('every step from the clause to the persons'),
    hole: z
      .object({ code: z.enum(['no-assignment', 'no-post', 'nobody-there']), zh: z.string(), en: z.string() })
      .nullable()
      .describe('what is missing where nobody can be asked'),
  })
  .meta({ id: 'OnDuty' }) satisfies z.ZodType<OnDuty>;

const gap = z
  .object({
    code: z.enum(['nobody', 'dispatcher-only']),
    duty: z.enum(dutyKinds),
    items: z.array(z.string()).readonly(),
    places: z
      .array(z.object({ area: z.string().nullable(), grid: z.string().nullable().optional() }))
      .readonly()
      .describe('empty: everywhere'),
    from: z.string().describe('local time of day; the same as `to`: the whole day'),
    to: z.string(),
    dates: z.array(z.string()).readonly(),
    hazard: z.boolean(),
    zh: z.string(),
    en: z.string(),
  })
  .meta({ id: 'DutyGap' });

export const dutyBodies = {
  dutyRecords: z.object({
    version: z.number().describe('number of the newest change'),
    records: dutyRecordsSchema.describe('numbers and addresses of people are masked where the role does not need them'),
  }) satisfies z.ZodType<DutyRecordsBody>,
  dutyWho: onDuty,
  dutyHoles: z.object({
    from: z.string(),
    days: z.number(),
    items: z.array(gap).readonly(),
  }) satisfies z.ZodType<DutyGapsBody>,
  dutyPosts: z.object({
    items: z.array(z.object({ id: z.string(), name: bilingual, department: z.string() })).readonly(),
  }) satisfies z.ZodType<DutyPostsBody>,
  dutyHistory: z.object({
    items: z
      .array(
        z.object({
          version: z.number(),
          at: time,
          by: z.object({ id: z.string(), name: z.string() }),
          record: z.unknown().describe('null: taken away'),
        }),
      )
      .readonly(),
  }) satisfies z.ZodType<DutyHistoryBody>,
  dutyRead: z.union([
    z.object({ faults: z.array(fault).readonly() }),
    z.object({
      put: dutyRecordsSchema,
      places: z.record(z.string(), z.string()).describe('<kind> <id> → sheet and row, or line'),
    }),
  ]) satisfies z.ZodType<DutyReadBody>,
} as const;
