import { z } from 'zod';
import { positionSchema } from './place.ts';

/** Words of a person, beside a step. */
export const note = z.string().trim().min(1).max(2000);
/** Why; a dash is no reason. */
export const reason = z.string().trim().min(2).max(500);
/** Pictures by the SHA-256 of their content. */
export const photos = z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(20);

/** What every step of a ticket, hazard or visit may carry: the person's place, words, pictures, and the time on the device. */
export const carriedFields = {
  place: positionSchema.optional(),
  note: note.optional(),
  photos: photos.optional(),
  /** When it was done, on the device that did it, ms: a phone off the network sends later. */
  doneAt: z.number().optional(),
};
