import type { AttributesAnswer } from '../../devices/contract/topics.ts';

/** Which kind of door a question came through. */
export type DoorKind = AttributesAnswer['door'];

/** Attributes that the platform shares with a device or gateway, beside the time. */
export type SharedOf = (subject: string) => Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The keys in ThingsBoard's `"a,b"`, or in a list; undefined when all are wanted, null when it is neither. */
function keysIn(value: unknown): readonly string[] | undefined | null {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') {
    const keys = value.split(',').map((key) => key.trim());
    return keys.filter((key) => key !== '');
  }
  return Array.isArray(value) && value.every((key) => typeof key === 'string') ? value : null;
}

/** Shared only with who asks for it by name. */
const large = new Set(['site']);

/** The asked-for part of what is shared. The time is always among it: devices without a clock ask for nothing else. */
function chosen(
  shared: Readonly<Record<string, unknown>>,
  keys: readonly string[] | undefined,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(shared).filter(([key]) => (keys ? key === 'serverTime' || keys.includes(key) : !large.has(key))),
  );
}

/** JSON of a question; an empty payload asks for everything. Undefined when it is no object. */
function questionOf(payload: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  if (payload.length === 0) return {};
  try {
    const body: unknown = JSON.parse(Buffer.from(payload).toString('utf8'));
    return isObject(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Answers a device's attribute request (`{"clientKeys": "a,b", "sharedKeys": "c"}`, either may be absent), or undefined when
 * it cannot be read. Client attributes are not read back: what a device has told, it knows.
 */
export function attributesAnswer(
  payload: Uint8Array,
  subject: string,
  now: number,
  door: DoorKind,
  sharedOf: SharedOf,
): AttributesAnswer | undefined {
  const question = questionOf(payload);
  if (!question) return undefined;
  const keys = keysIn(question.sharedKeys);
  if (keys === null || keysIn(question.clientKeys) === null) return undefined;
  return { serverTime: now, door, shared: chosen({ ...sharedOf(subject), serverTime: now }, keys) };
}

/** A gateway's attribute request for a device behind it: `{"id": 1, "device": "d-1", "client": false, "keys": ["a"]}`. */
export interface GatewayQuestion {
  readonly id: number | string;
  readonly device: string;
  readonly client: boolean;
  /** One key was asked for by `key`, and is answered by `value`. */
  readonly single: string | undefined;
  readonly keys: readonly string[] | undefined;
}

/** Reads a gateway's attribute request; undefined when it is none. */
export function gatewayQuestion(payload: Uint8Array): GatewayQuestion | undefined {
  const question = questionOf(payload);
  if (!question) return undefined;
  const { id, device, key } = question;
  const keys = keysIn(question.keys ?? key);
  if ((typeof id !== 'number' && typeof id !== 'string') || typeof device !== 'string' || keys === null)
    return undefined;
  const single = typeof key === 'string' && question.keys === undefined ? key : undefined;
  return { id, device, client: question.client === true, single, keys };
}

/** What goes out on `v1/gateway/attributes/response`, in ThingsBoard's shape with the time and the door beside it. */
export function gatewayAnswer(
  { id, device, client, single, keys }: GatewayQuestion,
  now: number,
  door: DoorKind,
  sharedOf: SharedOf,
): Readonly<Record<string, unknown>> {
  const shared = client ? {} : chosen({ ...sharedOf(device), serverTime: now }, keys);
  const value = single !== undefined && !client ? { value: (shared as Record<string, unknown>)[single] ?? null } : {};
  return { id, device, ...value, values: shared, serverTime: now, door, shared };
}

/** What a client may do here, as ThingsBoard's clients ask for it (`getSessionLimits`); `0:0,` is their word for no limit. */
export function sessionLimits(maxPacketBytes: number): Readonly<Record<string, unknown>> {
  const none = { messages: '0:0,', telemetryMessages: '0:0,', telemetryDataPoints: '0:0,' };
  return { maxPayloadSize: maxPacketBytes, maxInflightMessages: 100, rateLimits: none, gatewayRateLimits: none };
}

/** The method of a client's call; undefined when it cannot be read. */
export function methodIn(payload: Uint8Array): string | undefined {
  const method = questionOf(payload)?.method;
  return typeof method === 'string' ? method : undefined;
}
