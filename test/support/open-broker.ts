import { openDoor } from '../../ingest/mqtt/broker-bench.ts';
import { type Policy, startTransport, type Transport, type TransportParts } from '../../ingest/mqtt/transport.ts';
import { silentLog } from '../../kit/log.ts';

/** The filter that this broker refuses, as the public suite expects of a broker that refuses one. */
export const refusedFilter = 'test/nosubscribe';

/** Lets everybody in and everything through: the hardened transport by itself, to be held to MQTT's own words. */
const openPolicy: Policy<object> = {
  signIn: () => ({ identity: 'anybody', limits: openDoor.limits.device, begin: () => ({}) }),
  maySubscribe: (_who, filter) => filter !== refusedFilter && !filter.startsWith('$share/'),
  receive: (_who, packet, done) => done(packet.topic.startsWith('$SYS/') ? new Error('$SYS is reserved') : null),
};

/** The hardened transport as a general broker with fan-out; for tests of the protocol, never for a platform. */
export const startOpenBroker = (over: Partial<TransportParts<object>> = {}): Promise<Transport<object>> =>
  startTransport({ ...openDoor, policy: openPolicy, kind: 'bus', log: silentLog, ...over });
