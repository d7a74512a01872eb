import type { Notice } from '../../devices/contract/notice.ts';
import type { ChannelKind } from '../../devices/contract/notify-policy.ts';

/** At most `count` messages in any span of `perMs`. */
export interface Limit {
  readonly count: number;
  readonly perMs: number;
}

/** What is sent: one notice, or several gathered into one that counts. */
export interface Message {
  /**
   * The idempotency key: the delivery's own, or one made of all that were gathered. The same message tried again has the same
   * key, so that a far side that can tell does not show it twice.
   */
  readonly key: string;
  /** Eight signs of it, shown to people so that they can tell a repeat. */
  readonly short: string;
  /** An earlier attempt may have arrived; the text says so already. */
  readonly mayRepeat: boolean;
  readonly channel: ChannelKind;
  readonly address: string;
  /** Whom a robot calls by name. */
  readonly mentions: readonly string[];
  readonly language: 'zh' | 'en';
  /** The most urgent of what it carries. */
  readonly priority: Notice['priority'];
  readonly title: string;
  /** Lines of plain text, without the title. */
  readonly text: string;
  /** Whole address of the page on which it is acted upon; empty where the platform does not know its own. */
  readonly link: string;
  /** What it carries, most urgent first. */
  readonly carries: readonly { readonly delivery: string; readonly notice: Notice }[];
}

/** What became of an attempt. */
export type SendResult =
  /** The far side took it; `delivered` where that already is the receipt. */
  | { readonly kind: 'sent'; readonly farId?: string; readonly delivered?: boolean }
  /** It will never take it. `whose` is at fault: this address alone, or the whole channel (a wrong key, a forbidden host). */
  | { readonly kind: 'refused'; readonly reason: string; readonly whose: 'address' | 'channel' }
  /** Not now. `uncertain`: it may have arrived all the same. `afterMs`: when the far side asked to be tried again. */
  | { readonly kind: 'trouble'; readonly reason: string; readonly uncertain: boolean; readonly afterMs?: number }
  /** Too many messages: nothing was shown, and nothing will be for so long. */
  | { readonly kind: 'limited'; readonly reason: string; readonly afterMs: number };

/** One means of reaching people. */
export interface Channel {
  readonly kind: ChannelKind;
  /** Several notices to one address may become one message. */
  readonly gathers: boolean;
  /** What fails together: one robot, one gateway, one server. Named in the alarm about a stuck channel. */
  line(address: string): string;
  /** Limits of the far side for one line; empty where none are known. */
  limits(address: string): readonly Limit[];
  /**
   * Tries once, within ten seconds. Bad news are results; it rejects only for mistakes of its own, which count as `trouble`.
   * Never logs or returns an address or a secret.
   */
  send(message: Message, signal: AbortSignal): Promise<SendResult>;
}
