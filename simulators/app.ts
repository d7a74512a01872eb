import { join } from 'node:path';
import { topics } from '../devices/contract/topics.ts';
import { cleanups, type Running } from '../kit/cleanups.ts';
import { type Clock, systemClock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import { serveRpc } from '../kit/rpc/rpc.ts';
import type { DemoSecrets } from './city/credentials.ts';
import type { DemoPlan } from './city/plan.ts';
import { controlMethods, type SimulatorControl } from './control.ts';
import { faultDesk } from './faults/fault-desk.ts';
import { openingScript, type ScriptLine } from './faults/kinds.ts';
import { type DeviceLink, deviceLink, linkCounters } from './mqtt/device-link.ts';
import { type FieldBroker, fieldBroker, fieldTopic } from './mqtt/field-broker.ts';
import { type StationServer, stationServer } from './opcua/station-server.ts';
import { type Report, simulation } from './simulation.ts';

export interface SimulatorParts {
  readonly plan: DemoPlan;
  readonly secrets: DemoSecrets;
  readonly endpoints: {
    /** The platform's MQTT door. */
    readonly mqttUrl: string;
    /** Loopback ports to open; 0 takes a free one. */
    readonly fieldPort: number;
    readonly opcuaPort: number;
  };
  /** The OPC UA server keeps its PKI below it. */
  readonly dataDir: string;
  readonly controlPort: number;
  readonly controlSecret: string;
  /** The demonstration's clock. */
  readonly clock: Clock;
  /** The world's clock, by which faults and the opening script run. */
  readonly world?: Clock;
  /** Faults that begin by themselves; the opening of the demonstration by default. */
  readonly script?: readonly ScriptLine[];
  readonly log: Log;
}

export interface Simulators extends Running, SimulatorControl {
  readonly controlUrl: string;
  readonly fieldPort: number;
  /** Null in a city without stations. */
  readonly opcuaUrl: string | null;
}

/** World ms between looks at who is due. */
const LOOK_MS = 200;

/**
 * Runs the simulated city on real sockets: devices with their own MQTT connection to the platform, a field broker for those
 * behind gateways, an OPC UA server for the stations, and the control interface. Resolves when all of them listen; the
 * devices connect in the background and for ever.
 */
export async function startSimulators(parts: SimulatorParts): Promise<Simulators> {
  const { plan, secrets, clock, log } = parts;
  const world = parts.world ?? systemClock;
  const stopping = cleanups(log);
  try {
    const field = stopping.add('field broker', await openField(parts));
    const stations = await openStations(parts);
    if (stations) stopping.add('stations', stations);
    const counters = linkCounters();
    const links = openLinks(parts, field.port, counters);
    stopping.defer('links', async () => {
      await Promise.allSettled([...links.values()].map((link) => link.stop()));
    });

    const desk = faultDesk(plan);
    const city = simulation(plan, desk, clock.now());
    let reports = 0;
    let readings = 0;

    const send = (report: Report): void => {
      const route = plan.routes[report.device];
      reports += 1;
      if ('values' in report) readings += Object.keys(report.values).length;
      if (route?.by === 'opcua') {
        if ('values' in report && !desk.cut().has(route.gateway))
          stations?.show(report.device, report.at, report.values);
        return;
      }
      const payload = 'values' in report ? JSON.stringify({ ts: report.at, values: report.values }) : report.payload;
      links.get(report.device)?.send(topicOf(report.device), payload);
    };
    const topicOf = (device: string): string =>
      plan.routes[device]?.by === 'field' ? fieldTopic(device) : topics.telemetry;

    const applyCuts = (): void => {
      const cut = desk.cut();
      field.cut(cut);
      const lost = plan.put.devices.filter(
        ({ id, gateway }) => cut.has(gateway ?? '') && plan.routes[id]?.by === 'opcua',
      );
      stations?.lose(
        lost.map(({ id }) => id),
        clock.now(),
      );
    };

    const control: SimulatorControl = {
      startFault(kind, target) {
        const outcome = desk.start(kind, target, world.now());
        if ('started' in outcome) {
          log.info({ fault: outcome.started.id, target: outcome.started.target }, 'a fault begins on purpose');
          applyCuts();
        }
        return outcome;
      },
      stopFault(which) {
        const stopped = desk.stop(which);
        applyCuts();
        return stopped;
      },
      running: () => desk.running(),
      sendPayload(device, payload) {
        const link = links.get(device);
        if (!link) return { refused: `"${device}" has no MQTT connection of its own in this demonstration` };
        if (!link.connected()) return { refused: `"${device}" is not connected at the moment: try again` };
        link.send(topicOf(device), payload);
        return { sent: true };
      },
      status: () => {
        const connected = (by: string) =>
          [...links].filter(([id, link]) => plan.routes[id]?.by === by && link.connected()).length;
        return {
          devices: plan.put.devices.length,
          directConnected: connected('mqtt'),
          fieldConnected: connected('field'),
          opcuaUrl: stations?.url ?? null,
          fieldPort: field.port,
          reports,
          readings,
          links: { ...counters },
          skipped: city.skipped(),
          faults: desk.running(),
          rssBytes: process.memoryUsage.rss(),
        };
      },
    };

    stopping.defer(
      'schedule',
      world.every(LOOK_MS, () => {
        if (desk.expire(world.now())) applyCuts();
        for (const report of city.due(clock.now(), world.now())) send(report);
      }),
    );
    for (const line of parts.script ?? openingScript) {
      const cancel = world.after(line.afterS * 1000, () => {
        const outcome = control.startFault(line.kind);
        if ('refused' in outcome)
          log.warn({ kind: line.kind, why: outcome.refused }, 'the script could not start a fault');
      });
      stopping.defer('script', cancel);
    }
    const rpc = stopping.add(
      'control',
      await serveRpc({
        port: parts.controlPort,
        secret: parts.controlSecret,
        methods: controlMethods(control),
        log,
        setting: 'YANSHAO_SIMULATOR_PORT',
      }),
    );
    log.info({ devices: plan.put.devices.length, seed: plan.seed, control: rpc.url }, 'the simulated city is running');
    return {
      ...control,
      controlUrl: rpc.url,
      fieldPort: field.port,
      opcuaUrl: stations?.url ?? null,
      stop: () => stopping.run(),
    };
  } catch (err) {
    await stopping.run();
    throw err;
  }

  function openField({ endpoints }: SimulatorParts): Promise<FieldBroker> {
    const gatewayOf: Record<string, string> = {};
    for (const [id, route] of Object.entries(plan.routes)) if (route.by === 'field') gatewayOf[id] = route.gateway;
    return fieldBroker(endpoints.fieldPort, { ...secrets.field, gatewayOf }, log.child({ component: 'field broker' }));
  }

  async function openStations({ endpoints, dataDir }: SimulatorParts): Promise<StationServer | null> {
    const shown = plan.put.devices.filter(({ id }) => plan.routes[id]?.by === 'opcua');
    if (shown.length === 0) return null;
    return stationServer({
      port: endpoints.opcuaPort,
      stations: shown,
      users: secrets.field.gateways,
      pkiDir: join(dataDir, 'simulated-stations-pki'),
      log: log.child({ component: 'stations' }),
    });
  }
}

/** One real connection for every device that speaks MQTT, to the platform or to the field broker. */
function openLinks(
  { plan, secrets, endpoints, log }: SimulatorParts,
  fieldPort: number,
  counters: ReturnType<typeof linkCounters>,
): Map<string, DeviceLink> {
  const links = new Map<string, DeviceLink>();
  const linkLog = log.child({ component: 'links' });
  for (const [id, token] of Object.entries(secrets.devices)) {
    links.set(id, deviceLink({ url: endpoints.mqttUrl, clientId: id, username: token, counters, log: linkLog }));
  }
  const fieldUrl = `mqtt://127.0.0.1:${fieldPort}`;
  for (const [id, password] of Object.entries(secrets.field.devices)) {
    if (plan.routes[id]?.by !== 'field') continue;
    links.set(id, deviceLink({ url: fieldUrl, clientId: id, username: id, password, counters, log: linkLog }));
  }
  return links;
}
