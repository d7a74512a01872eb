import { z } from 'zod';
import type { KpisBody } from '../../../devices/contract/api.ts';

const time = z.number().describe('ms since 1970 UTC');
const bilingual = z.object({ zh: z.string(), en: z.string() });
const share = z.number().describe('0 to 1');
const priority = z.enum(['P1', 'P2', 'P3', 'P4']);
const named = { device: z.string(), deviceName: z.string(), rule: z.string(), title: bilingual, alarm: z.string() };
const point = z.object({ ...named, count: z.number(), share });
const peak = z.object({ count: z.number(), at: time }).nullable();

/** The answer of `/api/v1/kpis`, for the document of the API. */
export const kpisBody = z
  .object({
    from: time,
    to: time,
    seat: z.string().nullable().describe('null: all seats'),
    seats: z.array(z.object({ id: z.string(), name: bilingual })).readonly(),
    targets: z.object({
      perTenMinutes: z.number(),
      floodShare: share,
      split: z.object({ P1: share, P2: share, rest: share }),
      chattering: z.number(),
      stale: z.number(),
    }),
    now: z
      .object({
        active: z.number(),
        unacknowledged: z.number(),
        shelved: z.number(),
        suppressed: z.number(),
        outOfService: z.number(),
        stale: z.number(),
        byPriority: z.object({ P1: z.number(), P2: z.number(), P3: z.number(), P4: z.number() }),
      })
      .describe('of this moment, whatever the period'),
    total: z.number().describe('alarms that began to sound'),
    rate: z.object({
      perTenMinutes: z.number(),
      perHour: z.number(),
      peakTenMinutes: peak,
      peakHour: peak,
    }),
    flood: z.object({ count: z.number(), ms: z.number(), share, since: time.nullable() }),
    priorities: z
      .array(
        z.object({
          priority,
          count: z.number(),
          share,
          acknowledged: z.number(),
          meanAckMs: z.number().nullable(),
        }),
      )
      .readonly(),
    top: z.array(point).readonly(),
    topShare: share,
    chattering: z
      .object({ count: z.number(), items: z.array(point).readonly() })
      .describe('three within a minute; the hundred worst, their `count`: how often'),
    stale: z
      .object({
        count: z.number(),
        items: z.array(z.object({ ...named, since: time, until: time.nullable() })).readonly(),
      })
      .describe('stood for more than a day; the hundred oldest'),
    columns: z
      .array(z.tuple([z.number(), z.number()]).readonly())
      .readonly()
      .describe('[begin ms, the most in ten minutes]'),
    columnMs: z.number(),
  })
  .meta({ id: 'Kpis' }) satisfies z.ZodType<KpisBody>;
