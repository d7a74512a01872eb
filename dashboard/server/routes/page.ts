import { z } from 'zod';

/** `limit` and `offset` of a list, at most `most` at a time, `usual` unless asked otherwise. */
export const page = (most: number, usual = 200) =>
  z.object({
    limit: z.coerce.number().int().min(1).max(most).default(usual),
    offset: z.coerce.number().int().min(0).default(0),
  });

/** That page of a list, and how long the list is. */
export const pageOf = <T>(all: readonly T[], { limit, offset }: { limit: number; offset: number }) => ({
  total: all.length,
  items: all.slice(offset, offset + limit),
});
