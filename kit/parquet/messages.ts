import type { PageRow } from '../telemetry/telemetry-store.ts';

/** Names of the places that a row speaks of. */
export type ParquetGroups = readonly {
  readonly devices: readonly string[];
  readonly measurements: readonly string[];
  readonly units: readonly string[];
}[];

/** What the worker is started with. */
export interface ParquetStart {
  readonly file: string;
  readonly groups: ParquetGroups;
}
/** Rows to take, or how to end; each is answered when it is done. */
export type ParquetTask = readonly PageRow[] | 'finish' | 'drop';
export type ParquetReply = { readonly done: true } | { readonly error: string };
