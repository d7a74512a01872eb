import { z } from 'zod';
import {
  type Appeal,
  factKinds,
  type NumberBody,
  type RunLine,
  type ScoreLine,
  type ShownRun,
  type SupervisionBody,
} from '../../devices/contract/score.ts';
import {
  callInSchema,
  classSchema,
  cycleSchema,
  indicatorSchema,
  supervisionSchema,
} from '../../devices/contract/supervision.ts';
import { bilingual, time } from './body-parts.ts';

/** What the routes of supervision answer, for the API's document. */

const period = z.object({ key: z.string().describe('`2026-Q4`'), from: time, to: time.describe('not included') });
const kind = z.enum(['score', 'review', 'dispatch', 'sample']);
const factKind = z.enum(factKinds);
const ids = z.array(z.string()).readonly();
const weights = z.record(z.string(), z.number()).describe('per cent, by indicator');
const person = z.object({ id: z.string(), name: z.string() });
const signature = person.extend({ at: time });

const line = z
  .object({
    id: z.string().describe('`<cycle>_<period>_<revision>`'),
    cycle: z.string(),
    name: bilingual,
    kind,
    period,
    revision: z.number(),
    at: time,
    state: z.enum(['provisional', 'published', 'superseded', 'done']),
    appealUntil: time.nullable(),
    openAppeals: z.number(),
    hash: z.string().nullable().describe('SHA-256 of what was published'),
    publishedAt: time.nullable(),
    demo: z.boolean().describe('made of a demonstration’s rows'),
  })
  .meta({ id: 'ScoreRunLine' }) satisfies z.ZodType<RunLine>;

const coverage = z.object({ observed: z.number(), of: z.number(), share: z.number().nullable() });
const scoreLine = z
  .object({
    unit: z.string(),
    class: z.string(),
    name: bilingual,
    score: z.number().nullable(),
    rank: z.number().nullable().describe('1 is best; equal scores share a place'),
    unranked: z.enum(['coverage', 'evidence']).nullable().describe('why it is not ranked'),
    coverage: coverage.describe('items × places that are observed at all'),
    evidence: z.number().describe('share of the weights that have facts'),
    list: z.enum(['red', 'black']).nullable(),
    earlier: z.object({ score: z.number().nullable(), rank: z.number().nullable() }).nullable(),
    numbers: z
      .array(
        z.object({
          indicator: z.string(),
          value: z.number().nullable().describe('null: nothing was observed'),
          before: z.number().nullable().describe('as worked out, where an appeal changed it'),
          appealed: z.boolean(),
          kind: factKind,
          count: z.number().describe('facts it is made of'),
          points: z.number().nullable(),
          weight: z.number(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'ScoreLine' }) satisfies z.ZodType<ScoreLine>;

const appeal = z
  .object({
    seq: z.number(),
    run: z.string(),
    unit: z.string(),
    department: z.string().nullable().describe('for whom it was made; null where the duty list names nobody'),
    indicator: z.string(),
    at: time,
    by: person,
    reason: z.string(),
    evidence: z.string(),
    facts: ids.describe('facts that should not count'),
    decided: z.object({ at: time, by: person, upheld: z.boolean(), reason: z.string(), leftOut: ids }).nullable(),
  })
  .meta({ id: 'Appeal' }) satisfies z.ZodType<Appeal>;

const earlier = z.object({
  run: z.string(),
  period: z.string(),
  lines: z
    .array(scoreLine.pick({ unit: true, class: true, score: true, rank: true, unranked: true, coverage: true }))
    .readonly(),
});
const indicator = z.union([
  indicatorSchema,
  z.object({
    id: z.string(),
    name: bilingual,
    measure: z.object({ kind: z.literal('scores') }).describe('a review: the mean of earlier scores'),
    full: z.number(),
    zero: z.number(),
  }),
]);
const promised = z.object({
  seq: z.number(),
  run: z.string(),
  department: z.string(),
  by: z.string(),
  at: time,
  text: z.string(),
  until: time,
  tickets: ids,
});
const content = z.union([
  z.object({
    kind: z.enum(['score', 'review']),
    basis: z
      .object({
        classes: z.array(classSchema).readonly(),
        indicators: z.array(indicator).readonly(),
        weights: z.record(z.string(), weights),
        ranking: z.object({ coverageFloor: z.number(), evidenceFloor: z.number() }),
        earlier: z.array(earlier).readonly(),
      })
      .describe('by what it was scored, frozen with it'),
  }),
  z.object({
    kind: z.literal('dispatch'),
    lines: z
      .array(
        z.object({
          department: z.string(),
          open: ids,
          overdue: ids,
          disputed: ids,
          suspended: ids,
          unowned: ids,
          returned: ids,
        }),
      )
      .readonly(),
    promised: z
      .array(promised.extend({ open: ids, state: z.enum(['kept', 'running', 'broken']).nullable() }))
      .readonly(),
  }),
  z.object({
    kind: z.literal('sample'),
    seed: z.string().describe('empty while the lot is sealed'),
    strata: z
      .array(
        z.object({
          area: z.string(),
          category: z.string(),
          of: z.number().describe('places in the stratum'),
          drawn: z
            .array(
              z.object({
                place: z.string(),
                kind: z.enum(['site', 'device']),
                name: z.string(),
                area: z.string(),
                category: z.string(),
                lon: z.number(),
                lat: z.number(),
                lot: z.number(),
              }),
            )
            .readonly()
            .describe('empty while the lot is sealed'),
        }),
      )
      .readonly(),
    sealed: z
      .object({
        until: time.describe('when the last visit opens, or the period ends without one'),
        commitment: z.string().describe('SHA-256 of the seed'),
        drawn: z.array(z.number()).readonly().describe('how many, by stratum'),
      })
      .optional()
      .describe('unannounced visits: nobody sees the lot yet'),
  }),
]);

export const supervisionBodies = {
  supervision: z.object({
    policy: supervisionSchema,
    weights: z.record(z.string(), weights),
    changes: z
      .array(
        z.object({
          seq: z.number(),
          class: z.string(),
          weights,
          reason: z.string(),
          at: time,
          signatures: z.array(signature).readonly(),
          from: time.nullable().describe('null while a second person has not agreed'),
        }),
      )
      .readonly(),
    runs: z.array(line).readonly(),
  }) satisfies z.ZodType<SupervisionBody>,
  scoreRun: z.object({
    line,
    run: z.object({
      id: z.string(),
      cycle: cycleSchema,
      period,
      revision: z.number(),
      at: time,
      by: z.string(),
      reason: z.string().nullable(),
      demo: z.boolean(),
      content,
    }),
    result: z
      .object({
        lines: z.array(scoreLine).readonly(),
        callIns: z
          .array(
            z.object({
              unit: z.string(),
              class: z.string(),
              rule: callInSchema,
              periods: ids.describe('earlier periods in which it was so too'),
            }),
          )
          .readonly(),
      })
      .nullable(),
    appeals: z.array(appeal).readonly(),
    signatures: z.array(signature).readonly(),
    contentHash: z.string().nullable().describe('what a signature is of'),
    changes: z
      .array(
        z.object({ unit: z.string(), what: z.string(), before: z.string().nullable(), after: z.string().nullable() }),
      )
      .readonly()
      .describe('against the revision before it'),
    promises: z.array(promised).readonly(),
    visits: z
      .object({ campaign: z.string(), openAt: time })
      .nullable()
      .describe('the campaign by which a sample is visited'),
    appealsFor: ids.nullable().describe('units that you may appeal for; null where the duty list names nobody'),
  }) satisfies z.ZodType<ShownRun>,
  scoreNumber: z.object({
    run: z.string(),
    unit: z.string(),
    indicator: z.string(),
    kind: factKind,
    total: z.number(),
    facts: z
      .array(
        z.object({
          id: z.string(),
          value: z.number(),
          no: z.string(),
          title: bilingual.nullable(),
          leftOut: z.boolean().describe('an upheld appeal took it out'),
        }),
      )
      .readonly(),
  }) satisfies z.ZodType<NumberBody>,
} as const;
