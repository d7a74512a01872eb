import { jsonCodec } from '../kit/journal/journal.ts';
import type { Value } from '../kit/telemetry/telemetry-store.ts';

/** What one device of the field reported for one moment: one element of `v1/gateway/telemetry`, and of the outbox. */
export interface UplinkRow {
  readonly device: string;
  /** Source time, ms. */
  readonly ts: number;
  readonly values: Readonly<Record<string, Value>>;
  /** OPC UA status codes of the values that are not plainly good. */
  readonly quality?: Readonly<Record<string, number | string>>;
  readonly seq?: number;
  readonly historical?: true;
}

/** How rows lie in the outbox. */
export const rowCodec = jsonCodec<UplinkRow>(1);

/** Takes rows and resolves once they are durable in the outbox: only then is the field acknowledged. */
export type TakeRows = (rows: readonly UplinkRow[]) => Promise<void>;
