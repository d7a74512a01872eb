import { z } from 'zod';
import type { Priority } from './alarm.ts';
import { idSchema } from './place.ts';
import { reason } from './step-fields.ts';
import type { By } from './ticket.ts';

/**
 * The hand-offs of an alarm on its way to a close, in their order: published by the detector, durable in the journal, raised, shown
 * on a page, acknowledged, dispatched, accepted, arrived, made safe, closed.
 */
export const handOffKinds = [
  'published',
  'journaled',
  'raised',
  'shown',
  'acknowledged',
  'dispatched',
  'accepted',
  'arrived',
  'made-safe',
  'closed',
] as const;
export type HandOffKind = (typeof handOffKinds)[number];

/** One hand-off of a drill, measured. All times are platform time, ms. */
export interface HandOff {
  readonly kind: HandOffKind;
  /** When it was reached; null where it was not. */
  readonly at: number | null;
  /** Since the reading was published, ms. */
  readonly sinceMs: number | null;
  /** Since the last hand-off before it that was reached, ms. */
  readonly tookMs: number | null;
  /** By when the city's policy wants it; null where it sets no limit. */
  readonly due: number | null;
  /** Reached in time; null where there is no limit, or where it can still be reached in time. */
  readonly inTime: boolean | null;
  /** Who did it; null where nobody did, or nobody is named for it. */
  readonly by: string | null;
}

/** What a drill measured: as it stands while it runs, frozen when it ends. */
export interface DrillReport {
  /** When it was drawn up, ms. */
  readonly at: number;
  readonly handOffs: readonly HandOff[];
  /** The alarms that its detector raised, the gravest first. */
  readonly alarms: readonly string[];
  readonly ticket: { readonly id: string; readonly no: string } | null;
}

/** What a drill's detector reads. */
export interface DrillPlay {
  /** `<item>.<rule>` that it makes raise. */
  readonly rule: string;
  readonly priority: Priority;
  readonly measurement: string;
  /** What it reads until somebody has made it safe, in `unit`. */
  readonly over: number;
  /** What it reads from then on. */
  readonly calm: number;
  readonly unit: string;
}

/** The real device whose kind and place a drill's detector takes. Nothing else of it is touched. */
export interface DrillPlace {
  readonly device: string;
  readonly name: string;
  readonly type: string;
  readonly site: string | null;
  readonly area: string | null;
  readonly lon: number;
  readonly lat: number;
}

/**
 * A drill (演练): one detector, registered for it alone, is driven through the door that all devices use, and what becomes of its
 * alarm is measured at each hand-off. `id` names the drill and its detector alike: `D20261130-0001`. Times are platform time, ms.
 */
export interface Drill {
  readonly id: string;
  readonly name: string;
  /** Why it is held. */
  readonly reason: string;
  readonly seat: string;
  /** The crew that is to go out, of the registry; null where none is named. */
  readonly crew: string | null;
  readonly place: DrillPlace;
  readonly play: DrillPlay;
  readonly by: By;
  readonly startedAt: number;
  /** Where real alarms stood at the seat: which, and why a supervisor let it begin all the same. */
  readonly despite: { readonly alarms: readonly string[]; readonly reason: string } | null;
  /** The first reading: when it was published, and when the door had it in the journal. Null until then. */
  readonly sent: { readonly publishedAt: number; readonly journaledAt: number } | null;
  readonly over: {
    readonly at: number;
    readonly by: By;
    readonly how: DrillEnd;
    readonly reason: string | null;
  } | null;
  /** Frozen when it ended; null while it runs. */
  readonly report: DrillReport | null;
  readonly demo: boolean;
}

/** `broken-off`: it did not come to its end, because something real went before it. */
export const drillEnds = ['ended', 'broken-off'] as const;
export type DrillEnd = (typeof drillEnds)[number];

/** What a drill is started with. */
export const startDrillFields = {
  name: z.string().trim().min(2).max(80),
  reason,
  seat: z.string().min(1).max(100),
  crew: z.string().min(1).max(100).optional(),
  /** The real device whose kind and place the drill's detector takes. */
  device: z.string().min(1).max(100),
  /** `<item>.<rule>` to be raised; the gravest that one reading can raise where none is named. */
  rule: z.string().min(1).max(100).optional(),
  /** Why it begins although a real P1 stands at the seat; a supervisor's word alone. */
  despite: reason.optional(),
};
/** What a drill is ended with; one that is broken off says why. */
export const endDrillFields = { how: z.enum(drillEnds).default('ended'), reason: reason.optional() };

/** The commands about drills, each with what every command carries. */
export const drillCommands = <const E extends z.ZodRawShape>(envelope: E) =>
  [
    /** Registers the drill's detector; from then on it is driven through the door. */
    z.object({ ...envelope, type: z.literal('drill.start'), ...startDrillFields }),
    /** Takes the detector away, ends what it raised, and keeps the report. */
    z.object({ ...envelope, type: z.literal('drill.end'), drill: idSchema, ...endDrillFields }),
    /** The platform's own word: the first reading is in the journal. */
    z.object({
      ...envelope,
      type: z.literal('drill.sent'),
      drill: idSchema,
      publishedAt: z.number(),
      journaledAt: z.number(),
    }),
  ] as const;

/** A drill that runs, as whoever drives its detector needs it. */
export interface PlayedDrill {
  readonly drill: Drill;
  /** What the detector reads now: {@link DrillPlay.calm} once somebody has made it safe. */
  readonly reads: number;
}

/** One row a drill; `body` is the whole {@link Drill} as JSON. Rows are never removed. */
export interface DrillRow {
  id: string;
  seat: string;
  started_at: number;
  /** null while it runs. */
  over_at: number | null;
  body: string;
}
/** The drills that are held, and were. */
export interface DrillTables {
  drills: DrillRow;
}

/** A drill with what it has measured so far, as the API tells of it. */
export interface DrillBody {
  readonly drill: Drill;
  readonly report: DrillReport;
}
export interface DrillsBody {
  readonly now: number;
  readonly items: readonly DrillBody[];
}
