import { z } from 'zod';
import { type DutyRecordKind, dutyKinds, dutyLists } from './duty-kinds.ts';
import { channelKinds } from './notify-policy.ts';
import { clockTime, idSchema } from './place.ts';

/**
 * Who is responsible, as records: 标到事，事到岗，岗到人. An assignment leads from a clause and a place to a department and its
 * post, crew or person; rosters, swaps, leave and deputies lead from there to whoever is on at a moment.
 * Dates and times are local, by the city's clocks. `from` and `to` are days of effect, both included; left out: always.
 */

const bilingual = z.object({ zh: z.string().min(1), en: z.string().min(1) });
const hazard = z.enum(['gas', 'fire', 'water', 'structure', 'power']);

const common = {
  id: idSchema,
  from: z.iso.date().optional(),
  to: z.iso.date().optional(),
  /** Belongs to a demonstration. */
  demo: z.boolean().default(false),
};

export const personSchema = z
  .strictObject({
    ...common,
    name: z.string().min(1),
    nameEn: z.string().min(1).optional(),
    department: z.string().min(1),
    /** Name by which the person signs in. */
    account: z.string().min(1).optional(),
    /** Further ids under which the same person acts, `cli:<name>` at the terminal: nobody is his own second person. */
    otherAccounts: z.array(z.string().min(1)).optional(),
    phone: z.string().min(3).max(40).optional(),
    language: z.enum(['zh', 'en']).default('zh'),
    /** Crews (`registry` crews) the person goes out with. */
    crews: z.array(idSchema).default([]),
    /** The ladder, first rung first. `address` where the person's phone or account is not it. */
    channels: z
      .array(z.strictObject({ kind: z.enum(channelKinds), address: z.string().min(1).max(300).optional() }))
      .default([]),
    /** When only what is urgent may disturb; over midnight where `from` is later. */
    quiet: z.array(z.strictObject({ from: clockTime, to: clockTime })).optional(),
  })
  .meta({ id: 'DutyPerson' });

/** 岗位. */
export const postSchema = z
  .strictObject({
    ...common,
    name: bilingual,
    department: z.string().min(1),
    /** Area codes it serves; everywhere when empty. */
    areas: z.array(z.string()).default([]),
    duties: z.array(z.enum(dutyKinds)).min(1),
    /** Who holds it at any hour, where no roster speaks of the post. */
    holders: z.array(idSchema).default([]),
  })
  .meta({ id: 'DutyPost' });

/** 班次. Over midnight where `to` is not later than `from`; the same time twice is a whole day. */
export const shiftSchema = z
  .strictObject({ id: idSchema, demo: common.demo, name: bilingual, from: clockTime, to: clockTime })
  .meta({ id: 'DutyShift' });

const persons = z.array(idSchema);
const weekday = z.enum(['1', '2', '3', '4', '5', '6', '7']);

/** 排班: who of a post, or of a crew, is on at a shift. Whoever stands first is asked first. */
export const rosterSchema = z
  .strictObject({
    ...common,
    post: idSchema.optional(),
    crew: idSchema.optional(),
    shift: idSchema,
    pattern: z.discriminatedUnion('kind', [
      /** By ISO weekday of the day on which the shift begins, 1 = Monday; a day left out has nobody. */
      z.strictObject({ kind: z.literal('week'), days: z.partialRecord(weekday, persons) }),
      /** The rota: turns follow each other from `anchor`, each `everyDays` long, and begin again after the last. */
      z.strictObject({
        kind: z.literal('cycle'),
        anchor: z.iso.date(),
        everyDays: z.number().int().min(1).max(366).default(1),
        turns: z.array(persons).min(1).max(366),
      }),
    ]),
    /** Who is on when the shift begins on one of the city's holidays; left out: as the pattern says. */
    holidays: persons.optional(),
    /** The same on a working day that makes up for a holiday (调休). */
    makeUpDays: persons.optional(),
  })
  .refine(({ post, crew }) => (post === undefined) !== (crew === undefined), {
    error: 'a roster is of a post or of a crew: give one of them',
    path: ['post'],
    params: { zh: '排班须属于一个岗位或一支队伍，二者取一' },
  })
  .meta({ id: 'DutyRoster' });

const reason = z.string().trim().min(2).max(500);

/** 换班: in the shift of a roster that begins on `date`, `in` stands for `out`. */
export const swapSchema = z
  .strictObject({
    id: idSchema,
    demo: common.demo,
    roster: idSchema,
    date: z.iso.date(),
    out: idSchema,
    in: idSchema,
    reason,
  })
  .meta({ id: 'DutySwap' });

/** A day, or a moment of a day as the city's clocks show it. */
const dayOrMoment = z.union([z.iso.date(), z.string().regex(/^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d$/)]);

/** Leave and whatever else keeps somebody away. A day as `to` is included; a moment is when the person is back. */
export const absenceSchema = z
  .strictObject({ id: idSchema, demo: common.demo, person: idSchema, from: dayOrMoment, to: dayOrMoment, reason })
  .meta({ id: 'DutyAbsence' });

/** 代理: who stands in for a person who is away, or for a post that has nobody; the lowest `order` first. */
export const deputySchema = z
  .strictObject({
    ...common,
    person: idSchema.optional(),
    post: idSchema.optional(),
    deputy: idSchema,
    order: z.number().int().min(1).max(100).default(1),
  })
  .refine(({ person, post }) => (person === undefined) !== (post === undefined), {
    error: 'a deputy stands in for a person or for a post: give one of them',
    path: ['person'],
    params: { zh: '代理须针对一个人员或一个岗位，二者取一' },
  })
  .meta({ id: 'DutyDeputy' });

const codes = z.array(z.string().min(1)).min(1).optional();
const given = (...parts: readonly unknown[]) => parts.filter((part) => part !== undefined).length;

/**
 * What an assignment is about. One kind of matter and one kind of place at most; what is left out, fits. The nearer one
 * counts: item before category before hazard before domain before everything, and among equals grid before area before city.
 */
export const dutyMatchSchema = z
  .strictObject({
    items: codes,
    categories: codes,
    hazards: z.array(hazard).min(1).optional(),
    domains: codes,
    areas: codes,
    /** Grid codes; one that ends in `*` stands for all that begin so. */
    grids: codes,
  })
  .refine(({ items, categories, hazards, domains }) => given(items, categories, hazards, domains) <= 1, {
    error: 'give one of items, categories, hazards and domains',
    params: { zh: 'items、categories、hazards、domains 只能给出一种' },
  })
  .refine(({ areas, grids }) => given(areas, grids) <= 1, {
    error: 'give areas or grids, not both',
    params: { zh: 'areas 与 grids 只能给出一种' },
  });
export type DutyMatch = z.infer<typeof dutyMatchSchema>;

/** 责任分工: a duty at matters and places, and whose it is. Without post, crew and person: the department's posts of that duty. */
export const assignmentSchema = z
  .strictObject({
    ...common,
    match: dutyMatchSchema,
    duty: z.enum(dutyKinds).default('handle'),
    department: z.string().min(1),
    post: idSchema.optional(),
    crew: idSchema.optional(),
    person: idSchema.optional(),
  })
  .refine(({ post, crew, person }) => given(post, crew, person) <= 1, {
    error: 'give one of post, crew and person, or none of them',
    path: ['post'],
    params: { zh: 'post、crew、person 至多给出一种' },
  })
  .meta({ id: 'DutyAssignment' });

export type Person = z.infer<typeof personSchema>;
export type Post = z.infer<typeof postSchema>;
export type Shift = z.infer<typeof shiftSchema>;
export type Roster = z.infer<typeof rosterSchema>;
export type Swap = z.infer<typeof swapSchema>;
export type Absence = z.infer<typeof absenceSchema>;
export type Deputy = z.infer<typeof deputySchema>;
export type Assignment = z.infer<typeof assignmentSchema>;

/** The record of each {@link DutyRecordKind}. */
export interface DutyRecordOf {
  readonly person: Person;
  readonly post: Post;
  readonly shift: Shift;
  readonly roster: Roster;
  readonly swap: Swap;
  readonly absence: Absence;
  readonly deputy: Deputy;
  readonly assignment: Assignment;
}

/** One list of records. */
export const dutyList = <K extends DutyRecordKind>(records: DutyRecords, kind: K): readonly DutyRecordOf[K][] =>
  records[dutyLists[kind]] as unknown as readonly DutyRecordOf[K][];

/** All records of responsibility by kind, or a part of them. */
export const dutyRecordsSchema = z.strictObject({
  persons: z.array(personSchema).default([]),
  posts: z.array(postSchema).default([]),
  shifts: z.array(shiftSchema).default([]),
  rosters: z.array(rosterSchema).default([]),
  swaps: z.array(swapSchema).default([]),
  absences: z.array(absenceSchema).default([]),
  deputies: z.array(deputySchema).default([]),
  assignments: z.array(assignmentSchema).default([]),
});
export type DutyRecords = z.infer<typeof dutyRecordsSchema>;

export const noDutyRecords: DutyRecords = dutyRecordsSchema.parse({});
