import { z } from 'zod';
import type { Priority } from './alarm.ts';
import type { Notice } from './notice.ts';

/** What a browser gives when a person subscribes to web push (`PushSubscription.toJSON()`, W3C Push API §8). */
export const pushSubscriptionSchema = z.object({
  endpoint: z.url({ protocol: /^https$/ }).max(1000),
  keys: z.object({
    /** An uncompressed point on P-256. */
    p256dh: z.string().regex(/^[\w-]{86,88}$/),
    /** 16 bytes. */
    auth: z.string().regex(/^[\w-]{22,24}$/),
  }),
});
export type PushSubscriptionGiven = z.infer<typeof pushSubscriptionSchema>;

/** What a browser is kept with: its subscription, and what its owner calls it. */
export const pushBrowserFields = {
  subscription: pushSubscriptionSchema,
  name: z
    .string()
    .trim()
    .min(1)
    .max(60)
    .regex(/^[^\p{Cc}]+$/u, 'a name has no control characters'),
};

/** Address of one browser of a person, where a notice is for it alone. */
export const browserAddress = (person: string, browser: string): string => `${person}#${browser}`;

/** What a browser is sent, encrypted so that it alone can read it. */
export interface PushMessage {
  /** Of the message; the same key twice is shown once. */
  readonly key: string;
  readonly title: string;
  readonly text: string;
  readonly priority: Priority;
  readonly language: 'zh' | 'en';
  readonly mark: Notice['mark'];
  /** An earlier attempt may have been shown; the title says so. */
  readonly mayRepeat: boolean;
  /** How many notices it carries. */
  readonly count: number;
  /** Path of the platform on which it is acted upon: the browser knows the platform's address. */
  readonly path: string;
  /** What the browser answers with. It has no session: that this was readable is the proof of who answers. */
  readonly receipt: { readonly browser: string; readonly proof: string };
}

/** How far a message came in a browser. */
export const pushReceiptSchema = z.object({
  key: z.string().min(1).max(1000),
  browser: z.string().min(1).max(100),
  proof: z.string().min(1).max(200),
  what: z.enum(['delivered', 'seen']),
});
export type PushReceipt = z.infer<typeof pushReceiptSchema>;

/** A browser of a person, without what would let anybody write to it. Times in ms; null: not yet, or never. */
export interface PushBrowser {
  readonly id: string;
  readonly name: string;
  readonly since: number;
  /** Newest receipt that a message arrived there. */
  readonly deliveredAt: number | null;
  /** Newest receipt that somebody opened one there. */
  readonly seenAt: number | null;
  /** When its push service said that it is gone: nothing reaches it any more until it is subscribed again. */
  readonly goneAt: number | null;
}

/** GET /api/v1/push: my browsers, and what a browser needs to become one of them. */
export interface PushBody {
  /** With what browsers subscribe (VAPID, RFC 8292); null where this platform sends no web push. */
  readonly key: string | null;
  /** Who in the duty list has this account; null: nobody, and no notice is ever for it. */
  readonly person: { readonly id: string; readonly name: string } | null;
  readonly browsers: readonly PushBrowser[];
}
