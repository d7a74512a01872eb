import { createServer, type Server } from 'node:net';
import { Aedes, type AuthenticateError, type Client } from 'aedes';
import type { Log } from '../../kit/log.ts';
import { Problem } from '../../kit/problem.ts';

/** Where a device behind a gateway publishes, and its gateway listens. */
export const fieldTopic = (device: string): string => `field/${device}/telemetry`;
const FIELD_TOPIC = /^field\/([^/+#]+)\/telemetry$/;

/** Passwords by user name; a user name is the id of a device or of a gateway. */
export interface FieldUsers {
  readonly devices: Readonly<Record<string, string>>;
  readonly gateways: Readonly<Record<string, string>>;
  /** Device → the gateway that hears it. */
  readonly gatewayOf: Readonly<Record<string, string>>;
}

/** The MQTT broker of the simulated field, on loopback only. */
export interface FieldBroker {
  readonly port: number;
  /** Ends the sessions of these gateways and refuses them until they are no longer named. */
  cut(gateways: ReadonlySet<string>): void;
  readonly clients: () => number;
  stop(): Promise<void>;
}

/**
 * Opens the broker on `127.0.0.1:<port>` (0 takes a free one). A device may publish to its own topic and nowhere else; a
 * gateway may subscribe to `field/+/telemetry` and hears its own devices only. A taken port is a {@link Problem}.
 */
export async function fieldBroker(port: number, users: FieldUsers, log: Log): Promise<FieldBroker> {
  // concurrency 0: with a limit, a slow subscriber that goes away can end the process (mcollina/mqemitter#204).
  const broker = await Aedes.createBroker({ concurrency: 0, drainTimeout: 10_000 });
  const names = new WeakMap<Client, string>();
  const gatewayClients = new Map<string, Client>();
  let cut: ReadonlySet<string> = new Set();

  broker.authenticate = (client, username, password, done) => {
    const name = username ?? '';
    const expected = users.devices[name] ?? users.gateways[name];
    if (expected === undefined || cut.has(name) || password?.toString() !== expected) {
      const refused = Object.assign(new Error('not authorised'), { returnCode: 5 }) as AuthenticateError;
      done(refused, false);
      return;
    }
    names.set(client, name);
    if (users.gateways[name] !== undefined) gatewayClients.set(name, client);
    done(null, true);
  };
  broker.authorizePublish = (client, packet, done) => {
    const name = client && names.get(client);
    const device = FIELD_TOPIC.exec(packet.topic)?.[1];
    done(name !== undefined && device === name ? null : new Error(`${name} may not publish to ${packet.topic}`));
  };
  broker.authorizeSubscribe = (client, subscription, done) => {
    const name = names.get(client) ?? '';
    const named = FIELD_TOPIC.exec(subscription.topic)?.[1];
    const own = subscription.topic === 'field/+/telemetry' || (named !== undefined && users.gatewayOf[named] === name);
    done(null, users.gateways[name] !== undefined && own ? subscription : null);
  };
  broker.authorizeForward = (client, packet) => {
    const device = FIELD_TOPIC.exec(packet.topic)?.[1];
    return device !== undefined && users.gatewayOf[device] === names.get(client) ? packet : null;
  };

  const server = createServer(broker.handle);
  const bound = await listen(server, port);
  log.info({ port: bound }, 'the field broker listens');
  return {
    port: bound,
    clients: () => broker.connectedClients,
    cut(gateways) {
      cut = gateways;
      for (const gateway of cut) {
        gatewayClients.get(gateway)?.close();
        gatewayClients.delete(gateway);
      }
    },
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await new Promise<void>((resolve) => broker.close(() => resolve()));
      await closed;
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new Problem(
          `the field broker cannot listen on 127.0.0.1:${port}: ${cause.message}; set YANSHAO_FIELD_PORT`,
          cause,
        ),
      );
    });
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}
