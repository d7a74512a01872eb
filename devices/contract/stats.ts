/** What ingest counts, since its data folder was made (durable where marked) or since it started. */
export interface IngestStats {
  /** Messages accepted: durable in the journal. */
  readonly accepted: number;
  readonly readings: number;
  /** Refused into quarantine (durable). */
  readonly refused: number;
  /** Kept with lowered quality. */
  readonly doubtful: number;
  /** Acknowledged and then lost: always 0, or an alarm. */
  readonly lost: number;
  readonly clients: number;
  /** Readings accepted per second, over the last ten seconds. */
  readonly perSecond: number;
  readonly journal: {
    readonly head: number;
    readonly oldest: number;
    readonly bytes: number;
    readonly capBytes: number;
    readonly waiting: number;
  };
  readonly store: {
    readonly engine: string;
    readonly position: number;
    readonly lagMs: number;
    readonly rejectedRows: number;
    readonly problem: string | null;
  };
}

/** What rules counts. */
export interface RulesStats {
  readonly position: number;
  /** Journal time not yet judged, ms. */
  readonly lagMs: number;
  readonly readings: number;
  readonly rules: number;
  readonly openAlarms: number;
  /** Problems the engine met and went on from: an expression that failed, a constant that is missing. */
  readonly problems: readonly {
    readonly rule: string;
    readonly device: string;
    readonly text: string;
    readonly count: number;
  }[];
}
