import type { GatewayStats } from '../app.ts';
import { figures } from './status-view.ts';

/** Prometheus text: how many, never what or from whom. Names of figures become names of metrics. */
export function metricsText(gateway: string, stats: GatewayStats): string {
  const label = `{gateway="${gateway.replaceAll(/["\\\n]/g, '_')}"}`;
  const { connected, taken, sent, refused, outbox, sources } = stats;
  const rows: [string, number][] = [
    ['connected', Number(connected)],
    ['rows_taken_total', taken],
    ['rows_sent_total', sent],
    ['refused_total', refused],
    ['outbox_bytes', outbox.bytes],
    ['outbox_cap_bytes', outbox.capBytes],
    ['sources', sources.length],
    ['sources_connected', sources.filter((one) => one.connected).length],
    ...figures(stats, '').flatMap(([name, value]): [string, number][] =>
      typeof value === 'number' ? [[snake(name), value]] : [],
    ),
  ];
  return rows.map(([name, value]) => `yanshao_gateway_${name}${label} ${value}\n`).join('');
}

const snake = (name: string): string =>
  name
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .replaceAll(/([a-z0-9])([A-Z])/g, (_, a: string, b: string) => `${a}_${b}`)
    .toLowerCase();
