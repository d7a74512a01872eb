import type { Bilingual } from '../model/device-type.ts';
import type { RefusalCode } from './quarantine.ts';

/** A Sparkplug metric that did not become readings (or did with a doubt), counted since ingest began. */
export interface SparkplugMetricNotice {
  /** `<group>/<edge node>`. */
  readonly node: string;
  /** Sparkplug device; null for the edge node's own metrics. */
  readonly device: string | null;
  readonly metric: string;
  /** `null`: the edge node says that it has no value now. `unit-differs`: kept as mapped, with uncertain quality. */
  readonly code: RefusalCode | 'unit-differs' | 'null';
  readonly reason: Bilingual;
  readonly count: number;
  /** As text, cut. */
  readonly lastValue: string;
  /** ms. */
  readonly lastAt: number;
}

/** An edge node as the host application sees it. */
export interface SparkplugNode {
  /** `<group>/<edge node>`. */
  readonly node: string;
  readonly gateway: string | null;
  /** `doubted`: messages of it were lost, and what it sends waits for its next birth. */
  readonly state: 'unknown' | 'online' | 'doubted' | 'offline';
  /** When that state began, ms. */
  readonly since: number;
  /** bdSeq of the current birth, as text (it may be a 64-bit number). */
  readonly bdSeq: string | null;
  readonly devices: readonly { readonly device: string; readonly online: boolean }[];
  /** Messages that wait for the order or for a birth. */
  readonly waiting: number;
  /** Rebirths requested since ingest began, and why the last one was. */
  readonly rebirths: number;
  readonly lastRebirthReason: string | null;
}

/** The Sparkplug host application, since ingest began. */
export interface SparkplugStatus {
  readonly hostId: string;
  /** The external broker: null where none is configured. */
  readonly broker: { readonly url: string; readonly connected: boolean; readonly problem: string | null } | null;
  readonly messages: number;
  readonly refused: number;
  /** Messages that were repeats, deaths of an earlier birth, or words of other hosts. */
  readonly ignored: number;
  /** Values in {@link SparkplugStatus.metrics}, and those of metrics that the list had no room for. */
  readonly unread: number;
  readonly unlisted: number;
  readonly nodes: readonly SparkplugNode[];
  readonly metrics: readonly SparkplugMetricNotice[];
  /** What the mapping names and the registry lacks. */
  readonly missing: readonly (Bilingual & { readonly line: number })[];
}
