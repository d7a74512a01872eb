import { z } from 'zod';
import { type DrillBody, type DrillsBody, drillEnds, handOffKinds } from '../../devices/contract/drill.ts';
import { by, priority, time } from './body-parts.ts';

const handOff = z.object({
  kind: z.enum(handOffKinds),
  at: time.nullable().describe('when it was reached; null where it was not'),
  sinceMs: z.number().nullable().describe('since the reading was published, ms'),
  tookMs: z.number().nullable().describe('since the last hand-off before it that was reached, ms'),
  due: time.nullable().describe('by when the policy wants it; null where it sets no limit'),
  inTime: z.boolean().nullable().describe('null where there is no limit, or where it can still be reached in time'),
  by: z.string().nullable(),
});
const report = z.object({
  at: time.describe('when it was drawn up'),
  handOffs: z.array(handOff),
  alarms: z.array(z.string()),
  ticket: z.object({ id: z.string(), no: z.string() }).nullable(),
});
const drill = z
  .object({
    id: z.string().describe('also the id of its detector'),
    name: z.string(),
    reason: z.string(),
    seat: z.string(),
    crew: z.string().nullable(),
    place: z
      .object({
        device: z.string(),
        name: z.string(),
        type: z.string(),
        site: z.string().nullable(),
        area: z.string().nullable(),
        lon: z.number(),
        lat: z.number(),
      })
      .describe('the real device whose kind and place its detector takes'),
    play: z.object({
      rule: z.string(),
      priority,
      measurement: z.string(),
      over: z.number().describe('what it reads until somebody has made it safe'),
      calm: z.number(),
      unit: z.string(),
    }),
    by,
    startedAt: time,
    despite: z
      .object({ alarms: z.array(z.string()), reason: z.string() })
      .nullable()
      .describe('real alarms that stood when it began, and why a supervisor let it begin all the same'),
    sent: z.object({ publishedAt: time, journaledAt: time }).nullable(),
    over: z.object({ at: time, by, how: z.enum(drillEnds), reason: z.string().nullable() }).nullable(),
    report: report.nullable().describe('frozen when it ended'),
    demo: z.boolean(),
  })
  .meta({ id: 'Drill' });
const one = z.object({
  drill,
  report: report.describe('as it stands now while it runs'),
}) satisfies z.ZodType<DrillBody>;

/** Answers about drills. */
export const drillBodies = {
  drill: one,
  drills: z.object({ now: time, items: z.array(one) }) satisfies z.ZodType<DrillsBody>,
} as const;
