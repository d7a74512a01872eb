import type { Unowned } from '../tickets/unowned.ts';
import type { Alarm } from './alarm.ts';
import type { SeatNow } from './api.ts';
import type { Value } from './entry.ts';
import type { Incident } from './incident.ts';
import type { PageNotice, PageReceipt } from './pages.ts';
import type { IngestStats, RulesStats } from './stats.ts';
import type { TicketLine } from './ticket-line.ts';

/** How a device stands, for its dot on the map. */
export interface DeviceState {
  readonly id: string;
  /** Newest source time heard, ms; null when never heard. */
  readonly lastAt: number | null;
  /** Silent for longer than its type's absence limit, or never heard. */
  readonly stale: boolean;
  /** Newest values by measurement: [value, source time, quality]. Only those that changed, inside a change message. */
  readonly values: Readonly<Record<string, readonly [value: Value, at: number, quality: number]>>;
}

/** The strip at the foot of every page. */
export interface Strip {
  /** The platform's clock, ms. */
  readonly now: number;
  readonly ingest: IngestStats | null;
  readonly rules: RulesStats | null;
  /** What every page says as long as it is so. */
  readonly notices: readonly Notice[];
  /** How many alarms each seat hears, and whether it is flooded. */
  readonly seats: readonly SeatNow[];
  /** Alarms that no human owns. */
  readonly unowned: Unowned;
}

/** A gateway reads OPC UA servers without security, as only a lab may. */
export interface Notice {
  readonly kind: 'opcua-unsecured';
  readonly gateway: string;
  readonly endpoints: readonly string[];
}

/**
 * Socket.io namespace `/live`. After connecting the server sends `snapshot`; then `changes`, each numbered; a client
 * that sees a gap (`from` is not the `to` it holds) emits `resync` and gets a new snapshot.
 */
export interface LiveSnapshot {
  readonly seq: number;
  readonly now: number;
  readonly alarms: readonly Alarm[];
  /** Open incidents. */
  readonly incidents?: readonly Incident[];
  /** Open tickets. */
  readonly tickets?: readonly TicketLine[];
  /** The first few thousand; in a larger city the others follow at once, in `changes` whose `from` and `to` are equal. */
  readonly devices: readonly DeviceState[];
  readonly strip: Strip;
}

export interface LiveChanges {
  /** This message follows the one whose `to` was this number. */
  readonly from: number;
  readonly to: number;
  readonly now: number;
  /** Alarms that changed, whole; a closed one comes once with `closedAt` and then leaves the list. */
  readonly alarms: readonly Alarm[];
  /** Incidents that changed, whole; a closed or merged one comes once with `closedAt` and then leaves. */
  readonly incidents?: readonly Incident[];
  /** Tickets that changed, whole; one that ended comes once with `closedAt` and then leaves. */
  readonly tickets?: readonly TicketLine[];
  /** Devices whose values or staleness changed; merged by id. */
  readonly devices: readonly DeviceState[];
  readonly strip: Strip;
}

export interface ServerToClient {
  snapshot: (message: LiveSnapshot) => void;
  changes: (message: LiveChanges) => void;
  /** Somebody at this page must hear of something. It answers with receipts; the same key twice is shown once. */
  notice: (told: PageNotice) => void;
  /** Somebody acted on these notices, here or elsewhere: they are shown no more. */
  settled: (notices: readonly string[]) => void;
  /** The heartbeat of the alarm path came this far; the page answers that it has it. */
  heartbeat: (key: string) => void;
}

/** What a page says of itself when it opens, and whenever it changes. */
export interface PagePresence {
  /** Ids of the seats that it watches. */
  readonly seats: readonly string[];
  /** Its sound is unlocked and runs. */
  readonly heard: boolean;
}

export interface ClientToServer {
  resync: () => void;
  present: (said: PagePresence) => void;
  /** How far a notice came: it is here and somebody can notice it, it was shown, or a person took it up. */
  receipt: (said: Pick<PageReceipt, 'what'> & { readonly key: string }) => void;
}
