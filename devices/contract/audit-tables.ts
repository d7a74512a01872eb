/**
 * Append-only: everything that was asked for, carried out or refused. Each row is chained to the one before it
 * (`devices/audit/chain.ts`), and the database itself refuses to change or delete one.
 */
export interface AuditRow {
  /** Counts up by one. */
  seq: number;
  at: number;
  /** Id of the command; '' where nobody chose one. */
  command: string;
  type: string;
  actor_id: string;
  actor_name: string;
  via: string;
  /** What was asked for as JSON, without secrets. */
  body: string;
  /** What came of it as JSON. */
  outcome: string;
  /** `hash` of the row before it; of the first row ever, 64 zeros. */
  prev: string;
  /** SHA-256 over `prev` and the columns above, in hexadecimal. */
  hash: string;
}

/** What a row names, for searching: worked out from `body` and `outcome` (`devices/audit/subjects.ts`), and no part of the chain. */
export interface AuditSubjectRow {
  kind: string;
  id: string;
  seq: number;
}

/** One row: where the chain ends. Rows that were cut off its end are missed by it. */
export interface AuditHeadRow {
  id: number;
  seq: number;
  at: number;
  hash: string;
}

/** Append-only, one row a cut: the last row that retention removed, and how many rows it removed. */
export interface AuditCheckpointRow {
  seq: number;
  at: number;
  hash: string;
  removed: number;
  cut_at: number;
}

/** An audit log: the state database has one of everything asked of `rules`, the accounts database one of its own. */
export interface AuditTables {
  audit: AuditRow;
  audit_subjects: AuditSubjectRow;
  audit_head: AuditHeadRow;
  audit_checkpoints: AuditCheckpointRow;
}
