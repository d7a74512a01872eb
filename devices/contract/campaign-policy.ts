import { z } from 'zod';
import { stepSchema } from './catalogue.ts';

const bilingual = z.object({ zh: z.string().min(1), en: z.string().min(1) });
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);

/** Parts of a day in which visits are made, local times, the first before the second. */
export const visitWindowsSchema = z
  .array(z.tuple([time, time]).refine(([from, to]) => from < to, { error: 'a window ends after it begins' }))
  .min(1)
  .max(6);

/** A kind of campaign, and what a campaign of it is unless it says otherwise. */
const campaignKindSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  name: bilingual,
  /** 四不两直: nobody sees where a visit goes before its window opens. */
  unannounced: z.boolean().default(false),
  /** 晨钟暮鼓: a place is visited in every window of its day. */
  everyWindow: z.boolean().default(false),
  /** Absent: at any time while the campaign runs. */
  windows: visitWindowsSchema.optional(),
  /** How often somebody rings where nobody is at home, and after how many hours again. */
  attempts: z.number().int().min(1).max(10).default(2),
  againAfterH: z.number().min(0).max(720).default(24),
  /** What is looked at, unless the campaign or its item says so. */
  checklist: z.array(stepSchema).default([]),
  source: z.string().optional(),
});
export type CampaignKind = z.infer<typeof campaignKindSchema>;

/** Inspection campaigns of a city. The defaults are our proposal; a city writes its own in city.yaml. */
export const campaignPolicySchema = z.strictObject({
  kinds: z
    .array(campaignKindSchema)
    .min(1)
    .default([
      {
        id: 'unannounced',
        name: { zh: '暗访', en: 'Unannounced visits' },
        unannounced: true,
        everyWindow: false,
        attempts: 1,
        againAfterH: 24,
        checklist: [],
      },
    ]),
  /** What was done in time on a phone off the network is still taken for so long after the window, hours. */
  graceH: z.number().min(0).max(168).default(24),
  /** More visits than this are refused: one campaign is no census. */
  most: z.number().int().min(1).max(200_000).default(20_000),
});
export type CampaignPolicy = z.infer<typeof campaignPolicySchema>;
