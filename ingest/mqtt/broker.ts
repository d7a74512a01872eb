import type { PublishPacket } from 'aedes';
import { topics } from '../../devices/contract/topics.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { reasons } from '../admission/reasons.ts';
import type { DeviceApi, Sender } from '../api/device-api.ts';
import type { SparkplugDoor } from '../sparkplug/embedded-door.ts';
import type { IdentityLimits } from './allowances.ts';
import { type Identity, NOT_AUTHORIZED, type Proof, type Shown } from './identity.ts';
import type { Listeners } from './listeners.ts';
import { oversizeOf } from './packet-guard.ts';
import { isReserved, maySubscribe } from './topic-rules.ts';
import { type Outlet, type Policy, startTransport, type TransportCounts, type TransportOptions } from './transport.ts';

export interface BrokerOptions extends TransportOptions {
  /** What a device and a gateway may do. */
  readonly limits: { readonly device: IdentityLimits; readonly gateway: IdentityLimits };
}

export interface BrokerParts extends BrokerOptions {
  readonly api: Pick<DeviceApi, 'receive' | 'tooLarge'>;
  readonly identify: (shown: Shown) => Proof;
  readonly isGateway: (subject: string) => boolean;
  /** Sparkplug, where it is configured; its topics are then not the API's. */
  readonly sparkplug?: SparkplugDoor | undefined;
  /** The first connection of a subject came, or its last one went. */
  readonly onPresence: (subject: string, state: 'up' | 'down') => void;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

export interface BrokerCounts extends TransportCounts {
  /** Refusals and receipts not sent to a client that does not read; refusals are in the quarantine. */
  unsentErrors: number;
  /** Messages that asked to be retained: they were taken as any other, and not retained. */
  retained: number;
}

export interface Broker {
  readonly ports: Listeners['ports'];
  /** Connections that have signed in. */
  readonly clients: number;
  /** Connections not read from now, as they send faster than they may. */
  readonly held: number;
  readonly counts: Readonly<BrokerCounts>;
  /** Ends the connections of whoever this is true of. */
  dismiss(who: (identity: Identity) => boolean): void;
  /** Takes no more connections and ends those there are, unacknowledged messages unacknowledged. */
  stop(): Promise<void>;
}

/** A connection that has proved who it is. */
interface Session {
  readonly identity: Identity;
  readonly sender: Sender;
  readonly outlet: Outlet;
  /** Takes it from the edge nodes' connections. */
  leave?: (() => void) | undefined;
}

/** Sent only to who has subscribed to it; an answer is sent to whoever asked. */
const onRequest = new Set<string>([topics.errors, topics.gatewayReceipts]);

/**
 * The embedded broker: the hardened transport with the platform's policy. It is a door, not a bus: what clients publish
 * is judged and journaled, and ends there. A PUBACK goes out when the message is durable and not before. A bad payload is
 * acknowledged and quarantined; the connection stays.
 */
export async function startBroker(parts: BrokerParts): Promise<Broker> {
  const { api, identify, isGateway, onPresence, clock, limits, log, sparkplug } = parts;
  const present = new Map<string, number>();
  const own = { unsentErrors: 0, retained: 0 };
  const limitsOf = (subject: string): IdentityLimits => (isGateway(subject) ? limits.gateway : limits.device);

  const sessionOf = (identity: Identity, outlet: Outlet): Session => ({
    identity,
    outlet,
    sender: {
      door: 'direct',
      reply(topic, body) {
        if (onRequest.has(topic) && !outlet.filters.has(topic)) return;
        if (!outlet.send(topic, body)) own.unsentErrors++;
      },
    },
  });

  const receive = ({ identity, sender }: Session, packet: PublishPacket, done: (err?: Error | null) => void): void => {
    if (isReserved(packet.topic)) {
      log.warn(
        { client: identity.subject, topic: packet.topic.slice(0, 100) },
        'a client wrote to a reserved topic and was put out',
      );
      done(new Error(`${packet.topic} is reserved`));
      return;
    }
    // §3.3.1.3: the flag asks for something nobody here would ever read back; the message itself is as good as any.
    if (packet.retain) own.retained++;
    const message = {
      topic: packet.topic,
      payload: packet.payload as Buffer,
      client: identity.subject,
      received: clock.now(),
    };
    const large = oversizeOf(packet);
    if (large) api.tooLarge(message, large.trueSize, sender, done);
    else if (sparkplug?.takes(packet.topic)) sparkplug.receive(identity.subject, packet.topic, message.payload, done);
    else api.receive(message, sender, done);
  };

  const count = ({ identity: { subject } }: Session, step: 1 | -1): void => {
    const before = present.get(subject) ?? 0;
    const after = before + step;
    if (after > 0) present.set(subject, after);
    else present.delete(subject);
    if (before === 0) onPresence(subject, 'up');
    else if (after === 0) onPresence(subject, 'down');
  };

  const policy: Policy<Session> = {
    signIn({ will, ...shown }) {
      const proof = identify(shown);
      if ('refused' in proof) return proof;
      // A will is judged like any message, when it is spoken; one that would put its sender out is refused at once.
      if (will && isReserved(will.topic)) return { refused: NOT_AUTHORIZED };
      const { subject } = proof.identity;
      return {
        identity: subject,
        limits: limitsOf(subject),
        begin: (outlet) => sessionOf(proof.identity, outlet),
      };
    },
    maySubscribe: ({ identity: { subject } }, filter) =>
      maySubscribe(filter) || (sparkplug?.maySubscribe(subject, filter) ?? false),
    onSubscribed: ({ outlet }, filter) => sparkplug?.subscribed(outlet, filter),
    receive,
    onOpen(session) {
      count(session, 1);
      session.leave = sparkplug?.join(session.identity.subject, session.outlet);
    },
    onClose(session) {
      session.leave?.();
      count(session, -1);
    },
    onHeld({ identity: { subject }, sender }) {
      const { messages, bytes } = limitsOf(subject);
      log.warn({ client: subject }, 'a client sends faster than it may and is made to wait');
      const reason = reasons.tooFast(messages.perSecond, bytes.perSecond);
      const refusals = [{ device: null, code: 'rate-limited', reason, count: 1 }];
      sender.reply(topics.errors, { topic: null, received: clock.now(), refusals });
    },
  };

  const transport = await startTransport({ ...parts, policy, kind: 'door' });
  return {
    ports: transport.ports,
    get clients() {
      return transport.clients;
    },
    get held() {
      return transport.held;
    },
    get counts() {
      return { ...transport.counts, ...own };
    },
    dismiss: (who) => transport.dismiss(({ identity }) => who(identity)),
    stop: transport.stop,
  };
}
