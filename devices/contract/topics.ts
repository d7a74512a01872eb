/** The device and gateway API over MQTT, compatible with ThingsBoard's topic names. */
export const topics = {
  telemetry: 'v1/devices/me/telemetry',
  attributes: 'v1/devices/me/attributes',
  attributesRequest: 'v1/devices/me/attributes/request/+',
  rpcRequest: 'v1/devices/me/rpc/request/+',
  rpcResponse: 'v1/devices/me/rpc/response/+',
  /** Ours: refusals of this client's own messages. */
  errors: 'v1/devices/me/errors',
  gatewayTelemetry: 'v1/gateway/telemetry',
  gatewayConnect: 'v1/gateway/connect',
  gatewayDisconnect: 'v1/gateway/disconnect',
  gatewayAttributes: 'v1/gateway/attributes',
  /**
   * Ours: `v1/gateway/telemetry/<n>` is telemetry whose receipt the gateway wants, n a whole number of its own. Where a broker
   * stands between, its PUBACK only says that the broker has the message; the receipt says that the platform has it.
   */
  gatewayReceipts: 'v1/gateway/receipts',
  /** Ours: alarms that the gateway raised while it was alone, and conditions it reports of itself. */
  gatewayEvents: 'v1/gateway/events',
} as const;

/** What the platform answers on `v1/devices/me/attributes/response/<n>`; ThingsBoard firmware reads `shared`. */
export interface AttributesAnswer {
  /** The platform's clock when it answered, ms. */
  readonly serverTime: number;
  /** `direct`: a PUBACK means that the platform has the message durably. `relayed`: a broker stands between; ask for receipts. */
  readonly door: 'direct' | 'relayed';
  readonly shared: Readonly<Record<string, unknown>>;
}

/** Receipts of numbered telemetry: every number listed is durable at the platform (kept, or in its quarantine). */
export interface Receipts {
  readonly received: readonly number[];
}

/** Where an external broker carries a subject's topics: `yanshao/<subject>/v1/…`. Its access list binds the subject to the user. */
export const relayedTopic = (subject: string, topic: string): string => `yanshao/${subject}/${topic}`;

/** The attribute by which a gateway says which of its OPC UA servers it reads without security: a list of addresses. Every page shows it. */
export const unsecuredAttribute = 'opcua.unsecured';
