import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { freePort, type MosquittoServer, type Server, startMosquitto, startServer } from './servers.ts';
import { requireTool } from './tools.ts';

export interface MqttBroker extends Server {
  readonly url: string;
  readonly port: number;
}

/** A user of a broker under test; each may write and read below `yanshao/<name>/` only. */
export interface BrokerUser {
  readonly name: string;
  readonly password: string;
}

/**
 * Mosquitto as docs/external-broker.md sets it up: passwords, the access pattern `yanshao/%u/#`, the platform's own user
 * `platform` with all of `yanshao/#`, queues without a limit, sessions kept over a restart. `acl` replaces the access list.
 */
export async function startCityMosquitto(
  users: readonly BrokerUser[],
  { acl, conf = '' }: { acl?: string; conf?: string } = {},
): Promise<MosquittoServer> {
  const folder = mkdtempSync(join(tmpdir(), 'yanshao-acl-'));
  const passwords = join(folder, 'passwd');
  writeFileSync(
    passwords,
    users
      .map(
        ({ name, password }) => `${name}:${mosquittoHash(password)}
`,
      )
      .join(''),
  );
  const list = join(folder, 'acl');
  writeFileSync(list, acl ?? 'user platform\ntopic readwrite yanshao/#\n\npattern readwrite yanshao/%u/#\n');
  return startMosquitto(
    [
      'allow_anonymous false',
      `password_file ${passwords}`,
      `acl_file ${list}`,
      'persistence true',
      'max_queued_messages 0',
      'max_inflight_messages 1024',
      conf,
    ].join('\n'),
  );
}

/** A password as `mosquitto_passwd` writes it. */
function mosquittoHash(password: string): string {
  const salt = randomBytes(12);
  const hash = pbkdf2Sync(password, salt, 101, 64, 'sha512');
  return `$7$101$${salt.toString('base64')}$${hash.toString('base64')}`;
}

/** A NATS server with JetStream and its MQTT door (3.1.1 only). `mqtt` is added to its mqtt section. */
export async function startNatsMqtt(users: readonly BrokerUser[], mqtt = ''): Promise<MqttBroker> {
  const program = requireTool('nats-server');
  const [port, natsPort] = [await freePort(), await freePort()];
  const folder = mkdtempSync(join(tmpdir(), 'yanshao-nats-mqtt-'));
  const own = ({ name }: BrokerUser) => (name === 'platform' ? 'yanshao.>' : `yanshao.${name}.>`);
  const list = users.map((user) => {
    const allowed = `["${own(user)}", "$MQTT.sub.>", "$MQTT.deliver.>"]`;
    return `{ user: "${user.name}", password: "${user.password}", permissions: { publish: ${allowed}, subscribe: ${allowed} } }`;
  });
  const config = join(folder, 'nats.conf');
  writeFileSync(
    config,
    [
      `host: 127.0.0.1\nport: ${natsPort}\nserver_name: yanshao-test`,
      `jetstream { store_dir: "${folder}/js" }`,
      `mqtt { host: 127.0.0.1, port: ${port}\n${mqtt}\n}`,
      `authorization { users: [\n${list.join('\n')}\n] }`,
    ].join('\n'),
  );
  const first = users[0];
  const isUp = async () => {
    const client = await connectAsync({
      host: '127.0.0.1',
      port,
      username: first?.name,
      password: first?.password,
      clientId: 'probe',
      reconnectPeriod: 0,
    });
    await client.endAsync();
    return true;
  };
  const server = await startServer(folder, [program, '-c', config], async () => (await accepts(port)) && isUp());
  return { url: `mqtt://127.0.0.1:${port}`, port, ...server };
}

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connectSocket(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
