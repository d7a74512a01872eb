import { type IngestConfig, isLoopback } from '../config.ts';

/** Where devices connect, the plain door first: `mqtt://…`, `mqtts://…`, `wss://…/mqtt`. */
export function doorUrls(
  { mqttHost }: Pick<IngestConfig, 'mqttHost'>,
  ports: { readonly plain?: number; readonly tls?: number; readonly wss?: number },
): string[] {
  const shown = (host: string) => (host.includes(':') ? `[${host}]` : host);
  const plainHost = shown(isLoopback(mqttHost) ? mqttHost : '127.0.0.1');
  return [
    ...(ports.plain === undefined ? [] : [`mqtt://${plainHost}:${ports.plain}`]),
    ...(ports.tls === undefined ? [] : [`mqtts://${shown(mqttHost)}:${ports.tls}`]),
    ...(ports.wss === undefined ? [] : [`wss://${shown(mqttHost)}:${ports.wss}/mqtt`]),
  ];
}
