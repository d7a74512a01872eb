/** Why a message was refused for good. Only what cannot be decoded or attributed is refused. */
export type RefusalCode =
  | 'not-json'
  | 'wrong-shape'
  | 'unknown-device'
  | 'not-behind-this-gateway'
  | 'unknown-measurement'
  | 'wrong-type'
  | 'too-large'
  | 'unknown-topic';

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
