import { type IngestConfig, isLoopback } from '../config.ts';
import type { BrokerOptions } from './broker.ts';
import type { Pace } from './token-bucket.ts';

/** After a quiet time, so many seconds' worth come through at once: a device that was cut off brings what it kept. */
const BURST_S = 20;

const pace = (perSecond: number): Pace => ({ perSecond, burst: Math.max(1, perSecond * BURST_S) });

/** What the settings say of the broker: its doors and what may come through them. */
export function brokerOptions(config: IngestConfig): BrokerOptions {
  const { mqttHost: host, mqttTlsCert: cert, mqttTlsKey: key, mqttTlsCa: ca } = config;
  const { mqttPort, mqttTlsPort, mqttWssPort } = config;
  const at = (port: number | null) => (port === null ? undefined : { host, port });
  const identity = { connections: config.mqttIdentityConnections, attempts: pace(config.mqttIdentityConnects) };
  return {
    // In the clear nothing leaves the machine, wherever the other doors stand.
    plain: mqttPort === null ? undefined : { host: isLoopback(host) ? host : '127.0.0.1', port: mqttPort },
    ...(cert && key && { tls: at(mqttTlsPort), wss: at(mqttWssPort), certificate: { cert, key, ca } }),
    maxPacketBytes: config.mqttMaxPacketBytes,
    maxClients: config.mqttMaxClients,
    limits: {
      device: { ...identity, messages: pace(config.mqttDeviceMessages), bytes: pace(config.mqttDeviceKb * 1024) },
      gateway: { ...identity, messages: pace(config.mqttGatewayMessages), bytes: pace(config.mqttGatewayKb * 1024) },
    },
    perAddress: {
      connections: config.mqttAddressConnections,
      attempts: pace(config.mqttAddressConnects),
      failures: { perSecond: 0.2, burst: 20 },
    },
  };
}
