import { z } from 'zod';
import { weightsSchema } from './supervision.ts';

const reason = z.string().trim().min(2).max(500);
const words = z.string().trim().min(2).max(2000);
const ids = z.array(z.string().min(1)).max(10_000);

/** What each command of supervision is asked with. */
export const supervisionFields = {
  /** Works out one period of a cycle: the one that has ended, or for lists and samples the one that runs. */
  run: {
    cycle: z.string().min(1),
    /** `2026-Q4`; left out, the newest that can be worked out. */
    period: z.string().min(4).max(8).optional(),
    /** Why it is worked out anew, where it was before. */
    reason: reason.optional(),
  },
  /** 申诉: these facts do not belong in this number. */
  appeal: {
    run: z.string().min(1),
    unit: z.string().min(1),
    indicator: z.string().min(1),
    facts: ids.min(1),
    reason,
    evidence: words,
  },
  /** The office's decision; left out, all facts that were named are left out of the number. */
  decide: { appeal: z.number().int(), upheld: z.boolean(), leaveOut: ids.min(1).optional(), reason },
  /** Stands behind a result as it is now, by its hash. The second person publishes it. */
  publish: { run: z.string().min(1), hash: z.string().regex(/^[0-9a-f]{64}$/) },
  /** Asks for other weights of a class; they count from the first period that begins after a second person agreed. */
  weights: { class: z.string().min(1), weights: weightsSchema, reason },
  agree: { weights: z.number().int() },
  /** What a department promises at a dispatch list. */
  promise: {
    run: z.string().min(1),
    department: z.string().min(1),
    text: words,
    tickets: ids,
    /** By when, ms. */
    until: z.number().int(),
  },
};

/** The commands of supervision, in the envelope that every command has. */
export const supervisionCommands = <E extends z.ZodRawShape>(envelope: E) =>
  [
    z.object({ ...envelope, type: z.literal('supervision.run'), ...supervisionFields.run }),
    z.object({ ...envelope, type: z.literal('supervision.appeal'), ...supervisionFields.appeal }),
    z.object({ ...envelope, type: z.literal('supervision.decide'), ...supervisionFields.decide }),
    z.object({ ...envelope, type: z.literal('supervision.publish'), ...supervisionFields.publish }),
    z.object({ ...envelope, type: z.literal('supervision.weights'), ...supervisionFields.weights }),
    z.object({ ...envelope, type: z.literal('supervision.agree'), ...supervisionFields.agree }),
    z.object({ ...envelope, type: z.literal('supervision.promise'), ...supervisionFields.promise }),
  ] as const;
