import { createServer, type Server } from 'node:net';
import { Aedes, type AuthenticateError, type Client } from 'aedes';
import type { Log } from '../../kit/log.ts';
import { Problem } from '../../kit/problem.ts';

/** Where a device behind a gateway publishes. */
export const fieldTopic = (gateway: string, device: string): string => `field/${gateway}/${device}/telemetry`;
/** What a gateway listens to: its own devices. */
export const fieldFilter = (gateway: string): string => fieldTopic(gateway, '+');
/** The level of a field topic that names the device, counted from 0. */
export const FIELD_DEVICE_LEVEL = 2;

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
 * gateway may subscribe to its own {@link fieldFilter} and nothing else. A taken port is a {@link Problem}.
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
    const name = (client && names.get(client)) ?? '';
    const own = fieldTopic(users.gatewayOf[name] ?? '', name);
    done(packet.topic === own ? null : new Error(`${name} may publish to ${own}, not to ${packet.topic}`));
  };
  // The gateway stands in the topic, so that its filter decides what it hears: authorizeForward would leave what it holds
  // back in the queue of a persistent session, and take other packets out of it (aedes 1.2.0, lib/client.js deliverQoS).
  broker.authorizeSubscribe = (client, subscription, done) => {
    const name = names.get(client) ?? '';
    const own = users.gateways[name] !== undefined && subscription.topic === fieldFilter(name);
    done(null, own ? subscription : null);
  };

  const told = (what: string) => (client: Client, err?: Error) => {
    log.warn({ client: client?.id, name: names.get(client), err: err?.message }, what);
  };
  broker.on('clientError', told('a client of the field broker failed and was closed'));
  broker.on('connectionError', told('a connection to the field broker failed'));
  broker.on('keepaliveTimeout', told('a client of the field broker fell silent and was closed'));

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
          `模拟现场 MQTT 代理无法监听 127.0.0.1:${port}（${cause.message}）：请修改 YANSHAO_FIELD_PORT\n` +
            `the field broker cannot listen on 127.0.0.1:${port} (${cause.message}): change YANSHAO_FIELD_PORT`,
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
