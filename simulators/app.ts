import { cleanups, type Running } from '../kit/cleanups.ts';
import { type Clock, systemClock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import { serveRpc } from '../kit/rpc/rpc.ts';
import type { DemoSecrets } from './city/credentials.ts';
import type { DemoPlan } from './city/plan.ts';
import { controlMethods, type SimulatorControl } from './control.ts';
import { type FaultDesk, faultDesk } from './faults/fault-desk.ts';
import { openingScript, type ScriptLine } from './faults/kinds.ts';
import { type HandedIn, pastOf } from './past.ts';
import { loadReplay } from './replay/read-data.ts';
import { type Replay, startReplay } from './replay/replay.ts';
import { type Report, type Simulation, simulation } from './simulation.ts';
import { type Endpoints, openWaysOut, type WaysOut } from './ways-out.ts';

export interface SimulatorParts {
  readonly plan: DemoPlan;
  readonly secrets: DemoSecrets;
  readonly endpoints: Endpoints;
  /** The demonstration's data folder; the OPC UA server keeps its PKI below it. */
  readonly dataDir: string;
  readonly controlPort: number;
  /** At least 16 characters, as kit/rpc asks. */
  readonly controlSecret: string;
  /** The demonstration's clock. */
  readonly clock: Clock;
  /** The world's clock, by which faults and the opening script run; the system's by default. */
  readonly world?: Clock;
  /** Faults that begin by themselves; the opening of the demonstration by default. */
  readonly script?: readonly ScriptLine[];
  /**
   * How much of a replay's past is sent at the start, ms; a day by default. 0 where an earlier start has sent it: then
   * devices that keep their readings hand in none either.
   */
  readonly replayPastMs?: number;
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
/** World ms after which devices hand in what they kept: they are connected, and have reported once. */
const HAND_IN_MS = 22_000;
/** World ms until a device tries again to hand in. */
const AGAIN_MS = 5_000;

/**
 * Runs the simulated city on real sockets: devices with their own MQTT connection to the platform, a field broker for those
 * behind gateways, an OPC UA server for the stations, and the control interface. Resolves when all of them listen; the
 * devices connect in the background and for ever. A port that is taken is a `Problem` that names its setting.
 */
export async function startSimulators(parts: SimulatorParts): Promise<Simulators> {
  const { plan, clock, log } = parts;
  const world = parts.world ?? systemClock;
  const stopping = cleanups(log);
  try {
    const desk = faultDesk(plan);
    const city = simulation(plan, desk, clock.now());
    const ways = stopping.add('ways out', await openWaysOut({ ...parts, onUp: city.repeatAll }));
    const sent = { reports: 0, readings: 0 };
    const send = (report: Report): void => {
      sent.reports += 1;
      if ('values' in report) sent.readings += Object.keys(report.values).length;
      ways.send(report);
    };
    if (parts.replayPastMs !== 0) {
      const waiting: HandedIn[] = [];
      const begin = () => void waiting.push(...pastOf(plan, desk, clock.now(), world.now()));
      stopping.defer('past', world.after(HAND_IN_MS, begin));
      stopping.defer(
        'hand in',
        world.every(AGAIN_MS, () => {
          for (const kept of waiting.splice(0)) void handIn(ways, kept, () => waiting.push(kept));
        }),
      );
    }
    const replays: Replay[] = [];
    const control = controlOver({ parts, world, desk, city, ways, replays, sent });
    stopping.defer(
      'schedule',
      world.every(LOOK_MS, () => {
        if (desk.expire(world.now())) ways.cut(desk.cut(), clock.now());
        for (const report of city.due(clock.now(), world.now())) send(report);
      }),
    );
    for (const { afterS, kind } of parts.script ?? openingScript) {
      const begin = () => {
        const outcome = control.startFault(kind);
        if ('refused' in outcome) log.warn({ kind, why: outcome.refused }, 'the script could not start a fault');
      };
      stopping.defer('script', world.after(afterS * 1000, begin));
    }
    for (const file of plan.replays) {
      const replay = await loadReplay(file);
      const { endpoints, secrets } = parts;
      const playing = startReplay({
        replay,
        tokens: secrets.devices,
        mqttUrl: await endpoints.mqttUrl,
        backfillMs: parts.replayPastMs,
        clock,
        world,
        log,
      });
      replays.push(stopping.add(file, playing));
    }
    const methods = controlMethods(control);
    const listening = { port: parts.controlPort, secret: parts.controlSecret, setting: 'YANSHAO_SIMULATOR_PORT' };
    const rpc = stopping.add('control', await serveRpc({ ...listening, methods, log }));
    log.info({ devices: plan.put.devices.length, seed: plan.seed, control: rpc.url }, 'the simulated city is running');
    const { fieldPort, opcuaUrl } = ways;
    return { ...control, controlUrl: rpc.url, fieldPort, opcuaUrl, stop: stopping.run };
  } catch (err) {
    await stopping.run();
    throw err;
  }
}

/** Publishes what a device kept; `again` where it did not get through. */
async function handIn(ways: WaysOut, { device, payload }: HandedIn, again: () => void): Promise<void> {
  if ('refused' in (await ways.sendPayload(device, payload))) again();
}

interface Controlled {
  readonly parts: SimulatorParts;
  readonly world: Clock;
  readonly desk: FaultDesk;
  readonly city: Simulation;
  readonly ways: WaysOut;
  readonly replays: readonly Replay[];
  readonly sent: { readonly reports: number; readonly readings: number };
}

function controlOver({
  parts: { plan, clock, log },
  world,
  desk,
  city,
  ways,
  replays,
  sent,
}: Controlled): SimulatorControl {
  return {
    startFault(kind, target) {
      const outcome = desk.start(kind, target, world.now());
      if ('started' in outcome) {
        log.info({ fault: outcome.started.id, target: outcome.started.target }, 'a fault begins on purpose');
        ways.cut(desk.cut(), clock.now());
      }
      return outcome;
    },
    stopFault(which) {
      const stopped = desk.stop(which);
      ways.cut(desk.cut(), clock.now());
      return stopped;
    },
    running: desk.running,
    sendPayload: ways.sendPayload,
    status: () => ({
      devices: plan.put.devices.length,
      directConnected: ways.connected('mqtt'),
      fieldConnected: ways.connected('field'),
      opcuaUrl: ways.opcuaUrl,
      fieldPort: ways.fieldPort,
      ...sent,
      links: { ...ways.counters },
      skipped: city.skipped(),
      faults: desk.running(),
      replays: replays.map((replay) => replay.progress()),
      rssBytes: process.memoryUsage.rss(),
    }),
  };
}
