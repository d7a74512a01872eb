import { z } from 'zod';
import type { Incident, IncidentEvent, IncidentMember } from '../../devices/contract/incident.ts';
import { alarmSchema, page } from './bodies.ts';
import { bilingual, priority, time } from './body-parts.ts';

/** What the routes of incidents answer, for the API's document. */

const place = { lon: z.number(), lat: z.number() };
const evidence = z
  .enum(['device', 'site', 'pipe', 'distance', 'verdict', 'returned', 'valve', 'order'])
  .describe('why it was joined, or kept apart');

const event = z.object({
  seq: z.number(),
  incident: z.string(),
  at: time,
  kind: z.enum(['opened', 'joined', 'merged', 'split', 'apart', 'closed']),
  alarm: z.string().nullable(),
  other: z.string().nullable().describe('the other incident of a merger or split'),
  by: evidence.nullable(),
  text: bilingual,
}) satisfies z.ZodType<IncidentEvent>;

const member = z.object({
  ...place,
  alarm: z.string(),
  incident: z.string(),
  device: z.string(),
  name: z.string(),
  nameEn: z.string().nullable(),
  deviceType: z.string(),
  site: z.string().nullable(),
  circuit: z.string().nullable(),
  drill: z.string().optional().describe('the drill it plays in; left out for what is real'),
  priority,
  since: time,
  no: z.number().describe('in the order in which members took their places'),
  joinedAt: time,
  by: evidence.nullable(),
  active: z.boolean(),
  returnedAt: time.nullable(),
  closedAt: time.nullable(),
  cut: z
    .object({ by: z.enum(['verdict', 'returned', 'order']), at: time })
    .nullable()
    .describe('it joins others no more'),
}) satisfies z.ZodType<IncidentMember>;

const named = { ...place, id: z.string(), name: z.string(), nameEn: z.string().nullable(), distanceM: z.number() };

const incident = z
  .object({
    id: z.string().describe('incident: and the id of its first-out alarm; never changes'),
    hazard: z.literal('gas'),
    name: z.string(),
    nameEn: z.string().nullable(),
    area: z.string().nullable(),
    openedAt: time,
    closedAt: time.nullable(),
    mergedInto: z.string().nullable(),
    firstOut: z.string().describe('the alarm that opened it'),
    priority,
    members: z.array(z.string()).readonly().describe('alarms by onset, the first hundred'),
    counts: z.object({ detectors: z.number(), members: z.number(), open: z.number(), active: z.number() }),
    centre: z.object(place),
    ring: z
      .array(z.tuple([z.number(), z.number()]).readonly())
      .readonly()
      .describe('guard ring, closed, [lon, lat]'),
    ringM: z.number().describe('its distance from the members, m'),
    sites: z.array(z.object({ ...named, kind: z.string() })).readonly(),
    siteCounts: z.array(z.object({ kind: z.string(), count: z.number() })).readonly(),
    valves: z
      .array(
        z.object({
          ...named,
          pipe: z.string().nullable(),
          onPipe: z.boolean().describe('on a pipe that members name'),
          state: z.enum(['open', 'closed', 'unknown']),
          stateAt: time.nullable(),
        }),
      )
      .readonly(),
    crews: z.array(z.object({ ...named, department: z.string(), phone: z.string() })).readonly(),
    records: z
      .array(
        z.object({
          kind: z.enum(['work-order', 'permit', 'protection-plan']),
          id: z.string(),
          name: z.string(),
          reference: z.string(),
          who: z.string().nullable(),
          from: z.string(),
          to: z.string().nullable(),
        }),
      )
      .readonly(),
    wind: z
      .object({ device: z.string(), fromDeg: z.number(), speed: z.number().nullable().describe('m/s'), at: time })
      .nullable(),
    history: z.array(event).readonly().describe('the newest lines'),
    demo: z.boolean(),
    seq: z.number(),
  })
  .meta({ id: 'Incident' }) satisfies z.ZodType<Incident>;

export const incidentPage = page(incident);
export const wholeIncident = z.object({
  incident,
  members: z.array(z.object({ member, alarm: alarmSchema.nullable() })),
  events: z.array(event),
});
