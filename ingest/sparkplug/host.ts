import type { ConnectionEntry } from '../../devices/contract/entry.ts';
import type { SparkplugNode, SparkplugStatus } from '../../devices/contract/sparkplug.ts';
import type { Bilingual, DeviceType } from '../../devices/model/device-type.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { Admission, Admitted, Message } from '../admission/admission.ts';
import type { Refusal } from '../admission/refusals.ts';
import type { Intake } from '../intake.ts';
import { datatypes } from './codec/datatypes.ts';
import { decodePayload, type PayloadLimits, payloadLimits } from './codec/decode.ts';
import { encodePayload } from './codec/encode.ts';
import type { Payload } from './codec/payload.ts';
import { type Definitions, define } from './definitions.ts';
import {
  type Arrived,
  arrive,
  dueAt,
  type EdgeNode,
  type Effect,
  forgetSession,
  pass,
  type RebirthReason,
  type SessionLimits,
  sessionLimits,
  unknownNode,
  wantBirth,
} from './edge-node.ts';
import type { MappingFault, MappingRegistry, SparkplugMapping } from './mapping.ts';
import { type Reading, type ReadMessage, readMessage } from './readings.ts';
import { reasons } from './reasons.ts';
import { commandTopic, type NodeName, nodeKey, parseTopic } from './topic.ts';
import { metricList } from './unmapped.ts';

/** A way to edge nodes: the connection to an external broker, or the embedded one. */
export interface NodeLink {
  /** Publishes a command, QoS 0, not retained; true where it could be handed to somebody. */
  command(to: NodeName, topic: string, payload: Uint8Array): boolean;
}

export interface SparkplugHostParts {
  readonly hostId: string;
  readonly mapping: SparkplugMapping;
  /** What the mapping names and the registry lacked at the start. */
  readonly missing: readonly MappingFault[];
  readonly registry: MappingRegistry;
  readonly types: Readonly<Record<string, DeviceType>>;
  readonly admission: Pick<Admission, 'admitRows'>;
  readonly intake: Pick<Intake, 'settle' | 'append'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Partial<SessionLimits>;
  readonly payloadLimits?: PayloadLimits;
}

/** Who brought a message: `gateway` is the credential's; undefined where a broker that we trust vouches for all its edge nodes. */
export interface Bringer {
  readonly gateway: string | undefined;
}

/** The Sparkplug host application of this platform, whatever links reach its edge nodes. */
export interface SparkplugHost {
  readonly hostId: string;
  /**
   * Takes a message of the Sparkplug namespace. `done` is called when what could be read of it is durable; a message that waits for
   * the order or for a birth is held in memory and `done` at once: Sparkplug's own messages are not acknowledged at all.
   */
  receive(topic: string, payload: Uint8Array, from: Bringer, done: (err: Error | null) => void): void;
  /** The gateway that an edge node is; undefined where the mapping has none. */
  gatewayOf(node: NodeName): string | undefined;
  /** A link to edge nodes begins or begins anew: whatever was heard through it before is not trusted until the next birth. */
  linkUp(link: NodeLink): void;
  /** Adds a link whose edge nodes are known by their own connection. */
  addLink(link: NodeLink): void;
  status(query?: { readonly node?: string; readonly limit?: number }): Omit<SparkplugStatus, 'broker'>;
  stop(): void;
}

/** What is kept of one edge node beside its session. */
interface Kept {
  readonly session: EdgeNode;
  /** It speaks at the embedded broker, over a connection of its own. */
  embedded: boolean;
  readonly scopes: Map<string | undefined, { now: Definitions; former: Definitions | undefined; told: Set<string> }>;
  rebirths: number;
  lastRebirth: RebirthReason | null;
}

/** How often windows and patience are looked at, ms. */
const LOOK_MS = 200;
/** Edge nodes with a session. */
const NODES = 20_000;
/** Edge nodes without a mapping that are remembered as told. */
const STRANGERS = 10_000;

/** The host application: sessions of edge nodes, what their metrics mean, and where they go. */
export function sparkplugHost(parts: SparkplugHostParts): SparkplugHost {
  const { hostId, mapping, registry, admission, intake, clock, log } = parts;
  const limits = { ...sessionLimits, ...parts.limits };
  const nodes = new Map<string, Kept>();
  /** Nodes for which time does something. */
  const timed = new Set<Kept>();
  const links = new Set<NodeLink>();
  const metrics = metricList();
  const strangers = new Set<string>();
  const counts = { messages: 0, refused: 0, ignored: 0 };

  const keptOf = (name: NodeName, now: number): Kept => {
    const key = nodeKey(name);
    let kept = nodes.get(key);
    if (!kept) {
      kept = { session: unknownNode(name, now), embedded: false, scopes: new Map(), rebirths: 0, lastRebirth: null };
      nodes.set(key, kept);
    }
    return kept;
  };

  /** Journals and quarantines what came of a message. */
  const settle = (message: Message, came: Partial<Admitted>, done: (err: Error | null) => void): void => {
    const admitted = { entries: [], refusals: [], readings: 0, doubtful: 0, safety: false, ...came };
    if (admitted.entries.length === 0 && admitted.refusals.length === 0) done(null);
    else intake.settle(message, message.payload.length, admitted, (err) => done(err));
  };

  const refuse = (
    message: Message,
    code: Refusal['code'],
    reason: Bilingual,
    done: (err: Error | null) => void,
  ): void => {
    counts.refused++;
    settle(message, { refusals: [{ device: null, code, reason, count: 1 }] }, done);
  };

  const keep = (message: Arrived, read: ReadMessage, done: (err: Error | null) => void): void => {
    for (const metric of read.seen) metrics.add(metric);
    const gateway = mapping.gatewayOf(message.group, message.node) ?? message.client;
    const { timestamp } = message.payload;
    const admitted = admission.admitRows(read.rows, {
      client: gateway,
      received: message.received,
      source: 'sparkplug',
      ...(timestamp !== undefined && { sentAt: Number(timestamp) }),
    });
    settle(asMessage(message), { ...admitted, refusals: [...admitted.refusals, ...read.refusals] }, done);
  };

  const present = (name: NodeName, device: string | undefined, state: 'up' | 'down', at: number): void => {
    const gateway = mapping.gatewayOf(name.group, name.node);
    if (gateway === undefined || !registry.isGateway(gateway)) return;
    const own = device === undefined ? undefined : mapping.scopeOf(name.group, name.node, device)?.device;
    if (device !== undefined && (own === undefined || registry.device(own)?.gateway !== gateway)) return;
    const entry: ConnectionEntry = { kind: 'connection', subject: own ?? gateway, state, at };
    // Reported where it failed: a connection that could not be journaled is told by the silence that follows.
    intake.append([entry], 'safety').catch(() => {});
  };

  const askRebirth = (kept: Kept, reason: RebirthReason): void => {
    const { group, node } = kept.session;
    kept.rebirths++;
    kept.lastRebirth = reason;
    const payload = encodePayload(rebirthRequest(clock.now()));
    const sent = [...links].map((link) => link.command({ group, node }, commandTopic({ group, node }), payload));
    log.info(
      { node: nodeKey(kept.session), reason, sent: sent.some(Boolean) },
      'an edge node is asked for its birth certificate',
    );
  };

  const scopeOf = (kept: Kept, { device }: Arrived): Reading | undefined => {
    const scope = kept.scopes.get(device);
    return scope && { definitions: scope.now, former: scope.former, strict: false, toldUndefined: scope.told };
  };

  const defineScope = (kept: Kept, message: Arrived): void => {
    if (message.device === undefined) {
      // Devices are born again after their node: their aliases hold no longer, but may be compared.
      for (const scope of kept.scopes.values()) scope.told.clear();
    }
    const former = kept.scopes.get(message.device)?.now;
    kept.scopes.set(message.device, { now: define(message.payload.metrics, message, parts), former, told: new Set() });
  };

  const carryOut = (kept: Kept, effects: readonly Effect[], done: (err: Error | null) => void): void => {
    const all = gather(done);
    for (const effect of effects) {
      switch (effect.do) {
        case 'define':
          defineScope(kept, effect.message);
          break;
        case 'recheck':
          for (const message of effect.messages) recheck(kept, message, all.one());
          break;
        case 'read':
          readNow(kept, effect.message, all.one());
          break;
        case 'alive':
          present(kept.session, effect.device, 'up', effect.at);
          break;
        case 'dead':
          nodeOrDeviceDied(kept, effect.device, effect.at);
          break;
        case 'ask-rebirth':
          askRebirth(kept, effect.reason);
          break;
        case 'list':
          refuse(asMessage(effect.message), 'unmapped-metric', reasons.listed(effect.why), all.one());
          break;
        case 'ignore':
          counts.ignored++;
      }
    }
    if (dueAt(kept.session, limits) === undefined) timed.delete(kept);
    else timed.add(kept);
    all.end();
  };

  const readNow = (kept: Kept, message: Arrived, done: (err: Error | null) => void): void => {
    const reading = scopeOf(kept, message);
    // A node in order was born, and with it its scope.
    if (!reading) {
      refuse(asMessage(message), 'unmapped-metric', reasons.listed('before-birth'), done);
      return;
    }
    const read = readMessage(message, reading, parts);
    keep(message, read, done);
    // tck-id-operational-behavior: a metric that no birth named means that one was missed.
    if (read.undefinedMetric) carryOut(kept, wantBirth(kept.session, 'unknown-metric', clock.now(), limits), () => {});
  };

  const recheck = (kept: Kept, message: Arrived, done: (err: Error | null) => void): void => {
    const reading = scopeOf(kept, message);
    if (reading) keep(message, readMessage(message, { ...reading, strict: true }, parts), done);
    else refuse(asMessage(message), 'unmapped-metric', reasons.listed('before-birth'), done);
  };

  const nodeOrDeviceDied = (kept: Kept, device: string | undefined, at: number): void => {
    present(kept.session, device, 'down', at);
    if (device !== undefined) return;
    // After a restart the devices were not heard of yet: those that the mapping names went with their node all the same.
    const { group, node, devices } = kept.session;
    const gateway = mapping.gatewayOf(group, node);
    const told = new Set([...devices.keys()].map((one) => mapping.scopeOf(group, node, one)?.device));
    const rest = mapping
      .devicesOf(group, node)
      .filter((id) => !told.has(id) && registry.device(id)?.gateway === gateway);
    if (rest.length === 0) return;
    const entries = rest.map((subject): ConnectionEntry => ({ kind: 'connection', subject, state: 'down', at }));
    intake.append(entries, 'safety').catch(() => {});
  };

  /** An edge node that the mapping does not have: its metrics are listed, and it is told once. */
  const stranger = (message: Arrived, done: (err: Error | null) => void): void => {
    const reason = reasons.unmappedNode(message.group, message.node);
    const node = nodeKey(message);
    for (const metric of message.payload.metrics) {
      const name = metric.name ?? `#${metric.alias ?? '?'}`;
      const value =
        metric.raw && 'value' in metric.raw && !(metric.raw.value instanceof Uint8Array)
          ? String(metric.raw.value).slice(0, 60)
          : '';
      metrics.add({
        node,
        device: message.device,
        metric: name.slice(0, 200),
        code: 'unmapped-metric',
        reason,
        value,
        at: message.received,
      });
    }
    const isNews = !strangers.has(node) && strangers.size < STRANGERS;
    if (isNews) {
      strangers.add(node);
      refuse(asMessage(message), 'unmapped-metric', reason, done);
    } else done(null);
  };

  const cancel = clock.every(LOOK_MS, () => {
    const now = clock.now();
    for (const kept of [...timed]) {
      const due = dueAt(kept.session, limits);
      if (due === undefined || due <= now) carryOut(kept, pass(kept.session, now, limits), () => {});
    }
  });

  return {
    hostId,
    receive(topic, payload, { gateway }, done) {
      counts.messages++;
      const received = clock.now();
      const said = parseTopic(topic);
      const message: Message = { topic, payload, client: gateway ?? `sparkplug:${hostId}`, received };
      // Other hosts' STATE, and commands of other hosts to edge nodes, are nothing to us.
      if (said.kind === 'state' || (said.kind === 'message' && said.type.endsWith('CMD'))) {
        counts.ignored++;
        return done(null);
      }
      if (said.kind === 'other') return refuse(message, 'unknown-topic', reasons.notSparkplug(topic), done);
      const mapped = mapping.gatewayOf(said.group, said.node);
      if (gateway !== undefined && mapped !== gateway) {
        const reason = reasons.foreignNode(said.group, said.node, gateway);
        return refuse(message, 'not-behind-this-gateway', reason, done);
      }
      const decoded = decodePayload(payload, parts.payloadLimits ?? payloadLimits);
      if ('refused' in decoded)
        return refuse(
          { ...message, client: mapped ?? message.client },
          'wrong-shape',
          reasons.notPayload(decoded.refused),
          done,
        );
      const { type, group, node, device } = said;
      const arrived: Arrived = {
        type,
        group,
        node,
        device,
        payload: decoded.payload,
        received,
        topic,
        bytes: payload,
        client: mapped ?? message.client,
      };
      // A pattern of the mapping could be filled with names for ever.
      const isKnown = nodes.has(nodeKey(said)) || nodes.size < NODES;
      if (mapped === undefined || !isKnown) return stranger(arrived, done);
      const kept = keptOf(said, received);
      kept.embedded = gateway !== undefined;
      carryOut(kept, arrive(kept.session, arrived, received, limits), done);
    },
    gatewayOf: ({ group, node }) => mapping.gatewayOf(group, node),
    linkUp(link) {
      links.add(link);
      const now = clock.now();
      for (const name of mapping.nodes) keptOf(name, now);
      for (const kept of nodes.values()) {
        if (kept.embedded) continue;
        forgetSession(kept.session, now);
        carryOut(kept, wantBirth(kept.session, 'host-restarted', now, limits), () => {});
      }
    },
    addLink: (link) => void links.add(link),
    status({ node, limit = 1000 } = {}) {
      return {
        hostId,
        ...counts,
        unread: metrics.count,
        unlisted: metrics.unlisted,
        nodes: [...nodes.values()]
          .filter((kept) => node === undefined || nodeKey(kept.session) === node)
          .map((kept) => shownNode(kept, mapping)),
        metrics: metrics.list({ node, limit }),
        missing: parts.missing,
      };
    },
    stop: cancel,
  };
}

const asMessage = ({ topic, bytes, client, received }: Arrived): Message => ({
  topic,
  payload: bytes,
  client,
  received,
});

/** tck-id-operational-behavior-data-commands-ncmd-rebirth-name and -value; no sequence number (tck-id-payloads-ncmd-seq). */
export const rebirthRequest = (now: number): Payload => ({
  timestamp: now,
  metrics: [
    {
      name: 'Node Control/Rebirth',
      timestamp: now,
      datatype: datatypes.Boolean,
      raw: { field: 'boolean', value: true },
    },
  ],
});

function shownNode({ session, rebirths, lastRebirth }: Kept, mapping: SparkplugMapping): SparkplugNode {
  return {
    node: nodeKey(session),
    gateway: mapping.gatewayOf(session.group, session.node) ?? null,
    state: session.state,
    since: session.since,
    bdSeq: session.bdSeq === undefined ? null : String(session.bdSeq),
    devices: [...session.devices].map(([device, online]) => ({ device, online })),
    waiting: session.held.length + session.waiting.length,
    rebirths,
    lastRebirthReason: lastRebirth,
  };
}

/** Calls `done` once when every part is settled, with the first failure. */
function gather(done: (err: Error | null) => void) {
  let open = 1;
  let failure: Error | null = null;
  const settled = (err: Error | null): void => {
    failure ??= err;
    if (--open === 0) done(failure);
  };
  return {
    one() {
      open++;
      return settled;
    },
    end: () => settled(null),
  };
}
