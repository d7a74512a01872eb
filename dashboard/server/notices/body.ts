import { z } from 'zod';
import type { NoticesBody } from '../../../devices/contract/api.ts';
import { channelKinds } from '../../../devices/contract/notify-policy.ts';
import { bilingual, priority, time } from '../body-parts.ts';

/** The answer of `/api/v1/notices`, for the document of the API. */
export const noticesBody = z
  .object({
    items: z.array(
      z.object({
        id: z.string(),
        at: time,
        priority,
        subject: z.string().describe('`<kind>/<id>` of what it is about'),
        title: bilingual,
        body: bilingual,
        link: z.string(),
        mark: z.enum(['demo', 'drill']).nullable(),
        handledAt: time.nullable(),
        handledBy: z.string().nullable(),
        to: z.array(
          z.object({ id: z.string(), kind: z.enum(['person', 'seat']), name: z.string(), wave: z.number().int() }),
        ),
        deliveries: z.array(
          z.object({
            key: z.string(),
            person: z.string().describe('id of the recipient'),
            channel: z.enum(channelKinds),
            round: z.number().int().describe('how often the ladder was begun before'),
            state: z.enum(['due', 'attempting', 'sent', 'failed', 'dropped']),
            due: time,
            sent: time.nullable(),
            delivered: time.nullable(),
            seen: time.nullable(),
            accepted: time.nullable(),
            failed: time.nullable(),
            reason: z.string().nullable(),
            attempts: z.number().int(),
            mayRepeat: z.boolean().describe('an earlier attempt may have arrived'),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'Notices' }) satisfies z.ZodType<NoticesBody>;
