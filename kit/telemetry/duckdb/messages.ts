import type { ScanColumns } from '../scanning.ts';
import type { Curve, CurveQuery, PageRow, Sample, SeriesQuery, Upkeep } from '../telemetry-store.ts';
import type { Columns } from './columns.ts';
import type { DuckdbLimits, Extent, Names } from './duckdb-engine.ts';
import type { SeriesIds } from './duckdb-reads.ts';
import type { ScanIds } from './scan.ts';
import type { GroupIds } from './slices.ts';

/** What the worker is started with. */
export interface WorkerStart {
  readonly file: string;
  readonly limits: DuckdbLimits;
}

/** Requests to the worker. */
export type Call =
  | { readonly op: 'names' }
  | { readonly op: 'write'; readonly columns: Columns }
  | { readonly op: 'series'; readonly query: SeriesQuery; readonly ids: SeriesIds }
  | { readonly op: 'curve'; readonly query: CurveQuery; readonly ids: SeriesIds }
  | {
      readonly op: 'slice';
      readonly groups: readonly GroupIds[];
      readonly from: number;
      readonly to: number;
      readonly limit: number;
    }
  | {
      readonly op: 'scan';
      readonly ids: ScanIds;
      readonly from: number;
      readonly to: number;
      readonly limit: number;
    }
  | { readonly op: 'count'; readonly device: number }
  | { readonly op: 'extent' }
  | { readonly op: 'upkeep'; readonly now: number }
  | { readonly op: 'backup'; readonly into: string }
  | { readonly op: 'close' };

export type Request = Call & { readonly id: number };

/** What each call resolves with. */
export interface Results {
  names: Names;
  write: undefined;
  series: readonly Sample[];
  curve: Curve;
  slice: readonly PageRow[] | 'too-many';
  scan: ScanColumns | 'too-many';
  count: number;
  extent: Extent;
  upkeep: Pick<Upkeep, 'dropped' | 'rolledHours'> & { readonly since: number | null };
  /** Samples copied. */
  backup: number;
  close: undefined;
}

export type Reply =
  | { readonly id: number; readonly result: Results[keyof Results] }
  | { readonly id: number; readonly error: string };
