import { createHash, timingSafeEqual } from 'node:crypto';
import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Running } from '../cleanups.ts';
import type { Log } from '../log.ts';
import { Problem } from '../problem.ts';

/** Largest question or answer, bytes. */
const maxBytes = 16 * 1024 * 1024;
/** How long a stopping server waits for calls under way, ms. */
const stopWithinMs = 5000;

/** What one process of the host offers to the others. Parameters and results are JSON; a method checks its own input. */
export interface RpcServerOptions {
  /** 0 takes any free port; the url of the running server says which. */
  readonly port: number;
  /** A loopback address: secrets and city data travel in the clear here. */
  readonly host?: string;
  /** Known to every process of this installation and to nobody else. */
  readonly secret: string;
  readonly methods: Readonly<Record<string, (params: unknown) => Promise<unknown>>>;
  readonly log: Log;
  /** The setting that holds the port, named when the port is taken. */
  readonly setting?: string;
}

export interface RpcClientOptions {
  /** `url` of a running server. */
  readonly url: string;
  readonly secret: string;
  /** How long one call may take, ms. */
  readonly timeoutMs?: number;
}

/** Calls methods of another process of this host. */
export interface RpcClient {
  /**
   * Resolves with what the method returned. Rejects with {@link RpcUnavailable} when the other process could not be
   * reached or did not answer in time: the method may have run, so call again only what is idempotent. Rejects with
   * {@link RpcFailed} when the method itself failed, or the call was refused.
   */
  call<T>(method: string, params?: unknown): Promise<T>;
  close(): Promise<void>;
}

/** The other process cannot be reached or does not answer: it may later. */
export class RpcUnavailable extends Error {
  readonly retryable = true;
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'RpcUnavailable';
  }
}

/** The method failed over there. `name`, `message` and `retryable` are those of its error. */
export class RpcFailed extends Error {
  readonly method: string;
  readonly retryable: boolean;
  constructor(method: string, failure: Failure) {
    super(failure.message);
    this.name = failure.name;
    this.method = method;
    this.retryable = failure.retryable === true;
  }
}

interface Failure {
  readonly name: string;
  readonly message: string;
  readonly retryable?: boolean;
}

type Reply = { readonly result: unknown } | { readonly error: Failure };

/** Listens on loopback for calls of the other processes of this installation. */
export async function serveRpc(options: RpcServerOptions): Promise<Running & { readonly url: string }> {
  const { host = '127.0.0.1', port, log } = options;
  checkHost(host);
  if (options.secret.length < 16) throw new Error('an RPC secret needs at least 16 characters');
  const secret = digest(options.secret);
  const server = createServer((req, res) => {
    handle(req, options.methods, secret, log).then(
      ({ status, reply }) => {
        // A server that stops waits for its connections; this one must not linger for another call.
        if (!server.listening) res.setHeader('connection', 'close');
        send(res, status, reply);
      },
      (err: unknown) => {
        log.warn({ err }, 'a call was cut off before it was complete');
        res.destroy();
      },
    );
  });
  server.keepAliveTimeout = 65_000;
  await listen(server, port, host, options.setting);
  const { port: bound } = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  return { url: `http://${name}:${bound}`, stop: () => stop(server) };
}

/** A client for the server at `url`. It keeps connections open between calls. */
export function rpcClient({ url, secret, timeoutMs = 30_000 }: RpcClientOptions): RpcClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  return {
    async call<T>(method: string, params?: unknown) {
      const body = Buffer.from(JSON.stringify(params ?? null));
      if (body.length > maxBytes) {
        throw new RpcFailed(method, tooLarge(`the parameters of "${method}" are ${body.length} bytes`));
      }
      const { status, text } = await post(new URL(encodeURIComponent(method), `${url}/`), {
        agent,
        secret,
        body,
        timeoutMs,
      });
      const reply = parseReply(text);
      if (!reply)
        throw new RpcUnavailable(
          `${url} answered "${method}" with ${status} and no reply of ours: is it another program?`,
        );
      if ('error' in reply) throw new RpcFailed(method, reply.error);
      return reply.result as T;
    },
    async close() {
      agent.destroy();
    },
  };
}

async function handle(
  req: IncomingMessage,
  methods: RpcServerOptions['methods'],
  secret: Buffer,
  log: Log,
): Promise<{ status: number; reply: Reply }> {
  const refuse = (status: number, name: string, message: string) => ({ status, reply: { error: { name, message } } });
  // The secret first: a stranger learns neither methods nor limits.
  if (!timingSafeEqual(digest(bearer(req)), secret)) {
    return refuse(401, 'RpcRefused', 'the secret is not that of this installation: use the same data folder');
  }
  if (req.method !== 'POST') return refuse(405, 'RpcRefused', `${req.method} is not a call: use POST`);
  const name = decodeName(req.url);
  const method = name !== undefined && Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (!method) return refuse(404, 'RpcRefused', `there is no method "${name ?? req.url}" here`);
  const body = await readBody(req);
  if (body === undefined) return { status: 413, reply: { error: tooLarge(`the parameters of "${name}"`) } };
  let params: unknown;
  try {
    params = JSON.parse(body);
  } catch (err) {
    return refuse(400, 'RpcRefused', `the parameters of "${name}" are not JSON: ${(err as Error).message}`);
  }
  try {
    return { status: 200, reply: { result: (await method(params)) ?? null } };
  } catch (err) {
    log.warn({ err, method: name }, 'a called method failed');
    return { status: 500, reply: { error: failureOf(err) } };
  }
}

function failureOf(err: unknown): Failure {
  if (!(err instanceof Error)) return { name: 'Error', message: String(err) };
  return { name: err.name, message: err.message, retryable: (err as { retryable?: unknown }).retryable === true };
}

const tooLarge = (what: string): Failure => ({
  name: 'RpcRefused',
  message: `${what} exceed the limit of ${maxBytes} bytes: send less at a time`,
});

/** Both sides are hashed, so that neither content nor length shows in the time a comparison takes. */
const digest = (secret: string): Buffer => createHash('sha256').update(secret).digest();

const bearer = (req: IncomingMessage): string => /^Bearer (.+)$/.exec(req.headers.authorization ?? '')?.[1] ?? '';

function decodeName(url = ''): string | undefined {
  try {
    return decodeURIComponent(url.slice(1));
  } catch {
    return undefined;
  }
}

/** The whole body as text, or undefined when it is too long; what is too long is read off, so that the answer arrives. */
async function readBody(req: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  return size <= maxBytes ? Buffer.concat(chunks).toString('utf8') : undefined;
}

function send(res: ServerResponse, status: number, reply: Reply): void {
  let text: string;
  try {
    text = JSON.stringify(reply);
  } catch (err) {
    status = 500;
    text = JSON.stringify({
      error: { name: 'TypeError', message: `the result is not JSON: ${(err as Error).message}` },
    });
  }
  if (Buffer.byteLength(text) > maxBytes) {
    status = 500;
    text = JSON.stringify({ error: tooLarge('the results') });
  }
  res.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  res.end(text);
}

interface Post {
  readonly agent: Agent;
  readonly secret: string;
  readonly body: Buffer;
  readonly timeoutMs: number;
}

function post(url: URL, { agent, secret, body, timeoutMs }: Post): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => req.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    const fail = (cause: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      const why = cause.message || cause.code;
      reject(new RpcUnavailable(`${url.origin} cannot be reached: ${why}; is that process running?`, cause));
    };
    const req = request(
      url,
      {
        method: 'POST',
        agent,
        headers: {
          authorization: `Bearer ${secret}`,
          'content-type': 'application/json',
          'content-length': body.length,
        },
      },
      (res) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.on('error', fail);
        res.on('end', () => {
          clearTimeout(timer);
          resolve({ status: res.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') });
        });
      },
    );
    req.on('error', fail);
    req.end(body);
  });
}

function parseReply(text: string): Reply | undefined {
  try {
    const reply: unknown = JSON.parse(text);
    if (typeof reply !== 'object' || reply === null) return undefined;
    if ('result' in reply) return reply as Reply;
    return typeof (reply as { error?: Failure }).error?.message === 'string' ? (reply as Reply) : undefined;
  } catch {
    return undefined;
  }
}

function checkHost(host: string): void {
  if (/^(127\.\d+\.\d+\.\d+|::1|localhost)$/.test(host)) return;
  throw new Problem(
    `calls between processes are plain HTTP and stay on this machine: ${host} is not a loopback address, use 127.0.0.1\n进程间调用为明文 HTTP，仅限本机：${host} 不是回环地址，请使用 127.0.0.1`,
  );
}

function listen(server: Server, port: number, host: string, setting = "this process's RPC port"): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EADDRINUSE' || cause.code === 'EACCES') {
        const why =
          cause.code === 'EADDRINUSE'
            ? ['is taken by another program', '已被其他程序占用']
            : ['is not open to this user', '当前用户无权使用'];
        reject(
          new Problem(
            `port ${port} on ${host} ${why[0]}: change ${setting}\n${host} 的端口 ${port} ${why[1]}：请修改 ${setting}`,
            cause,
          ),
        );
      } else reject(cause);
    });
    server.listen(port, host, resolve);
  });
}

/** Lets calls under way finish for a while; idle connections are closed at once. */
function stop(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    const patience = setTimeout(() => server.closeAllConnections(), stopWithinMs);
    server.close((err) => {
      clearTimeout(patience);
      if (err) reject(err);
      else resolve();
    });
    server.closeIdleConnections();
  });
}
