import { z } from 'zod';
import type { Bilingual } from '../model/device-type.ts';
import { visitWindowsSchema } from './campaign-policy.ts';
import { type Step, stepSchema } from './catalogue.ts';
import { hazardReportSchema } from './hazard.ts';
import { positionSchema } from './place.ts';
import type { Period } from './score.ts';
import { carriedFields, note, photos, reason } from './step-fields.ts';
import { type By, type OnSiteReading, readingSchema, reportSchema } from './ticket.ts';

/** A place that is visited without being a registered site. */
const listedPlaceSchema = z.strictObject({
  name: z.string().trim().min(1).max(200),
  ...positionSchema.shape,
  area: z.string().optional(),
  address: z.string().max(200).optional(),
});

/** How visits are drawn: so many an area, or a share of each area; by a seed that anybody can draw again with. */
export const drawSchema = z
  .strictObject({
    perArea: z.number().int().min(1).max(10_000).optional(),
    share: z.number().gt(0).max(1).optional(),
    /** Kept secret until the last visit is open; its SHA-256 is shown from the first. */
    seed: z.string().trim().min(8).max(200),
  })
  .refine(({ perArea, share }) => (perArea === undefined) !== (share === undefined), {
    error: 'give either perArea or share',
  });
export type Draw = z.infer<typeof drawSchema>;

/** What a campaign is begun with. */
export const campaignDraftSchema = z
  .strictObject({
    /** Kind of the city's list. */
    kind: z.string().min(1),
    name: z.string().trim().min(2).max(200),
    /** First and last moment, ms. */
    from: z.number(),
    to: z.number(),
    /** Whom it visits: registered sites of these areas and kinds, or those named. */
    areas: z.array(z.string()).min(1).optional(),
    siteKinds: z.array(z.string()).min(1).optional(),
    sites: z.array(z.string()).min(1).max(20_000).optional(),
    places: z.array(listedPlaceSchema).min(1).max(20_000).optional(),
    draw: drawSchema.optional(),
    windows: visitWindowsSchema.optional(),
    /** Code of the catalogue's item whose procedure is the checklist. */
    item: z.string().optional(),
    checklist: z.array(stepSchema).max(50).optional(),
    /** Accounts that make the visits; any inspector where nobody is named. */
    inspectors: z.array(z.string()).min(1).optional(),
  })
  .refine(({ from, to }) => from < to, { error: 'a campaign ends after it begins', path: ['to'] });
export type CampaignDraft = z.infer<typeof campaignDraftSchema>;

/** A stratum of a lot: how many could have been drawn, how many were, and the SHA-256 of the ids that could, sorted, one a line. */
export interface DrawnArea {
  readonly area: string | null;
  readonly candidates: number;
  readonly drawn: number;
  readonly pool: string;
}

/** The lot of a cycle of supervision (月暗访) that a campaign's visits are; the lot itself is kept with its run. */
export interface CampaignSample {
  readonly run: string;
  readonly cycle: string;
  readonly period: Period;
}

/** What the visits of a drawn sample are made with; the cycle says the rest. */
export const sampleVisitsFields = {
  /** Id of the run that drew it. */
  run: z.string().min(1),
  /** Kind of the city's list; left out, the one that the cycle names, else the first that is unannounced. */
  kind: z.string().min(1).optional(),
  /** First and last moment, ms, within the period it was drawn for; left out, from now to its end. */
  from: z.number().optional(),
  to: z.number().optional(),
  inspectors: z.array(z.string()).min(1).optional(),
};

export interface Campaign {
  readonly id: string;
  readonly kind: string;
  readonly kindName: Bilingual;
  readonly name: string;
  readonly stage: 'running' | 'ended';
  readonly from: number;
  readonly to: number;
  readonly areas: readonly string[] | null;
  readonly siteKinds: readonly string[] | null;
  readonly unannounced: boolean;
  readonly everyWindow: boolean;
  readonly windows: readonly (readonly [string, string])[] | null;
  readonly attempts: number;
  readonly againAfterH: number;
  readonly item: string | null;
  readonly checklist: readonly Step[];
  readonly inspectors: readonly string[] | null;
  readonly draw: {
    readonly perArea: number | null;
    readonly share: number | null;
    readonly seed: string;
    /** SHA-256 of the seed: shown before it is. */
    readonly commitment: string;
    readonly areas: readonly DrawnArea[];
  } | null;
  /** When the last of its visits opens, ms: from then on seed and list are no secret. */
  readonly openAt: number;
  /** Absent where it is no cycle's sample. */
  readonly sample?: CampaignSample;
  /** Visits of a demonstration; absent: of the city itself. */
  readonly demo?: boolean;
  readonly visits: number;
  readonly createdAt: number;
  readonly createdBy: By;
  /** When its people were told that it ends soon; those of earlier versions have none. */
  readonly warnedAt?: number | undefined;
  readonly endedAt: number | null;
  readonly seq: number;
}

/**
 * Where a visit stands. `again`: nobody was at home, and somebody comes once more. The last four are ends: `unreached` nobody was
 * ever at home, `refused` was not let in, `missed` nobody came in its window.
 */
export const visitStages = ['planned', 'again', 'started', 'done', 'unreached', 'refused', 'missed'] as const;
export type VisitStage = (typeof visitStages)[number];
export const isVisitOpen = ({ stage }: Pick<Visit, 'stage'>): boolean =>
  stage === 'planned' || stage === 'again' || stage === 'started';

/** One answer of the checklist. */
const answerSchema = z.strictObject({
  step: z.number().int().min(0),
  choice: z.number().int().min(0).optional(),
  reading: readingSchema.optional(),
  note: note.optional(),
  photos: photos.optional(),
  /** Why it does not apply. */
  skipped: reason.optional(),
});
export type VisitAnswer = z.infer<typeof answerSchema>;

/** What the place of the visit says already. */
const placed = { lon: true, lat: true, area: true, address: true, site: true } as const;
const hazardFindingSchema = hazardReportSchema.omit({ ...placed, source: true, reference: true });
const ticketFindingSchema = reportSchema.omit({ ...placed, channel: true, reference: true, name: true, phone: true });

/** What an inspector does at a place. */
export const visitStepSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('start'), ...carriedFields }),
  /** What was found becomes a hazard of the register, or a ticket. */
  z.strictObject({
    kind: z.literal('finding'),
    ...carriedFields,
    finding: z.union([
      z.strictObject({ as: z.literal('hazard'), ...hazardFindingSchema.shape }),
      z.strictObject({ as: z.literal('ticket'), ...ticketFindingSchema.shape }),
    ]),
  }),
  /** Looked at whole; `answers` are the checklist's. */
  z.strictObject({ kind: z.literal('done'), ...carriedFields, answers: z.array(answerSchema).max(50).default([]) }),
  /** 无人在家 */
  z.strictObject({ kind: z.literal('nobody-home'), ...carriedFields }),
  /** 拒绝入户 */
  z.strictObject({ kind: z.literal('refused'), ...carriedFields, reason }),
  /** Somebody else goes. */
  z.strictObject({ kind: z.literal('hand-back'), ...carriedFields, reason }),
]);
/** What was found at a place, and what it becomes. */
export type VisitFinding = Extract<VisitPersonStep, { kind: 'finding' }>['finding'];
export type VisitPersonStep = z.infer<typeof visitStepSchema>;
export type VisitStepKind = VisitPersonStep['kind'] | 'missed';

/** One line of a visit's history. */
export interface VisitStep {
  readonly seq: number;
  readonly visit: string;
  readonly at: number;
  readonly doneAt: number | null;
  readonly kind: VisitStepKind;
  readonly by: By | null;
  readonly place: { readonly lon: number; readonly lat: number } | null;
  readonly note: string | null;
  readonly photos: readonly string[];
  readonly from: VisitStage;
  readonly to: VisitStage;
  readonly more: Readonly<Record<string, string | number | boolean | null>>;
}

/** One place of a campaign, in one window. */
export interface Visit {
  /** `<campaign>/<number>`. */
  readonly id: string;
  readonly campaign: string;
  readonly stage: VisitStage;
  readonly site: string | null;
  /** A device that stands at no site. */
  readonly device?: string;
  /** Category of the catalogue under which it was drawn. */
  readonly category?: string;
  readonly demo?: boolean;
  readonly name: string;
  readonly area: string | null;
  readonly lon: number;
  readonly lat: number;
  readonly address: string | null;
  /** From when and until when it is made, ms. */
  readonly opensAt: number;
  readonly closesAt: number;
  /** Not again before this, ms. */
  readonly againAt: number | null;
  readonly rings: number;
  readonly by: By | null;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly answers: readonly (VisitAnswer & { readonly reading?: OnSiteReading | undefined })[];
  /** Ids of hazards and tickets that it found. */
  readonly findings: readonly { readonly as: 'hazard' | 'ticket'; readonly id: string }[];
  readonly photos: readonly string[];
  readonly seq: number;
}
