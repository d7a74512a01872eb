import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Running } from '../../kit/cleanups.ts';
import { http, https } from '../../kit/http.ts';
import type { Log } from '../../kit/log.ts';

/** What somebody asks the page. */
export interface Asked {
  readonly method: string;
  /** Decoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly cookies: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage['headers'];
  /** Where the connection comes from. */
  readonly address: string;
  /** Reads the form that came along; rejects with {@link Unreadable} what is none or too long. */
  form(): Promise<URLSearchParams>;
}

export interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whole `set-cookie` values. */
  readonly cookies?: readonly string[];
}

/** A form that cannot be read, with the status that says why. */
export class Unreadable extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`a form that cannot be read (${status})`);
    this.name = 'Unreadable';
    this.status = status;
  }
}

export interface WebServerParts {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | null;
  readonly answer: (asked: Asked) => Promise<Answer>;
  readonly log: Log;
}

/** Longest form, bytes. */
const mostBytes = 16_384;
const formType = /^application\/x-www-form-urlencoded\b/i;

/** Nothing is loaded from elsewhere, framed, guessed or kept: everything that a page needs comes from its own server. */
const safeHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none';script-src 'self';style-src 'self';connect-src 'self';img-src data:;base-uri 'none';form-action 'self';frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
};
const onlyTls = { 'strict-transport-security': 'max-age=31536000; includeSubDomains' };

/**
 * Serves a handful of small pages by Node's own HTTP: a framework takes some 8 MB, of the 150 that a gateway has. Rejects when the
 * port cannot be had.
 */
export async function startWebServer(parts: WebServerParts): Promise<Running & { readonly port: number }> {
  const { host, port, tls, log } = parts;
  const headers = { ...safeHeaders, ...(tls && onlyTls) };
  const listener: RequestListener = (request, response) => {
    answerOf(request, parts.answer)
      .catch((err: unknown): Answer => {
        if (err instanceof Unreadable) return { status: err.status };
        log.error({ err }, 'the local page could not be shown');
        return { status: 500 };
      })
      .then((answer) => send(request, response, { ...answer, headers: { ...headers, ...answer.headers } }))
      .catch((err: unknown) => {
        log.error({ err }, 'the local page could not be sent');
        response.destroy();
      });
  };
  const server = tls ? https.createServer(tls, listener) : http.createServer(listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // A browser keeps its connection for the next look: nobody waits for that.
        server.closeAllConnections();
      }),
  };
}

async function answerOf(request: IncomingMessage, answer: WebServerParts['answer']): Promise<Answer> {
  const { method = 'GET', headers } = request;
  const url = URL.parse(request.url ?? '/', 'http://gateway');
  const path = url && decoded(url.pathname);
  if (!url || path === null) return { status: 400 };
  return answer({
    method: method === 'HEAD' ? 'GET' : method,
    path,
    query: url.searchParams,
    cookies: cookiesIn(headers.cookie),
    headers,
    address: request.socket.remoteAddress ?? '',
    form: () => formOf(request),
  });
}

function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const {
    status,
    type = 'text/plain; charset=utf-8',
    body = http.STATUS_CODES[status] ?? '',
    headers,
    cookies,
  } = answer;
  response.writeHead(status, {
    ...headers,
    ...(cookies && { 'set-cookie': [...cookies] }),
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    // What is left of a form that nobody read would be taken for the next request.
    ...(!request.complete && { connection: 'close' }),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  if (!formType.test(request.headers['content-type'] ?? '')) throw new Unreadable(415);
  const parts: Buffer[] = [];
  let bytes = 0;
  // Not destroyed when it is too long: the answer says so first.
  for await (const part of request.iterator({ destroyOnReturn: false })) {
    bytes += (part as Buffer).length;
    if (bytes > mostBytes) throw new Unreadable(413);
    parts.push(part as Buffer);
  }
  return new URLSearchParams(Buffer.concat(parts).toString());
}

/** The cookies of a header; the first of a name counts (RFC 6265 §5.4 sends the most exact first). */
export function cookiesIn(header = ''): Record<string, string> {
  const cookies: Record<string, string> = Object.create(null);
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, at).trim();
    if (at > 0 && !(name in cookies)) cookies[name] = pair.slice(at + 1).trim();
  }
  return cookies;
}

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}
