/** One row a run; `body` is the whole `ScoreRun` as JSON. `seq` is the order in which they were made. */
export interface ScoreRunRow {
  id: string;
  seq: number;
  cycle: string;
  period: string;
  revision: number;
  at: number;
  body: string;
}

/** One row a number of a run; `body` is the `ScoreNumber` with its facts as JSON. */
export interface ScoreNumberRow {
  run: string;
  unit: string;
  indicator: string;
  body: string;
}

/** An appeal, or the decision about one. */
export interface ScoreAppealRow {
  seq: number;
  run: string;
  at: number;
  decides: number | null;
  actor_id: string;
  actor_name: string;
  body: string;
}

/** Somebody stands behind something as it was: `subject` is `run <id>` or `weights <seq>`, `hash` what it said. */
export interface ScoreSignatureRow {
  subject: string;
  hash: string;
  actor_id: string;
  actor_name: string;
  at: number;
}

/** What was published; `body` is the `ScoreResult` as JSON. */
export interface ScorePublicationRow {
  run: string;
  at: number;
  hash: string;
  body: string;
}

/** Weights that were asked for; they count once two people have signed. `body` is `Weights` as JSON. */
export interface ScoreWeightsRow {
  seq: number;
  at: number;
  class: string;
  reason: string;
  body: string;
}

/** What a department promised at a dispatch list; `body` holds text, tickets and `until` as JSON. */
export interface ScorePromiseRow {
  seq: number;
  run: string;
  at: number;
  department: string;
  actor_name: string;
  body: string;
}

/** A period that has come due by itself and was dealt with. */
export interface ScoreCycleEndRow {
  cycle: string;
  period: string;
  starts_at: number;
  at: number;
  /** Null where it was not worked out: nobody was there in time, or the cycle began to run by itself with the one after it. */
  run: string | null;
}

/** Tables of supervision; all of them append-only. */
export interface ScoreTables {
  score_runs: ScoreRunRow;
  score_numbers: ScoreNumberRow;
  score_appeals: ScoreAppealRow;
  score_signatures: ScoreSignatureRow;
  score_publications: ScorePublicationRow;
  score_weights: ScoreWeightsRow;
  score_promises: ScorePromiseRow;
  score_cycle_ends: ScoreCycleEndRow;
}
