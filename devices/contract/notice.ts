import type { Bilingual } from '../model/device-type.ts';
import type { Hazard, Priority } from './alarm.ts';
import type { ChannelKind } from './notify-policy.ts';

/** One address of a recipient. */
export interface Reach {
  readonly channel: ChannelKind;
  /**
   * What the channel knows it by: a seat or person whose pages are open (`page`), the person (`web-push`: all browsers that this
   * person subscribed), the name of a robot as configured, a telephone number, an address of mail.
   */
  readonly address: string;
  /** For a robot: whom it calls by name in the group, a telephone number (企业微信, 钉钉) or an open id (飞书). */
  readonly mention?: string;
}

/** Local times of day, `HH:MM`; over midnight where `from` is later than `to`. */
export interface QuietHours {
  readonly from: string;
  readonly to: string;
}

/** A person, or a seat through whose open pages whoever sits there is reached. */
export interface Recipient {
  readonly kind: 'person' | 'seat';
  readonly id: string;
  readonly name: string;
  readonly language: 'zh' | 'en';
  readonly reach: readonly Reach[];
  readonly quietHours: QuietHours | null;
  /** 0 is told at once; 1 when those of 0 have not acted in time or cannot be reached, and so on. */
  readonly wave: number;
}

/** What a notice is about. */
export type NoticeSubject =
  | {
      readonly kind: 'alarm' | 'ticket' | 'incident' | 'seat' | 'hazard' | 'campaign' | 'appeal' | 'score' | 'test';
      readonly id: string;
    }
  | { readonly kind: 'heartbeat' };

/** Something that people must hear of, until one of them acts. */
export interface Notice {
  /** Derived from what caused it (`<ticket>/<step>`, `<alarm>/raised`), so that the same cause twice is one notice. */
  readonly id: string;
  /** When it came about, platform time, ms. */
  readonly at: number;
  readonly priority: Priority;
  readonly hazard: Hazard | null;
  readonly area: string | null;
  /** Categories of the catalogue; `*` concerns everybody. */
  readonly categories: readonly string[];
  readonly subject: NoticeSubject;
  readonly title: Bilingual;
  readonly body: Bilingual;
  /** Where it is acted on: a path of the platform, or a whole address. */
  readonly link: string;
  /** Shown before everything else in every message. */
  readonly mark: 'demo' | 'drill' | null;
  /** In the order in which they are called. */
  readonly to: readonly Recipient[];
  /** When somebody acted (accepted, acknowledged), ms; null while nobody has. */
  readonly handledAt: number | null;
  readonly handledBy: string | null;
}

/**
 * `due` waits for its turn, `attempting` is on its way, `sent` was taken by the far side, `failed` is given up, `dropped` was no
 * longer needed: somebody had acted before it left.
 */
export type DeliveryState = 'due' | 'attempting' | 'sent' | 'failed' | 'dropped';

/** One step of one person's ladder: what was tried, and the proof of it. Times are platform time, ms; null: not yet, or never. */
export interface Delivery {
  /** `<notice>/<person>/<channel>/<step>`: the idempotency key. */
  readonly key: string;
  readonly notice: string;
  /** Of the {@link Recipient}. */
  readonly person: string;
  readonly channel: ChannelKind;
  /** Index in the recipient's `reach`. */
  readonly reach: number;
  /** How many times the ladder was begun before, for this person. */
  readonly round: number;
  /** Index of the rung in the ladder. */
  readonly rung: number;
  /** Counts up from 1 for this person, without gaps. */
  readonly step: number;
  readonly state: DeliveryState;
  readonly due: number;
  readonly sent: number | null;
  readonly delivered: number | null;
  readonly seen: number | null;
  readonly accepted: number | null;
  readonly failed: number | null;
  /** The last thing that went wrong, in words. */
  readonly reason: string | null;
  /** Attempts so far. */
  readonly attempts: number;
  /** An attempt failed, at this time: the next rung does not wait for the next attempt. */
  readonly troubledAt: number | null;
  /** When it is tried next. */
  readonly retryAt: number | null;
  /** An earlier attempt may have arrived: the text of the next says so. */
  readonly mayRepeat: boolean;
  /** The message that carried it, alone or gathered with others. */
  readonly message: string | null;
  /** What the far side called that message. */
  readonly farId: string | null;
}

/** How far a message came, as the far side or the person's page tells. */
export type Receipt = 'delivered' | 'seen' | 'accepted' | 'failed';

export const deliveryKey = ({
  notice,
  person,
  channel,
  step,
}: Pick<Delivery, 'notice' | 'person' | 'channel' | 'step'>) => `${notice}/${person}/${channel}/${step}`;
