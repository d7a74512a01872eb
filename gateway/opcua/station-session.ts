import {
  AttributeIds,
  ClientMonitoredItemGroup,
  type ClientSubscription,
  DataType,
  type DataValue,
  MessageSecurityMode,
  OPCUAClient,
  SecurityPolicy,
  TimestampsToReturn,
  type UserIdentityInfo,
  UserTokenType,
  type Variant,
  VariantArrayType,
} from 'node-opcua';
import type { OpcuaSource } from '../config.ts';
import type { Content } from '../normalise/data-changes.ts';
import type { StationTrust } from './trust.ts';

/** A value of one configured node, as the server sent it. */
export interface Notification {
  readonly node: OpcuaSource['nodes'][number];
  readonly content: Content;
  readonly status: number;
  /** Source time, or the server's where the source gave none, ms. */
  readonly at: number | undefined;
}

export interface SessionParts {
  readonly gateway: string;
  readonly source: OpcuaSource;
  readonly trust: StationTrust;
  readonly onValue: (notification: Notification) => void;
  /** Aborted when the session shall end, also while it is being opened. */
  readonly signal: AbortSignal;
}

/** One session with its subscription. node-opcua mends it after short cuts; what it cannot mend ends it. */
export interface StationSession {
  /** Resolves when it has ended, with the reason. */
  readonly ended: Promise<string>;
  /** Nodes that the server does not let us read, with its reason. */
  readonly refused: readonly { readonly node: string; readonly status: string }[];
  readonly connected: () => boolean;
  /** Stops or resumes the sending of values; the server keeps `queueSize` of each node meanwhile. */
  publishing(on: boolean): void;
  close(): Promise<void>;
}

/** Servers limit items per call; a thousand passes everywhere. */
const itemsPerCall = 1000;
/** What a server keeps of a node between two publishes; older ones are overwritten and the status says so. */
const queueSize = 10;
/** After a cut of this length the session is made anew rather than mended. */
const mendWithinMs = 30_000;

/**
 * Opens a session and subscribes to every configured node. Read-only by construction: nothing here writes, calls or commands.
 * Rejects when the server cannot be reached, is not trusted, or refuses us.
 */
export async function openStationSession(parts: SessionParts): Promise<StationSession> {
  const { source, signal } = parts;
  const client = makeClient(parts);
  const giveUp = () => void client.disconnect().catch(() => undefined);
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    await client.connect(source.endpoint);
    const session = await client.createSession(identityOf(source));
    const subscription = await session.createSubscription2({
      requestedPublishingInterval: source.publishingMs,
      requestedMaxKeepAliveCount: 20,
      requestedLifetimeCount: 600,
      maxNotificationsPerPublish: 0,
      publishingEnabled: true,
      priority: 10,
    });
    let mending = false;
    let closing = false;
    const ended = new Promise<string>((resolve) => {
      let overdue: NodeJS.Timeout | undefined;
      client.on('connection_lost', () => {
        mending = true;
        clearTimeout(overdue);
        overdue = setTimeout(() => resolve('the connection was lost'), mendWithinMs);
      });
      client.on('connection_reestablished', () => {
        mending = false;
        clearTimeout(overdue);
      });
      client.on('close', () => {
        clearTimeout(overdue);
        resolve('the connection was closed');
      });
      session.on('session_closed', () => resolve('the server closed the session'));
      subscription.on('terminated', () => resolve('the subscription ended'));
    });
    const refused = await monitor(subscription, parts);
    signal.throwIfAborted();
    return {
      ended,
      refused,
      connected: () => !mending && !closing,
      publishing: (on) => void subscription.setPublishingMode(on).catch(() => undefined),
      async close() {
        closing = true;
        await session.close(true).catch(() => undefined);
        await client.disconnect().catch(() => undefined);
      },
    };
  } catch (err) {
    await client.disconnect().catch(() => undefined);
    throw err;
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

function makeClient({ gateway, source, trust }: SessionParts): OPCUAClient {
  return OPCUAClient.create({
    applicationName: 'Yanshao gateway',
    applicationUri: `urn:yanshao:gateway:${encodeURIComponent(gateway)}`,
    clientName: gateway,
    securityMode: source.security.mode === 'None' ? MessageSecurityMode.None : MessageSecurityMode.SignAndEncrypt,
    securityPolicy: SecurityPolicy[source.security.policy],
    clientCertificateManager: trust.manager,
    endpointMustExist: false,
    keepSessionAlive: true,
    // The first attempt is ours to repeat, so that its failure can be told; a lost connection is mended by the library.
    connectionStrategy: { initialDelay: 500, maxDelay: 5_000, maxRetry: 1 },
  });
}

const identityOf = ({ username, password }: OpcuaSource): UserIdentityInfo =>
  username === undefined
    ? { type: UserTokenType.Anonymous }
    : { type: UserTokenType.UserName, userName: username, password: password ?? '' };

/** Monitors every node, some at a time; answers with those the server refused. */
async function monitor(
  subscription: ClientSubscription,
  { source: { nodes, publishingMs }, onValue }: SessionParts,
): Promise<StationSession['refused']> {
  const refused: { node: string; status: string }[] = [];
  for (let i = 0; i < nodes.length; i += itemsPerCall) {
    const some = nodes.slice(i, i + itemsPerCall);
    const group = ClientMonitoredItemGroup.create(
      subscription,
      some.map(({ node }) => ({ nodeId: node, attributeId: AttributeIds.Value })),
      { samplingInterval: publishingMs, discardOldest: true, queueSize },
      TimestampsToReturn.Both,
    );
    group.on('changed', (_item, value: DataValue, index: number) => {
      const node = some[index];
      if (!node) return;
      const at = (value.sourceTimestamp ?? value.serverTimestamp)?.getTime();
      onValue({ node, content: contentOf(value.value), status: value.statusCode.value >>> 0, at });
    });
    await new Promise<void>((resolve, reject) => {
      group.on('initialized', () => resolve());
      group.on('terminated', (err) => reject(err ?? new Error('the server ended the subscription')));
    });
    for (const [index, { statusCode }] of group.monitoredItems.entries()) {
      if (statusCode.isNotGood()) refused.push({ node: some[index]?.node ?? '', status: statusCode.name });
    }
  }
  return refused;
}

function contentOf(variant: Variant): Content {
  const { value, dataType, arrayType } = variant;
  if (arrayType !== VariantArrayType.Scalar) return { kind: 'other', value };
  if (dataType === DataType.Int64) return { kind: 'int64', value };
  if (dataType === DataType.UInt64) return { kind: 'uint64', value };
  return { kind: 'scalar', value };
}
