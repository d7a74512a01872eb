import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { connectAsync } from 'mqtt';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { silentLog } from '../../kit/log.ts';
import { type KeyPair, makeAuthority, makeClientCertificate, makeServerCertificate } from '../../kit/tls/authority.ts';
import { openDoor } from './broker-bench.ts';
import { type Caller, startTransport, type Transport, type TransportParts } from './transport.ts';

let authority: KeyPair;
let folder: string;
const cleanUps: (() => Promise<void> | void)[] = [];
beforeAll(async () => {
  authority = await makeAuthority('test', 10, Date.now());
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'yanshao-listeners-'));
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  rmSync(folder, { recursive: true, force: true });
});

const at = { host: '127.0.0.1', port: 0 };
const put = (pair: KeyPair) => {
  writeFileSync(join(folder, 'server.key'), pair.key);
  writeFileSync(join(folder, 'server.crt'), pair.cert);
};

/** The doors over a policy that lets everybody in and notes who came and what was said. */
async function openDoors(over: Partial<TransportParts<object>> = {}) {
  put(await makeServerCertificate(authority, ['localhost', '127.0.0.1'], 5, Date.now()));
  writeFileSync(join(folder, 'ca.crt'), authority.cert);
  const callers: Caller[] = [];
  const said: string[] = [];
  const transport: Transport<object> = await startTransport<object>({
    ...openDoor,
    plain: undefined,
    tls: at,
    wss: at,
    certificate: { cert: join(folder, 'server.crt'), key: join(folder, 'server.key'), ca: join(folder, 'ca.crt') },
    certificateEveryMs: 20,
    kind: 'door',
    log: silentLog,
    policy: {
      signIn(caller) {
        callers.push(caller);
        return { identity: 'anybody', limits: openDoor.limits.device, begin: () => ({}) };
      },
      maySubscribe: () => true,
      receive(_who, { payload }, done) {
        said.push(String(payload));
        setImmediate(done, null);
      },
    },
    ...over,
  });
  cleanUps.push(() => transport.stop());
  const { tls = 0, wss = 0 } = transport.ports;
  return { transport, callers, said, tls, wss };
}

const client = (url: string, options: object = {}) =>
  connectAsync(url, { ca: authority.cert, reconnectPeriod: 0, ...options }, false).then((connected) => {
    connected.on('error', () => {});
    cleanUps.push(() => connected.endAsync(true));
    return connected;
  });

/** The certificate that is shown to whoever comes now. */
async function shownBy(port: number): Promise<string> {
  const socket: TLSSocket = connectTls({ port, host: 'localhost', ca: authority.cert });
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

describe('the doors of the broker', () => {
  it.each([4, 5] as const)(
    'take a client over TLS and over WebSocket, with the certificate it showed (level %d)',
    async (protocolVersion) => {
      const { tls, wss, callers, said } = await openDoors();
      const own = await makeClientCertificate(authority, 'd-1', 5, Date.now());
      const stranger = await makeClientCertificate(await makeAuthority('other', 5, Date.now()), 'd-1', 5, Date.now());
      const urls = [`mqtts://localhost:${tls}`, `wss://localhost:${wss}/mqtt`];
      for (const url of urls) {
        for (const shown of [{}, own, stranger]) {
          const connected = await client(url, {
            ...shown,
            protocolVersion,
            clientId: `${url}${Object.keys(shown).length}`,
          });
          await connected.publishAsync('t', 'x', { qos: 2 });
        }
      }
      expect(said).toHaveLength(6);
      // Nobody without a certificate, nor with one that another authority signed, has proved anything.
      const proved = callers.map(({ fingerprint }) => fingerprint !== undefined);
      expect(proved).toEqual([false, true, false, false, true, false]);
      expect(callers.every(({ address }) => address.endsWith('127.0.0.1') || address === '::1')).toBe(true);
    },
  );

  it.each([4, 5] as const)(
    'carry a message that fills many frames, and end a connection that sends a frame too large for memory (level %d)',
    async (protocolVersion) => {
      const { wss, said, transport } = await openDoors();
      const connected = await client(`wss://localhost:${wss}/mqtt`, { protocolVersion });
      await connected.publishAsync('t', 'x'.repeat(200_000), { qos: 1 });
      expect(said[0]).toHaveLength(200_000);
      const closed = new Promise<void>((resolve) => connected.once('close', () => resolve()));
      connected.publish('t', 'x'.repeat(8_000_000), { qos: 1 });
      await closed;
      await vi.waitFor(() => expect(transport.clients).toBe(0));
    },
  );

  it('tell a client of MQTT 5 that they close, over TLS and over WebSocket', async () => {
    const { tls, wss, transport } = await openDoors();
    const told: Promise<unknown>[] = [];
    for (const url of [`mqtts://localhost:${tls}`, `wss://localhost:${wss}/mqtt`]) {
      const connected = await client(url, { protocolVersion: 5 });
      told.push(new Promise((resolve) => connected.once('disconnect', ({ reasonCode }) => resolve(reasonCode))));
    }
    await transport.stop();
    expect(await Promise.all(told)).toEqual([0x8b, 0x8b]);
  });

  it.each([
    ['another path', '/', ['mqtt'], {}, 404],
    ['no subprotocol', '/mqtt', [], {}, 400],
    ['another subprotocol', '/mqtt', ['chat'], {}, 400],
    ['a page of another site', '/mqtt', ['mqtt'], { origin: 'https://elsewhere.example' }, 403],
  ])('refuse a WebSocket for %s', async (_what, path, protocols, headers, status) => {
    const { wss } = await openDoors();
    const socket = new WebSocket(`wss://localhost:${wss}${path}`, protocols, { ca: authority.cert, headers });
    const code = await new Promise((resolve) => {
      socket.on('error', () => {});
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
    });
    expect(code).toBe(status);
  });

  it('tell a browser that comes by what they are for', async () => {
    const { wss } = await openDoors();
    const status = await new Promise((resolve, reject) =>
      request({ port: wss, host: 'localhost', ca: authority.cert, path: '/mqtt' }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end(),
    );
    expect(status).toBe(426);
  });

  it('MQTT-6.0.0-1: end a WebSocket that sends text', async () => {
    const { wss, callers } = await openDoors();
    const socket = new WebSocket(`wss://localhost:${wss}/mqtt`, ['mqtt'], { ca: authority.cert });
    expect(await new Promise((resolve) => socket.once('open', () => resolve(socket.protocol)))).toBe('mqtt');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.send('\u0010\u000c\u0000\u0004MQTT\u0004\u0002\u0000\u0000\u0000\u0000');
    await closed;
    expect(callers).toEqual([]);
  });

  it('take up a new certificate by themselves; who is connected stays', async () => {
    const { tls, wss, transport, said } = await openDoors();
    const connected = [await client(`mqtts://localhost:${tls}`), await client(`wss://localhost:${wss}/mqtt`)];
    const before = await shownBy(tls);
    put(await makeServerCertificate(authority, ['localhost'], 5, Date.now()));
    await vi.waitFor(async () => expect(await shownBy(tls)).not.toBe(before), { timeout: 10_000 });
    expect(await shownBy(wss)).toBe(await shownBy(tls));
    for (const one of connected) await one.publishAsync('t', 'still here', { qos: 1 });
    expect([said.length, transport.clients]).toEqual([2, 2]);
  });

  it('keep the old certificate while the new one and its key do not belong together', async () => {
    const { tls } = await openDoors();
    const before = await shownBy(tls);
    const [one, other] = await Promise.all(
      ['a', 'b'].map(() => makeServerCertificate(authority, ['localhost'], 5, Date.now())),
    );
    writeFileSync(join(folder, 'server.crt'), (one as KeyPair).cert);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await shownBy(tls)).toBe(before);
    writeFileSync(join(folder, 'server.crt'), (other as KeyPair).cert);
    writeFileSync(join(folder, 'server.key'), (other as KeyPair).key);
    await vi.waitFor(async () => expect(await shownBy(tls)).not.toBe(before), { timeout: 10_000 });
  });

  it('say which file is wrong, and what to do about a port that is taken', async () => {
    put(await makeServerCertificate(authority, ['localhost'], 5, Date.now()));
    const certificate = { cert: join(folder, 'server.crt'), key: join(folder, 'none.key') };
    await expect(openDoors({ certificate })).rejects.toThrow(/none\.key/);
    writeFileSync(join(folder, 'none.key'), authority.key);
    await expect(openDoors({ certificate })).rejects.toThrow(/cannot be used together/);
    const squatter = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => squatter.once('listening', resolve));
    cleanUps.push(() => void squatter.close());
    const { port } = squatter.address() as { port: number };
    await expect(openDoors({ wss: { host: '127.0.0.1', port } })).rejects.toThrow(/YANSHAO_MQTT_WSS_PORT/);
  });
});
