import { z } from 'zod';

const hazard = z.enum(['gas', 'fire', 'water', 'structure', 'power']);
const priority = z.enum(['P1', 'P2', 'P3', 'P4']);

/** Which matters: all that is named must fit; items and categories are codes of the catalogue, either is enough. */
const which = {
  items: z.array(z.string()).min(1).optional(),
  categories: z.array(z.string()).min(1).optional(),
  hazards: z.array(hazard).min(1).optional(),
  priorities: z.array(priority).min(1).optional(),
};

const gasGrave = { hazards: ['gas' as const], priorities: ['P1' as const, 'P2' as const] };
const minutes = z.number().min(0).max(43_200);

/** How matters become tickets and what a close asks for. The defaults are our proposal; a city writes its own in city.yaml. */
export const ticketPolicySchema = z.strictObject({
  /**
   * Which alarms open a ticket, and when; the first that fits counts, and what none fits opens one at once. `on-verdict`: when a
   * person judged it real. `never`: the duty seat alone sees to it.
   */
  opens: z.array(z.strictObject({ ...which, when: z.enum(['at-once', 'on-verdict', 'never']) })).default([]),
  /** Tickets that go out without a dispatcher, to whom the duty list names. */
  autoDispatch: z.array(z.strictObject(which)).default([{}]),
  /** Tickets that end by themselves once their alarms are over on good data: nobody has to say that a bin was emptied. */
  selfClosing: z.array(z.strictObject(which)).default([{ priorities: ['P3', 'P4'] }]),
  /** What a verified close asks for, first that fits; what none fits asks for nothing but a second pair of eyes. */
  closing: z
    .array(
      z.strictObject({
        ...which,
        /** Below its limit, on fresh and good data, for so long, minutes. */
        overForMin: minutes.optional(),
        /** The newest reading may be no older than this, minutes. */
        freshWithinMin: minutes.default(15),
        verdict: z.boolean().default(false),
        onSiteReading: z.boolean().default(false),
        /** A photograph or words that prove it; it may follow until the verification. */
        evidence: z.boolean().default(false),
        procedure: z.boolean().default(false),
        /** Another person than the one who handled it and the one who acknowledged its alarm. */
        secondPerson: z.boolean().default(true),
      }),
    )
    .default([
      {
        priorities: ['P1'],
        overForMin: 10,
        freshWithinMin: 15,
        verdict: true,
        onSiteReading: true,
        evidence: true,
        procedure: true,
        secondPerson: true,
      },
      {
        priorities: ['P2'],
        overForMin: 5,
        freshWithinMin: 30,
        verdict: false,
        onSiteReading: false,
        evidence: true,
        procedure: true,
        secondPerson: true,
      },
    ]),
  /** 属地、监管、主体: which tickets carry them, and how soon each must have taken note, minutes. */
  threeDuties: z
    .strictObject({
      ...which,
      localMin: minutes.default(30),
      superviseMin: minutes.default(30),
      companyMin: minutes.default(10),
    })
    .prefault(gasGrave),
  /** 见事报信: which tickets are reported upward, and within how many minutes. */
  reportUp: z
    .strictObject({ ...which, withinMin: minutes.default(30) })
    .prefault({ hazards: ['gas'], priorities: ['P1'] }),
  /** So many returns as "not ours" open a dispute. */
  returnsToDispute: z.number().int().min(2).max(10).default(3),
  /** The longest suspension, hours. */
  longestSuspensionH: z.number().positive().max(2160).default(720),
  /** Reports of one item so near and so soon after another are the same matter. */
  duplicate: z
    .strictObject({ withinM: z.number().min(0).max(2000).default(50), withinH: z.number().min(0).max(720).default(24) })
    .prefault({}),
  /** 回头看: which closed tickets are looked at again, what share of them by lot (1: always), after how many days. */
  recheck: z
    .array(z.strictObject({ ...which, share: z.number().min(0).max(1), afterDays: z.number().min(0).max(365) }))
    .default([
      { priorities: ['P1'], share: 1, afterDays: 7 },
      { share: 0.1, afterDays: 14 },
    ]),
  /** An alarm of an earlier ticket that comes back within so many hours of its close reopens it. */
  reopensWithinH: z.number().min(0).max(720).default(2),
});
export type TicketPolicy = z.infer<typeof ticketPolicySchema>;

/** The part of an entry that says which matters it is for. */
export type Which = Readonly<
  Partial<Pick<z.infer<z.ZodObject<typeof which>>, 'items' | 'categories' | 'hazards' | 'priorities'>>
>;
