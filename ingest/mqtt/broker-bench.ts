import type { BrokerOptions } from './broker.ts';

const wide = { perSecond: 1e9, burst: 1e10 };
const anything = { messages: wide, bytes: wide, connections: 1e6, attempts: wide };

/** A broker on a free loopback port that holds nobody back; for tests of other things, and for benches. */
export const openDoor: BrokerOptions = {
  plain: { host: '127.0.0.1', port: 0 },
  maxPacketBytes: 262_144,
  maxClients: 1000,
  limits: { device: anything, gateway: anything },
  perAddress: { connections: 1e6, attempts: wide, failures: wide },
};
