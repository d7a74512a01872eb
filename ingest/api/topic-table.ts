import { topics } from '../../devices/contract/topics.ts';

/** What a door does with a message on a topic, before anybody looks at its payload. */
export type TopicRule =
  /** Judged as if it had come on `as`; a number at the end of its topic is a wish for a receipt. */
  | { readonly kind: 'judge'; readonly as: string; readonly numbered?: true }
  /** The sender asks for attributes (the time, above all): answered. */
  | { readonly kind: 'attributes-request'; readonly answer: 'device' | 'gateway' }
  /** The sender asks something of the platform itself: `getSessionLimits` is answered, nothing else. */
  | { readonly kind: 'rpc-request' }
  /** Acknowledged and counted; nothing of it is kept. */
  | { readonly kind: 'ignored' }
  /** What the platform sends, should it come back to it. */
  | { readonly kind: 'ours' }
  /** Acknowledged, quarantined with this reason, and told on the errors topic. */
  | { readonly kind: 'refused'; readonly why: RefusedWhy };

/** Families of topics that are refused; the words are in `admission/reasons.ts`. */
export type RefusedWhy = 'protobuf' | 'firmware' | 'provisioning';

const judge = (as: string): TopicRule => ({ kind: 'judge', as });
const ignored: TopicRule = { kind: 'ignored' };
const ours: TopicRule = { kind: 'ours' };
const refused = (why: RefusedWhy): TopicRule => ({ kind: 'refused', why });
const deviceAttributes: TopicRule = { kind: 'attributes-request', answer: 'device' };

/**
 * Every topic of the device and gateway API that a client may publish to, ThingsBoard's and ours; `+` stands for one level.
 * docs/device-api.md says the same in words, and a test compares the two.
 */
export const publishTable: Readonly<Record<string, TopicRule>> = {
  [topics.telemetry]: judge(topics.telemetry),
  [topics.attributes]: judge(topics.attributes),
  [topics.attributesRequest]: deviceAttributes,
  'v1/devices/me/attributes/response/+': ours,
  [topics.rpcRequest]: { kind: 'rpc-request' },
  [topics.rpcResponse]: ignored,
  'v1/devices/me/claim': ignored,
  [topics.errors]: ours,

  [topics.gatewayConnect]: judge(topics.gatewayConnect),
  [topics.gatewayDisconnect]: judge(topics.gatewayDisconnect),
  [topics.gatewayTelemetry]: judge(topics.gatewayTelemetry),
  [`${topics.gatewayTelemetry}/+`]: { kind: 'judge', as: topics.gatewayTelemetry, numbered: true },
  [topics.gatewayAttributes]: judge(topics.gatewayAttributes),
  'v1/gateway/attributes/request': { kind: 'attributes-request', answer: 'gateway' },
  'v1/gateway/attributes/response': ours,
  'v1/gateway/rpc': ignored,
  'v1/gateway/claim': ignored,
  'v1/gateway/metrics': ignored,
  [topics.gatewayEvents]: judge(topics.gatewayEvents),
  [topics.gatewayReceipts]: ours,

  'v2/t': judge(topics.telemetry),
  'v2/t/j': judge(topics.telemetry),
  'v2/t/p': refused('protobuf'),
  'v2/a': judge(topics.attributes),
  'v2/a/j': judge(topics.attributes),
  'v2/a/p': refused('protobuf'),
  'v2/a/req/+': deviceAttributes,
  'v2/a/j/req/+': deviceAttributes,
  'v2/a/p/req/+': refused('protobuf'),
  'v2/a/res/+': ours,
  'v2/a/j/res/+': ours,
  'v2/r/req/+': { kind: 'rpc-request' },
  'v2/r/j/req/+': { kind: 'rpc-request' },
  'v2/r/p/req/+': refused('protobuf'),
  'v2/r/res/+': ignored,
  'v2/r/j/res/+': ignored,
  'v2/r/p/res/+': ignored,

  'v2/fw/request/+/chunk/+': refused('firmware'),
  'v2/sw/request/+/chunk/+': refused('firmware'),
  'v2/fw/error': ignored,
  'v2/sw/error': ignored,
  '/provision/request': refused('provisioning'),
};

/**
 * What a client may subscribe to. What is sent on these is addressed to one connection, never fanned out. Anything else, `#`
 * and `$share/…` included, is refused in the SUBACK. On most of them nothing is ever sent: no command goes to a device.
 */
export const subscribeTable: ReadonlySet<string> = new Set([
  topics.errors,
  topics.attributes,
  'v1/devices/me/attributes/response/+',
  topics.rpcRequest,
  topics.rpcResponse,
  topics.gatewayAttributes,
  'v1/gateway/attributes/response',
  'v1/gateway/rpc',
  topics.gatewayReceipts,
  topics.gatewayDisconnect,
  ...['v2/a', 'v2/a/j', 'v2/a/p', 'v2/a/res/+', 'v2/a/j/res/+', 'v2/a/p/res/+'],
  ...['v2/r/req/+', 'v2/r/j/req/+', 'v2/r/p/req/+', 'v2/r/res/+', 'v2/r/j/res/+', 'v2/r/p/res/+'],
  ...['v2/fw/response/+', 'v2/fw/response/+/chunk/+', 'v2/fw/error'],
  ...['v2/sw/response/+', 'v2/sw/response/+/chunk/+', 'v2/sw/error'],
  '/provision/response',
]);

/** The filters of {@link publishTable} that have a variable level, as expressions. */
const variable = Object.entries(publishTable)
  .filter(([pattern]) => pattern.includes('+'))
  .map(([pattern, rule]) => ({
    pattern,
    rule,
    matches: new RegExp(`^${pattern.replaceAll('/', '\\/').replaceAll('+', '([^/]+)')}$`),
  }));

/** A topic found in the table. */
export interface FoundTopic {
  /** Its line in the table: what it is counted under. */
  readonly pattern: string;
  readonly rule: TopicRule;
  /** What stands at its first variable level. */
  readonly level: string | undefined;
}

const fixed = new Map<string, FoundTopic>(
  Object.entries(publishTable)
    .filter(([pattern]) => !pattern.includes('+'))
    .map(([pattern, rule]) => [pattern, { pattern, rule, level: undefined }]),
);

/** The rule for a topic that a client publishes to; undefined for one that is not part of the API. */
export function findTopic(topic: string): FoundTopic | undefined {
  const known = fixed.get(topic);
  if (known) return known;
  for (const { pattern, rule, matches } of variable) {
    const found = matches.exec(topic);
    if (found) return { pattern, rule, level: found[1] };
  }
  return undefined;
}

/** Where the answer to a request goes: `…/request/7` → `…/response/7`, `…/req/7` → `…/res/7`. */
export const answerTopic = (topic: string): string =>
  topic.replace('/request/', '/response/').replace('/req/', '/res/');
