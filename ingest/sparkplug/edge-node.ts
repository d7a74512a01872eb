import type { Integer, Payload } from './codec/payload.ts';
import type { MessageType, NodeName } from './topic.ts';

/** A decoded message of an edge node, as it arrived. */
export interface Arrived extends NodeName {
  readonly type: MessageType;
  readonly device: string | undefined;
  readonly payload: Payload;
  /** Receive time on the platform's clock, ms. */
  readonly received: number;
  readonly topic: string;
  /** The payload as it came, for the quarantine. */
  readonly bytes: Uint8Array;
  /** Who brought it: the gateway of the credential, or the broker that we listen to. */
  readonly client: string;
}

/**
 * unknown: never born here (the host began after it), nothing of it is trusted. online: born, in order. doubted: messages of it were
 * lost, perhaps a birth among them; what it says waits for the next one. offline: its death came.
 */
export type NodeState = 'unknown' | 'online' | 'doubted' | 'offline';

/** Everything the host remembers of one edge node's session. Plain data; the functions below are the only ones to change it. */
export interface EdgeNode extends NodeName {
  state: NodeState;
  /** When that state began, ms. */
  since: number;
  /** bdSeq of the current birth; undefined when it had none. */
  bdSeq: Integer | undefined;
  /** Sequence number of the last message in order. */
  seq: number;
  /** Payload time of the current birth, by the edge node's clock, ms. */
  bornAt: number;
  /** Whether each device that was ever named is born now. */
  devices: Map<string, boolean>;
  /** Ahead of the order: they wait for what is missing. */
  held: Arrived[];
  /** When the first of a gap arrived, ms. */
  gapSince: number | undefined;
  /** They wait for a birth that shows what their aliases mean. */
  waiting: Arrived[];
  waitingBytes: number;
  /** The last messages in order, to know a repeat. */
  recent: { readonly seq: number; readonly at: Integer | undefined }[];
  /** Whether a birth is wanted, why, and how often it was asked for. */
  wanted: RebirthReason | undefined;
  askedAt: number;
  asked: number;
  /** A birth came since it was last asked for. */
  answered: boolean;
}

export type RebirthReason =
  | 'not-born'
  | 'device-not-born'
  | 'lost-messages'
  | 'no-sequence'
  | 'unknown-metric'
  | 'host-restarted';
/** Why a message is listed in place of being read. */
export type ListReason = 'before-birth' | 'too-many-devices' | 'too-many-waiting' | 'no-birth-came' | 'no-sequence';

/** What is to be done after a message or a moment, in this order. */
export type Effect =
  /** A birth: its names and aliases hold from here on.  */
  | { readonly do: 'define'; readonly message: Arrived }
  /** Messages from before that birth: they may be read where old and new names agree. */
  | { readonly do: 'recheck'; readonly messages: readonly Arrived[] }
  /** In order and of a living node: to be read. */
  | { readonly do: 'read'; readonly message: Arrived }
  /** The edge node (device undefined) or one of its devices lives. */
  | { readonly do: 'alive'; readonly device: string | undefined; readonly at: number }
  /** It is gone; a node takes its devices with it, each told by its own effect. */
  | { readonly do: 'dead'; readonly device: string | undefined; readonly at: number }
  | { readonly do: 'ask-rebirth'; readonly reason: RebirthReason }
  | { readonly do: 'list'; readonly message: Arrived; readonly why: ListReason }
  | { readonly do: 'ignore'; readonly message: Arrived; readonly why: 'repeated' | 'death-of-another-birth' };

export interface SessionLimits {
  /** How long an out-of-order message waits for those before it, ms (tck-id-operational-behavior-host-reordering-param). */
  readonly reorderMs: number;
  /** An unanswered rebirth request is repeated after this, ms; each further one doubles it, up to 32 times. */
  readonly rebirthEveryMs: number;
  /** Messages of one node held for the order. */
  readonly held: number;
  /** Messages and bytes of one node that wait for a birth, and how long. */
  readonly waiting: number;
  readonly waitingBytes: number;
  readonly waitingMs: number;
  /** Devices of one node. */
  readonly devices: number;
}

export const sessionLimits: SessionLimits = {
  reorderMs: 2000,
  rebirthEveryMs: 5000,
  held: 254,
  waiting: 2000,
  waitingBytes: 8_388_608,
  waitingMs: 300_000,
  devices: 2000,
};

/** An edge node of which nothing is known yet. */
export function unknownNode({ group, node }: NodeName, now: number): EdgeNode {
  return {
    group,
    node,
    state: 'unknown',
    since: now,
    bdSeq: undefined,
    seq: 0,
    bornAt: 0,
    devices: new Map(),
    held: [],
    gapSince: undefined,
    waiting: [],
    waitingBytes: 0,
    recent: [],
    wanted: undefined,
    askedAt: Number.NEGATIVE_INFINITY,
    asked: 0,
    answered: true,
  };
}

/** Sequence numbers wrap at 255 (tck-id-topics-*-seq-num). */
const SEQUENCE = 256;
const RECENT = 32;

const after = (seq: number): number => (seq + 1) % SEQUENCE;

/** The sequence number of a message; undefined where it has none or none that can be. */
function seqOf({ payload }: Arrived): number | undefined {
  const { seq } = payload;
  return typeof seq === 'number' && seq < SEQUENCE ? seq : undefined;
}

/** The number that ties a death to its birth. */
export function bdSeqOf({ metrics }: Payload): Integer | undefined {
  const raw = metrics.find(({ name }) => name === 'bdSeq')?.raw;
  return raw?.field === 'int' || raw?.field === 'long' ? raw.value : undefined;
}

/** What follows from a message; changes `node`. Commands are not for a host and must not be handed in. */
export function arrive(node: EdgeNode, message: Arrived, now: number, limits: SessionLimits = sessionLimits): Effect[] {
  const effects: Effect[] = [];
  if (message.type === 'NBIRTH') nodeBorn(node, message, now, effects, limits);
  else if (message.type === 'NDEATH') nodeDied(node, message, now, effects, limits);
  else if (node.state === 'online') inSession(node, message, now, effects, limits);
  else outOfSession(node, message, now, effects, limits);
  return effects;
}

/** What follows from the time alone: a reorder window that ran out, a request to repeat, patience that ended. Changes `node`. */
export function pass(node: EdgeNode, now: number, limits: SessionLimits = sessionLimits): Effect[] {
  const effects: Effect[] = [];
  if (node.gapSince !== undefined && now - node.gapSince >= limits.reorderMs) gapStays(node, now, effects, limits);
  if (node.wanted) askRebirth(node, node.wanted, now, effects, limits);
  const tired = node.waiting.findIndex(({ received }) => now - received < limits.waitingMs);
  const ended = tired < 0 ? node.waiting.length : tired;
  for (const message of node.waiting.splice(0, ended)) {
    node.waitingBytes -= message.bytes.length;
    effects.push({ do: 'list', message, why: 'no-birth-came' });
  }
  return effects;
}

/** When {@link pass} has something to do next, ms; undefined while nothing runs. */
export function dueAt(node: EdgeNode, limits: SessionLimits = sessionLimits): number | undefined {
  const due: number[] = [];
  if (node.gapSince !== undefined) due.push(node.gapSince + limits.reorderMs);
  if (node.wanted) due.push(node.askedAt + pauseOf(node, limits));
  if (node.waiting[0]) due.push(node.waiting[0].received + limits.waitingMs);
  return due.length > 0 ? Math.min(...due) : undefined;
}

/** Asks for a birth because the host cannot read what it gets: a metric without a definition, a restart. Changes `node`. */
export function wantBirth(
  node: EdgeNode,
  reason: RebirthReason,
  now: number,
  limits: SessionLimits = sessionLimits,
): Effect[] {
  const effects: Effect[] = [];
  node.wanted ??= reason;
  askRebirth(node, reason, now, effects, limits);
  return effects;
}

/** Nothing heard so far counts any more: the link to the broker was away. Changes `node`; the devices' state is asked anew. */
export function forgetSession(node: EdgeNode, now: number): void {
  setState(node, 'unknown', now);
  node.held.length = 0;
  node.gapSince = undefined;
  for (const device of node.devices.keys()) node.devices.set(device, false);
}

function setState(node: EdgeNode, state: NodeState, now: number): void {
  if (node.state !== state) node.since = now;
  node.state = state;
}

const payloadTime = ({ payload, received }: Arrived): number => Number(payload.timestamp ?? received);

function nodeBorn(node: EdgeNode, message: Arrived, now: number, effects: Effect[], limits: SessionLimits): void {
  // Of those held for the order, what the node sent after this birth belongs to it; the rest is older.
  const born = payloadTime(message);
  const newer = node.held.filter((one) => payloadTime(one) >= born);
  for (const older of node.held.filter((one) => payloadTime(one) < born)) keepFor(node, older, effects, limits);
  node.held = [];
  node.gapSince = undefined;
  setState(node, 'online', now);
  node.bdSeq = bdSeqOf(message.payload);
  // "seq" of a birth is 0 in one place of the specification and 0 to 255 in another: any is taken.
  node.seq = seqOf(message) ?? 0;
  node.bornAt = born;
  node.recent = [{ seq: node.seq, at: message.payload.timestamp }];
  node.wanted = undefined;
  node.answered = true;
  // Its devices are born again after it, or they are not there.
  for (const device of node.devices.keys()) node.devices.set(device, false);
  effects.push({ do: 'define', message });
  recheck(node, undefined, effects);
  effects.push({ do: 'alive', device: undefined, at: now }, { do: 'read', message });
  for (const one of newer) inSession(node, one, now, effects, limits);
}

function nodeDied(node: EdgeNode, message: Arrived, now: number, effects: Effect[], limits: SessionLimits): void {
  const died = bdSeqOf(message.payload);
  const known = node.state === 'online' || node.state === 'doubted';
  // The will of an earlier connection may come after the birth of the next one.
  if (node.state === 'offline' || (known && died !== undefined && node.bdSeq !== undefined && died !== node.bdSeq)) {
    effects.push({ do: 'ignore', message, why: 'death-of-another-birth' });
    return;
  }
  for (const held of node.held.splice(0)) keepFor(node, held, effects, limits);
  node.gapSince = undefined;
  node.wanted = undefined;
  setState(node, 'offline', now);
  for (const [device, alive] of node.devices) {
    node.devices.set(device, false);
    if (alive) effects.push({ do: 'dead', device, at: now });
  }
  // tck-id-operational-behavior-edge-node-termination-host-action-ndeath-node-offline: by the host's own time.
  effects.push({ do: 'dead', device: undefined, at: now });
}

/** A message of a node that is online: taken in its order, or held until those before it have come. */
function inSession(node: EdgeNode, message: Arrived, now: number, effects: Effect[], limits: SessionLimits): void {
  const seq = seqOf(message);
  if (seq === undefined) {
    effects.push({ do: 'list', message, why: 'no-sequence' });
    node.wanted ??= 'no-sequence';
    askRebirth(node, 'no-sequence', now, effects, limits);
    return;
  }
  if (seq === after(node.seq)) {
    inOrder(node, message, seq, now, effects, limits);
    releaseHeld(node, now, effects, limits);
    return;
  }
  const { timestamp } = message.payload;
  const repeats = (one: EdgeNode['recent'][number]) => one.seq === seq && one.at === timestamp;
  if (node.recent.some(repeats) || node.held.some((one) => seqOf(one) === seq && one.payload.timestamp === timestamp)) {
    effects.push({ do: 'ignore', message, why: 'repeated' });
    return;
  }
  // Overtaken by a birth: it can be read where that birth did not change its names, and nothing is missing after it.
  if (timestamp !== undefined && Number(timestamp) < node.bornAt) {
    effects.push({ do: 'recheck', messages: [message] });
    return;
  }
  node.held.push(message);
  node.gapSince ??= now;
  if (node.held.length > limits.held) gapStays(node, now, effects, limits);
}

function inOrder(
  node: EdgeNode,
  message: Arrived,
  seq: number,
  now: number,
  effects: Effect[],
  limits: SessionLimits,
): void {
  node.seq = seq;
  node.recent.push({ seq, at: message.payload.timestamp });
  if (node.recent.length > RECENT) node.recent.shift();
  const { type, device } = message;
  if (device === undefined) effects.push({ do: 'read', message });
  else if (type === 'DBIRTH' && !node.devices.has(device) && node.devices.size >= limits.devices) {
    effects.push({ do: 'list', message, why: 'too-many-devices' });
  } else if (type === 'DBIRTH') {
    node.devices.set(device, true);
    effects.push({ do: 'define', message });
    recheck(node, device, effects);
    effects.push({ do: 'alive', device, at: now }, { do: 'read', message });
  } else if (type === 'DDEATH') deviceDied(node, device, message, now, effects);
  else if (node.devices.get(device)) effects.push({ do: 'read', message });
  else {
    keepFor(node, message, effects, limits);
    node.wanted ??= 'device-not-born';
    askRebirth(node, 'device-not-born', now, effects, limits);
  }
}

/** tck-id-operational-behavior-edge-node-termination-host-action-ddeath-devices-offline: by the time in the payload. */
function deviceDied(node: EdgeNode, device: string, message: Arrived, now: number, effects: Effect[]): void {
  node.devices.set(device, false);
  // A clock ahead of ours must not make a death that lies in the future.
  effects.push({ do: 'dead', device, at: Math.min(payloadTime(message), now) });
}

/** Takes what was held as far as the order goes now; the window begins anew for what is still missing. */
function releaseHeld(node: EdgeNode, now: number, effects: Effect[], limits: SessionLimits): void {
  for (;;) {
    const next = after(node.seq);
    const index = node.held.findIndex((one) => seqOf(one) === next);
    const [message] = index < 0 ? [] : node.held.splice(index, 1);
    if (!message) break;
    inOrder(node, message, next, now, effects, limits);
  }
  // tck-id-operational-behavior-host-reordering-success
  node.gapSince = node.held.length > 0 ? Math.min(...node.held.map(({ received }) => received)) : undefined;
}

/** Messages are lost, perhaps a birth among them: what follows waits for the next one. */
function gapStays(node: EdgeNode, now: number, effects: Effect[], limits: SessionLimits): void {
  setState(node, 'doubted', now);
  node.gapSince = undefined;
  for (const held of node.held.splice(0)) outOfSession(node, held, now, effects, limits, 'lost-messages');
  node.wanted ??= 'lost-messages';
  askRebirth(node, 'lost-messages', now, effects, limits);
}

function outOfSession(
  node: EdgeNode,
  message: Arrived,
  now: number,
  effects: Effect[],
  limits: SessionLimits,
  reason: RebirthReason = node.state === 'doubted' ? 'lost-messages' : 'not-born',
): void {
  // Bad news needs no birth to be understood.
  if (message.type === 'DDEATH' && message.device !== undefined)
    deviceDied(node, message.device, message, now, effects);
  else keepFor(node, message, effects, limits);
  node.wanted ??= reason;
  askRebirth(node, reason, now, effects, limits);
}

/** Keeps a message for the birth that will explain it, within bounds; what does not fit is listed at once. */
function keepFor(node: EdgeNode, message: Arrived, effects: Effect[], limits: SessionLimits): void {
  if (node.waiting.length >= limits.waiting || node.waitingBytes + message.bytes.length > limits.waitingBytes) {
    effects.push({ do: 'list', message, why: 'too-many-waiting' });
    return;
  }
  // A copy: the bytes that came are a part of a larger piece of the connection's.
  node.waiting.push({ ...message, bytes: Uint8Array.from(message.bytes) });
  node.waitingBytes += message.bytes.length;
}

/** Hands over what waited for this birth: of the node itself, or of one device. */
function recheck(node: EdgeNode, device: string | undefined, effects: Effect[]): void {
  const messages = node.waiting.filter((message) => message.device === device);
  if (messages.length === 0) return;
  node.waiting = node.waiting.filter((message) => message.device !== device);
  node.waitingBytes = node.waiting.reduce((sum, { bytes }) => sum + bytes.length, 0);
  effects.push({ do: 'recheck', messages });
}

/** A birth that was lost at once may be asked for at once; a node that never keeps order is left in peace ever longer. */
const pauseOf = ({ asked, answered }: EdgeNode, { rebirthEveryMs }: SessionLimits): number =>
  answered && asked <= 2 ? 0 : rebirthEveryMs * 2 ** Math.min(Math.max(asked - 1, 0), 5);

/** Requests are spaced: a node that cannot keep order must not be made to repeat its birth for ever. */
function askRebirth(
  node: EdgeNode,
  reason: RebirthReason,
  now: number,
  effects: Effect[],
  limits: SessionLimits,
): void {
  // Long after the last one it is a new matter.
  if (now - node.askedAt > limits.rebirthEveryMs * 64) node.asked = 0;
  if (now - node.askedAt < pauseOf(node, limits)) return;
  node.askedAt = now;
  node.asked++;
  node.answered = false;
  effects.push({ do: 'ask-rebirth', reason });
}
