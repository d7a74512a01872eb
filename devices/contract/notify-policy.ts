import { z } from 'zod';

/** By which means a person can be reached. The three robots speak in a group chat and call a member by name. */
export const channelKinds = ['page', 'web-push', 'wecom', 'dingtalk', 'feishu', 'sms', 'voice', 'mail'] as const;
export type ChannelKind = (typeof channelKinds)[number];

/** What a ladder may name: a channel, or `robot` for whichever of the three robots the person is reached by. */
const rungName = z.enum([...channelKinds, 'robot']);

/** One step of a ladder: one channel, or several that go together. */
const rungSchema = z.union([rungName, z.array(rungName).min(1)]);

const callShape = (rungs: z.input<typeof rungSchema>[], silentS: number, againMin: number, rounds: number | null) => ({
  /** The ladder, first rung first. What a person has no address for is left out of it. */
  rungs: z.array(rungSchema).min(1).default(rungs),
  /** After so long without a receipt of delivery the next rung is tried, seconds. */
  silentS: z.number().int().min(5).max(3600).default(silentS),
  /** Unhandled for so long: again from the first rung, and the next person too, minutes. */
  againMin: z.number().int().min(1).max(10_080).default(againMin),
  /** How often the ladder is climbed at most; null: until somebody acts. */
  rounds: z.number().int().min(1).nullable().default(rounds),
});
/** P2 to P4 may wait for a person's quiet hours to end. P1 has no such setting: it never waits. */
const quiet = (holds: boolean) => ({ heldInQuietHours: z.boolean().default(holds) });

/**
 * How people are told, `notify:` in city.yaml. One minute without a receipt, five minutes unhandled: again, and the next person
 * too (the practice of Nanjing's Qinhuai district). The rest of the figures is our proposal; a city writes its own.
 */
export const notifyPolicySchema = z.strictObject({
  P1: z.strictObject(callShape(['page', 'web-push', 'robot', 'sms', ['voice', 'mail']], 60, 5, null)).prefault({}),
  P2: z
    .strictObject({
      ...callShape(['page', 'web-push', 'robot', 'sms', ['voice', 'mail']], 60, 5, null),
      ...quiet(true),
    })
    .prefault({}),
  P3: z.strictObject({ ...callShape(['page', 'web-push', 'robot', 'mail'], 300, 60, 3), ...quiet(true) }).prefault({}),
  P4: z.strictObject({ ...callShape(['page', 'mail'], 3600, 1440, 1), ...quiet(true) }).prefault({}),
  /**
   * So many messages reach one address in a minute; what comes beyond is gathered into one that counts. `keptForP1` of them are
   * left to P1. A robot keeps to its own published limit instead, with the same share for P1.
   */
  gather: z
    .strictObject({
      perMinute: z.number().int().min(2).max(60).default(4),
      keptForP1: z.number().int().min(1).max(30).default(2),
    })
    .refine(({ perMinute, keptForP1 }) => keptForP1 < perMinute, {
      path: ['keptForP1'],
      message: 'keptForP1 应小于 perMinute / keptForP1 must be less than perMinute',
    })
    .prefault({}),
});
export type NotifyPolicy = z.infer<typeof notifyPolicySchema>;
