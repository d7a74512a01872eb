import type { Running } from '../../kit/cleanups.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { retryDelays, type Wait, wait } from '../../kit/retry.ts';
import type { OpcuaSource } from '../config.ts';
import { overflowed, readingIn } from '../normalise/data-changes.ts';
import type { TakeRows } from '../row.ts';
import { gathering } from './gathering.ts';
import { type Notification, openStationSession, type StationSession } from './station-session.ts';
import type { StationTrust } from './trust.ts';

export interface StationsClientParts {
  readonly gateway: string;
  readonly source: OpcuaSource;
  readonly trust: StationTrust;
  readonly take: TakeRows;
  /** Told of every value that can never be a reading, and of every node the server refuses. */
  readonly onRefused: (reason: string) => void;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly wait?: Wait;
}

/** Reads one server's stations while it runs. */
export interface StationsClient extends Running {
  connected(): boolean;
  /** Times a server said that values of a node were overwritten before we fetched them. */
  readonly overwritten: number;
}

const gatherMs = 100;
/** About a minute of a thousand nodes at their busiest. */
const mostHeld = 50_000;
/** How long a stop waits for an outbox that has no room, ms. */
const stopWithinMs = 2_000;

/**
 * Reads stations over OPC UA by subscription and for ever: the session is made anew when it cannot be mended. What a
 * server sends is acknowledged by the protocol itself, so it is held in memory until the outbox has it; when the outbox
 * is full, publishing is paused, and what the server then overwrites is counted.
 */
export function startStationsClient(parts: StationsClientParts): StationsClient {
  const { source, trust, take, onRefused, clock, log, wait: pause = wait } = parts;
  const { endpoint } = source;
  const stopped = new AbortController();
  let session: StationSession | undefined;
  let overwritten = 0;
  let said = '';

  const held = gathering({
    take,
    most: mostHeld,
    onHold: (hold) => session?.publishing(!hold),
    onLost: (changes, err) =>
      log.error({ err, changes, endpoint }, 'station values did not reach the outbox and are gone'),
  });
  const flushing = setInterval(() => void held.flush(), gatherMs);

  const onValue = ({ node, content, status, at }: Notification) => {
    if (overflowed(status)) overwritten += 1;
    const value = readingIn(content, status, node.scale);
    if (value === null) return;
    if (typeof value === 'object')
      return onRefused(`${node.device}: ${node.measurement} at ${node.node}: ${value.refused}`);
    held.add({ device: node.device, measurement: node.measurement, at: at ?? clock.now(), value, status });
  };

  const once = async (): Promise<void> => {
    await trust.refresh();
    session = await openStationSession({ ...parts, onValue, signal: stopped.signal });
    try {
      said = '';
      log.info({ endpoint, nodes: source.nodes.length }, 'stations are being read');
      for (const { node, status } of session.refused) onRefused(`${endpoint} does not let us read ${node}: ${status}`);
      if (session.refused.length > 0)
        log.warn({ endpoint, refused: session.refused.slice(0, 20) }, 'the server does not let us read some nodes');
      const reason = await Promise.race([session.ended, aborted(stopped.signal)]);
      if (!stopped.signal.aborted) log.warn({ endpoint, reason }, 'stations are read no more; a new session is opened');
    } finally {
      await session.close();
      session = undefined;
    }
  };
  const complain = (err: Error) => {
    if (stopped.signal.aborted || said === err.message) return;
    said = err.message;
    const untrusted = /Certificate(Untrusted|ChainIncomplete|Invalid)|BadSecurityChecksFailed/i.test(err.message);
    if (untrusted)
      log.warn(
        { err: err.message, endpoint, rejected: trust.rejectedDir },
        'the certificate of a station server is not trusted: compare it with its owner, then list its file under trusted',
      );
    else log.warn({ err: err.message, endpoint }, 'stations cannot be read; trying again for ever');
  };
  const run = async (): Promise<void> => {
    let delays = retryDelays(1000, 30_000);
    while (!stopped.signal.aborted) {
      const began = performance.now();
      await once().catch(complain);
      if (performance.now() - began > 60_000) delays = retryDelays(1000, 30_000);
      await pause(delays.next().value, stopped.signal);
    }
  };
  // In the background: a SCADA system that is down must not keep the rest of a gateway from working.
  const running = run();

  return {
    connected: () => session?.connected() ?? false,
    get overwritten() {
      return overwritten;
    },
    async stop() {
      stopped.abort();
      await running;
      clearInterval(flushing);
      const patience = new AbortController();
      const flushed = held.flush().then(() => held.flush());
      await Promise.race([flushed, wait(stopWithinMs, patience.signal)]);
      patience.abort();
      if (held.held > 0) log.error({ changes: held.held, endpoint }, 'station values found no room in the outbox');
    },
  };
}

const aborted = (signal: AbortSignal): Promise<string> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve('stopped');
    else signal.addEventListener('abort', () => resolve('stopped'), { once: true });
  });
