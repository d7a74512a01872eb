import { join } from 'node:path';
import { topics } from '../devices/contract/topics.ts';
import { cleanups, type Running } from '../kit/cleanups.ts';
import type { Log } from '../kit/log.ts';
import type { DemoSecrets } from './city/credentials.ts';
import type { DemoPlan } from './city/plan.ts';
import { type DeviceLink, deviceLink, type LinkCounters, linkCounters } from './mqtt/device-link.ts';
import { type FieldBroker, fieldBroker, fieldTopic } from './mqtt/field-broker.ts';
import { type StationServer, stationServer } from './opcua/station-server.ts';
import type { Report } from './simulation.ts';

/** Addresses the simulators use: the platform's MQTT door, and two loopback ports they open (0 takes a free one). */
export interface Endpoints {
  /** A promise of it lets what needs no platform open meanwhile. */
  readonly mqttUrl: string | Promise<string>;
  readonly fieldPort: number;
  readonly opcuaPort: number;
}

export interface WaysOutParts {
  readonly plan: DemoPlan;
  readonly secrets: DemoSecrets;
  readonly endpoints: Endpoints;
  /** The OPC UA server keeps its PKI below it. */
  readonly dataDir: string;
  /** A device's line came up. */
  readonly onUp: (device: string) => void;
  readonly log: Log;
}

/** Every way by which simulated readings leave: real connections, the field broker, the stations' server. */
export interface WaysOut extends Running {
  send(report: Report): void;
  /** Publishes a text as that device, on the way its reports take; resolves when the broker acknowledged it. */
  sendPayload(device: string, payload: string): Promise<{ sent: true } | { refused: string }>;
  /** Exactly these gateways hear nothing from now on; `at` stamps the last word of their stations. */
  cut(gateways: ReadonlySet<string>, at: number): void;
  connected(by: 'mqtt' | 'field'): number;
  readonly counters: Readonly<LinkCounters>;
  readonly fieldPort: number;
  readonly opcuaUrl: string | null;
}

/** Opens all {@link WaysOut}; devices connect in the background. What opened is closed again when another part fails. */
export async function openWaysOut(parts: WaysOutParts): Promise<WaysOut> {
  const { plan, log } = parts;
  const stopping = cleanups(log);
  try {
    const field = stopping.add('field broker', await openField(parts));
    const stations = await openStations(parts);
    if (stations) stopping.add('stations', stations);
    const counters = linkCounters();
    const links = openLinks(parts, { platform: await parts.endpoints.mqttUrl, field: field.port }, counters);
    stopping.defer('links', async () => {
      await Promise.allSettled([...links.values()].map((link) => link.stop()));
    });
    return waysOver(plan, field, stations, links, counters, stopping.run);
  } catch (err) {
    await stopping.run();
    throw err;
  }
}

function waysOver(
  plan: DemoPlan,
  field: FieldBroker,
  stations: StationServer | null,
  links: ReadonlyMap<string, DeviceLink>,
  counters: LinkCounters,
  stop: () => Promise<void>,
): WaysOut {
  let cut: ReadonlySet<string> = new Set();
  const topicOf = (device: string): string => {
    const route = plan.routes[device];
    return route?.by === 'field' ? fieldTopic(route.gateway, device) : topics.telemetry;
  };
  return {
    counters,
    fieldPort: field.port,
    opcuaUrl: stations?.url ?? null,
    stop,
    send(report) {
      const route = plan.routes[report.device];
      if (route?.by === 'opcua') {
        if ('values' in report && !cut.has(route.gateway)) stations?.show(report.device, report.at, report.values);
        return;
      }
      const payload = 'values' in report ? JSON.stringify({ ts: report.at, values: report.values }) : report.payload;
      links.get(report.device)?.send(topicOf(report.device), payload);
    },
    async sendPayload(device, payload) {
      const link = links.get(device);
      if (!link) return { refused: `"${device}" has no MQTT connection of its own in this demonstration` };
      if (!link.connected()) return { refused: `"${device}" is not connected at the moment: try again` };
      if (await link.deliver(topicOf(device), payload)) return { sent: true };
      return {
        refused: `the broker did not acknowledge the message of "${device}": it may have closed its connection`,
      };
    },
    cut(gateways, at) {
      cut = gateways;
      field.cut(gateways);
      const lost = Object.entries(plan.routes).filter(
        ([, route]) => route.by === 'opcua' && gateways.has(route.gateway),
      );
      stations?.lose(
        lost.map(([id]) => id),
        at,
      );
    },
    connected: (by) => [...links].filter(([id, link]) => plan.routes[id]?.by === by && link.connected()).length,
  };
}

function openField({ plan, secrets, endpoints, log }: WaysOutParts): Promise<FieldBroker> {
  const gatewayOf: Record<string, string> = {};
  for (const [id, route] of Object.entries(plan.routes)) if (route.by === 'field') gatewayOf[id] = route.gateway;
  return fieldBroker(endpoints.fieldPort, { ...secrets.field, gatewayOf }, log.child({ component: 'field broker' }));
}

async function openStations({ plan, secrets, endpoints, dataDir, log }: WaysOutParts): Promise<StationServer | null> {
  const stations = plan.put.devices.filter(({ id }) => plan.routes[id]?.by === 'opcua');
  if (stations.length === 0) return null;
  return stationServer({
    port: endpoints.opcuaPort,
    stations,
    users: secrets.field.gateways,
    pkiDir: join(dataDir, 'simulated-stations-pki'),
    log: log.child({ component: 'stations' }),
  });
}

/** One real connection for every device that speaks MQTT, to the platform or to the field broker. */
function openLinks(
  { plan, secrets, onUp, log }: WaysOutParts,
  doors: { platform: string; field: number },
  counters: LinkCounters,
): Map<string, DeviceLink> {
  const shared = { counters, log: log.child({ component: 'links' }) };
  const fieldUrl = `mqtt://127.0.0.1:${doors.field}`;
  const links = new Map<string, DeviceLink>();
  for (const [id, route] of Object.entries(plan.routes)) {
    const direct = route.by === 'mqtt' ? secrets.devices[id] : undefined;
    const password = route.by === 'field' ? secrets.field.devices[id] : undefined;
    const own = { ...shared, clientId: id, onUp: () => onUp(id) };
    if (direct) links.set(id, deviceLink({ ...own, url: doors.platform, username: direct }));
    if (password) links.set(id, deviceLink({ ...own, url: fieldUrl, username: id, password }));
  }
  return links;
}
