import {
  AccessLevelFlag,
  AttributeIds,
  type ClientSession,
  type ClientSubscription,
  type DataChangeNotification,
  type DataValue,
  HistoryReadRequest,
  MessageSecurityMode,
  type NotificationMessage,
  OPCUAClient,
  ReadRawModifiedDetails,
  SecurityPolicy,
  TimestampsToReturn,
} from 'node-opcua';
import type { OpcuaSource } from '../config.ts';
import { type EventNews, refreshConditions, watchConditions } from './condition-events.ts';
import type { HistoryPage, HistoryQuestion } from './history.ts';
import { identityOf } from './identity.ts';
import { inCalls } from './in-calls.ts';
import { type Handled, type Watching, watchNodes } from './monitored-nodes.ts';
import { readClockOffset, readServerLimits, type ServerLimits } from './server-limits.ts';
import { watchSilence } from './silence.ts';
import { applicationUriOf, type StationTrust } from './trust.ts';

export interface SessionParts {
  readonly gateway: string;
  readonly source: OpcuaSource;
  readonly trust: StationTrust;
  /** A value of one configured node, as the server sent it. */
  readonly onValue: (node: OpcuaSource['nodes'][number], value: DataValue) => void;
  readonly onEvent: (news: EventNews) => void;
  /** The server spoke, if only to say that there is nothing to say. */
  readonly onHeard: () => void;
  /** The gateway's clock, ms. */
  readonly now: () => number;
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
/** What a server keeps for us after a line has died; kept short, as a server has few sessions to give. */
const sessionTimeoutMs = 60_000;

/**
 * Opens a session and subscribes to every configured node. Read-only by construction: nothing here writes or commands.
 * Rejects when the server cannot be reached, is not trusted, or refuses us.
 */
export async function openStationSession(parts: SessionParts): Promise<StationSession> {
  const { source, signal, onHeard } = parts;
  const client = makeClient(parts);
  let over = (_reason: string): void => {};
  const ended = new Promise<string>((resolve) => {
    over = resolve;
  });
  const leave = async (session?: ClientSession) => {
    const goodbye = (async () => {
      await session?.close(true);
    })().catch(() => undefined);
    await within(goodbyeMs, goodbye);
    await within(
      goodbyeMs,
      client.disconnect().catch(() => undefined),
    );
  };
  const giveUp = () => over('stopped');
  signal.addEventListener('abort', giveUp, { once: true });
  // Whatever ends it while it is being opened ends the opening: a request that waits for a dead line would hold us for long.
  const orOver = <T>(step: Promise<T>): Promise<T> =>
    Promise.race([
      step,
      ended.then((reason) => {
        step.catch(() => undefined);
        throw new Error(reason);
      }),
    ]);
  const watches: { stop(): void }[] = [];
  let session: ClientSession | undefined;
  try {
    await answered(orOver(client.connect(source.endpoint)), source.endpoint);
    client.on('connection_lost', () => over('the connection was lost'));
    client.on('close', () => over('the connection was closed'));
    // Somebody took the server's certificate back while it is being read: what it says counts no more from then on.
    const certificate = client.serverCertificate;
    const unwatch = parts.trust.onChange(async () => {
      if (source.security.mode === 'None' || !certificate || (await parts.trust.trusts(certificate))) return;
      over('its certificate is not trusted any more');
    });
    watches.push({ stop: unwatch });
    session = await orOver(client.createSession({ ...identityOf(source) }));
    session.on('session_closed', () => over('the server closed the session'));
    const live = session;
    const limits = await orOver(readServerLimits(live));
    let clockOffsetMs = await orOver(readClockOffset(live, parts.now)).catch(() => undefined);

    const subscribe = async (): Promise<ClientSubscription> => {
      const subscription = await orOver(
        live.createSubscription2({
          requestedPublishingInterval: source.publishingMs,
          requestedMaxKeepAliveCount: Math.max(1, Math.round(source.keepaliveMs / source.publishingMs)),
          requestedLifetimeCount: Math.max(30, Math.ceil(sessionTimeoutMs / source.publishingMs)),
          maxNotificationsPerPublish: 0,
          publishingEnabled: true,
          priority: 10,
        }),
      );
      const everyMs = subscription.publishingInterval * subscription.maxKeepAliveCount;
      const watch = watchSilence(everyMs * 3, (silentMs) => over(`the server has said nothing for ${silentMs} ms`));
      watches.push(watch);
      subscription.on('raw_notification', (message: NotificationMessage) => {
        watch.heard();
        onHeard();
        for (const one of message.notificationData ?? []) {
          if (one?.schema.name === 'DataChangeNotification') tell(one as DataChangeNotification);
        }
      });
      subscription.on('status_changed', (status) => over(`the server ended a subscription: ${status.name}`));
      subscription.on('terminated', () => over('a subscription ended'));
      subscription.on('internal_error', (err: Error) => over(`a subscription failed: ${err.message}`));
      return subscription;
    };
    const tell = ({ monitoredItems }: DataChangeNotification) => {
      for (const item of monitoredItems ?? []) {
        const node = source.nodes[item.clientHandle];
        if (node) parts.onValue(node, item.value);
      }
    };

    const all: Handled[] = source.nodes.map((node, handle) => ({ handle, node }));
    const subscriptions: ClientSubscription[] = [];
    const refused: Watching['refused'][number][] = [];
    const withoutDeadband: Watching['withoutDeadband'][number][] = [];
    for (let i = 0; i < all.length; i += limits.itemsPerSubscription) {
      const subscription = await subscribe().catch((err: Error) => {
        // A server with few subscriptions to give: the rest of the nodes go into the last one it gave.
        const last = subscriptions.at(-1);
        if (last && /BadTooManySubscriptions/.test(err.message)) return last;
        throw err;
      });
      if (!subscriptions.includes(subscription)) subscriptions.push(subscription);
      const nodes = all.slice(i, i + limits.itemsPerSubscription);
      const { publishingMs } = source;
      const { itemsPerCall } = limits;
      const watching = await orOver(watchNodes({ session: live, subscription, nodes, publishingMs, itemsPerCall }));
      refused.push(...watching.refused);
      withoutDeadband.push(...watching.withoutDeadband);
    }

    let events: ClientSubscription | undefined;
    let eventsRefused: string | undefined;
    if (source.events.length > 0) {
      try {
        events = await subscribe();
        await orOver(watchConditions(events, source.notifier, parts.onEvent));
        subscriptions.push(events);
      } catch (err) {
        // Readings are worth having without events; a dead line is noticed by whoever waits for `ended`.
        eventsRefused = (err as Error).message;
        events = undefined;
      }
    }
    signal.throwIfAborted();

    let closing = false;
    let alive = true;
    void ended.then(() => {
      alive = false;
      for (const watch of watches) watch.stop();
    });
    return {
      ended,
      refused,
      withoutDeadband,
      eventsRefused,
      limits,
      subscriptions: subscriptions.length,
      get clockOffsetMs() {
        return clockOffsetMs;
      },
      connected: () => alive && !closing,
      publishing(on) {
        for (const subscription of subscriptions) void subscription.setPublishingMode(on).catch(() => undefined);
      },
      refreshConditions: async () => (events ? refreshConditions(live, events) : 'no events are mapped'),
      async readClock() {
        clockOffsetMs = await orOver(readClockOffset(live, parts.now));
      },
      nodesWithHistory: () => orOver(nodesWithHistory(live, source, limits)),
      readHistory: (...ask) => orOver(readHistory(live, ...ask)),
      async close() {
        closing = true;
        signal.removeEventListener('abort', giveUp);
        for (const watch of watches) watch.stop();
        await leave(alive ? live : undefined);
      },
    };
  } catch (err) {
    for (const watch of watches) watch.stop();
    signal.removeEventListener('abort', giveUp);
    await leave(session);
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
    requestedSessionTimeout: sessionTimeoutMs,
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

/** Waits for `step`, but no longer than `ms`; what it is doing goes on. */
async function within(ms: number, step: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([step, new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))]);
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
