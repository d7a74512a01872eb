import type { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import { Aedes, type Client, type PublishPacket } from 'aedes';
import { cleanups } from '../../kit/cleanups.ts';
import type { Log } from '../../kit/log.ts';
import { type Acknowledge, gatherAcknowledgements } from './acknowledgements.ts';
import { type AddressLimits, type Allowance, allowances, type IdentityLimits } from './allowances.ts';
import { patientFanOut } from './fan-out.ts';
import { suspendKeepAliveWhile } from './keep-alive.ts';
import { type Doors, type Listeners, openListeners, type Visitor } from './listeners.ts';
import { aloneInTheWorld, closeTheBus, type Inside, keepNothing } from './mended-aedes.ts';
import { noFanOut } from './no-fan-out.ts';
import { type OnceOnly, onceOnly } from './once-only.ts';
import { guardPacketSize, watchPackets } from './packet-guard.ts';
import { parsePublishQuickly } from './quick-publish.ts';
import { gateReading, type ReadingGate, UNREAD_MAX } from './reading-gate.ts';
import { MOST_MESSAGES, steppingAside, type Underway } from './stepping-aside.ts';
import { type Reason, reason } from './version-five/codes.ts';
import { greet } from './version-five/greet.ts';
import type { FiveLine } from './version-five/line.ts';

/** CONNACK return codes (MQTT 3.1.1 §3.2.2.3). */
export const IDENTIFIER_REJECTED = 2;
export const SERVER_UNAVAILABLE = 3;
type ReturnCode = 2 | 3 | 4 | 5;

/** What a client says of itself in its CONNECT, and what TLS found. */
export interface Caller extends Visitor {
  readonly clientId: string;
  readonly username: string | undefined;
  readonly password: Uint8Array | undefined;
  readonly will: { readonly topic: string } | undefined;
}

/** The way back to one connection. */
export interface Outlet {
  /** The filters it was granted. */
  readonly filters: ReadonlySet<string>;
  /** Sends to this one connection, QoS 0: bytes as they are, anything else as JSON; false when it does not read, or takes none so large, and nothing was sent. */
  send(topic: string, body: unknown, options?: { readonly retain?: boolean }): boolean;
}

export type SignIn<Who> =
  | {
      /** Whose allowance its messages count against; client ids are told apart within it, so that nobody takes over another's. */
      readonly identity: string;
      readonly limits: IdentityLimits;
      /** The connection is let in: what the policy is to know it by. */
      readonly begin: (outlet: Outlet) => Who;
    }
  | { readonly refused: ReturnCode };

/** Who may do what: everything about a broker that is not the protocol. `Who` is one connection that has proved itself. */
export interface Policy<Who> {
  signIn(caller: Caller): SignIn<Who>;
  maySubscribe(who: Who, filter: string): boolean;
  /** A filter was granted. */
  onSubscribed?(who: Who, filter: string): void;
  /** Judges a PUBLISH (or a will). Its acknowledgement goes out when `done` is called; an error ends the connection. */
  receive(who: Who, packet: PublishPacket, done: (err?: Error | null) => void): void;
  /** A connection stands: its CONNACK has been sent. */
  onOpen?(who: Who): void;
  /** A connection that stood is gone. */
  onClose?(who: Who): void;
  /** A connection is not read from for now, as it sends faster than it may; told once until a quiet minute has passed. */
  onHeld?(who: Who): void;
}

export interface TransportOptions extends Doors {
  readonly maxPacketBytes: number;
  /** Connections at a time, over all listeners. */
  readonly maxClients: number;
  readonly perAddress: AddressLimits;
  /** How long a client may leave what it is sent unread, ms. */
  readonly drainTimeoutMs?: number;
}

export interface TransportParts<Who> extends TransportOptions {
  readonly policy: Policy<Who>;
  /** `door`: what is published ends at the policy, sessions are always clean. `bus`: it is delivered to subscribers. */
  readonly kind: 'door' | 'bus';
  readonly log: Log;
}

/** Counts since the broker began. */
export interface TransportCounts {
  /** Sign-ins refused by the policy. */
  turnedAway: number;
  /** Connections and sign-ins refused for being too many or coming too fast. */
  putOff: number;
  /** Times a client began to send faster than it may, and was made to wait. */
  holds: number;
}

export interface Transport<Who> {
  readonly ports: Listeners['ports'];
  /** Connections that have signed in. */
  readonly clients: number;
  /** Connections not read from now, as they send faster than they may. */
  readonly held: number;
  readonly counts: Readonly<TransportCounts>;
  /** Ends the connections of whoever this is true of, at once; their wills are not spoken. */
  dismiss(who: (who: Who) => boolean): void;
  /** Takes no more connections and ends those there are, unacknowledged messages unacknowledged. */
  stop(): Promise<void>;
}

/** What hangs on a connection from its first byte. */
interface Line<Who> {
  readonly visitor: Visitor;
  readonly gate: ReadingGate;
  readonly inbound: OnceOnly;
  readonly filters: Set<string>;
  /** Where the client speaks MQTT 5. */
  readonly five: FiveLine | undefined;
  underway?: Underway;
  acknowledge?: Acknowledge;
  gone?: true;
  signIn?: SignIn<Who>;
  who?: Who;
  allowance?: Allowance;
  open: boolean;
  heldBy?: NodeJS.Timeout | undefined;
  /** When it was last let go, on the monotonic clock. */
  freedAt: number;
}

/** The parts of an aedes (1.2.0) client that its types do not name. */
type Known<Who> = Client & { line?: Line<Who>; will?: unknown; _will?: unknown };

const SWEEP_MS = 60_000;
/** A hold within so long of the last one is the same episode, ms. */
const QUIET_MS = 60_000;
const now = (): number => performance.now();

/**
 * aedes, hardened: listeners, identity before anything else, bounded packets, bounded rates by not reading, QoS 2 once,
 * nothing that a client who does not read can hold. A door takes MQTT 5 as well, translated. What may be said and what becomes of it is the policy's.
 */
export async function startTransport<Who>(parts: TransportParts<Who>): Promise<Transport<Who>> {
  const { policy, kind, log, maxPacketBytes } = parts;
  const stopping = cleanups(log);
  const books = allowances(parts.perAddress, now);
  const lines = new Set<Known<Who>>();
  const asides = steppingAside();
  stopping.defer('waiting lines', () => asides.stop());
  const counts: TransportCounts = { turnedAway: 0, putOff: 0, holds: 0 };
  let arrived = 0;
  let held = 0;
  let leaving = false;

  const aedes = await Aedes.createBroker({
    // Random id: a fixed one loses queued messages across restarts. Concurrency 0: no queue that is drained by recursion.
    concurrency: 0,
    mq: (kind === 'door' ? noFanOut() : patientFanOut()) as never,
    drainTimeout: parts.drainTimeoutMs ?? 10_000,
    connectTimeout: 10_000,
    maxClientsIdLength: 256,
    preConnect(client: Known<Who>, packet, callback) {
      const { line } = client;
      if (!line) return callback(new Error('a connection that no listener brought'), false);
      // MQTT-3.1.3-7, MQTT-3.1.3-8: without an id, only a clean session; MQTT 3.1 knows no empty id at all.
      const nameless = !packet.clientId && (!packet.clean || packet.protocolVersion !== 4);
      line.signIn = nameless
        ? { refused: IDENTIFIER_REJECTED }
        : policy.signIn({
            ...line.visitor,
            clientId: packet.clientId,
            username: packet.username,
            password: packet.password,
            will: packet.will,
          });
      if ('begin' in line.signIn && packet.clientId) packet.clientId = `${line.signIn.identity}/${packet.clientId}`;
      // Nothing is queued for absent clients, so there is no session to keep; a stored one would only hold memory.
      if (kind === 'door') packet.clean = true;
      callback(null, true);
    },
    authenticate(client: Known<Who>, _username, _password, done) {
      const line = client.line as Line<Who>;
      const signIn = line.signIn ?? { refused: SERVER_UNAVAILABLE };
      if ('refused' in signIn) return refuse(client, signIn.refused, done as never);
      const allowance = books.of(signIn.identity, signIn.limits);
      // MQTT-3.1.4-2: one that takes over its own older connection does not need room for both.
      const older = (aedes as unknown as Inside).clients[client.id] as Known<Who> | undefined;
      const takesOver = older ? 1 : 0;
      if (allowance.connections - takesOver >= allowance.limits.connections || allowance.attempts.owedMs() > 0) {
        counts.putOff++;
        log.warn(
          { client: signIn.identity },
          'a client connects too often, or too many times at once, and was put off',
        );
        return done(connackError(SERVER_UNAVAILABLE) as never, false);
      }
      older?.line?.five?.partWith(reason.takenOver);
      allowance.attempts.take(1);
      allowance.connections++;
      line.allowance = allowance;
      line.who = signIn.begin(outletOf(client, line));
      // From here on it can be dismissed, also before its CONNACK.
      lines.add(client);
      (client.conn as Duplex).once('close', () => gone(client, line, allowance));
      done(null, true);
    },
    authorizeSubscribe(client: Known<Who>, subscription, callback) {
      const { line } = client;
      const may = line?.who !== undefined && policy.maySubscribe(line.who, subscription.topic);
      if (may) line.filters.add(subscription.topic);
      callback(null, may ? subscription : null);
    },
    authorizePublish(client: Known<Who> | null, packet, callback) {
      const line = client?.line;
      const who = line?.who;
      if (!line || who === undefined) return callback(new Error('only an identified client publishes'));
      line.underway ??= asides.join(client);
      const bytes = (packet.payload as Buffer).length;
      if (packet.qos === 1 && kind === 'door') {
        line.acknowledge ??= gatherAcknowledgements(client);
        const { acknowledge } = line;
        const ended = (err?: Error | null) => (err ? callback(err) : acknowledge(packet, callback));
        return policy.receive(who, packet, line.underway.began(bytes, ended));
      }
      const done = line.underway.began(bytes, callback);
      const id = packet.qos === 2 ? packet.messageId : undefined;
      if (id === undefined) policy.receive(who, packet, done);
      else line.inbound.take(id, done, (onward) => policy.receive(who, packet, onward));
    },
  });
  stopping.defer('aedes', () => new Promise<void>((resolve) => aedes.close(resolve)));
  if (kind === 'door') closeTheBus(aedes);
  keepNothing(aedes);
  aloneInTheWorld(aedes);

  const refuse = (client: Known<Who>, code: ReturnCode, done: (err: Error, may: boolean) => void): void => {
    counts.turnedAway++;
    const address = client.line?.visitor.address ?? '';
    const waitMs = books.failed(address);
    if (waitMs === null) return void (client.conn as Duplex).destroy();
    setTimeout(() => {
      books.answered(address);
      done(connackError(code), false);
    }, waitMs).unref();
  };

  const gone = (client: Known<Who>, line: Line<Who>, allowance: Allowance): void => {
    line.gone = true;
    lines.delete(client);
    line.underway?.leave();
    allowance.connections--;
    letGo(line);
    if (line.open && line.who !== undefined && !leaving) policy.onClose?.(line.who);
    line.open = false;
  };

  const letGo = (line: Line<Who>): void => {
    if (!line.heldBy) return;
    clearTimeout(line.heldBy);
    line.heldBy = undefined;
    line.freedAt = now();
    held--;
  };

  /** Stops reading from a client until it owes nothing: its own kernel makes it wait, and nobody else does. */
  const hold = (line: Line<Who>, ms: number): void => {
    // What is read of a connection that has closed holds nobody up.
    if (line.heldBy || line.gone || line.who === undefined) return;
    held++;
    if (now() - line.freedAt > QUIET_MS) {
      counts.holds++;
      policy.onHeld?.(line.who);
    }
    line.heldBy = setTimeout(recheck, Math.min(ms, 1000), line);
  };
  const recheck = (line: Line<Who>): void => {
    const owed = owedBy(line);
    if (owed > 0) {
      line.heldBy = setTimeout(recheck, Math.min(owed, 1000), line);
      return;
    }
    letGo(line);
    line.gate.open();
  };

  (aedes as unknown as EventEmitter).on('error', (err: Error) =>
    log.error({ err }, 'the broker met an error and goes on'),
  );
  aedes.on('clientReady', (client: Known<Who>) => {
    const { line } = client;
    // Somebody may have gone while its CONNACK was on the way.
    if (line?.who === undefined || !lines.has(client)) return;
    line.open = true;
    policy.onOpen?.(line.who);
  });
  aedes.on('subscribe', (subscriptions, client) => {
    const who = (client as Known<Who>).line?.who;
    if (who === undefined) return;
    // 0x80 is a refusal, which is told of too.
    for (const { topic, qos } of subscriptions) if ((qos as number) !== 128) policy.onSubscribed?.(who, topic);
  });
  aedes.on('unsubscribe', (filters, client) => {
    for (const filter of filters) (client as Known<Who>).line?.filters.delete(filter);
  });

  const onConnection = (conn: Duplex, visitor: Visitor, five?: FiveLine): void => {
    const client = aedes.handle(conn as never) as Known<Who>;
    const gate = gateReading(client, {
      held() {
        if (line.heldBy) return true;
        // What another connection of the same identity owes is owed here too.
        const owed = owedBy(line);
        if (owed > 0) hold(line, owed);
        return owed > 0;
      },
      sparing: () => {
        const { allowance } = line;
        return allowance !== undefined && (allowance.messages.scarce() || allowance.bytes.scarce());
      },
    });
    const line: Line<Who> = {
      visitor,
      gate,
      inbound: onceOnly(),
      filters: new Set(),
      five,
      open: false,
      freedAt: Number.NEGATIVE_INFINITY,
    };
    client.line = line;
    if (kind === 'door') parsePublishQuickly(client, maxPacketBytes);
    guardPacketSize(client, maxPacketBytes);
    suspendKeepAliveWhile(client, () => gate.waiting);
    watchPackets(client, {
      onChunk(bytes, packets) {
        const { allowance } = line;
        if (!allowance) return;
        const waitMs = Math.max(
          allowance.bytes.take(bytes + (five ? five.leftOut() : 0)),
          allowance.messages.take(packets),
        );
        if (waitMs > 0) hold(line, waitMs);
      },
      onRelease: line.inbound.release,
    });
  };

  const sweeping = setInterval(books.sweep, SWEEP_MS);
  sweeping.unref();
  stopping.defer('sweep', () => clearInterval(sweeping));
  let listeners: Listeners;
  try {
    listeners = await openListeners({
      doors: parts,
      arrive(address) {
        const may = !leaving && arrived < parts.maxClients && books.arrive(address);
        if (may) arrived++;
        else counts.putOff++;
        return may;
      },
      leave(address) {
        arrived--;
        books.leave(address);
      },
      onConnection(conn, visitor) {
        if (kind === 'bus') return onConnection(conn, visitor);
        greet(conn, { maxPacketBytes, receiveMaximum: MOST_MESSAGES }, (spoken, five) =>
          onConnection(spoken, visitor, five),
        );
      },
      maxFrameBytes: Math.max(1_048_576, 4 * maxPacketBytes),
      log,
    });
  } catch (err) {
    await stopping.run();
    throw err;
  }

  const end = (client: Known<Who>, why: Reason): void => {
    client.line?.five?.partWith(why);
    client.will = null;
    client._will = null;
    (client.conn as Duplex).destroy();
  };
  return {
    ports: listeners.ports,
    get clients() {
      return lines.size;
    },
    get held() {
      return held;
    },
    counts,
    dismiss(who) {
      for (const client of lines)
        if (client.line?.who !== undefined && who(client.line.who)) end(client, reason.administrativeAction);
    },
    async stop() {
      leaving = true;
      // It is us who leave: nobody's will says so.
      const lastWords = [...lines].map(({ line }) => line?.five?.closed);
      for (const client of lines) end(client, reason.shuttingDown);
      await Promise.all(lastWords);
      await listeners.stop();
      await stopping.run();
    },
  };
}

const owedBy = ({ allowance }: Pick<Line<unknown>, 'allowance'>): number =>
  allowance ? Math.max(allowance.messages.owedMs(), allowance.bytes.owedMs()) : 0;

const words: Record<ReturnCode, string> = {
  2: 'identifier rejected',
  3: 'server unavailable',
  4: 'bad user name or password',
  5: 'not authorized',
};
const connackError = (returnCode: ReturnCode): Error & { returnCode: number } =>
  Object.assign(new Error(words[returnCode]), { returnCode });

function outletOf<Who>(client: Known<Who>, { filters, five }: Line<Who>): Outlet {
  return {
    filters,
    send(topic, body, { retain = false } = {}) {
      if (client.closed || (client.conn as Duplex).writableLength > UNREAD_MAX) return false;
      const payload = Buffer.from(body instanceof Uint8Array ? body : JSON.stringify(body));
      if (five && !five.takes(topic, payload.length)) return false;
      client.publish({ cmd: 'publish', topic, payload, qos: 0, dup: false, retain }, () => {});
      return true;
    },
  };
}
