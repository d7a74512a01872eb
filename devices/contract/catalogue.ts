import { z } from 'zod';
import { isUnit } from '../model/units.ts';

/**
 * The standards catalogue as data: domain → category → item → rules. Prose of the draft has become typed: limits are
 * tagged, conditions are CEL expressions. A city replaces the file, never the code.
 */
const bilingual = z.object({ zh: z.string().min(1), en: z.string().min(1) });
const unit = z.string().refine(isUnit, { error: (issue) => `"${issue.input}" is not a UCUM unit this platform knows` });

/** What a value is compared with. */
export const limitSchema = z.union([
  /** A number in a unit. */
  z.strictObject({ value: z.number(), unit }),
  /** CEL arithmetic over the device's constants (`1.10 * Ps`), each converted to `unit` first. */
  z.strictObject({ expr: z.string().min(1), unit }),
  /** A boolean measurement's abnormal value. */
  z.strictObject({ flag: z.boolean() }),
  /** A text measurement's abnormal word. */
  z.strictObject({ state: z.string() }),
  /** A vendor's numeric code. */
  z.strictObject({ code: z.number().int() }),
]);
export type Limit = z.infer<typeof limitSchema>;

export const basisSchema = z.object({
  src: z.string(),
  status: z.enum(['verified', 'background', 'proposal']),
  note: z.string().optional(),
});

/**
 * A CEL condition that must hold beside the comparison. It sees: `r` (newest readings of the device by dotted name, nested:
 * `r.pole.dimLevel`), `c` (constants in the rule's unit), `facts`, `device` (id, type, area, …), `local` (hour, minute,
 * minuteOfDay, weekday 1–7, workingDay, holiday, in the city's time zone and calendar), `sun` (altitude in degrees, dark below civil dusk), and `records`
 * (`workOrders`, `permits`, `protectionPlans`: how many are open at the device).
 */
export const conditionSchema = z.strictObject({ expr: z.string().min(1), text: bilingual });

/** A time of day in the city's zone, `06:00`. */
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);

/**
 * When a rule speaks: every part that is given must hold. Outside of it the rule is held, as by a condition that does not
 * hold: an abnormality that still stands when its time begins is an alarm then, and one that stands when it ends returns.
 */
export const duringSchema = z.strictObject({
  /** Local times of day, the second not included; over midnight where the first is later. */
  between: z.tuple([clockTime, clockTime]).optional(),
  /** ISO weekdays, 1 = Monday. */
  days: z.array(z.number().int().min(1).max(7)).min(1).optional(),
  /** A working day of the city's calendar (make-up days count, holidays do not), or a day off. */
  dayKind: z.enum(['working', 'off']).optional(),
  /** `dark`: the sun over the device is below civil dusk (−6°); `light`: it is not. */
  sun: z.enum(['dark', 'light']).optional(),
  /** A season by its name in the city's `seasons`. */
  season: z.string().min(1).optional(),
});
export type During = z.infer<typeof duringSchema>;

/**
 * Abnormal only when `k` of the last `of` judged samples are. It returns when fewer than `k` are and the newest lies beyond
 * the deadband. A bad sample takes no place, and neither does a doubtful one that is not abnormal.
 */
export const samplesSchema = z.strictObject({
  k: z.number().int().min(1).max(32),
  of: z.number().int().min(1).max(32),
});

/** One side of a balance: what the devices of a type bring in or take out. */
export const flowSchema = z.strictObject({
  deviceType: z.string(),
  measurement: z.string(),
  /**
   * `sum`: each reading is an amount of its own; `increase`: a counter that only rises (it may begin anew at zero);
   * `integral`: a flow (`…/h`, `…/min`) over time.
   */
  as: z.enum(['sum', 'increase', 'integral']),
  /** Only devices that are registered with these facts: which of the meters of a type are inlets, say. */
  where: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
});
export type Flow = z.infer<typeof flowSchema>;

const common = {
  id: z.string().regex(/^[a-z0-9-]+$/),
  title: bilingual,
  /** Dotted measurement; for absence, any or `*`. */
  measurement: z.string(),
  priority: z.enum(['P1', 'P2', 'P3', 'P4']),
  onDelayS: z.number().min(0).default(0),
  offDelayS: z.number().min(0).default(0),
  latched: z.boolean().default(false),
  /** Levels of one measurement that exclude each other share a ladder; the highest priority that is active is the alarm. */
  ladder: z.string().optional(),
  when: conditionSchema.optional(),
  during: duringSchema.optional(),
  /** Judged, and never an alarm: a weak sign that only a `neighbours` rule makes use of. */
  silent: z.boolean().optional(),
  basis: z.array(basisSchema).min(1),
  note: z.string().optional(),
};
const comparison = z.enum(['>', '>=', '<', '<=', '==', '!=']);

export const ruleSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    ...common,
    kind: z.literal('threshold'),
    op: comparison,
    limit: limitSchema,
    /** Applies to the return only, in the limit's unit or an expression like the limit's. */
    deadband: limitSchema.optional(),
    /** Judge what this window comes to rather than each value, once it has been watched for its whole length. */
    windowS: z.number().positive().optional(),
    /**
     * What is made of the window; the mean unless said. A window is kept in sixtieths: the median is that of their means.
     * Bad samples never enter; a window most of whose samples are doubtful does not clear an alarm.
     */
    aggregate: z.enum(['mean', 'min', 'max', 'sum', 'median']).optional(),
    samples: samplesSchema.optional(),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('state'),
    op: z.enum(['==', '!=']),
    limit: limitSchema,
    samples: samplesSchema.optional(),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('rate'),
    op: comparison,
    limit: limitSchema,
    windowS: z.number().positive(),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('count'),
    op: comparison,
    limit: limitSchema,
    windowS: z.number().positive(),
  }),
  /** Nothing heard of the device (or of `measurement`) for `afterS` seconds, also when it was registered and never heard. */
  z.strictObject({ ...common, kind: z.literal('absence'), afterS: z.number().positive() }),
  z.strictObject({ ...common, kind: z.literal('stuck'), windowS: z.number().positive() }),
  /** How far a value is from what is usual for its device (docs/rule-kinds.md says how that is learned and forgotten). */
  z.strictObject({
    ...common,
    kind: z.literal('baseline'),
    op: comparison,
    /** `difference`: in the measurement's unit; `ratio` and `deviations`: in `1`. */
    limit: z.strictObject({ value: z.number(), unit }),
    /** Applies to the return only, in the limit's unit. */
    deadband: z.strictObject({ value: z.number(), unit }).optional(),
    /** value − usual; value ÷ usual; (value − usual) ÷ spread, where the spread is 1.4826 × MAD. */
    measure: z.enum(['difference', 'ratio', 'deviations']),
    /** What is compared: the same hour of the week, the same hour of the day, or simply the time before. */
    by: z.enum(['hour-of-week', 'hour-of-day', 'trailing']),
    /** How much of the past is remembered: whole weeks, whole days, or any length. */
    learnS: z.number().positive(),
    /** Learned hours of a bin (or kept points of `learnS`, of 120) without which nothing is said; 3, 7 and 30 unless given. */
    minimum: z.number().int().positive().optional(),
    /** Which part of the remembered lies below the usual: 0.5 is the median. */
    quantile: z.number().min(0).max(1).optional(),
    /** The least that the usual (`ratio`) or the spread (`deviations`) is taken for, so that nothing is divided by zero. */
    floor: z.strictObject({ value: z.number().positive(), unit }).optional(),
    /** An abnormality that lasts so long without a break is the new normal: learning begins anew. Twice `learnS` unless given. */
    forgetS: z.number().positive().optional(),
    samples: samplesSchema.optional(),
    /**
     * Less what the devices of the type around it, itself included, have in common at the time: the median of their own
     * departures, as far as it lies on the rule's side. Three of them must have been heard within three of their periods.
     */
    against: z
      .strictObject({ withinM: z.number().positive().optional(), along: z.enum(['circuit', 'site']).optional() })
      .optional(),
  }),
  /**
   * A CEL expression over several measurements of the device and its records, which sees what a condition sees. Judged whenever
   * a measurement that it reads comes in, and each minute where it asks for the hour, the sun or the records. A bad reading among
   * those it reads changes nothing; a doubtful one may raise and never clears. `measurement` is the one that the alarm shows.
   */
  z.strictObject({ ...common, kind: z.literal('expression'), expr: z.string().min(1), text: bilingual }),
  /**
   * What goes in against what comes out, over all devices of a group. One alarm, at the group's first device of the item's type,
   * whose measurement is one of the two.
   */
  z.strictObject({
    ...common,
    kind: z.literal('balance'),
    inflow: flowSchema,
    outflow: flowSchema,
    /** Devices with the same site, circuit, area or gateway are balanced with each other. */
    over: z.enum(['site', 'circuit', 'area', 'gateway']),
    windowS: z.number().positive(),
    op: comparison,
    /** What is missing of the inflow: an amount, or a part of it in `%`. Less than nothing where more comes out than went in. */
    limit: z.strictObject({ value: z.number(), unit }),
    deadband: z.strictObject({ value: z.number(), unit }).optional(),
    /** Part of each side's devices that must have been heard, 0 to 1; without them nothing is said. All of them unless given. */
    minimumShare: z.number().min(0).max(1).optional(),
  }),
  /**
   * `k` devices of the type, this one included, for which the rule `of` of the same item was abnormal within `withinS`: within a
   * radius of each other, or along one circuit or site. One alarm, at the one that was abnormal first.
   */
  z.strictObject({
    ...common,
    kind: z.literal('neighbours'),
    /** Id of a rule of the same item over the same measurement: its comparison counts, before its on-delay. */
    of: z.string(),
    k: z.number().int().min(2),
    /** Metres over ground (WGS-84). Either this or `along`. */
    withinM: z.number().positive().optional(),
    along: z.enum(['circuit', 'site']).optional(),
    withinS: z.number().positive(),
  }),
]);
export type Rule = z.infer<typeof ruleSchema>;

const provenance = z.enum(['quoted', 'adapted', 'illustrative']);

/** One step of a procedure: what to do, and what is recorded as proof that it was done. */
export const stepSchema = z.strictObject({
  text: bilingual,
  record: z.enum(['done', 'reading', 'photo', 'choice']).default('done'),
  /** The answers of a `choice`. */
  choices: z.array(bilingual).min(2).optional(),
  /** The unit of a `reading`. */
  unit: unit.optional(),
});
export type Step = z.infer<typeof stepSchema>;

/** What whoever is sent does, step by step. Items name it by its id; an alarm freezes `<id>@<version>`. */
export const procedureSchema = z.strictObject({
  version: z.string().min(1),
  title: bilingual,
  provenance,
  source: z.string().nullable().default(null),
  steps: z.array(stepSchema).min(1),
});
export type Procedure = z.infer<typeof procedureSchema>;

/**
 * When a catalogue or an overlay holds: a day (local, from its first moment) or a moment with its offset from UTC. `to` is the
 * first day or moment at which it holds no more.
 */
const moment = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);
export const effectiveSchema = z.strictObject({ from: moment, to: moment.optional() });
export type Effective = z.infer<typeof effectiveSchema>;

export const itemSchema = z.strictObject({
  code: z.string().regex(/^[A-Z]\d{2}-\d{2}$/),
  name: bilingual,
  standard: z.strictObject({
    text: z.string(),
    provenance,
    source: z.string().nullable(),
  }),
  problem: z.string(),
  /** Department id of the city's list. */
  leadDepartment: z.string(),
  cooperating: z.array(z.string()).default([]),
  /** Device type whose readings are judged. */
  deviceType: z.string(),
  /** What escapes, burns or falls when the item's urgent rules are right. */
  hazard: z.enum(['gas', 'fire', 'water', 'structure', 'power']).optional(),
  rules: z.array(ruleSchema),
  /** A procedure of the catalogue's list, by its id. */
  procedure: z.string().optional(),
  timeLimit: z.strictObject({
    ackMin: z.number().nullable(),
    arriveMin: z.number().nullable(),
    makeSafeMin: z.number().nullable(),
    closeH: z.number().nullable(),
    clock: z.enum(['continuous', 'working']),
    basis: z.array(basisSchema).min(1),
  }),
  gbt30428: z
    .strictObject({
      kind: z.enum(['event', 'component']),
      code: z.string(),
      name: z.string(),
      status: z.enum(['verified', 'background', 'proposal']),
    })
    .optional(),
  note: z.string().optional(),
});
export type Item = z.infer<typeof itemSchema>;

export const categorySchema = z.strictObject({
  code: z.string(),
  name: bilingual,
  status: z.enum(['named', 'facility-named', 'topic-named']),
  sourceWords: z.string(),
  sources: z.array(z.string()),
  items: z.array(itemSchema),
});

/**
 * Suppression by design (ANSI/ISA-18.2): while a cause stands, what it says already need not be said by others. An alarm that is
 * raised in that time is hidden; one that was active before never is. See docs/decisions for what may not be hidden at all.
 */
export const suppressionSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  title: bilingual,
  because: z.union([
    /** The gateway is down, or has been back for less than its devices need to be heard again. Scope: `behind-gateway`. */
    z.strictObject({ gateway: z.literal('down') }),
    /** A device of this type (`*`: of any) in scope is silent. */
    z.strictObject({ silent: z.string().min(1) }),
    /** This rule (`<item>.<rule>`) is active at a device in scope. */
    z.strictObject({ active: z.string().min(1) }),
    /** A CEL condition over the device that would be hidden; sees what rules' conditions see. Scope: `same-device`. */
    z.strictObject({ condition: conditionSchema }),
  ]),
  /** What is hidden: all that is named must fit, one of each list. `rules` are `<item>.<rule>`, or `platform.silent`. */
  hides: z.strictObject({
    kinds: z.array(z.string().min(1)).min(1).optional(),
    rules: z.array(z.string().min(1)).min(1).optional(),
    measurements: z.array(z.string().min(1)).min(1).optional(),
    deviceTypes: z.array(z.string().min(1)).min(1).optional(),
  }),
  /** Where the cause stands, seen from the device that is hidden: its gateway, what carries it, a neighbour, itself. */
  scope: z.enum(['behind-gateway', 'mounted-on', 'same-circuit', 'same-site', 'same-device']),
  basis: z.array(basisSchema).min(1),
  note: z.string().optional(),
});
export type Suppression = z.infer<typeof suppressionSchema>;

/** What holds in a city whose catalogue does not speak of suppressions; one that wants none says `suppressions: []`. */
const usualSuppressions: Suppression[] = [
  {
    id: 'gateway-down',
    title: { zh: '网关断开', en: 'Gateway down' },
    because: { gateway: 'down' },
    hides: { kinds: ['absence'] },
    scope: 'behind-gateway',
    basis: [{ src: 'platform default', status: 'proposal' }],
  },
  {
    id: 'carrier-silent',
    title: { zh: '载体设备失联', en: 'Carrier silent' },
    because: { silent: '*' },
    hides: { kinds: ['absence'] },
    scope: 'mounted-on',
    basis: [{ src: 'platform default', status: 'proposal' }],
  },
];
export const domainSchema = z.strictObject({
  code: z.string(),
  name: bilingual,
  categories: z.array(categorySchema),
});

export const catalogueSchema = z.strictObject({
  title: bilingual,
  /** Frozen into alarms. */
  version: z.string(),
  /** Left out: since ever, until another version takes over. */
  effective: effectiveSchema.optional(),
  /** Shown wherever the catalogue is shown: that it is a draft, and whose. */
  warning: bilingual,
  officialTotal: z
    .object({ domains: z.number(), categories: z.number(), items: z.number(), source: z.string() })
    .optional(),
  bases: z.record(z.string(), z.array(basisSchema)).default({}),
  /** Procedures that items name by their ids. */
  procedures: z.record(z.string().regex(/^[a-z0-9-]+$/), procedureSchema).default({}),
  domains: z.array(domainSchema),
  suppressions: z.array(suppressionSchema).default(usualSuppressions),
  /** What was corrected against the draft it came from, newest first. */
  changes: z.array(z.strictObject({ version: z.string(), item: z.string().optional(), text: bilingual })).default([]),
});
export type Catalogue = z.infer<typeof catalogueSchema>;
