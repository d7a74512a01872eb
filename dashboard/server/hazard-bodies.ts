import { z } from 'zod';
import { bilingual, time } from './body-parts.ts';

/** What the routes of hazards, campaigns and visits answer, for the API's document. */

const by = z.object({ id: z.string(), name: z.string(), role: z.string() });
const place = z.object({ lon: z.number(), lat: z.number() });
const clock = z.object({
  kind: z.enum(['assign', 'rectify', 'verify']),
  runs: z.enum(['continuous', 'working']),
  startedAt: time,
  due: time,
  warnAt: time.describe('four fifths of the time are gone'),
  metAt: time.nullable(),
  warned: z.boolean(),
  overdue: z.boolean(),
});
const hazard = z.looseObject({
  id: z.string(),
  no: z.string(),
  stage: z.enum(['found', 'graded', 'assigned', 'rectifying', 'verifying', 'closed', 'rejected']),
  kind: z.string(),
  title: bilingual,
  text: z.string(),
  grade: z.object({ id: z.string(), name: bilingual }).nullable(),
  source: z.enum(['visit', 'assessment', 'patrol', 'report', 'rule']),
  clocks: z.array(clock),
  before: z.array(z.string()).describe('pictures by the SHA-256 of their bytes: /api/v1/photos/<hash>'),
  after: z.array(z.string()),
  repeatOf: z.string().nullable().describe('the earlier one of the same kind at the same place'),
  repeats: z.number(),
  closedBy: z.enum(['verified', 'gone']).nullable(),
});
const step = z.looseObject({
  seq: z.number(),
  at: time,
  kind: z.string(),
  by: by.nullable(),
  place: place.nullable(),
  note: z.string().nullable(),
  photos: z.array(z.string()),
});
const counts = {
  found: z.number(),
  verified: z.number(),
  gone: z.number(),
  open: z.number(),
  overdue: z.number(),
  onTime: z.number(),
  late: z.number(),
  repeats: z.number(),
};
const coverage = z.array(
  z.object({
    area: z.string().nullable(),
    all: z.number(),
    working: z.number(),
    failing: z.number(),
    unobserved: z.number(),
  }),
);
const campaign = z.looseObject({
  id: z.string(),
  kind: z.string(),
  kindName: bilingual,
  name: z.string(),
  stage: z.enum(['running', 'ended']),
  from: time,
  to: time,
  unannounced: z.boolean(),
  visits: z.number(),
  draw: z
    .looseObject({ seed: z.string().nullable().describe('null while it is secret'), commitment: z.string() })
    .nullable(),
});
const progress = z.object({
  area: z.string().nullable(),
  all: z.number(),
  stages: z.record(z.string(), z.number()),
  againDue: z.number(),
  findings: z.number(),
});
const visit = z.looseObject({
  id: z.string(),
  campaign: z.string(),
  stage: z.enum(['planned', 'again', 'started', 'done', 'unreached', 'refused', 'missed']),
  name: z.string(),
  area: z.string().nullable(),
  ...place.shape,
  opensAt: time,
  closesAt: time,
});

export const hazardBodies = {
  hazards: z.object({ total: z.number(), items: z.array(hazard) }),
  hazard: hazard.extend({
    steps: z.array(step),
    can: z.array(z.string()).describe('steps that whoever asks may take now'),
  }),
  figures: z.object({
    from: time,
    to: time,
    total: z.object(counts),
    cells: z.array(
      z.object({
        grade: z.string().nullable(),
        area: z.string().nullable(),
        department: z.string().nullable(),
        kind: z.string(),
        ...counts,
      }),
    ),
    look: z
      .object({ seq: z.number(), at: time, overbuilt: z.number().nullable(), coverage: coverage.nullable() })
      .nullable()
      .describe('the last look of the platform at pipes and detectors'),
  }),
  campaigns: z.object({ items: z.array(campaign.extend({ progress: z.array(progress) })) }),
  visits: z.object({ total: z.number(), hidden: z.number().describe('not open yet'), items: z.array(visit) }),
  visit: visit.extend({ steps: z.array(step), checklist: z.array(z.unknown()) }),
} as const;
