import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DemoControls } from '../dashboard/server/context.ts';
import type { LoadedCity } from '../devices/city/load-city.ts';
import type { CommandPort, RegistryPut } from '../devices/contract/command.ts';
import type { DutyRecords } from '../devices/contract/duty.ts';
import { deviceType } from '../devices/types/registry.ts';
import type { Gateway } from '../gateway/app.ts';
import { type GatewayConfig, gatewayConfigSchema } from '../gateway/config.ts';
import { loadOpcua, openGateway } from '../gateway/main.ts';
import { cleanups, type Running } from '../kit/cleanups.ts';
import type { DataFolder } from '../kit/data-folder.ts';
import type { Log } from '../kit/log.ts';
import { Problem } from '../kit/problem.ts';
import { rpcClient } from '../kit/rpc/rpc.ts';
import type { SharedClock } from '../kit/shared-clock.ts';
import type { SimulatorsAt } from '../simulators/child-words.ts';
import { credentialsFor, type DemoSecrets, withCredentials } from '../simulators/city/credentials.ts';
import { type DemoPlan, demoPlan } from '../simulators/city/plan.ts';
import { demoFaults } from '../simulators/control.ts';
import { FIELD_DEVICE_LEVEL, fieldFilter } from '../simulators/mqtt/field-broker.ts';
import { stationNodeId } from '../simulators/opcua/station-node-id.ts';
import { withReplays } from '../simulators/replay/plan-replays.ts';
import type { WaitingSimulators } from '../simulators/spawn.ts';
import type { Config } from './runtime.ts';
import { type Sample, sampleDevice } from './sample-device.ts';

export interface PreparedParts {
  readonly config: Config;
  readonly folder: DataFolder;
  readonly city: LoadedCity;
  readonly time: SharedClock;
  /** The process that is to be the simulated city; stopped with the demonstration. */
  readonly simulators: WaitingSimulators;
}

/** A simulated city that is planned, and opens meanwhile whatever needs no platform. */
export interface PreparedDemonstration extends PreparedParts, Remembered {}

export interface DemonstrationParts {
  readonly mqttPort: number;
  readonly command: CommandPort;
  readonly log: Log;
}

/** The simulated city, its gateways and the replayed data, running. */
export interface Demonstration extends Running, DemoControls {
  readonly controlUrl: string;
  /** A device and the message that makes it raise an alarm, for a line to copy. */
  readonly sample: Sample | null;
}

/** How long the demonstration's "unplug a gateway" cuts an uplink, world ms. */
const unplugMs = 120_000;

const unplug = {
  kind: 'unplug-gateway',
  title: { zh: '拔掉一个网关', en: 'Unplug a gateway' },
  expect: {
    zh: '一个网关与平台断开 2 分钟：出现一条网关告警，数出其后失明的设备；接回后断网期间的读数补传，按历史判定，曲线补齐。',
    en: 'One gateway loses its uplink for two minutes: one alarm counts what is blind behind it. When it returns, what it kept is sent, judged as history, and the curves are filled.',
  },
} as const;

/** Plans the simulated city, or remembers its plan, and has its process open the stations' server and the field broker. */
export async function prepareDemonstration(parts: PreparedParts): Promise<PreparedDemonstration> {
  const { config, folder, time, simulators } = parts;
  const remembered = await planned(parts);
  const { plan, secrets, again } = remembered;
  simulators.prepare({
    plan,
    secrets,
    endpoints: { fieldPort: config.fieldPort, opcuaPort: config.opcuaPort },
    dataDir: folder.dir,
    controlPort: config.simulatorPort,
    controlSecret: folder.secret(),
    time: time.time,
    logLevel: config.logLevel,
    ...(again && { replayPastMs: 0 }),
  });
  return { ...parts, ...remembered };
}

/** Registers the simulated city and starts it: simulators in a process of their own, gateways in this one. */
export async function startDemonstration(
  prepared: PreparedDemonstration,
  { mqttPort, command, log }: DemonstrationParts,
): Promise<Demonstration> {
  const { config, folder, city, time, plan, secrets } = prepared;
  const stopping = cleanups(log);
  stopping.add('simulators', prepared.simulators);
  try {
    await register(command, time.clock.now(), {
      ...plan.put,
      credentials: credentialsFor({ ...secrets.devices, ...secrets.gateways }, time.clock.now()),
    });
    if (city.duty) await registerDuty(command, time.clock.now(), city.duty);
    const mqttUrl = `mqtt://127.0.0.1:${mqttPort}`;
    // Meanwhile this process loads what its gateways will need as soon as the stations are there.
    const [simulators] = await Promise.all([prepared.simulators.run({ mqttUrl }), loadOpcua()]);
    const gateways: Gateway[] = [];
    for (const { id } of plan.put.gateways) {
      const gateway = gatewayConfig(id, { plan, secrets, simulators, mqttUrl, dataDir: folder.dir });
      if (!gateway) continue;
      gateways.push(
        stopping.add(
          id,
          await openGateway({
            gateway,
            outboxMb: config.gatewayOutboxMb,
            folder,
            clock: time.clock,
            demo: true,
            log: log.child({ part: 'gateway', gateway: id }),
          }),
        ),
      );
    }
    const control = rpcClient({ url: simulators.controlUrl, secret: folder.secret() });
    stopping.defer('control', () => control.close());

    const ask = async (method: string, params: object): Promise<object> => {
      const answer = await control.call<object>(method, params);
      if ('refused' in answer) throw new Problem(String(answer.refused));
      return answer;
    };
    return {
      controlUrl: simulators.controlUrl,
      sample: sampleDevice(plan.put.devices, secrets.devices, city),
      speed: config.demoSpeed,
      faults: [...demoFaults.filter(({ kind }) => kind !== 'silent-gateway'), unplug],
      async start(kind, target) {
        if (kind !== unplug.kind) {
          const { started } = (await ask('faults.start', { kind, ...(target && { target }) })) as {
            started: { target: string };
          };
          return started.target;
        }
        const all = await Promise.all(gateways.map(async (gateway) => ({ gateway, stats: await gateway.stats() })));
        const chosen = all.find(({ stats }) => (target ? stats.id === target : stats.connected)) ?? all[0];
        if (!chosen) throw new Problem('this city has no gateway to unplug');
        chosen.gateway.unplug(unplugMs);
        return chosen.stats.id;
      },
      async publish(device, payload) {
        await ask('payload.send', { device, payload });
      },
      stop: stopping.run,
    };
  } catch (err) {
    await stopping.run();
    throw err;
  }
}

async function register(command: CommandPort, at: number, put: RegistryPut): Promise<void> {
  const actor = { id: 'demo', name: '演示 / demonstration', via: 'demo', role: 'system' } as const;
  const outcome = await command({ id: randomUUID(), actor, at, type: 'registry.put', put });
  if (!('done' in outcome)) throw new Problem(`${outcome.refused.zh}\n${outcome.refused.en}`);
}

/** Registers who is responsible in the demonstration, once for each state of its file: what people change afterwards stays. */
async function registerDuty(command: CommandPort, at: number, put: DutyRecords): Promise<void> {
  const actor = { id: 'demo', name: '演示 / demonstration', via: 'demo', role: 'system' } as const;
  const id = `demo-duty-${createHash('sha256').update(JSON.stringify(put)).digest('hex').slice(0, 16)}`;
  const outcome = await command({ id, actor, at, type: 'duty.put', put });
  if (!('done' in outcome)) throw new Problem(`${outcome.refused.zh}\n${outcome.refused.en}`);
}

interface Remembered {
  readonly plan: DemoPlan;
  readonly secrets: DemoSecrets;
  /** This demonstration ran before in this folder. */
  readonly again: boolean;
}

/**
 * The plan and its secrets: made at the first start, and the same at every later one, so that a token copied from the terminal
 * goes on working. The file is readable by the platform's account alone.
 */
async function planned({ config, folder, city, time }: PreparedParts): Promise<Remembered> {
  const file = folder.path('secrets', 'demonstration.json');
  const asked = { city: city.city.id, seed: config.demoSeed ?? null, devices: config.demoDevices };
  const planFor = (today: string) =>
    withReplays(demoPlan(city, { seed: asked.seed ?? undefined, devices: asked.devices, today }), city);
  if (existsSync(file)) {
    const held = JSON.parse(readFileSync(file, 'utf8')) as { asked: typeof asked; today: string; secrets: DemoSecrets };
    if (JSON.stringify(held.asked) !== JSON.stringify(asked)) {
      throw new Problem(
        `${folder.dir} 中是另一场演示（${JSON.stringify(held.asked)}），现在要的是 ${JSON.stringify(asked)}：删除该目录，或设置 YANSHAO_DATA_DIR 使用别的目录\n` +
          `${folder.dir} holds another demonstration (${JSON.stringify(held.asked)}), asked for is ${JSON.stringify(asked)}: remove that folder, or set YANSHAO_DATA_DIR to another`,
      );
    }
    return { plan: await planFor(held.today), secrets: held.secrets, again: true };
  }
  const today = new Date(time.clock.now()).toISOString().slice(0, 10);
  const plan = await planFor(today);
  const { secrets } = withCredentials(plan, time.clock.now());
  writeFileSync(file, JSON.stringify({ asked, today, secrets }), { mode: 0o600 });
  return { plan, secrets, again: false };
}

interface GatewayFacts {
  readonly plan: DemoPlan;
  readonly secrets: DemoSecrets;
  readonly simulators: SimulatorsAt;
  readonly mqttUrl: string;
  readonly dataDir: string;
}

/** What a gateway's file would say, had somebody written it for this simulated field; undefined where it hears nothing. */
function gatewayConfig(
  id: string,
  { plan, secrets, simulators, mqttUrl, dataDir }: GatewayFacts,
): GatewayConfig | undefined {
  const behind = (by: 'field' | 'opcua') =>
    plan.put.devices.filter((device) => {
      const route = plan.routes[device.id];
      return route?.by === by && route.gateway === id;
    });
  const login = { username: id, password: secrets.field.gateways[id] ?? '' };
  const nodes = behind('opcua').flatMap(({ id: device, type }) =>
    Object.entries(deviceType(type)?.measurements ?? {}).flatMap(([measurement, { derived }]) =>
      derived ? [] : [{ node: stationNodeId(device, measurement), device, measurement }],
    ),
  );
  if (behind('field').length === 0 && (nodes.length === 0 || !simulators.opcuaUrl)) return undefined;
  return gatewayConfigSchema.parse({
    id,
    uplink: { url: mqttUrl, token: secrets.gateways[id] ?? '' },
    mqtt:
      behind('field').length === 0
        ? []
        : [
            {
              url: `mqtt://127.0.0.1:${simulators.fieldPort}`,
              ...login,
              topics: [{ filter: fieldFilter(id), device: FIELD_DEVICE_LEVEL }],
            },
          ],
    opcua:
      nodes.length === 0 || !simulators.opcuaUrl
        ? []
        : [
            {
              endpoint: simulators.opcuaUrl,
              ...login,
              trusted: [join(dataDir, 'simulated-stations-pki', 'server', 'own', 'certs', 'certificate.pem')],
              nodes,
            },
          ],
  });
}
