import type { DoorProcessStats } from '../devices/contract/stats.ts';
import { HEARTBEAT_DEVICE } from '../devices/heartbeat/heartbeat-device.ts';
import type { DeviceType } from '../devices/model/device-type.ts';
import { cleanups, type Running } from '../kit/cleanups.ts';
import type { Clock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import type { Admission, AdmissionRegistry } from './admission/admission.ts';
import type { SharedOf } from './api/answers.ts';
import { type DeviceApi, deviceApi } from './api/device-api.ts';
import { type ExternalDoor, type ExternalOptions, startExternalDoor } from './external/external-door.ts';
import type { Intake } from './intake.ts';
import { type Broker, type BrokerOptions, startBroker } from './mqtt/broker.ts';
import { type CredentialBook, identify } from './mqtt/identity.ts';
import { sparkplugDoor } from './sparkplug/embedded-door.ts';
import type { SparkplugOptions } from './sparkplug/sparkplug-options.ts';
import { type Sparkplug, startSparkplug } from './sparkplug/start-sparkplug.ts';

export interface DoorsParts {
  readonly mqtt: BrokerOptions;
  /** A broker of the city's own, whose messages are taken too. */
  readonly external?: ExternalOptions | undefined;
  /** The Sparkplug host application; absent where no mapping file is. */
  readonly sparkplug?: SparkplugOptions | undefined;
  readonly registry: AdmissionRegistry & CredentialBook;
  readonly types: Readonly<Record<string, DeviceType>>;
  readonly admission: Admission;
  readonly intake: Intake;
  readonly shared: SharedOf;
  readonly clock: Clock;
  readonly log: Log;
}

/** Every way in, while it is open. */
export interface Doors extends Running {
  readonly broker: Broker;
  readonly sparkplug: Sparkplug | undefined;
  readonly external: ExternalDoor | undefined;
  /** Messages accepted and ignored, by topic. */
  readonly ignored: DeviceApi['ignored'];
  /** A door in another process tells how it does. */
  report(door: DoorProcessStats): void;
  /** Doors in other processes that were heard of late. */
  processes(now: number): readonly DoorProcessStats[];
}

/** A door that has been silent for so long is no longer listed, ms. */
const DOOR_GONE_MS = 30_000;

/** Opens the embedded broker, and where they are configured the Sparkplug host and the city's own broker. */
export async function openDoors(parts: DoorsParts): Promise<Doors> {
  const { registry, types, admission, intake, clock, log } = parts;
  const stopping = cleanups(log);
  const { maxPacketBytes } = parts.mqtt;
  const api = deviceApi({ intake, admission, registry, shared: parts.shared, maxPacketBytes, now: clock.now });
  const elsewhere = new Map<string, DoorProcessStats>();
  try {
    const spoken = parts.sparkplug;
    const common = { registry, types, admission, intake, clock };
    const sparkplug = spoken
      ? stopping.add('sparkplug', startSparkplug({ ...spoken, ...common, log: log.child({ component: 'sparkplug' }) }))
      : undefined;
    const spokenHere = sparkplug && sparkplugDoor(sparkplug.host, clock.now);
    const broker = stopping.add(
      'broker',
      await startBroker({
        ...parts.mqtt,
        api,
        identify: (shown) => identify(shown, registry),
        isGateway: registry.isGateway,
        sparkplug: spokenHere,
        onPresence(subject, state) {
          if (subject === HEARTBEAT_DEVICE) return;
          // Reported where it failed: a connection that could not be journaled is told by the silence that follows.
          intake.append([{ kind: 'connection', subject, state, at: clock.now() }], 'safety').catch(() => {});
        },
        clock,
        log: log.child({ component: 'mqtt' }),
      }),
    );
    if (spokenHere) stopping.defer('sparkplug state', () => spokenHere.farewell());
    const at = parts.external;
    const externalLog = log.child({ component: 'external broker' });
    const external = at
      ? stopping.add('external broker', startExternalDoor({ ...at, api, maxPacketBytes, clock, log: externalLog }))
      : undefined;
    return {
      broker,
      sparkplug,
      external,
      ignored: api.ignored,
      report: (door) => void elsewhere.set(door.name, door),
      processes: (now) => [...elsewhere.values()].filter(({ at }) => now - at < DOOR_GONE_MS),
      stop: stopping.run,
    };
  } catch (err) {
    await stopping.run();
    throw err;
  }
}
