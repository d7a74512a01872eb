import {
  AccessLevelFlag,
  AttributeIds,
  type ClientSession,
  type DataValue,
  HistoryReadRequest,
  MessageSecurityMode,
  OPCUAClient,
  ReadRawModifiedDetails,
  SecurityPolicy,
  TimestampsToReturn,
} from 'node-opcua-client';
import type { OpcuaSource } from '../config.ts';
import { refreshConditions } from './condition-events.ts';
import type { HistoryPage, HistoryQuestion } from './history.ts';
import { identityOf } from './identity.ts';
import { inCalls } from './in-calls.ts';
import { life } from './life.ts';
import type { Watching } from './monitored-nodes.ts';
import { readServerLimits, readServerTime, type ServerLimits } from './server-limits.ts';
import { keptForMs, type SubscriptionParts, subscribeToAll } from './station-subscriptions.ts';
import { applicationUriOf, type StationTrust } from './trust.ts';

export interface SessionParts extends Pick<SubscriptionParts, 'source' | 'onValue' | 'onEvent' | 'onHeard'> {
  readonly gateway: string;
  readonly trust: StationTrust;
  /** The gateway's clock, ms. */
  readonly now: () => number;
  /** A clock that only counts, ms. */
  readonly monotonic: () => number;
  /** The server's clock showed `time` when the one that only counts showed `mono`. */
  readonly onClock: (time: number, mono: number) => void;
  /** Aborted when the session shall end, also while it is being opened. */
  readonly signal: AbortSignal;
}

/** One session with its subscriptions. Nothing of it is ever mended: what breaks it ends it, and another is opened. */
export interface StationSession extends Watching {
  /** Resolves when it has ended, with the reason. */
  readonly ended: Promise<string>;
  /** Why events are not heard, though they are mapped. */
  readonly eventsRefused: string | undefined;
  readonly limits: ServerLimits;
  readonly subscriptions: number;
  /** How far the server's clock is ahead of ours, ms; undefined when it does not say. */
  readonly clockOffsetMs: number | undefined;
  readonly connected: () => boolean;
  /** Stops or resumes the sending of values; the server keeps `queueSize` of each node meanwhile. */
  publishing(on: boolean): void;
  /** Asks again for all conditions that matter now. Answers with the server's status. */
  refreshConditions(): Promise<string>;
  /** Looks at the server's clock again. Rejects when it does not answer. */
  readClock(): Promise<void>;
  /** Values as they are now, or were at most `maxAgeMs` ago, in the order of `nodes`. Rejects when the server does not answer. */
  readValues(nodes: readonly string[], maxAgeMs: number): Promise<DataValue[]>;
  /** Which nodes have a history that we may read. Rejects when the server does not answer. */
  nodesWithHistory(): Promise<string[]>;
  /** Raw values of the past; see `HistoryParts.ask`. */
  readHistory(
    questions: readonly HistoryQuestion[],
    from: number,
    to: number,
    most: number,
  ): Promise<HistoryPage<DataValue>[]>;
  /** Ends it; what the server does not answer within a moment is left to its own time-outs. */
  close(): Promise<void>;
}

/** A server that does not answer within this is treated as not there, ms. */
const answerWithinMs = 15_000;
/** Reading an archive may take its time. */
const historyWithinMs = 60_000;
/** How long an end waits for the server to agree, ms. */
const goodbyeMs = 1_000;

/**
 * Opens a session and subscribes to every configured node. Read-only by construction: nothing here writes or commands.
 * Rejects when the server cannot be reached, is not trusted, or refuses us.
 */
export async function openStationSession(parts: SessionParts): Promise<StationSession> {
  const { source, signal, trust, now, monotonic, onClock } = parts;
  const client = makeClient(parts);
  const own = life();
  const stop = () => own.end('stopped');
  signal.addEventListener('abort', stop, { once: true });
  own.onEnd(() => signal.removeEventListener('abort', stop));
  let session: ClientSession | undefined;
  const close = async () => {
    const answers = !own.over || signal.aborted;
    own.end('closed');
    // Over a dead line there is nobody to take leave of.
    if (answers) await within(goodbyeMs, session?.close(true));
    await within(goodbyeMs, client.disconnect());
  };
  try {
    await answered(own.during(client.connect(source.endpoint)), source.endpoint);
    client.on('connection_lost', () => own.end('the connection was lost'));
    client.on('close', () => own.end('the connection was closed'));
    // Somebody took the server's certificate back while it is being read: what it says counts no more from then on.
    const certificate = client.serverCertificate;
    const unwatch = trust.onChange(async () => {
      if (source.security.mode === 'None' || !certificate || (await trust.trusts(certificate))) return;
      own.end('its certificate is not trusted any more');
    });
    own.onEnd(unwatch);
    const live = await own.during(client.createSession(identityOf(source)));
    session = live;
    live.on('session_closed', () => own.end('the server closed the session'));
    const limits = await own.during(readServerLimits(live));
    let clockOffsetMs: number | undefined;
    const readClock = async (): Promise<void> => {
      const said = await own.during(readServerTime(live, monotonic));
      if (said) onClock(said.time, said.at);
      clockOffsetMs = said && Math.round(said.time - now() + monotonic() - said.at);
    };
    await readClock().catch(() => undefined);
    const heard = await subscribeToAll({ ...parts, session: live, limits, life: own });
    signal.throwIfAborted();
    return {
      ended: own.ended,
      refused: heard.refused,
      withoutDeadband: heard.withoutDeadband,
      eventsRefused: heard.eventsRefused,
      limits,
      subscriptions: heard.all.length,
      get clockOffsetMs() {
        return clockOffsetMs;
      },
      connected: () => !own.over,
      publishing(on) {
        for (const subscription of heard.all) void subscription.setPublishingMode(on).catch(() => undefined);
      },
      refreshConditions: async () =>
        heard.events ? refreshConditions(live, heard.events) : 'the server does not let us hear events',
      readClock,
      readValues: (nodes, maxAgeMs) =>
        own.during(
          live.read(
            nodes.map((nodeId) => ({ nodeId, attributeId: AttributeIds.Value })),
            maxAgeMs,
          ),
        ),
      nodesWithHistory: () => own.during(nodesWithHistory(live, source, limits)),
      readHistory: (...ask) => own.during(readHistory(live, ...ask)),
      close,
    };
  } catch (err) {
    await close();
    throw err;
  }
}

function makeClient({ gateway, source, trust }: SessionParts): OPCUAClient {
  return OPCUAClient.create({
    applicationName: 'Yanshao gateway',
    applicationUri: applicationUriOf(gateway),
    clientName: gateway,
    securityMode: source.security.mode === 'None' ? MessageSecurityMode.None : MessageSecurityMode.SignAndEncrypt,
    securityPolicy: SecurityPolicy[source.security.policy],
    clientCertificateManager: trust.manager,
    endpointMustExist: false,
    requestedSessionTimeout: keptForMs(source),
    defaultTransactionTimeout: answerWithinMs,
    transportTimeout: answerWithinMs,
    // The subscriptions keep the session alive, and their silence is watched here.
    keepSessionAlive: false,
    // Nothing is mended by the library: after a break it would move subscriptions between sessions, which servers do badly
    // or not at all, and it does not notice a line that swallows everything.
    connectionStrategy: { initialDelay: 500, maxDelay: 5_000, maxRetry: 0 },
  });
}

async function nodesWithHistory(
  session: ClientSession,
  { nodes }: OpcuaSource,
  { nodesPerRead }: ServerLimits,
): Promise<string[]> {
  const levels = await inCalls(nodes, nodesPerRead, (lot) =>
    session.read(lot.map(({ node }) => ({ nodeId: node, attributeId: AttributeIds.UserAccessLevel }))),
  );
  return nodes.filter((_, i) => isReadableHistory(levels[i])).map(({ node }) => node);
}

const isReadableHistory = (level: DataValue | undefined): boolean => {
  const bits: unknown = level?.statusCode.isGood() ? level.value.value : 0;
  return typeof bits === 'number' && (bits & AccessLevelFlag.HistoryRead) !== 0;
};

async function readHistory(
  session: ClientSession,
  questions: readonly HistoryQuestion[],
  from: number,
  to: number,
  most: number,
): Promise<HistoryPage<DataValue>[]> {
  const { results } = await session.historyRead(
    new HistoryReadRequest({
      requestHeader: { timeoutHint: historyWithinMs },
      historyReadDetails: new ReadRawModifiedDetails({
        isReadModified: false,
        startTime: new Date(from),
        endTime: new Date(to),
        numValuesPerNode: most,
        returnBounds: false,
      }),
      timestampsToReturn: TimestampsToReturn.Both,
      releaseContinuationPoints: false,
      nodesToRead: questions.map(({ node, more }) => ({ nodeId: node, ...(more && { continuationPoint: more }) })),
    }),
  );
  return (results ?? []).map(({ statusCode, historyData, continuationPoint }) => ({
    values: (historyData as { dataValues?: DataValue[] | null } | null)?.dataValues ?? [],
    status: statusCode.name,
    more: continuationPoint ?? undefined,
  }));
}

/** Waits for `step`, but no longer than `ms`; what it is doing goes on, and whether it fails matters to nobody. */
async function within(ms: number, step: Promise<unknown> | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([step?.catch(() => undefined), late]);
  clearTimeout(timer);
}

/** As `step`, but rejects when it takes longer than a server may take to answer. */
async function answered<T>(step: Promise<T>, endpoint: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      step,
      new Promise<never>((_, reject) => {
        timer = setTimeout(
          () => reject(new Error(`${endpoint} did not answer within ${answerWithinMs} ms`)),
          answerWithinMs,
        );
      }),
    ]);
  } finally {
    step.catch(() => undefined);
    clearTimeout(timer);
  }
}
