import { jsonCodec } from '../kit/journal/journal.ts';
import { packedCodec } from '../kit/journal/packed-codec.ts';
import type { Value } from '../kit/telemetry/telemetry-store.ts';

/** What one device of the field reported for one moment: one element of `v1/gateway/telemetry`, and of the outbox. */
export interface UplinkRow {
  readonly device: string;
  /** Source time, ms; the receive time at the gateway where the device gave none. */
  readonly ts: number;
  readonly values: Readonly<Record<string, Value>>;
  /** Quality of the values that are not plainly good: OPC UA status codes, or the sender's words. */
  readonly quality?: Readonly<Record<string, number | string>>;
  readonly seq?: number;
  /** The sender said so, or the row waited in the outbox for a connection. */
  readonly historical?: true;
  /** Nobody in the field gave a time: `ts` is the gateway's own. */
  readonly untimed?: true;
  /** Instead of values: what the gateway could not read of a message and why, for the platform's quarantine. */
  readonly unreadable?: string;
  /** When the outbox took it, on the gateway's clock, ms; stays here. */
  readonly kept?: number;
}

/** How rows lie in the front of the outbox. */
export const rowCodec = jsonCodec<UplinkRow>(1);
/** How rows lie in its backlog. */
export const packedRowCodec = packedCodec<UplinkRow>(1);

/**
 * Takes rows and resolves once they are durable in the outbox: only then is the field acknowledged. Waits for room and for a
 * disk that fails; rejects when the gateway is stopping or the outbox is gone for good.
 */
export type TakeRows = (rows: readonly UplinkRow[]) => Promise<void>;
