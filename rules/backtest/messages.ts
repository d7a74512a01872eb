import type { BacktestReport } from '../../devices/contract/backtest.ts';
import type { ScanBatch, ScanQuery } from '../../kit/telemetry/telemetry-store.ts';
import type { Progress } from './backtest.ts';

/** What the thread of a back-test is told; `scan` is the place of a batch's query. */
export type ToWorker =
  | { readonly kind: 'batch'; readonly scan: number; readonly batch: ScanBatch }
  | { readonly kind: 'end' };

/** What it tells. */
export type FromWorker =
  | { readonly kind: 'reading'; readonly queries: readonly ScanQuery[] }
  | (Progress & { readonly kind: 'judged'; readonly isFull: boolean })
  | { readonly kind: 'report'; readonly report: BacktestReport };
