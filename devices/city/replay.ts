import { z } from 'zod';

/**
 * `cities/<id>/replay/<name>.yaml`: how a published data set becomes devices and readings. Rows are replayed with their own
 * spacing, re-based onto the demonstration's time; places keep their offsets from `anchor` in metres, times `spread`, around
 * the spot that `demo.yaml` gives the replay.
 */
const bilingual = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) });

export const replaySchema = z.strictObject({
  title: bilingual,
  /** CSV with a header line, relative to the mapping's folder. */
  file: z.string(),
  /** Shown beside every device: source and licence. */
  attribution: z.string().min(1),
  /** A time without an offset is local to `zone`. */
  time: z.strictObject({ column: z.string(), zone: z.string() }),
  deviceType: z.string(),
  gas: z.enum(['natural', 'lpg', 'manufactured']).optional(),
  gasUnit: z.enum(['%{LEL}', '%{VOL}', '[ppm]']).optional(),
  /** Device ids are `<prefix>-<key>`. */
  prefix: z.string().regex(/^[a-z][a-z0-9-]*$/),
  anchor: z.strictObject({ lon: z.number(), lat: z.number() }),
  spread: z.number().positive().default(1),
  /** Each reading: its column (`{key}` stands for the device's key), the unit of the column, and a factor before it. An empty cell is no reading. */
  readings: z
    .array(
      z.strictObject({
        measurement: z.string(),
        column: z.string(),
        unit: z.string(),
        scale: z.number().default(1),
      }),
    )
    .min(1),
  devices: z.discriminatedUnion('from', [
    /** One row holds all devices at one time, each in columns of its own. */
    z.strictObject({
      from: z.literal('columns'),
      list: z.array(z.strictObject({ key: z.string(), name: bilingual, lon: z.number(), lat: z.number() })).min(1),
    }),
    /** One row holds one device at one time; these columns say which, what it is called and where it is. */
    z.strictObject({ from: z.literal('rows'), key: z.string(), name: z.string(), lon: z.string(), lat: z.string() }),
  ]),
});
export type Replay = z.infer<typeof replaySchema>;
