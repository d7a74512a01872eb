import { z } from 'zod';
import type { DispatchChoice, ReportedBody, TicketBody, TicketsBody, WhomBody } from '../../devices/contract/api.ts';
import { stepSchema } from '../../devices/contract/catalogue.ts';
import { positionSchema } from '../../devices/contract/place.ts';
import {
  dutyOfTicket,
  personStepKinds,
  reportChannels,
  type Ticket,
  type TicketStep,
  ticketStages,
} from '../../devices/contract/ticket.ts';
import type { TicketLine, TicketRef } from '../../devices/contract/ticket-line.ts';
import { bilingual, by, clause, hazard, marks, priority, refusal, time } from './body-parts.ts';

/** What the routes of tickets answer, for the API's document. */

const stage = z
  .enum(ticketStages)
  .describe('上报 reported, 立案 filed, 派遣 dispatched, accepted, 处置 handling, 核查 verifying, 结案 closed');
const place = positionSchema.nullable();
const reading = z.object({ value: z.number(), unit: z.string(), instrument: z.string().optional() });
const photos = z.array(z.string().describe('SHA-256')).readonly();

const clock = z.object({
  kind: z.union([
    z.enum(['acknowledge', 'arrive', 'make-safe', 'close', 'report-up']),
    z.templateLiteral(['duty:', z.enum(dutyOfTicket)]),
  ]),
  runs: z.enum(['continuous', 'working']),
  safety: z.boolean().describe('no suspension, return or transfer stops it'),
  startedAt: time,
  due: time,
  warnAt: time,
  metAt: time.nullable(),
  warned: z.boolean(),
  overdue: z.boolean(),
});
const suspended = z.object({ since: time, until: time, reason: z.string(), by }).nullable();

const shared = {
  id: z.string().describe('ticket: and the id of what opened it; never changes'),
  no: z.string().describe('what people say on the phone, `20261130-0007`'),
  stage,
  title: bilingual,
  priority,
  hazard: hazard.nullable(),
  area: z.string().nullable(),
  grid: z.string().optional(),
  siteName: z.string().nullable(),
  device: z.string().nullable(),
  lon: z.number(),
  lat: z.number(),
  address: z.string().nullable(),
  incident: z.string().nullable(),
  owner: by.nullable().describe('who accepted it'),
  clocks: z.array(clock).readonly(),
  suspended,
  returns: z.number().describe('how often it was returned as not theirs'),
  reopened: z.number(),
  openedAt: time,
  closedAt: time.nullable(),
  demo: z.boolean(),
  drill: z.string().optional().describe('the drill it belongs to; left out for what is real'),
  seq: z.number().describe('of its last step'),
};

const line = z
  .object({
    ...shared,
    origin: z.enum(['alarm', 'incident', 'report']),
    item: z.string(),
    itemName: z.string(),
    department: z.string(),
    crew: z.string().nullable(),
    post: z.string().nullable(),
    alarms: z.array(z.string()).readonly(),
    reporters: z.number(),
    disputed: z.boolean().describe('whose it is has not been settled'),
    recheckAt: time.nullable(),
  })
  .meta({ id: 'TicketLine' }) satisfies z.ZodType<TicketLine>;

export const ticketRef = z
  .object({ id: z.string(), no: z.string(), stage, owner: z.string().nullable(), department: z.string() })
  .meta({ id: 'TicketRef' }) satisfies z.ZodType<TicketRef>;

const assigned = z.object({
  department: z.string(),
  post: z.string().nullable(),
  crew: z.string().nullable(),
  persons: z.array(z.string()).readonly().describe('ids of the duty list, whom first'),
  hole: bilingual.nullable().describe('what is missing in the duty list'),
});
const alarm = z.object({
  id: z.string(),
  device: z.string(),
  deviceName: z.string(),
  rule: z.string(),
  measurement: z.string(),
  priority,
  active: z.boolean(),
  acked: z.boolean(),
  latched: z.boolean(),
  returnedAt: time.nullable(),
  ackedBy: z.string().nullable(),
  closedAt: time.nullable(),
  marks,
  verdict: z.string().nullable(),
});
const procedureStep = stepSchema.extend({
  done: z
    .object({
      at: time,
      by,
      reading: reading.nullable(),
      choice: z.number().nullable(),
      photos,
      note: z.string().nullable(),
      skipped: z.string().nullable().describe('why it does not apply'),
    })
    .nullable(),
});

const ticket = z
  .object({
    ...shared,
    origin: z.union([
      z.object({ kind: z.literal('alarm'), alarm: z.string() }),
      z.object({ kind: z.literal('incident'), incident: z.string() }),
      z.object({ kind: z.literal('report'), report: z.string() }),
    ]),
    clause: clause.describe('frozen as it stood when the ticket was opened'),
    site: z.string().nullable(),
    alarms: z.array(alarm).readonly(),
    assigned,
    verifiers: assigned.nullable(),
    duties: z
      .array(
        z.object({
          kind: z.enum(dutyOfTicket),
          department: z.string(),
          post: z.string().nullable(),
          persons: z.array(z.string()).readonly(),
          acceptedAt: time.nullable(),
          by: by.nullable(),
        }),
      )
      .readonly()
      .describe('属地 local, 监管 supervise, 主体 company'),
    dispute: z.object({ since: time, settledAt: time.nullable() }).nullable(),
    procedure: z
      .object({
        id: z.string(),
        version: z.string(),
        title: bilingual,
        steps: z.array(procedureStep).readonly(),
      })
      .nullable(),
    upward: z
      .object({
        sentAt: time,
        by,
        text: z.string(),
        receiptAt: time.nullable(),
        receipt: z.string().nullable(),
      })
      .nullable()
      .describe('见事报信: the report upward and its receipt'),
    reporters: z
      .array(
        z.object({
          id: z.string(),
          channel: z.enum(reportChannels),
          reference: z.string().nullable(),
          name: z.string().nullable(),
          phone: z.string().nullable(),
          at: time,
          text: z.string(),
          photos,
          satisfaction: z.number().nullable(),
        }),
      )
      .readonly(),
    hands: z.object({
      acknowledged: z.array(z.string()).readonly(),
      handled: z.array(z.string()).readonly(),
      verified: z.string().nullable(),
    }),
    needs: z
      .array(
        z.object({
          id: z.enum([
            'alarm-over',
            'fresh-data',
            'alarm-closed',
            'verdict',
            'on-site-reading',
            'evidence',
            'procedure',
            'witness',
            'report-up',
            'second-person',
            'dispute',
          ]),
          met: z.boolean(),
          text: bilingual,
        }),
      )
      .readonly()
      .describe('what its close rests on, as of its last change'),
    reading: reading.extend({ at: time, by }).nullable(),
    photos,
    mergedInto: z.string().nullable(),
    settledOnSpot: z.boolean(),
    recheck: z
      .object({
        due: time,
        why: z.enum(['item', 'drawn', 'none']),
        seed: z.string(),
        passed: z.boolean().nullable(),
        by: by.nullable(),
        at: time.nullable(),
      })
      .nullable(),
  })
  .meta({ id: 'Ticket' }) satisfies z.ZodType<Ticket>;

const ownKinds = [
  'opened',
  'joined',
  'merged',
  'auto-dispatch',
  'alarm-returned',
  'alarm-again',
  'alarm-changed',
  'raised-priority',
  'warned',
  'overdue',
  'resumed',
  'disputed',
  'closable',
  'self-closed',
  'recheck-due',
  'recheck-drawn',
  'shift-changed',
  'drill-over',
] as const;
const stepKind = z.enum(personStepKinds as [TicketBody['may'][number]['kind'], ...TicketBody['may'][number]['kind'][]]);

const step = z
  .object({
    seq: z.number(),
    ticket: z.string(),
    at: time,
    doneAt: time.nullable().describe('on the clock of the device that sent it later'),
    kind: z.union([stepKind, z.enum(ownKinds)]),
    by: by.nullable(),
    place,
    note: z.string().nullable(),
    reading: reading.nullable(),
    photos,
    from: stage,
    to: stage,
    clause: z.string().describe('<item>@<version of the catalogue>'),
    more: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  })
  .meta({ id: 'TicketStep' }) satisfies z.ZodType<TicketStep>;

const choice = z.object({
  kind: z.enum(['post', 'crew', 'person']),
  id: z.string(),
  name: z.string(),
  department: z.string(),
}) satisfies z.ZodType<DispatchChoice>;

export const ticketBodies = {
  tickets: z.object({
    total: z.number().int(),
    items: z.array(line),
    next: z.string().nullable().describe('given as `cursor`, the page that follows'),
  }) satisfies z.ZodType<TicketsBody>,
  ticket: z.object({
    ticket,
    steps: z.array(step).readonly(),
    may: z.array(z.object({ kind: stepKind, refused: refusal.nullable() })).readonly(),
    names: z.record(z.string(), z.string()).describe('persons and posts of the duty list, by id'),
  }) satisfies z.ZodType<TicketBody>,
  whom: z.object({
    answer: z.object({
      department: z.string().nullable(),
      post: z.string().nullable(),
      crew: z.string().nullable(),
      persons: z.array(z.object({ id: z.string(), name: z.string() })).readonly(),
      because: z.array(bilingual).readonly().describe('every step from the clause to the persons'),
      hole: refusal.nullable().describe('what is missing where nobody can be asked'),
    }),
    posts: z.array(choice).readonly(),
    crews: z.array(choice).readonly(),
    persons: z.array(choice).readonly(),
  }) satisfies z.ZodType<WhomBody>,
  reported: z.object({
    ticket: z.string(),
    no: z.string(),
    joined: z.boolean().describe('it was the same matter as an open ticket'),
  }) satisfies z.ZodType<ReportedBody>,
} as const;
