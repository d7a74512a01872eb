import { topics } from '../../devices/contract/topics.ts';

/** What to do with a publish before anybody looks at its payload. */
export type PublishRule =
  /** Ours to judge: it is kept or quarantined, and acknowledged. */
  | 'judge'
  /** The client asks for attributes: it is answered. */
  | 'attributes-request'
  /** The broker's own topics: a client that writes to them is put out. */
  | 'forbidden';

const attributesRequest = topics.attributesRequest.slice(0, -1);

/** Sorts a topic that a client publishes to. Identity is the credential, so there is nothing of it in the topic to check. */
export function publishRule(topic: string): PublishRule {
  if (topic === topics.telemetry || topic === topics.gatewayTelemetry) return 'judge';
  if (topic.startsWith('$')) return 'forbidden';
  return topic.startsWith(attributesRequest) ? 'attributes-request' : 'judge';
}

/** The answer's topic for an attributes request. */
export const attributesResponseTo = (topic: string): string => topic.replace('/request/', '/response/');

/**
 * What a client may subscribe to: its own `me` topics and, as a gateway, those of the gateway API. The names are the same
 * for all clients; what is sent on them is addressed to one connection, never fanned out. Anything else, `#` and
 * `$share/…` included, is refused in the SUBACK (0x80), where aedes would grant it and deliver nothing.
 */
const subscribable = new Set<string>([
  topics.errors,
  topics.attributes,
  'v1/devices/me/attributes/response/+',
  topics.rpcRequest,
  topics.rpcResponse,
  topics.gatewayAttributes,
  'v1/gateway/attributes/response',
  'v1/gateway/rpc',
]);

export const maySubscribe = (filter: string): boolean => subscribable.has(filter);
