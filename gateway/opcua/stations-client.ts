import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AttributeIds,
  ClientMonitoredItemGroup,
  type ClientSession,
  type ClientSubscription,
  type DataValue,
  MessageSecurityMode,
  OPCUACertificateManager,
  OPCUAClient,
  SecurityPolicy,
  TimestampsToReturn,
  type UserIdentityInfo,
  UserTokenType,
} from 'node-opcua';
import type { Running } from '../../kit/cleanups.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { Value } from '../../kit/telemetry/telemetry-store.ts';
import type { OpcuaSource } from '../config.ts';
import { type DataChange, rowsOf } from '../normalise/data-changes.ts';
import type { TakeRows } from '../row.ts';

export interface StationsClientParts {
  readonly gateway: string;
  readonly source: OpcuaSource;
  /** Keys, own certificate and trust list of this gateway. */
  readonly pkiDir: string;
  readonly take: TakeRows;
  readonly clock: Clock;
  readonly log: Log;
}

/** Servers limit items per call; a thousand passes everywhere (stack notes). */
const itemsPerCall = 1000;
/** Changes are gathered this long, so that values of one moment travel as one row. */
const gatherMs = 100;
/** A slow uplink must not lose what a server sampled between two publishes. */
const queueSize = 10;
const retryMs = 3000;

/**
 * Reads stations over OPC UA by subscription and for ever: the session is made anew when it cannot be mended. Read-only by
 * construction: nothing here writes, calls or commands.
 */
export async function startStationsClient(parts: StationsClientParts): Promise<Running & { connected(): boolean }> {
  const { source, log, clock } = parts;
  const client = await makeClient(parts);
  let stopping = false;
  let session: ClientSession | undefined;
  let retry: (() => void) | undefined;
  let said = false;

  const gathered: DataChange[] = [];
  const flush = () => {
    if (gathered.length === 0) return;
    const rows = rowsOf(gathered.splice(0));
    parts.take(rows).catch((err) => log.error({ err, rows: rows.length }, 'the outbox did not take station values'));
  };
  const flushing = setInterval(flush, gatherMs);

  const begin = async (): Promise<void> => {
    if (stopping) return;
    try {
      await client.connect(source.endpoint);
      session = await client.createSession(identityOf(source));
      session.on('session_closed', () => again());
      const subscription = await session.createSubscription2({
        requestedPublishingInterval: source.publishingMs,
        requestedMaxKeepAliveCount: 20,
        requestedLifetimeCount: 600,
        maxNotificationsPerPublish: 0,
        publishingEnabled: true,
        priority: 10,
      });
      subscription.on('terminated', () => again());
      await monitor(subscription, source, clock, (change) => gathered.push(change));
      said = false;
      log.info({ endpoint: source.endpoint, nodes: source.nodes.length }, 'stations are being read');
    } catch (err) {
      if (!said)
        log.warn(
          { err: (err as Error).message, endpoint: source.endpoint },
          'stations cannot be read; trying again for ever',
        );
      said = true;
      again();
    }
  };
  const again = () => {
    if (stopping || retry) return;
    const timer = setTimeout(
      async () => {
        retry = undefined;
        await session?.close(true).catch(() => undefined);
        session = undefined;
        await client.disconnect().catch(() => undefined);
        await begin();
      },
      retryMs * (0.5 + Math.random()),
    );
    retry = () => clearTimeout(timer);
  };
  // In the background: a SCADA system that is down must not keep the rest of a gateway from working.
  void begin();

  return {
    connected: () => session !== undefined && !session.isReconnecting,
    async stop() {
      stopping = true;
      retry?.();
      clearInterval(flushing);
      flush();
      await session?.close(true).catch(() => undefined);
      await client.disconnect().catch(() => undefined);
    },
  };
}

async function makeClient({ gateway, source, pkiDir }: StationsClientParts): Promise<OPCUAClient> {
  await mkdir(pkiDir, { recursive: true });
  const clientCertificateManager = new OPCUACertificateManager({
    rootFolder: join(pkiDir, 'client'),
    automaticallyAcceptUnknownCertificate: false,
  });
  await clientCertificateManager.initialize();
  for (const file of source.trusted) await clientCertificateManager.trustCertificate(toDer(await readFile(file)));
  return OPCUAClient.create({
    applicationName: 'Yanshao gateway',
    applicationUri: `urn:yanshao:gateway:${gateway}`,
    clientName: gateway,
    securityMode: source.security.mode === 'None' ? MessageSecurityMode.None : MessageSecurityMode.SignAndEncrypt,
    securityPolicy: SecurityPolicy[source.security.policy],
    clientCertificateManager,
    endpointMustExist: false,
    keepSessionAlive: true,
    connectionStrategy: { initialDelay: 500, maxDelay: 10_000, maxRetry: -1 },
  });
}

const identityOf = ({ username, password }: OpcuaSource): UserIdentityInfo =>
  username === undefined
    ? { type: UserTokenType.Anonymous }
    : { type: UserTokenType.UserName, userName: username, password: password ?? '' };

/** A certificate file's DER bytes, whichever of the two usual forms it has. */
function toDer(file: Buffer): Buffer {
  const text = file.toString('latin1');
  if (!text.includes('-----BEGIN CERTIFICATE-----')) return file;
  return Buffer.from(text.split('-----BEGIN CERTIFICATE-----')[1]?.split('-----END')[0] ?? '', 'base64');
}

async function monitor(
  subscription: ClientSubscription,
  { nodes, publishingMs }: OpcuaSource,
  clock: Clock,
  onChange: (change: DataChange) => void,
): Promise<void> {
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
      const content: unknown = value.value?.value ?? null;
      onChange({
        device: node.device,
        measurement: node.measurement,
        at: (value.sourceTimestamp ?? value.serverTimestamp)?.getTime() ?? clock.now(),
        value: scaled(content, node.scale),
        status: value.statusCode.value,
      });
    });
  }
}

/** What a reading can be; structures and arrays are not readings. 64-bit integers arrive as [high, low]. */
function scaled(content: unknown, scale = 1): Value | null {
  if (typeof content === 'number') return content * scale;
  if (typeof content === 'boolean' || typeof content === 'string') return content;
  if (Array.isArray(content) && content.length === 2) {
    const [high, low] = content as unknown[];
    if (typeof high === 'number' && typeof low === 'number') return (high * 2 ** 32 + low) * scale;
  }
  return null;
}
