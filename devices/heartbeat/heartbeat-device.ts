import { createHmac } from 'node:crypto';
import type { Credential, Device } from '../contract/registry.ts';
import { type DeviceType, defineDeviceType, minutes } from '../model/device-type.ts';
import { hashSecret } from '../registry/credentials.ts';

/** The reserved device of the alarm path's heartbeat. It is in no registry: on no map, in no list, no count and no figure. */
export const HEARTBEAT_DEVICE = 'yanshao-heartbeat';
/** Its only measurement: the number of the beat. */
export const BEAT = 'beat';

/** Its type, known to the door and to nobody else. */
const heartbeatType = defineDeviceType({
  id: 'yanshao-heartbeat',
  title: { zh: '报警通路心跳', en: 'Heartbeat of the alarm path' },
  layer: 'safety',
  measurements: {
    [BEAT]: { title: { zh: '心跳序号', en: 'Number of the beat' }, kind: 'number', unit: '1', everyMs: minutes(1) },
  },
});

/** Its access token, which all processes of one installation can work out and nobody else. */
export const heartbeatToken = (secret: string): string =>
  createHmac('sha256', secret).update(HEARTBEAT_DEVICE).digest('hex');

/** What the doors ask of a registry. */
interface DoorRegistry {
  device(id: string): Device | undefined;
  isGateway(id: string): boolean;
  byToken(hash: string): Credential | undefined;
  byName(kind: 'password' | 'certificate', name: string): Credential | undefined;
}

/** The registry as the doors see it: with the reserved device and its credential beside what is registered. */
export function withHeartbeat(registry: DoorRegistry, token: string): DoorRegistry {
  const device: Device = {
    id: HEARTBEAT_DEVICE,
    type: heartbeatType.id,
    name: heartbeatType.title.zh,
    lon: 0,
    lat: 0,
    constants: {},
    facts: {},
    demo: false,
  };
  const hash = hashSecret(token);
  const credential: Credential = {
    id: HEARTBEAT_DEVICE,
    subject: HEARTBEAT_DEVICE,
    kind: 'token',
    hash,
    revoked: false,
    created: 0,
  };
  return {
    device: (id) => (id === HEARTBEAT_DEVICE ? device : registry.device(id)),
    isGateway: (id) => registry.isGateway(id),
    byToken: (given) => (given === hash ? credential : registry.byToken(given)),
    byName: (kind, name) => registry.byName(kind, name),
  };
}

export const withHeartbeatType = (
  types: Readonly<Record<string, DeviceType>>,
): Readonly<Record<string, DeviceType>> => ({
  ...types,
  [heartbeatType.id]: heartbeatType,
});

/** It travels with the alarms: where their share of the journal is full, it must not come round either. */
export const withHeartbeatSafe =
  (isSafety: (type: string, measurement: string) => boolean): typeof isSafety =>
  (type, measurement) =>
    type === heartbeatType.id || isSafety(type, measurement);
