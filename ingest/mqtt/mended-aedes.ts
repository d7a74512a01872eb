import type { Aedes, Client, PublishPacket } from 'aedes';

/** Every publish ends once it is authorised: nobody listens through the broker (see no-fan-out.ts). */
export function closeTheBus(aedes: Aedes): void {
  aedes.publish = (_packet: unknown, client: unknown, done?: (err?: Error) => void) => {
    const callback = done ?? (client as (() => void) | undefined);
    if (typeof callback === 'function') callback();
  };
}

/** The private parts of aedes (1.2.0) that are mended here; pinned exactly for them. */
export interface Inside {
  clients: Record<string, Client | undefined>;
  connectedClients: number;
  unregisterClient(client: Client): void;
  readonly _heartbeatInterval: NodeJS.Timeout;
  readonly _clearWillInterval: NodeJS.Timeout;
  readonly persistence: {
    incomingStorePacket(client: unknown, packet: PublishPacket): Promise<void>;
    putWill(): Promise<void>;
    delWill(): Promise<void>;
  };
}

/**
 * Half-open QoS 2 messages are known by their ids; keeping their payloads would let a client fill our memory. A will is
 * kept by its connection; a second copy would outlive it.
 */
export function keepNothing(aedes: Aedes): void {
  const { persistence } = aedes as unknown as Inside;
  const store = persistence.incomingStorePacket.bind(persistence);
  const nothing = Buffer.alloc(0);
  persistence.incomingStorePacket = (client, packet) => store(client, { ...packet, payload: nothing } as PublishPacket);
  persistence.putWill = async () => {};
  persistence.delWill = async () => {};
}

/**
 * aedes speaks the wills of brokers whose heartbeat it no longer hears. There is no other broker, and where nothing is
 * fanned out it does not hear its own: it would speak the wills of the living.
 */
export function aloneInTheWorld(aedes: Aedes): void {
  const inside = aedes as unknown as Inside;
  clearInterval(inside._heartbeatInterval);
  clearInterval(inside._clearWillInterval);
  const unregister = inside.unregisterClient.bind(aedes);
  inside.unregisterClient = (client) => {
    // One that is taken over while it is closing comes here after its successor, and must not take that one's place away.
    if (inside.clients[client.id] === client) unregister(client);
    else inside.connectedClients--;
  };
}
