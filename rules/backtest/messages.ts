import type { BacktestReport } from '../../devices/contract/backtest.ts';
import type { ScanBatch, ScanQuery } from '../../kit/telemetry/telemetry-store.ts';
import type { Progress } from './backtest.ts';

/** What the thread of a back-test is told. */
export type ToWorker = { readonly kind: 'batch'; readonly batch: ScanBatch } | { readonly kind: 'end' };

/** What it tells. */
export type FromWorker =
  | { readonly kind: 'reading'; readonly query: ScanQuery }
  | (Progress & { readonly kind: 'judged'; readonly isFull: boolean })
  | { readonly kind: 'report'; readonly report: BacktestReport };
