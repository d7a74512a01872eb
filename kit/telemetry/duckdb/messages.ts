import type { Sample, SeriesQuery } from '../telemetry-store.ts';
import type { Columns } from './columns.ts';
import type { DuckdbLimits, Names } from './duckdb-engine.ts';

/** What the worker is started with. */
export interface WorkerStart {
  readonly file: string;
  readonly limits: DuckdbLimits;
}

/** Requests to the worker. */
export type Call =
  | { readonly op: 'names' }
  | { readonly op: 'write'; readonly columns: Columns }
  | {
      readonly op: 'series';
      readonly query: SeriesQuery;
      readonly ids: { readonly device: number; readonly field: number };
    }
  | { readonly op: 'count'; readonly device: number }
  | { readonly op: 'close' };

export type Request = Call & { readonly id: number };

/** What each call resolves with. */
export interface Results {
  names: Names;
  write: undefined;
  series: readonly Sample[];
  count: number;
  close: undefined;
}

export type Reply =
  | { readonly id: number; readonly result: Results[keyof Results] }
  | { readonly id: number; readonly error: string };
