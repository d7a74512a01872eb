import { z } from 'zod';
import {
  type Handover,
  type HandoverDraft,
  type HandoversBody,
  handoverSections,
  ticketDecisionSchema,
  type WatchesBody,
} from '../../devices/contract/watch.ts';
import { handoverStateWords } from '../../devices/watches/handover-words.ts';
import { bilingual, by, priority, time } from './body-parts.ts';

const section = z.enum(handoverSections);
const item = z.object({
  section,
  id: z.string(),
  priority: priority.nullable(),
  title: bilingual,
  states: z.array(z.enum(Object.keys(handoverStateWords) as [keyof typeof handoverStateWords])),
  until: time.nullable().describe('when it ends or falls due'),
  who: z.string().nullable(),
  says: z.string().nullable(),
  count: z.number(),
  link: z.string(),
  again: z.boolean().describe('the note before this one named it already'),
});
const draft = z.object({
  seat: z.string(),
  at: time,
  items: z.array(item),
  more: z.partialRecord(section, z.number()).describe('items beyond those listed'),
  leaving: z
    .array(
      z.object({
        ticket: z.string(),
        no: z.string(),
        title: bilingual,
        priority,
        owner: by,
        why: z.enum(['on-watch', 'off-duty']),
      }),
    )
    .describe('tickets whose owner goes: each must be decided'),
}) satisfies z.ZodType<HandoverDraft>;
const handover = z.object({
  id: z.string(),
  seat: z.string(),
  watch: z.string(),
  from: by,
  signedAt: time,
  state: z.enum(['offered', 'taken', 'withdrawn']),
  note: draft,
  words: z.string(),
  promises: z.array(z.object({ id: z.string(), text: z.string(), due: time.nullable(), by, at: time })),
  decisions: z.array(ticketDecisionSchema),
  taken: z
    .object({
      by,
      at: time,
      words: z.string(),
      changes: z.object({ fresh: z.array(item), gone: z.array(item), changed: z.array(item) }),
      passedOn: z.array(z.string()),
    })
    .nullable(),
}) satisfies z.ZodType<Handover>;

/** Answers about who is on watch, and what was handed over. */
export const watchBodies = {
  watches: z.object({
    now: time,
    seats: z.array(
      z.object({
        seat: z.string(),
        name: bilingual,
        watch: z
          .object({
            id: z.string(),
            seat: z.string(),
            by,
            since: time,
            tookOver: z.string().nullable(),
            ended: z
              .object({
                at: time,
                how: z.enum(['handed-over', 'signed-off', 'ended']),
                by,
                reason: z.string().nullable(),
              })
              .nullable(),
          })
          .nullable(),
        offered: z.object({ id: z.string(), from: by, signedAt: time }).nullable(),
        mustBeStaffed: z.boolean(),
        emptySince: time.nullable(),
      }),
    ),
  }) satisfies z.ZodType<WatchesBody>,
  draft,
  handover,
  handovers: z.object({ items: z.array(handover) }) satisfies z.ZodType<HandoversBody>,
} as const;
