/** What the worker opens. */
export interface SqliteOpen {
  readonly path: string;
  readonly readonly: boolean;
  /** How long a statement waits for another process's lock, ms. */
  readonly busyMs: number;
}

/** One statement on its way to the worker. */
export interface SqliteRequest {
  readonly id: number;
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** A failure, as plain data: errors lose their fields when they cross threads. */
export interface SqliteFailure {
  readonly code: string;
  readonly message: string;
}

export interface SqliteResult {
  readonly rows: unknown[];
  readonly changes?: number;
  readonly insertId?: number | bigint;
}

export type SqliteReply = { readonly id: number } & (
  | { readonly result: SqliteResult }
  | { readonly failure: SqliteFailure }
);

export type ToWorker = { readonly run: readonly SqliteRequest[] } | { readonly close: true };
export type FromWorker =
  | { readonly opened: true }
  | { readonly refused: SqliteFailure }
  | { readonly replies: readonly SqliteReply[] }
  | { readonly closed: true };
