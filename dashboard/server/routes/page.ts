import { z } from 'zod';

/** `limit` and `offset` of a list, at most `most` at a time. */
export const page = (most: number) =>
  z.object({
    limit: z.coerce.number().int().min(1).max(most).default(Math.min(most, 200)),
    offset: z.coerce.number().int().min(0).default(0),
  });
