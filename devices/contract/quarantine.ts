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
  /** When it was let in after a fix, ms; null while it is refused. */
  readonly readmitted: number | null;
  /** When it was last judged again, ms; null when it never was. */
  readonly tried: number | null;
}

/** Which refused messages are asked for. */
export interface QuarantineQuery {
  readonly id?: number;
  readonly device?: string;
  readonly client?: string;
  /** What its vendor may see: sent by this device or gateway, or about this device. */
  readonly subject?: string;
  /** Only rows older than this id. */
  readonly before?: number;
  readonly limit: number;
}

/** Which refused messages are to be judged again: rows by id, or everything of one device or sender that is still refused. */
export type ReadmitQuery = { readonly ids: readonly number[] } | { readonly device: string };

/** Why a row did not go in when it was judged again. */
export type ReadmitRefusal =
  /** Still refused; the row has today's reason. */
  | 'still-refused'
  | 'not-found'
  | 'readmitted-before'
  /** Only the beginning of its bytes was kept. */
  | 'cut'
  /** Not telemetry over the device or gateway API: a connection, attributes, another protocol. */
  | 'not-readmittable';

/** What became of rows that were judged again. */
export interface Readmitted {
  readonly readmitted: readonly number[];
  readonly refused: readonly {
    readonly id: number;
    readonly code: ReadmitRefusal;
    readonly zh: string;
    readonly en: string;
  }[];
  /** Values that went in, as late data. */
  readonly readings: number;
  /** More rows of that device wait; ask again. */
  readonly more: boolean;
}
