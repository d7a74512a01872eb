import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { cleanups } from '../cleanups.ts';
import { silentLog } from '../log.ts';
import { Problem } from '../problem.ts';
import { RpcFailed, type RpcServerOptions, RpcUnavailable, rpcClient, serveRpc } from './rpc.ts';

const secret = '0123456789abcdef0123456789abcdef';
let ends = cleanups(silentLog);
afterEach(async () => {
  await ends.run();
  ends = cleanups(silentLog);
});

const serve = async (methods: RpcServerOptions['methods'], port = 0) =>
  ends.add('server', await serveRpc({ port, secret, methods, log: silentLog }));

const client = (url: string, options: { secret?: string; timeoutMs?: number } = {}) => {
  const made = rpcClient({ url, secret, ...options });
  ends.defer('client', () => made.close());
  return made;
};

/** The error a promise rejects with. */
const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail('it should have failed'),
    (err: Error) => err,
  );

describe('a call between two processes of the host', () => {
  it('brings the parameters over and the result back', async () => {
    const { url } = await serve({
      add: async (p) => (p as number[]).reduce((a, b) => a + b, 0),
      nothing: async () => {},
    });
    const there = client(url);
    expect(await there.call('add', [1, 2, 3])).toBe(6);
    expect(await there.call('nothing')).toBeNull();
  });

  it('carries Chinese text and method names with dots and slashes', async () => {
    const { url } = await serve({ 'alarms/确认.v1': async (p) => ({ echoed: p }) });
    expect(await client(url).call('alarms/确认.v1', '燃气泄漏')).toEqual({ echoed: '燃气泄漏' });
  });

  it('answers many calls at once, each with its own result', async () => {
    const { url } = await serve({ double: async (n) => (n as number) * 2 });
    const there = client(url);
    const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => there.call<number>('double', n)));
    expect(answers).toEqual(Array.from({ length: 200 }, (_, n) => n * 2));
  });

  it('tells the name, the words and whether to try again when the method fails', async () => {
    const { url } = await serve({
      full: async () => {
        throw Object.assign(new Error('the disk is full'), { name: 'StoreError', retryable: true });
      },
    });
    const err = await failureOf(client(url).call('full'));
    expect(err).toBeInstanceOf(RpcFailed);
    expect(err).toMatchObject({ name: 'StoreError', message: 'the disk is full', method: 'full', retryable: true });
  });

  it('names a method that does not exist, also one every object has', async () => {
    const there = client((await serve({})).url);
    expect((await failureOf(there.call('acknowlege'))).message).toContain('there is no method "acknowlege"');
    expect((await failureOf(there.call('toString'))).message).toContain('there is no method "toString"');
  });

  it('refuses a wrong secret, whatever its length, before it looks at anything else', async () => {
    let ran = false;
    const { url } = await serve({ open: async () => (ran = true) });
    for (const wrong of ['x', `${secret.slice(0, -1)}x`, `${secret}x`]) {
      const err = await failureOf(client(url, { secret: wrong }).call('open'));
      expect(err).toMatchObject({ name: 'RpcRefused', retryable: false });
      expect(err.message).not.toContain('open');
    }
    expect((await fetch(`${url}/open`, { method: 'POST', body: 'null' })).status).toBe(401);
    expect(ran).toBe(false);
  });

  it('refuses parameters beyond 16 MB on either side, and goes on afterwards', async () => {
    const { url } = await serve({
      length: async (p) => String(p).length,
      flood: async () => 'x'.repeat(17 * 1024 * 1024),
    });
    const there = client(url);
    const big = 'x'.repeat(17 * 1024 * 1024);
    expect((await failureOf(there.call('length', big))).message).toContain('exceed the limit');
    const raw = await fetch(`${url}/length`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}` },
      body: JSON.stringify(big),
    });
    expect(raw.status).toBe(413);
    expect((await failureOf(there.call('flood'))).message).toContain('exceed the limit');
    expect(await there.call('length', 'x'.repeat(1000))).toBe(1000);
  });

  it('says which parameters or results are not JSON', async () => {
    const { url } = await serve({ odd: async () => ({ n: 1n }) });
    expect((await failureOf(client(url).call('odd'))).message).toContain('the result is not JSON');
    const raw = await fetch(`${url}/odd`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}` },
      body: '{',
    });
    expect(raw.status).toBe(400);
  });
});

describe('a process that is not there', () => {
  it('is unavailable, to be tried again', async () => {
    const gone = await serveRpc({ port: 0, secret, methods: {}, log: silentLog });
    await gone.stop();
    const err = await failureOf(client(gone.url).call('anything'));
    expect(err).toBeInstanceOf(RpcUnavailable);
    expect(err).toMatchObject({ retryable: true });
    expect(err.message).toContain('is that process running?');
  });

  it('is unavailable when it does not answer in time', async () => {
    let letGo = () => {};
    const { url } = await serve({ slow: () => new Promise<void>((resolve) => (letGo = resolve)) });
    const err = await failureOf(client(url, { timeoutMs: 50 }).call('slow'));
    letGo();
    expect(err).toBeInstanceOf(RpcUnavailable);
    expect(err.message).toContain('no answer within 50 ms');
  });

  it('is found again on the same port after a restart', async () => {
    const first = await serveRpc({ port: 0, secret, methods: { who: async () => 'first' }, log: silentLog });
    const there = client(first.url);
    expect(await there.call('who')).toBe('first');
    await first.stop();
    expect(await failureOf(there.call('who'))).toBeInstanceOf(RpcUnavailable);
    await serve({ who: async () => 'second' }, Number(new URL(first.url).port));
    expect(await there.call('who')).toBe('second');
  });

  it('is not confused with another program on its port', async () => {
    const other = createServer((_, res) => res.end('<html>hello</html>')).listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    ends.defer('other', () => new Promise<void>((resolve) => other.close(() => resolve())));
    const err = await failureOf(client(`http://127.0.0.1:${(other.address() as AddressInfo).port}`).call('who'));
    expect(err).toBeInstanceOf(RpcUnavailable);
    expect(err.message).toContain('another program');
  });
});

describe('a server for calls', () => {
  it('lets a call under way finish before it has stopped', async () => {
    let begun = () => {};
    let letGo = () => {};
    const running = new Promise<void>((resolve) => (begun = resolve));
    const server = await serveRpc({
      port: 0,
      secret,
      log: silentLog,
      methods: {
        work: async () => {
          begun();
          await new Promise<void>((resolve) => (letGo = resolve));
          return 'done';
        },
      },
    });
    const answer = client(server.url).call('work');
    await running;
    const stopped = server.stop();
    letGo();
    expect(await answer).toBe('done');
    const since = performance.now();
    await stopped;
    expect(performance.now() - since).toBeLessThan(4000); // not the patience for a call that hangs
  });

  it('names the setting to change when its port is taken', async () => {
    const { url } = await serve({});
    const port = Number(new URL(url).port);
    const err = await failureOf(
      serveRpc({ port, secret, methods: {}, log: silentLog, setting: 'YANSHAO_RULES_RPC_PORT' }),
    );
    expect(err).toBeInstanceOf(Problem);
    expect(err.message).toContain(`port ${port} on 127.0.0.1 is taken`);
    expect(err.message).toContain('change YANSHAO_RULES_RPC_PORT');
  });

  it.each(['0.0.0.0', '::', '192.168.1.4', 'city.example'])('does not listen on %s', async (host) => {
    const err = await failureOf(serveRpc({ port: 0, host, secret, methods: {}, log: silentLog }));
    expect(err).toBeInstanceOf(Problem);
    expect(err.message).toContain('use 127.0.0.1');
  });
});
