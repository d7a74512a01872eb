import type { DataValue } from 'node-opcua-client';
import { isBad } from '../../devices/model/quality.ts';
import { deviceTypes } from '../../devices/types/registry.ts';
import type { Running } from '../../kit/cleanups.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { retryDelays, type Wait, wait } from '../../kit/retry.ts';
import type { Value } from '../../kit/telemetry/telemetry-store.ts';
import type { OpcuaSource } from '../config.ts';
import { type DataChange, overflowed, readingIn, WAITING_FOR_INITIAL_DATA } from '../normalise/data-changes.ts';
import type { TakeRows } from '../row.ts';
import type { EventNews } from './condition-events.ts';
import { conditionBook, type UnmappedCondition } from './conditions.ts';
import { contentOf, type TimedBy, timeOf } from './data-value.ts';
import { gathering } from './gathering.ts';
import { historyReader } from './history-reader.ts';
import type { LastHeard } from './last-heard.ts';
import { converterOf, type DeviceHints } from './mapping-check.ts';
import { refresher } from './refresher.ts';
import { openStationSession, type StationSession } from './station-session.ts';
import type { StationTrust } from './trust.ts';

export interface StationsClientParts {
  readonly gateway: string;
  readonly source: OpcuaSource;
  /** What the gateway's file says of its devices, for units. */
  readonly devices: DeviceHints;
  readonly trust: StationTrust;
  /** Up to when the values of each node are in the outbox. */
  readonly marks: LastHeard;
  readonly take: TakeRows;
  /** Told of every value that can never be a reading, and of every node the server refuses. */
  readonly onRefused: (reason: string) => void;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly wait?: Wait;
  /** Changes held in memory beyond which the server has to wait; 50,000 unless given. */
  readonly mostHeld?: number;
}

/** What somebody on site wants to know of a server. */
export interface StationsStatus {
  readonly endpoint: string;
  readonly connected: boolean;
  /** Why it is not read, in the last attempt's words; null while it is. */
  readonly problem: string | null;
  readonly nodes: number;
  readonly subscriptions: number;
  /** Nodes the server does not let us read, with its reason. */
  readonly refused: readonly { readonly node: string; readonly status: string }[];
  /** Nodes read without their deadband, as the server cannot apply it. */
  readonly withoutDeadband: readonly { readonly node: string; readonly status: string }[];
  readonly events: {
    readonly mapped: number;
    readonly seen: number;
    /** Times the server said that it had dropped events: what is active was asked for again. */
    readonly overflows: number;
    /** Conditions the server told of that are mapped to nothing, as a mapping would name them. */
    readonly unmapped: readonly UnmappedCondition[];
    readonly problem: string | null;
  };
  /** How far the server's clock is ahead of the gateway's, ms; null while unknown. */
  readonly clockOffsetMs: number | null;
  /** Values since the start by whose clock they are timed. */
  readonly timedBy: Readonly<Record<TimedBy, number>>;
  /** Values since the start that were asked for, as their nodes had not changed for long. */
  readonly refreshed: number;
  /** Times values of a node were overwritten at the server before they were fetched. */
  readonly overwritten: number;
  /** Times the outbox had no room and the server was to hold what changed: not every server says what it then overwrote. */
  readonly holds: number;
  readonly history: {
    /** Nodes with a history we may read; null while unknown. */
    readonly nodes: number | null;
    /** Nodes with a gap that is still to be filled. */
    readonly open: number;
    /** Values fetched since the start. */
    readonly fetched: number;
    /** Moments of a node that the server recorded and could not read out. */
    readonly skipped: number;
  };
}

/** Reads one server's stations while it runs. */
export interface StationsClient extends Running {
  connected(): boolean;
  /** Times a server said that values of a node were overwritten before we fetched them. */
  readonly overwritten: number;
  status(): StationsStatus;
}

const gatherMs = 100;
/** About a minute of a thousand nodes at their busiest. */
const mostHeld = 50_000;
/** How long a stop waits for an outbox that has no room, ms. */
const stopWithinMs = 2_000;
/** A gateway that dies fetches so much again: the same keys, so nothing is doubled. */
const saveEveryMs = 10_000;
const clockEveryMs = 60_000;
const monotonic = () => performance.now();

/**
 * Reads stations over OPC UA by subscription and for ever: whatever ends a session, another is made from the configuration,
 * and what the server recorded meanwhile is fetched where it offers that. What a server sends is acknowledged by the protocol
 * itself, so it is held in memory until the outbox has it; when the outbox is full, publishing is paused, and what the server
 * then overwrites is counted, and fetched from its history.
 */
export function startStationsClient(parts: StationsClientParts): StationsClient {
  const { source, devices, trust, marks, take, onRefused, clock, log, wait: pause = wait } = parts;
  const { endpoint } = source;
  const stopped = new AbortController();
  const timedBy: Record<TimedBy, number> = { source: 0, server: 0, gateway: 0 };
  let session: StationSession | undefined;
  /** The outbox has no room: a server shall keep what it has. */
  let holding = false;
  let overwritten = 0;
  let holds = 0;
  let eventsSeen = 0;
  let eventOverflows = 0;
  let problem: string | null = null;
  let eventsProblem: string | null = null;

  const held = gathering({
    take,
    most: parts.mostHeld ?? mostHeld,
    onHold(hold) {
      holding = hold;
      session?.publishing(!hold);
      if (hold) {
        holds += 1;
        log.warn({ endpoint }, 'the outbox has no room: the server is to hold what changes');
        return;
      }
      // Some servers overwrite values and events and say nothing of it (seen with asyncua 2.1).
      history.anyMissed();
      void refresh();
    },
    onKept(changes) {
      const now = clock.now();
      for (const { node, at } of changes) if (node !== undefined) marks.kept(node, at, now);
    },
    onLost: (changes, err) =>
      log.error({ err, changes, endpoint }, 'station values did not reach the outbox and are gone'),
  });
  const flushing = setInterval(() => void held.flush(), gatherMs);
  const save = () => marks.save().catch((err) => log.warn({ err, endpoint }, 'the marks of a server were not written'));
  const saving = setInterval(save, saveEveryMs);

  const byNode = new Map(source.nodes.map((node) => [node.node, node]));
  const convert = new Map(source.nodes.map((node) => [node.node, converterOf(node, devices, deviceTypes)]));
  /** The newest value of each node, for when a server says that it is bad now and shows none (OPC 10000-4 §7.11). */
  const last = new Map<string, Value>();
  /** A value as a change, and by whose clock; undefined where it is no reading. `kept`: what stands for a bad one without value. */
  const read = (
    node: OpcuaSource['nodes'][number],
    value: DataValue,
    refuse: (reason: string) => void,
    kept?: Value,
  ) => {
    const status = value.statusCode.value >>> 0;
    const shown = readingIn(contentOf(value.value), status, node.scale, convert.get(node.node));
    const reading = shown ?? (isBad(status) && status !== WAITING_FOR_INITIAL_DATA ? kept : undefined);
    if (reading === undefined) return undefined;
    if (typeof reading === 'object') {
      refuse(`${node.device}: ${node.measurement} at ${node.node}: ${reading.refused}`);
      return undefined;
    }
    const { at, timedBy: whose } = timeOf(value, clock.now());
    const { device, measurement } = node;
    const change: DataChange = {
      device,
      measurement,
      at,
      value: reading,
      status,
      node: node.node,
      ...(whose === 'gateway' && { untimed: true as const }),
    };
    return { change, whose };
  };
  /** As `read`; what is no reading is told. */
  const changeOf = (node: OpcuaSource['nodes'][number], value: DataValue, kept?: Value) => {
    const found = read(node, value, onRefused, kept);
    if (found) timedBy[found.whose] += 1;
    return found;
  };

  const history = historyReader({
    source,
    marks,
    take,
    clock,
    log,
    pause,
    toChange(name, value) {
      const node = byNode.get(name);
      const change = node && changeOf(node, value)?.change;
      // A recorded value without a time could be of any moment of the gap.
      return change?.untimed ? undefined : change;
    },
  });

  const onValue = (node: OpcuaSource['nodes'][number], value: DataValue) => {
    if (overflowed(value.statusCode.value)) {
      overwritten += 1;
      history.missed(node.node);
    }
    const found = changeOf(node, value, last.get(node.node));
    if (!found) return;
    last.set(node.node, found.change.value);
    held.add(found.change);
    refreshing.live(node, { at: found.change.at, status: found.change.status, timedBy: found.whose });
  };

  const refreshing = refresher({
    source,
    // What is no reading was told when it came.
    read: (node, value) => read(node, value, () => undefined, last.get(node.node)),
    add(change) {
      timedBy[change.untimed ? 'gateway' : 'server'] += 1;
      held.add(change);
    },
    holding: () => holding,
    now: clock.now,
    monotonic,
    pause,
    log,
  });

  const conditions = conditionBook(source.events);
  const onEvent = (news: EventNews) => {
    const now = clock.now();
    if (news.kind === 'event') {
      eventsSeen += 1;
      for (const change of conditions.see(news.event, now)) held.add(change);
    } else if (news.kind === 'refresh-begins') conditions.refreshBegins();
    else if (news.kind === 'refresh-ends') for (const change of conditions.refreshEnds(now)) held.add(change);
    else {
      if (news.kind === 'overflow') {
        eventOverflows += 1;
        log.warn({ endpoint }, 'the server dropped events; it is asked again what is active');
      }
      void refresh();
    }
  };
  /** Asks again what is active, where events are heard at all. */
  const refresh = async () => {
    if (source.events.length === 0 || session?.eventsRefused !== undefined) return;
    const status = await session?.refreshConditions();
    if (status === undefined || status === 'Good') return;
    eventsProblem = `the server does not tell again which conditions are active: ${status}`;
    log.warn({ endpoint, status }, 'a server does not tell again which conditions are active: changes alone are heard');
  };

  /** While a session lives: its conditions, its history, its clock. Ends with the session. */
  const attend = async (live: StationSession, signal: AbortSignal): Promise<void> => {
    await refresh();
    const filling = Promise.all([history.attend(live, signal), refreshing.attend(live, signal)]);
    while (!signal.aborted) {
      await pause(clockEveryMs, signal);
      if (!signal.aborted) await live.readClock().catch(() => undefined);
    }
    await filling;
  };

  const once = async (): Promise<void> => {
    await trust.refresh();
    // What was heard ends here, before a first value of the new session moves any mark.
    if (source.history) history.gapOpens();
    refreshing.begins();
    const live = await openStationSession({
      ...parts,
      now: clock.now,
      monotonic,
      onClock: refreshing.clock,
      onValue,
      onEvent,
      onHeard: () => marks.spoke(clock.now()),
      signal: stopped.signal,
    });
    session = live;
    if (holding) live.publishing(false);
    // From here on a gateway that dies has missed something.
    marks.spoke(clock.now());
    void save();
    problem = null;
    eventsProblem = live.eventsRefused ?? null;
    const over = new AbortController();
    report(live);
    const attending = attend(live, over.signal).catch((err: Error) =>
      log.warn({ endpoint, err: err.message }, 'a server stopped answering'),
    );
    try {
      const reason = await live.ended;
      if (!stopped.signal.aborted) {
        problem = reason;
        log.warn({ endpoint, reason }, 'stations are read no more; a new session is opened');
      }
    } finally {
      over.abort();
      await live.close();
      await attending;
      session = undefined;
      await save();
    }
  };

  const report = (live: StationSession) => {
    const { subscriptions, limits, clockOffsetMs, refused, withoutDeadband, eventsRefused } = live;
    log.info({ endpoint, nodes: source.nodes.length, subscriptions, limits, clockOffsetMs }, 'stations are being read');
    for (const { node, status } of refused) onRefused(`${endpoint} does not let us read ${node}: ${status}`);
    if (refused.length > 0)
      log.warn({ endpoint, refused: refused.slice(0, 20) }, 'the server does not let us read some nodes');
    if (withoutDeadband.length > 0)
      log.warn(
        { endpoint, nodes: withoutDeadband.slice(0, 20), count: withoutDeadband.length },
        'the server cannot apply the deadband of some nodes: every change of them is read',
      );
    if (eventsRefused !== undefined) {
      onRefused(`${endpoint} does not let us hear events: ${eventsRefused}`);
      log.warn({ endpoint, reason: eventsRefused }, 'the server does not let us hear events');
    }
  };

  const complain = (err: Error) => {
    if (stopped.signal.aborted) return;
    const untrusted = /Certificate(Untrusted|ChainIncomplete|Invalid)|BadSecurityChecksFailed/i.test(err.message);
    const words = untrusted
      ? 'the certificate of a station server is not trusted: compare it with its owner, then trust it (yanshao opcua list, yanshao opcua trust)'
      : 'stations cannot be read; trying again for ever';
    const next = untrusted ? `the server's certificate is not trusted: ${err.message}` : err.message;
    if (problem === next) return;
    problem = next;
    log.warn({ err: err.message, endpoint, ...(untrusted && { rejected: trust.rejectedDir }) }, words);
  };
  const run = async (): Promise<void> => {
    let delays = retryDelays(1000, 30_000);
    while (!stopped.signal.aborted) {
      const began = performance.now();
      await once().catch(complain);
      if (performance.now() - began > 60_000) delays = retryDelays(1000, 30_000);
      const soon = new AbortController();
      // A certificate was trusted or taken back: nobody on site wants to wait for the next attempt.
      const unwatch = trust.onChange(() => soon.abort());
      await pause(delays.next().value, AbortSignal.any([stopped.signal, soon.signal]));
      unwatch();
      if (soon.signal.aborted) delays = retryDelays(1000, 30_000);
    }
  };
  // In the background: a SCADA system that is down must not keep the rest of a gateway from working.
  const running = run();

  return {
    connected: () => session?.connected() ?? false,
    get overwritten() {
      return overwritten;
    },
    status: () => ({
      endpoint,
      connected: session?.connected() ?? false,
      problem,
      nodes: source.nodes.length,
      subscriptions: session?.subscriptions ?? 0,
      refused: session?.refused ?? [],
      withoutDeadband: session?.withoutDeadband ?? [],
      events: {
        mapped: source.events.length,
        seen: eventsSeen,
        overflows: eventOverflows,
        unmapped: conditions.unmapped,
        problem: eventsProblem,
      },
      clockOffsetMs: session?.clockOffsetMs ?? null,
      timedBy: { ...timedBy },
      refreshed: refreshing.refreshed,
      overwritten,
      holds,
      history: { nodes: history.nodes, open: marks.gaps.size, fetched: history.fetched, skipped: history.skipped },
    }),
    async stop() {
      stopped.abort();
      await running;
      clearInterval(flushing);
      clearInterval(saving);
      const patience = new AbortController();
      const flushed = held.flush().then(() => held.flush());
      await Promise.race([flushed, wait(stopWithinMs, patience.signal)]);
      patience.abort();
      if (held.held > 0) log.error({ changes: held.held, endpoint }, 'station values found no room in the outbox');
      await save();
    },
  };
}
