import type { LoadedCity } from '../../devices/city/load-city.ts';
import { followed, judgedMeasurements, safetyMeasurements } from '../../devices/city/safety.ts';
import type { DeviceType } from '../../devices/model/device-type.ts';
import type { RegistryCache } from '../../devices/registry/registry-cache.ts';
import type { Running } from '../../kit/cleanups.ts';
import type { Clock } from '../../kit/clock.ts';
import { zoneOffset } from '../../kit/local-time.ts';
import type { Log } from '../../kit/log.ts';
import { Problem } from '../../kit/problem.ts';
import type { RpcClient } from '../../kit/rpc/rpc.ts';
import { checkBrokerUrl, type IngestConfig } from '../config.ts';
import { externalOptions } from '../external/external-options.ts';
import { type DoorParts, startDoor } from './app.ts';

export interface DoorNeeds {
  readonly config: IngestConfig;
  /** Calls to the ingest that owns the journal. */
  readonly rpc: RpcClient;
  readonly registry: RegistryCache;
  readonly changesAfter: DoorParts['changesAfter'];
  readonly city: LoadedCity;
  readonly types: Readonly<Record<string, DeviceType>>;
  readonly clock: Clock;
  readonly log: Log;
}

/** A door at work. */
export interface OpenDoor extends Running {
  readonly name: string;
  readonly url: string;
  /** The catalogue changed: which measurements are safety is asked again. */
  safetyChanged(): void;
}

/** Starts a door on the external broker that the settings name. */
export async function openDoor(needs: DoorNeeds): Promise<OpenDoor> {
  const { config, rpc, registry, changesAfter, city, types, clock, log } = needs;
  checkBrokerUrl(config);
  const external = externalOptions(config);
  if (!external?.group || external.name === 'ingest') {
    throw new Problem(
      'a door shares an external broker with others: set YANSHAO_MQTT_BROKER_URL, YANSHAO_MQTT_BROKER_GROUP, and a YANSHAO_MQTT_BROKER_NAME of its own (not "ingest", which is the name of ingest itself)\n' +
        '入口进程（door）与其他进程分担外部代理：请设置 YANSHAO_MQTT_BROKER_URL、YANSHAO_MQTT_BROKER_GROUP，以及自己的 YANSHAO_MQTT_BROKER_NAME（不能用 ingest，那是 ingest 自己的名字）',
    );
  }
  const door = await startDoor({
    owner: {
      settle: (messages) => rpc.call('ingest.settle', [messages]),
      report: (stats) => rpc.call('ingest.doorReport', [stats]),
    },
    external,
    registry,
    changesAfter,
    types,
    isSafety: followed(city, safetyMeasurements),
    isJudged: followed(city, judgedMeasurements),
    clockLimits: { zoneOffsetMs: zoneOffset(city.city.timeZone)(clock.now()) },
    maxPacketBytes: config.mqttMaxPacketBytes,
    clock,
    log,
  });
  const { safetyChanged } = door;
  return { name: external.name, url: external.url, safetyChanged, stop: () => door.stop() };
}
