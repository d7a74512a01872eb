import type { DataValue } from 'node-opcua-client';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { retryDelays, type Wait } from '../../kit/retry.ts';
import type { OpcuaSource } from '../config.ts';
import type { TakeRows } from '../row.ts';
import { fillGaps, type HistoryParts } from './history.ts';
import type { LastHeard } from './last-heard.ts';
import type { StationSession } from './station-session.ts';

export interface HistoryReaderParts {
  readonly source: OpcuaSource;
  readonly marks: LastHeard;
  readonly take: TakeRows;
  readonly toChange: HistoryParts<DataValue>['toChange'];
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly pause: Wait;
}

/** Fetches what was missed of one server, session after session. */
export interface HistoryReader {
  /** From what was last heard on, values may be missing: before a session is opened. */
  gapOpens(): void;
  /** Values of one node are missing in the midst of a session. */
  missed(node: string): void;
  /** Values of any node may be missing in the midst of a session. */
  anyMissed(): void;
  /** Fills gaps while a session lives; resolves when `signal` is aborted. Never rejects. */
  attend(session: StationSession, signal: AbortSignal): Promise<void>;
  /** Nodes with a history we may read; null while unknown. */
  readonly nodes: number | null;
  /** Values fetched since the start. */
  readonly fetched: number;
  /** Moments of a node that the server recorded and could not read out. */
  readonly skipped: number;
}

/** How often gaps are looked for in the midst of a session, ms. */
const lookEveryMs = 5_000;

/** A reader of one server's history; without `history` in its configuration it reads none. */
export function historyReader(parts: HistoryReaderParts): HistoryReader {
  const { source, marks, take, toChange, clock, log, pause } = parts;
  const { endpoint, historyHours } = source;
  let withHistory: ReadonlySet<string> | undefined;
  let fetched = 0;
  let skipped = 0;
  let saidNone = false;
  const told = new Set<string>();

  const learn = async (session: StationSession): Promise<void> => {
    withHistory = new Set(await session.nodesWithHistory());
    if (withHistory.size === 0 && !saidNone)
      log.info({ endpoint }, 'the server offers no history: what changes while it is not heard is missed');
    saidNone ||= withHistory.size === 0;
    for (const node of [...marks.gaps]) if (!withHistory.has(node)) marks.close(node);
  };

  const fill = async (session: StationSession, signal: AbortSignal): Promise<void> => {
    const nodes = marks.gaps.size;
    const count = await fillGaps<DataValue>({
      marks,
      ask: session.readHistory,
      toChange,
      take: async (rows) => {
        await take(rows);
        fetched += rows.length;
      },
      nodesPerCall: session.limits.nodesPerHistoryRead,
      spanMs: historyHours * 3_600_000,
      now: clock.now,
      aheadMs: session.clockOffsetMs ?? 0,
      pause: (ms) => pause(ms, signal),
      onNone(node, status) {
        if (told.has(status)) return;
        told.add(status);
        log.warn({ endpoint, node, status }, 'the server does not give the history of a node, nor perhaps of others');
      },
      onTooLong: (from, to) =>
        log.warn(
          { endpoint, from: new Date(from).toISOString(), to: new Date(to).toISOString() },
          'a gap is longer than historyHours: its oldest part is not fetched',
        ),
      onSkipped(node, from, to, reason) {
        skipped += 1;
        log.warn(
          { endpoint, node, from: new Date(from).toISOString(), to: new Date(to).toISOString(), reason },
          'the server cannot read out a part of its history: that part is missed',
        );
      },
      signal,
    });
    if (count > 0) log.info({ endpoint, values: count, nodes }, 'what the server recorded meanwhile has been fetched');
  };

  return {
    gapOpens() {
      if (source.history) for (const { node } of source.nodes) marks.open(node);
    },
    missed(node) {
      if (source.history && withHistory?.has(node)) marks.open(node);
    },
    anyMissed() {
      if (source.history) for (const node of withHistory ?? []) marks.open(node);
    },
    async attend(session, signal) {
      if (!source.history) return;
      for (const delay of retryDelays(lookEveryMs, 300_000)) {
        try {
          await learn(session);
          while (!signal.aborted) {
            if (marks.gaps.size > 0) await fill(session, signal);
            await pause(lookEveryMs, signal);
          }
        } catch (err) {
          if (!signal.aborted)
            log.warn({ endpoint, err: (err as Error).message }, 'history cannot be fetched now; it is tried again');
        }
        if (signal.aborted) return;
        await pause(delay, signal);
        if (signal.aborted) return;
      }
    },
    get nodes() {
      return withHistory?.size ?? null;
    },
    get fetched() {
      return fetched;
    },
    get skipped() {
      return skipped;
    },
  };
}
