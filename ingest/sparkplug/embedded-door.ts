import type { NodeLink, SparkplugHost } from './host.ts';
import { stateMessage } from './state-certificate.ts';
import { NAMESPACE, type NodeName, stateTopic } from './topic.ts';

/** The way back to one connection of the embedded broker. */
export interface NodeOutlet {
  readonly filters: ReadonlySet<string>;
  send(topic: string, body: Uint8Array, options?: { readonly retain?: boolean }): boolean;
}

/** Sparkplug at the embedded broker, as that broker asks it. */
export interface SparkplugDoor {
  /** Whether a topic is of the namespace, and so for `receive`. */
  takes(topic: string): boolean;
  /** A gateway may subscribe to the commands of its own edge nodes, and to our STATE. */
  maySubscribe(gateway: string, filter: string): boolean;
  /** A connection of a gateway stands; the returned function is called when it is gone. */
  join(gateway: string, outlet: NodeOutlet): () => void;
  /** A subscription was granted: STATE is sent as a retained message is. */
  subscribed(outlet: NodeOutlet, filter: string): void;
  receive(gateway: string, topic: string, payload: Uint8Array, done: (err: Error | null) => void): void;
  /** Tells those who asked that the host goes; resolves when it has left for their sockets. */
  farewell(): Promise<void>;
}

/**
 * The embedded broker fans nothing out: it is a door. So the three things that Sparkplug needs of a broker are done here by name: an
 * edge node's messages are handed to the host, our STATE to who subscribed to it, a command to the connection that it is for.
 */
export function sparkplugDoor(host: SparkplugHost, now: () => number): SparkplugDoor {
  const outlets = new Map<string, Set<NodeOutlet>>();
  const own = stateTopic(host.hostId);
  const timestamp = now();
  const bytesOf = (online: boolean, at: number) => Buffer.from(stateMessage(host.hostId, online, at).payload);
  const wantsState = (filter: string): boolean =>
    [own, `${NAMESPACE}/STATE/+`, `${NAMESPACE}/STATE/#`].includes(filter);

  const link: NodeLink = {
    command(to, topic, payload) {
      const gateway = host.gatewayOf(to);
      const reached = [...(outlets.get(gateway ?? '') ?? [])].filter(({ filters }) =>
        commandFilters(to).some((filter) => filters.has(filter)),
      );
      return reached.map((outlet) => outlet.send(topic, payload)).some(Boolean);
    },
  };
  host.addLink(link);

  return {
    takes: (topic) => topic.startsWith(`${NAMESPACE}/`),
    maySubscribe(gateway, filter) {
      if (wantsState(filter)) return true;
      const [namespace, group = '', type = '', node = '', ...rest] = filter.split('/');
      if (namespace !== NAMESPACE || (type !== 'NCMD' && type !== 'DCMD') || rest.length > 1) return false;
      const exact = !/[+#]/.test(group + node);
      return exact && host.gatewayOf({ group, node }) === gateway;
    },
    join(gateway, outlet) {
      const those = outlets.get(gateway) ?? new Set();
      outlets.set(gateway, those.add(outlet));
      return () => {
        those.delete(outlet);
        if (those.size === 0 && outlets.get(gateway) === those) outlets.delete(gateway);
      };
    },
    subscribed(outlet, filter) {
      if (wantsState(filter)) outlet.send(own, bytesOf(true, timestamp), { retain: true });
    },
    receive: (gateway, topic, payload, done) => host.receive(topic, payload, { gateway }, done),
    farewell() {
      const at = Math.max(now(), timestamp + 1);
      for (const those of outlets.values()) {
        for (const outlet of those) if ([...outlet.filters].some(wantsState)) outlet.send(own, bytesOf(false, at));
      }
      // A packet is gathered within one turn of the event loop and written at its end.
      return new Promise((resolve) => setImmediate(resolve));
    },
  };
}

/** The filters under which an edge node hears its commands; `/#` covers the level above it too (MQTT §4.7.1.2). */
const commandFilters = ({ group, node }: NodeName): string[] => {
  const topic = `${NAMESPACE}/${group}/NCMD/${node}`;
  return [topic, `${topic}/#`];
};
