import { z } from 'zod';

/** Ids travel in topics, file names and addresses: letters, digits, `-`, `_`, `.`; at most 64. */
export const idSchema = z
  .string()
  .regex(
    /^[\p{Letter}\p{Number}][\p{Letter}\p{Number}._-]{0,63}$/u,
    'an id has letters, digits, - _ . and at most 64 of them',
  );

/** A time of day in the city's zone, `06:00`. */
export const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day is written 06:00');

/** A position in WGS-84. */
export const positionSchema = z.object({ lon: z.number().min(-180).max(180), lat: z.number().min(-90).max(90) });
