import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it arrived. */
export interface HeardRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** What a far side does with a request: an answer, or one of the things that go wrong. */
export type Reply =
  | { readonly status?: number; readonly headers?: Record<string, string>; readonly body?: string }
  /** Takes the request and never answers. */
  | 'silence'
  /** Takes the request and hangs up. */
  | 'reset'
  /** Begins to answer and never ends. */
  | 'half-an-answer';

/** An outside service: a real HTTP server on loopback that checks what it is told as the real one does. */
export interface FarSide {
  readonly url: string;
  readonly heard: readonly HeardRequest[];
  /** How it answers from now on. */
  answers(how: Reply | ((request: HeardRequest) => Reply)): void;
  stop(): Promise<void>;
}

export async function farSide(how: Reply | ((request: HeardRequest) => Reply) = {}): Promise<FarSide> {
  const heard: HeardRequest[] = [];
  let reply = how;
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const url = new URL(request.url ?? '/', 'http://far.side');
    const one: HeardRequest = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: Buffer.concat(parts),
    };
    heard.push(one);
    send(response, typeof reply === 'function' ? reply(one) : reply);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    answers(next) {
      reply = next;
    },
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function send(response: ServerResponse, reply: Reply): void {
  if (reply === 'silence') return;
  if (reply === 'reset') return void response.socket?.destroy();
  if (reply === 'half-an-answer') {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"errcode":');
    return;
  }
  response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers });
  response.end(reply.body ?? '');
}
