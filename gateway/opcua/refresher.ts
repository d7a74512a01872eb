import type { DataValue } from 'node-opcua-client';
import type { Log } from '../../kit/log.ts';
import type { Wait } from '../../kit/retry.ts';
import type { OpcuaSource } from '../config.ts';
import type { DataChange } from '../normalise/data-changes.ts';
import type { TimedBy } from './data-value.ts';
import { inCalls } from './in-calls.ts';
import { refreshBook, type Sent } from './refresh.ts';
import type { StationSession } from './station-session.ts';

type Node = OpcuaSource['nodes'][number];

export interface RefresherParts {
  readonly source: OpcuaSource;
  /** The value as a change, and whose clock timed it; undefined where it is no reading. */
  readonly read: (node: Node, value: DataValue) => { readonly change: DataChange; readonly whose: TimedBy } | undefined;
  /** Takes what was asked for on its way to the outbox. */
  readonly add: (change: DataChange) => void;
  /** The outbox has no room: nothing is to be asked for. */
  readonly holding: () => boolean;
  /** The gateway's time, ms. */
  readonly now: () => number;
  /** A clock that only counts, ms. */
  readonly monotonic: () => number;
  readonly pause: Wait;
  readonly log: Log;
}

/** Asks the nodes that have sent nothing for long, so that a constant value is not taken for silence. */
export interface Refresher {
  /** Before a session is opened. */
  begins(): void;
  /** A value of `node` came by subscription. */
  live(node: Node, sent: Sent): void;
  /** The server's clock showed `time` at `mono`. */
  clock(time: number, mono: number): void;
  /** Asks while a session lives; resolves when `signal` is aborted. Never rejects. */
  attend(session: StationSession, signal: AbortSignal): Promise<void>;
  /** Values sent so since the start. */
  readonly refreshed: number;
}

/** Looks in one interval: how finely the questions are spread. */
const looks = 12;
/** Nodes in one question: what changes meanwhile never waits behind more. */
const mostNodes = 200;

/** A refresher of one server; with `refreshMs: 0` in its configuration it asks nothing. */
export function refresher(parts: RefresherParts): Refresher {
  const { source, holding, monotonic, pause, log } = parts;
  const { endpoint, nodes, refreshMs, publishingMs } = source;
  const handles = new Map(nodes.map((node, i) => [node, i]));
  const book = refreshBook(
    nodes.map(({ device }) => device),
    refreshMs,
  );
  let refreshed = 0;
  let told = '';

  const round = async (session: StationSession, signal: AbortSignal): Promise<void> => {
    const due = book.due(monotonic());
    if (due.length === 0 || holding()) return;
    await session.readClock();
    await inCalls(due, Math.min(mostNodes, session.limits.nodesPerRead), async (lot) => {
      if (signal.aborted) return lot;
      const before = lot.map(book.heard);
      const [at, now] = [monotonic(), parts.now()];
      const values = await session.readValues(
        lot.map((i) => (nodes[i] as Node).node),
        publishingMs,
      );
      const tookMs = monotonic() - at;
      // What changed before the question is still on its way by subscription, and goes first: it is what truly happened.
      await pause(Math.max(publishingMs, tookMs), signal);
      const silent = lot.filter((i, k) => book.heard(i) === before[k]);
      book.asked(silent, at);
      if (signal.aborted || holding()) return lot;
      for (const i of silent) {
        const value = values[lot.indexOf(i)];
        if (value) send(i, value, at, now);
      }
      return lot;
    });
    told = '';
  };
  const send = (i: number, value: DataValue, mono: number, now: number): void => {
    const known = parts.read(nodes[i] as Node, value);
    if (!known || !book.isNews(i, known.change.status)) return;
    // No mark moves: what changed before and was not heard is still the history's to fetch.
    const { node: _mark, ...change } = known.change;
    // A node without a clock of its own is timed by the gateway, as ever.
    const at = known.whose === 'gateway' ? undefined : book.timeAt(i, mono, now);
    refreshed += 1;
    parts.add(at === undefined ? { ...change, at: now, untimed: true } : { ...change, at });
  };

  return {
    begins: () => book.begins(),
    live(node, sent) {
      const i = handles.get(node);
      if (i !== undefined && refreshMs > 0) book.live(i, sent, monotonic());
    },
    clock: book.clock,
    async attend(session, signal) {
      if (refreshMs === 0) return;
      while (!signal.aborted) {
        await pause(refreshMs / looks, signal);
        if (signal.aborted) return;
        try {
          await round(session, signal);
        } catch (err) {
          const { message } = err as Error;
          if (!signal.aborted && told !== message)
            log.warn({ endpoint, err: message }, 'the server does not let us ask for values that do not change');
          told = message;
          await pause(refreshMs, signal);
        }
      }
    },
    get refreshed() {
      return refreshed;
    },
  };
}
