import type { EventEmitter } from 'node:events';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import { Aedes, type Client, type PublishPacket } from 'aedes';
import { topics } from '../../devices/contract/topics.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { Problem } from '../../kit/problem.ts';
import type { DeviceApi, Sender } from '../api/device-api.ts';
import { BAD_CREDENTIALS, type Identity, NOT_AUTHORIZED, type Proof, type Shown } from './identity.ts';
import { noFanOut } from './no-fan-out.ts';
import { guardPacketSize, oversizeOf } from './packet-guard.ts';
import { isReserved, maySubscribe } from './topic-rules.ts';

export interface BrokerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly maxPacketBytes: number;
  readonly maxClients: number;
  /** PEM texts; absent for plain MQTT, which is for loopback only. With `ca`, client certificates signed by it prove identity. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string };
}

export interface BrokerParts extends BrokerOptions {
  readonly api: Pick<DeviceApi, 'receive' | 'tooLarge'>;
  readonly identify: (shown: Shown) => Proof;
  /** The first connection of a subject came, or its last one went. */
  readonly onPresence: (subject: string, state: 'up' | 'down') => void;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

export interface Broker {
  readonly port: number;
  readonly clients: number;
  /** Connections refused for want of a valid credential. */
  readonly turnedAway: number;
  /** Refusals and receipts not sent to a client that does not read; refusals are in the quarantine. */
  readonly unsentErrors: number;
  /** Ends the connections of whoever this is true of. */
  dismiss(who: (identity: Identity) => boolean): void;
  /** Takes no more connections and ends those there are, unacknowledged messages unacknowledged. */
  stop(): Promise<void>;
}

/** What hangs on a connection that has proved who it is. */
interface Session {
  readonly identity: Identity;
  /** Of {@link onRequest}, what it has subscribed to. */
  readonly wants: Set<string>;
  readonly sender: Sender;
}

type Known = Client & { session?: Session; proof?: Proof };

/** Sent only to who has subscribed to it; an answer is sent to whoever asked. */
const onRequest = new Set<string>([topics.errors, topics.gatewayReceipts]);

/** A client that does not read is sent nothing more beyond this many unread bytes. */
const UNREAD_MAX = 256 * 1024;

const authError = (returnCode: number): Error & { returnCode: number } =>
  Object.assign(new Error(returnCode === BAD_CREDENTIALS ? 'bad user name or password' : 'not authorized'), {
    returnCode,
  });

/**
 * The embedded broker: aedes, hardened. It is a door, not a bus: what clients publish is judged and journaled, and ends
 * there. A PUBACK goes out when the message is durable and not before. A bad payload is acknowledged and quarantined; the
 * connection stays.
 */
export async function startBroker(parts: BrokerParts): Promise<Broker> {
  const { api, identify, onPresence, clock, log, maxPacketBytes } = parts;
  const present = new Map<string, number>();
  let turnedAway = 0;
  let unsentErrors = 0;
  let stopping = false;

  const aedes = await Aedes.createBroker({
    // Random id: a fixed one loses queued messages across restarts. Concurrency 0: no queue that is drained by recursion.
    concurrency: 0,
    mq: noFanOut(),
    drainTimeout: 10_000,
    connectTimeout: 10_000,
    maxClientsIdLength: 256,
    preConnect(client: Known, packet, callback) {
      client.proof = identify(shownBy(client, packet.username, packet.password));
      // A client id is chosen by the client: under another identity's name it would take over that one's connection.
      if ('identity' in client.proof && packet.clientId) {
        packet.clientId = `${client.proof.identity.subject}/${packet.clientId}`;
      }
      // Nothing is queued for absent clients, so there is no session to keep; a stored one would only hold memory.
      packet.clean = true;
      callback(null, true);
    },
    authenticate(client: Known, _username, _password, done) {
      const proof = client.proof ?? { refused: NOT_AUTHORIZED };
      if ('refused' in proof) {
        turnedAway++;
        done(authError(proof.refused) as never, false);
      } else {
        client.session = sessionOf(client, proof.identity);
        done(null, true);
      }
    },
    authorizeSubscribe(_client, subscription, callback) {
      callback(null, maySubscribe(subscription.topic) ? subscription : null);
    },
    authorizePublish(client: Known | null, packet, callback) {
      const session = client?.session;
      if (!client || !session) return callback(new Error('only an identified client publishes'));
      if (isReserved(packet.topic)) {
        log.warn(
          { client: session.identity.subject, topic: packet.topic.slice(0, 100) },
          'a client wrote to a reserved topic and was put out',
        );
        return callback(new Error(`${packet.topic} is reserved`));
      }
      receive(session, packet, callback);
    },
  });
  // Every publish ends here once it is authorised: nobody listens through the broker (see no-fan-out.ts).
  aedes.publish = (_packet: unknown, client: unknown, done?: (err?: Error) => void) => {
    const callback = done ?? (client as (() => void) | undefined);
    if (typeof callback === 'function') callback();
  };

  const receive = (
    { identity, sender }: Session,
    packet: PublishPacket,
    callback: (err?: Error | null) => void,
  ): void => {
    const message = {
      topic: packet.topic,
      payload: packet.payload as Buffer,
      client: identity.subject,
      received: clock.now(),
    };
    const large = oversizeOf(packet);
    if (large) api.tooLarge(message, large.trueSize, sender, callback);
    else api.receive(message, sender, callback);
  };

  const sessionOf = (client: Known, identity: Identity): Session => {
    const wants = new Set<string>();
    const reply: Sender['reply'] = (topic, body) => {
      if (onRequest.has(topic) && !wants.has(topic)) return;
      const unread = 'writableLength' in client.conn ? client.conn.writableLength : 0;
      if (client.closed || unread > UNREAD_MAX) unsentErrors++;
      else send(client, topic, body);
    };
    return { identity, wants, sender: { door: 'direct', reply } };
  };

  (aedes as unknown as EventEmitter).on('error', (err: Error) =>
    log.error({ err }, 'the broker met an error and goes on'),
  );
  aedes.on('client', (client: Known) => {
    const subject = client.session?.identity.subject;
    if (subject === undefined) return;
    const count = present.get(subject) ?? 0;
    present.set(subject, count + 1);
    if (count === 0) onPresence(subject, 'up');
  });
  aedes.on('clientDisconnect', (client: Known) => {
    const subject = client.session?.identity.subject;
    if (subject === undefined) return;
    const count = (present.get(subject) ?? 1) - 1;
    if (count > 0) present.set(subject, count);
    else present.delete(subject);
    // When it is us who leave, the journal must not say that everybody else did.
    if (count <= 0 && !stopping) onPresence(subject, 'down');
  });
  const watchWants = (wants: boolean) => (filters: readonly string[], client: Known) => {
    for (const filter of filters) {
      if (!onRequest.has(filter)) continue;
      if (wants) client.session?.wants.add(filter);
      else client.session?.wants.delete(filter);
    }
  };
  aedes.on('subscribe', (subscriptions, client) =>
    watchWants(true)(
      subscriptions.filter(({ qos }) => (qos as number) !== 128).map(({ topic }) => topic),
      client as Known,
    ),
  );
  aedes.on('unsubscribe', (filters, client) => watchWants(false)(filters, client as Known));

  const server = listenerFor(parts.tls, (socket) => {
    socket.setNoDelay(true);
    guardPacketSize(aedes.handle(socket), maxPacketBytes);
  });
  server.maxConnections = parts.maxClients;
  const port = await listen(server, parts.host, parts.port).catch(async (err: unknown) => {
    await closeAedes(aedes);
    throw err;
  });

  const connected = (): Known[] => Object.values((aedes as unknown as { clients: Record<string, Known> }).clients);
  return {
    port,
    get clients() {
      return aedes.connectedClients;
    },
    get turnedAway() {
      return turnedAway;
    },
    get unsentErrors() {
      return unsentErrors;
    },
    dismiss(who) {
      for (const client of connected()) {
        if (client.session && who(client.session.identity)) client.close();
      }
    },
    async stop() {
      stopping = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await closeAedes(aedes);
      await closed;
    },
  };
}

/** Sends to this one connection. */
function send(client: Client, topic: string, body: unknown): void {
  client.publish(
    {
      cmd: 'publish',
      topic,
      payload: Buffer.from(JSON.stringify(body)),
      qos: 0,
      dup: false,
      retain: false,
    },
    () => {},
  );
}

function shownBy(client: Client, username: string | undefined, password: Buffer | undefined): Shown {
  const conn = client.conn;
  const fingerprint =
    conn instanceof TLSSocket && conn.authorized ? conn.getPeerCertificate().fingerprint256 : undefined;
  return { username, password, fingerprint };
}

function listenerFor(tls: BrokerOptions['tls'], onSocket: (socket: Socket) => void): Server {
  if (!tls) return createTcpServer(onSocket);
  return createTlsServer(
    { ...tls, minVersion: 'TLSv1.2', requestCert: tls.ca !== undefined, rejectUnauthorized: false },
    onSocket,
  );
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (err: NodeJS.ErrnoException) =>
      reject(
        new Problem(
          err.code === 'EADDRINUSE'
            ? `MQTT port ${port} on ${host} is taken: stop the other broker or set YANSHAO_MQTT_PORT\n${host} 的 MQTT 端口 ${port} 已被占用：请停止另一个代理，或修改 YANSHAO_MQTT_PORT`
            : `MQTT cannot listen on ${host}:${port}: ${err.message}; set YANSHAO_MQTT_HOST and YANSHAO_MQTT_PORT\nMQTT 无法监听 ${host}:${port}：请检查 YANSHAO_MQTT_HOST 与 YANSHAO_MQTT_PORT`,
          err,
        ),
      ),
    );
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

const closeAedes = (aedes: Aedes): Promise<void> => new Promise((resolve) => aedes.close(resolve));
