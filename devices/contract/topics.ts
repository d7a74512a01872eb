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
} as const;
