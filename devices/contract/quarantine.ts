/** Why a message was refused for good. Only what cannot be decoded or attributed is refused. */
export type RefusalCode =
  | 'not-json'
  | 'wrong-shape'
  | 'unknown-device'
  | 'not-behind-this-gateway'
  | 'unknown-measurement'
  | 'wrong-type'
  | 'too-large'
  | 'unknown-topic'
  /** Sent faster than the device may; the rest of its messages waited or were put off. */
  | 'rate-limited'
  /** A Sparkplug metric that no mapping names, or that belongs to no birth certificate. */
  | 'unmapped-metric'
  /** Well-formed, but of a kind that is not taken here: a Sparkplug template or data set. */
  | 'unsupported';

/** A refused message, kept where its vendor can read it. */
export interface Quarantined {
  readonly id: number;
  readonly received: number;
  /** Credentialed sender. */
  readonly client: string;
  /** The device it speaks of, where that much could be read. */
  readonly device: string | null;
  readonly topic: string;
  readonly code: RefusalCode;
  /** What was wrong, with which value, and what to do. */
  readonly reason: { readonly zh: string; readonly en: string };
  /** The bytes as they came, base64, cut at 64 KiB; `size` is the true length. */
  readonly payload: string;
  readonly size: number;
}
