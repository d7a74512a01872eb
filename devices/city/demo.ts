import { z } from 'zod';
import { crewSchema, pipeSchema, recordKinds } from '../contract/beside.ts';
import { constantSchema } from '../contract/registry.ts';

/**
 * `cities/<id>/demo.yaml`: what the simulated city is made of. The simulators build it from this file and a seed, so that
 * the same seed gives the same city and the same day.
 *
 * Placing: a type with `at: street` stands along the streets of its area, `at: restaurant` (and so on) at the sites of that
 * kind, `at: point` anywhere near its area's places. Counts are for the default size; another size scales them.
 */
const bilingual = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) });
const position = { lon: z.number().min(-180).max(180), lat: z.number().min(-90).max(90) };

export const demoTypeSchema = z.strictObject({
  /** How many there are in a city of the default size. */
  count: z.number().int().positive(),
  /** Ids are `<prefix>-0001` and on. */
  prefix: z.string().regex(/^[a-z][a-z0-9]*$/),
  /** What people call one: the n-th is `<title> <n>` where its place gives no better name. */
  title: bilingual,
  at: z.enum(['street', 'restaurant', 'school', 'station', 'estate', 'market', 'plant', 'shore', 'point']),
  /** Relative shares by area code; they need not sum to anything. */
  areas: z.record(z.string(), z.number().positive()),
  gas: z.enum(['natural', 'lpg', 'manufactured']).optional(),
  gasUnit: z.enum(['%{LEL}', '%{VOL}', '[ppm]']).optional(),
  model: z.string().optional(),
  /** Constants every device of the type gets; a station's own ones win. */
  constants: z.record(z.string(), constantSchema).default({}),
  /** Facts dealt out by weight: `{ road: { main: 3, side: 2 } }`. */
  facts: z.record(z.string(), z.record(z.string(), z.number().positive())).default({}),
  /** Stands over the pipe of its street, where there is one, and names it as its `circuit`. */
  alongPipe: z.boolean().default(false),
  /** Department id that owns, and that maintains, a device of the type. */
  owner: z.string().optional(),
  maintainer: z.string().optional(),
});
export type DemoType = z.infer<typeof demoTypeSchema>;

export const demoStreetSchema = z.strictObject({
  id: z.string(),
  name: bilingual,
  area: z.string(),
  /** Whether `facts.road` of what stands on it is `main`. */
  main: z.boolean().default(false),
  /** [lon, lat] from one end to the other, at least two. */
  line: z.array(z.tuple([z.number(), z.number()])).min(2),
  invented: z.boolean(),
});
export type DemoStreet = z.infer<typeof demoStreetSchema>;

export const demoSiteSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(['restaurant', 'school', 'station', 'estate', 'market', 'plant', 'shore']),
  name: bilingual,
  area: z.string(),
  ...position,
  address: z.string().optional(),
  /** Gas stations: set points and spans of that station. */
  constants: z.record(z.string(), constantSchema).default({}),
  /** True where the place's name or position was made up for the demonstration. */
  invented: z.boolean(),
});
export type DemoSite = z.infer<typeof demoSiteSchema>;

export const demoGatewaySchema = z.strictObject({
  id: z.string(),
  name: bilingual,
  area: z.string(),
  ...position,
  /** Device types it speaks for. */
  types: z.array(z.string()).min(1),
  /** Areas it speaks for; all when empty. The first gateway that fits takes a device; one that none fits connects itself. */
  areas: z.array(z.string()).default([]),
});
export type DemoGateway = z.infer<typeof demoGatewaySchema>;

/** A gas pipe under a street of the demonstration. */
export const demoPipeSchema = z.strictObject({
  id: z.string(),
  name: bilingual,
  street: z.string(),
  pressure: pipeSchema.shape.pressure,
});
export type DemoPipe = z.infer<typeof demoPipeSchema>;

/** A valve on a pipe, so many metres from the pipe's beginning. */
export const demoValveSchema = z.strictObject({
  id: z.string(),
  name: bilingual,
  pipe: z.string(),
  atM: z.number().nonnegative(),
});

export const demoCrewSchema = z.strictObject({
  id: z.string(),
  name: bilingual,
  area: z.string(),
  ...position,
  department: z.string(),
  /** A number that rings nobody. */
  phone: z.string(),
  for: crewSchema.shape.for,
  areas: z.array(z.string()).default([]),
});

/** Work, a permit or a protection plan around a place of a street, from some days before the plan's day to some after. */
export const demoRecordSchema = z.strictObject({
  kind: z.enum(recordKinds),
  id: z.string(),
  name: bilingual,
  reference: z.string(),
  who: z.string(),
  street: z.string(),
  atM: z.number().nonnegative(),
  radiusM: z.number().positive(),
  fromDay: z.number().int(),
  toDay: z.number().int(),
});

export const demoReplaySchema = z.strictObject({
  /** Site id of the replay's demonstration site. */
  id: z.string(),
  name: bilingual,
  area: z.string(),
  /** Where the data's own anchor is put; offsets from it are kept in metres. */
  ...position,
  /** File under `cities/<id>/replay/`. */
  mapping: z.string(),
});
export type DemoReplay = z.infer<typeof demoReplaySchema>;

export const demoSchema = z.strictObject({
  seed: z.number().int(),
  /** Says to every reader what here is made up. */
  notice: bilingual,
  types: z.record(z.string(), demoTypeSchema),
  streets: z.array(demoStreetSchema),
  /** Restaurants are named from these: a surname or place, a dish, and a kind of house; zh and en lists run in parallel. */
  restaurantNames: z.strictObject({
    first: z.array(bilingual).min(1),
    dish: z.array(bilingual).min(1),
    house: z.array(bilingual).min(1),
  }),
  sites: z.array(demoSiteSchema),
  gateways: z.array(demoGatewaySchema),
  pipes: z.array(demoPipeSchema).default([]),
  valves: z.array(demoValveSchema).default([]),
  crews: z.array(demoCrewSchema).default([]),
  records: z.array(demoRecordSchema).default([]),
  replay: z.array(demoReplaySchema).default([]),
});
export type Demo = z.infer<typeof demoSchema>;
