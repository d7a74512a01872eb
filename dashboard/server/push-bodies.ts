import { z } from 'zod';
import type { PushBody } from '../../devices/contract/push.ts';
import { time } from './body-parts.ts';

/** The answers about web push and delivery reports, for the document of the API; see `bodies.ts`. */
export const pushBodies = {
  push: z
    .object({
      key: z.string().nullable().describe('VAPID public key with which browsers subscribe; null: no web push here'),
      person: z
        .object({ id: z.string(), name: z.string() })
        .nullable()
        .describe('who in the duty list has this account'),
      browsers: z
        .array(
          z.object({
            id: z.string(),
            name: z.string(),
            since: time,
            deliveredAt: time.nullable().describe('newest receipt that a message arrived there'),
            seenAt: time.nullable(),
            goneAt: time.nullable().describe('its push service knows it no longer'),
          }),
        )
        .readonly()
        .describe('newest first'),
    })
    .meta({ id: 'Push' }) satisfies z.ZodType<PushBody>,
  kept: z.object({ kept: z.literal(true) }).meta({ id: 'ReceiptKept' }),
  report: z
    .object({
      kept: z.number().int().describe('lines that spoke of a known message'),
      unknown: z.number().int(),
      unread: z.number().int().describe('lines without an id or a status'),
    })
    .meta({ id: 'ReportKept', description: 'or what the template wants to be answered' }),
};
