import { z } from 'zod';
import type { Bilingual } from '../model/device-type.ts';
import type { Priority } from './alarm.ts';
import { idSchema } from './place.ts';
import type { By } from './ticket.ts';

/**
 * A person's watch at a seat (值班): begun by signing on or by taking over, ended by handing over, by signing off where nobody
 * need sit, or by a supervisor with a reason. The roster says who should be there; this says who is. All times are ms.
 */
export interface Watch {
  readonly id: string;
  readonly seat: string;
  readonly by: By;
  readonly since: number;
  /** The hand-over that it began with; null where the person signed on to an empty seat. */
  readonly tookOver: string | null;
  readonly ended: {
    readonly at: number;
    readonly how: 'handed-over' | 'signed-off' | 'ended';
    /** Who ended it: the next person, himself, or a supervisor. */
    readonly by: By;
    /** Why a supervisor did, or what he leaves in words; null for a hand-over. */
    readonly reason: string | null;
  } | null;
}

/** The parts of a hand-over note, in its order. */
export const handoverSections = ['alarms', 'aside', 'blind', 'tickets', 'detectors', 'carried'] as const;
export type HandoverSection = (typeof handoverSections)[number];

/** What an item of the note is at that moment; devices/watches/handover-words.ts has the words. */
export type HandoverState =
  | 'unacknowledged'
  | 'standing'
  | 'returned'
  | 'needs-verdict'
  | 'shelved'
  | 'out-of-service'
  | 'suppressed'
  | 'blind'
  | 'open'
  | 'overdue'
  | 'disputed'
  | 'suspended'
  | 'unowned'
  | 'expired'
  | 'expires-soon'
  | 'calibration-overdue'
  | 'calibration-soon'
  | 'promised';

/** One line of a hand-over note. */
export interface HandoverItem {
  readonly section: HandoverSection;
  /** The same matter has the same id in every note. */
  readonly id: string;
  readonly priority: Priority | null;
  readonly title: Bilingual;
  readonly states: readonly HandoverState[];
  /** When it ends or falls due, ms; null where nothing is set. */
  readonly until: number | null;
  /** Who has it, or put it aside. */
  readonly who: string | null;
  /** Words of people: a reason, a promise. */
  readonly says: string | null;
  /** Of several alike, how many. */
  readonly count: number;
  /** Where it is looked at: a path of the platform. */
  readonly link: string;
  /** The note before this one named it already. */
  readonly again: boolean;
}

/** A ticket whose owner goes: what becomes of it must be said before he may. */
export interface LeavingTicket {
  readonly ticket: string;
  readonly no: string;
  readonly title: Bilingual;
  readonly priority: Priority;
  readonly owner: By;
  /** `on-watch`: his who hands over; `off-duty`: of somebody whom the roster no longer names where the ticket lies. */
  readonly why: 'on-watch' | 'off-duty';
}

/** What a hand-over note is drafted from, at one moment. */
export interface HandoverDraft {
  readonly seat: string;
  readonly at: number;
  readonly items: readonly HandoverItem[];
  /** Items beyond those that are listed, by section. */
  readonly more: Readonly<Partial<Record<HandoverSection, number>>>;
  readonly leaving: readonly LeavingTicket[];
}

/** What somebody said he would do; it is carried from note to note until somebody says that it is done. */
export interface HandoverPromise {
  readonly id: string;
  readonly text: string;
  readonly due: number | null;
  readonly by: By;
  readonly at: number;
}

const reason = z.string().trim().min(2).max(500);
const words = z.string().trim().max(4000);

/** What becomes of a ticket whose owner goes: he keeps it, whoever is on duty there goes on with it, or a person of the duty list does. */
export const ticketDecisionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('keep'), ticket: z.string().min(1) }),
  z.strictObject({ kind: z.literal('hand-back'), ticket: z.string().min(1), reason: reason.optional() }),
  z.strictObject({
    kind: z.literal('give'),
    ticket: z.string().min(1),
    /** Person of the duty list. */
    person: idSchema,
    reason: reason.optional(),
  }),
]);
export type TicketDecision = z.infer<typeof ticketDecisionSchema>;
const decisions = z.array(ticketDecisionSchema).max(1000).default([]);

/** What a hand-over is offered with. */
export const handOverFields = {
  seat: z.string().min(1),
  words: words.default(''),
  promises: z
    .array(z.strictObject({ text: reason, due: z.number().optional() }))
    .max(50)
    .default([]),
  /** Promises of earlier notes that are kept now. */
  kept: z.array(z.string()).max(200).default([]),
  decisions,
};
/** What a hand-over is taken with. */
export const takeOverFields = { handover: z.string().min(1), words: words.default('') };
/** What a watch is ended with where nobody need follow. */
export const signOffFields = { seat: z.string().min(1), words: words.default(''), decisions };
/** What a supervisor ends a watch with. */
export const endWatchFields = { seat: z.string().min(1), reason };

/** What differs between the note as it was drafted and the moment of the second signature. */
export interface HandoverChanges {
  readonly fresh: readonly HandoverItem[];
  readonly gone: readonly HandoverItem[];
  /** As they are at the second signature. */
  readonly changed: readonly HandoverItem[];
}

/** A note of hand-over with its signatures. Frozen when it was drafted; what changed until the second signature stands beside it. */
export interface Handover {
  readonly id: string;
  readonly seat: string;
  /** The watch that ends with it. */
  readonly watch: string;
  readonly from: By;
  /** When the one who goes signed, ms. */
  readonly signedAt: number;
  /** `withdrawn`: he drafted another one, or his watch ended otherwise. */
  readonly state: 'offered' | 'taken' | 'withdrawn';
  readonly note: HandoverDraft;
  readonly words: string;
  readonly promises: readonly HandoverPromise[];
  readonly decisions: readonly TicketDecision[];
  readonly taken: {
    readonly by: By;
    readonly at: number;
    readonly words: string;
    readonly changes: HandoverChanges;
    /** Tickets that went to others with it. */
    readonly passedOn: readonly string[];
  } | null;
}

/** One row a watch; `body` is the whole {@link Watch} as JSON. */
export interface WatchRow {
  id: string;
  seat: string;
  person: string;
  since: number;
  until: number | null;
  body: string;
}

/** One row a hand-over; `body` is the whole {@link Handover} as JSON. */
export interface HandoverRow {
  id: string;
  seat: string;
  state: Handover['state'];
  signed_at: number;
  taken_at: number | null;
  body: string;
}

/** Who was on watch where, and what they handed over. */
export interface WatchTables {
  watches: WatchRow;
  handovers: HandoverRow;
}

/** A seat as it is staffed now. */
export interface SeatWatch {
  readonly seat: string;
  readonly name: Bilingual;
  readonly watch: Watch | null;
  readonly offered: { readonly id: string; readonly from: By; readonly signedAt: number } | null;
  /** The city wants somebody there at this hour. */
  readonly mustBeStaffed: boolean;
  /** When the last watch ended, ms; null where somebody is there, or nobody ever was. */
  readonly emptySince: number | null;
}

/** Answers of the API about watches. */
export interface WatchesBody {
  readonly now: number;
  readonly seats: readonly SeatWatch[];
}
export interface HandoversBody {
  readonly items: readonly Handover[];
}
