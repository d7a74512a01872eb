import type { HeartbeatStats } from './heartbeat.ts';

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
  /** What the embedded broker refused or held back. */
  readonly door: DoorStats;
  /** Messages accepted and ignored on purpose, by topic (docs/device-api.md), since ingest started. */
  readonly ignored: Readonly<Record<string, number>>;
  /** The link with an external broker; null where none is configured. */
  readonly external: ExternalStats | null;
  /** Doors in processes of their own that were heard from in the last half minute. */
  readonly doorProcesses: readonly DoorProcessStats[];
  /** Readings accepted per second, over the last ten seconds. */
  readonly perSecond: number;
  readonly journal: {
    readonly head: number;
    readonly oldest: number;
    readonly bytes: number;
    readonly capBytes: number;
    readonly waiting: number;
    /** The same by lane: what no rule judges waits first, what P1 and P2 rules judge last. */
    readonly waitingBy: { readonly routine: number; readonly normal: number; readonly safety: number };
    /** Why nothing can be made durable, and so acknowledged, now; null while it can. */
    readonly problem: JournalTrouble | null;
    /** Times a consumer was cut off so that safety measurements need not wait (durable). */
    readonly cutOffs: number;
    readonly cutOffBytes: number;
  };
  /** What admission noticed beside refusals. */
  readonly admission: AdmissionStats;
  readonly quarantine: {
    readonly rows: number;
    readonly bytes: number;
    /** Rows purged to stay within the bounds (durable). */
    readonly purged: number;
    /** Rows that were let in after a fix (durable). */
    readonly readmitted: number;
  };
  readonly store: {
    readonly engine: string;
    readonly position: number;
    readonly lagMs: number;
    readonly rejectedRows: number;
    readonly problem: string | null;
  };
}

/** What the embedded broker counts, since ingest started. */
export interface DoorStats {
  /** Sign-ins refused for want of a valid credential. */
  readonly turnedAway: number;
  /** Connections and sign-ins refused for being too many, or coming too fast. */
  readonly putOff: number;
  /** Clients not read from now, as they send faster than they may. */
  readonly held: number;
  /** Times a client began to send faster than it may, and was made to wait. */
  readonly holds: number;
  /** Answers not sent to a client that does not read. */
  readonly unsentErrors: number;
  /** Messages with the retained flag: taken as any other, and not retained. */
  readonly retained: number;
}

/** The journal cannot be written: the disk is full or failing. */
export interface JournalTrouble {
  /** Since when, ms. */
  readonly since: number;
  readonly text: string;
}

/** Repetitions, gaps, wrong clocks and strangers, since ingest started. Lists hold the worst ten. */
export interface AdmissionStats {
  /** Readings that had come before, bit for bit: acknowledged, not journaled again. */
  readonly duplicates: number;
  /** Readings with an old sequence number that were not seen before: kept and marked. */
  readonly replayed: number;
  /** Readings marked `historical` that were fresh news: judged live. */
  readonly falseLate: number;
  /** Readings older than their device's newest that were not marked `historical`. */
  readonly late: number;
  /** Times a device's sequence numbers began anew. */
  readonly restarts: number;
  /** Readings that sequence numbers say are missing still. */
  readonly missing: number;
  readonly gaps: readonly { readonly device: string; readonly missing: number; readonly at: number }[];
  readonly clocks: {
    /** Devices whose clock has been measured. */
    readonly measured: number;
    /** Of them, those that are off by more than is tolerated. */
    readonly off: number;
    readonly worst: readonly ClockSkew[];
  };
  /** Clients that spoke for devices that are not registered, or not theirs. */
  readonly strangers: readonly {
    readonly client: string;
    readonly unknown: number;
    readonly forged: number;
    readonly device: string | null;
    readonly at: number;
  }[];
}

/** By how much a device's clock is off: positive when it is ahead. */
export interface ClockSkew {
  readonly device: string;
  readonly skewMs: number;
  /** When it was last measured, ms. */
  readonly at: number;
}

/** How a door in a process of its own does; counts since it started. */
export interface DoorProcessStats {
  readonly name: string;
  /** When it said so, ms. */
  readonly at: number;
  /** Judged, and not durable yet. */
  readonly pending: number;
  readonly ignored: Readonly<Record<string, number>>;
  readonly external: ExternalStats;
}

/** How the consumer of an external broker does; counts since ingest started. */
export interface ExternalStats {
  readonly url: string;
  /** Connected, and its subscriptions granted. */
  readonly up: boolean;
  readonly protocol: '5' | '3.1.1';
  /** Messages taken and not acknowledged yet. */
  readonly open: number;
  /** What keeps messages from coming; null while nothing does. */
  readonly problem: { readonly zh: string; readonly en: string } | null;
  readonly received: number;
  /** Messages that the broker had retained: ignored, since nobody knows their age. */
  readonly retained: number;
  /** Messages on topics that are not of the form `yanshao/<subject>/…`: ignored. */
  readonly foreign: number;
  /** Answers, receipts and refusals that could not be sent; refusals are in the quarantine. */
  readonly unsent: number;
}

/** What rules counts. */
export interface RulesStats {
  readonly position: number;
  /** Journal time not yet judged, ms. */
  readonly lagMs: number;
  readonly readings: number;
  readonly rules: number;
  readonly openAlarms: number;
  /** What people have put aside; `version` rises with every change, so that pages know when to read the list again. */
  readonly overrides: {
    readonly shelved: number;
    readonly outOfService: number;
    readonly asked: number;
    readonly version: number;
  };
  /** Problems the engine met and went on from: an expression that failed, a constant that is missing. */
  readonly problems: readonly {
    readonly rule: string;
    readonly device: string;
    readonly text: string;
    readonly count: number;
  }[];
  /** Baseline rules that rest at devices of which too little is known yet: how many devices of each. */
  readonly learning: readonly { readonly rule: string; readonly devices: number }[];
  /** The pulse of the alarm path; null where rules has none. */
  readonly heartbeat?: HeartbeatStats | null;
}
