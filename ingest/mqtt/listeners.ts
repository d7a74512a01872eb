import { randomBytes } from 'node:crypto';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer, TLSSocket, type Server as TlsServer } from 'node:tls';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { cleanups } from '../../kit/cleanups.ts';
import type { Log } from '../../kit/log.ts';
import { Problem } from '../../kit/problem.ts';
import { type CertificateFiles, type CertificatePems, readCertificate, watchCertificate } from './certificate-files.ts';

/** Where a listener stands. Port 0 takes a free one. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

/** The doors of the broker; each that is given is opened. A plain WebSocket is not offered. */
export interface Doors {
  /** MQTT in the clear: for loopback only. */
  readonly plain?: Place | undefined;
  /** MQTT over TLS. */
  readonly tls?: Place | undefined;
  /** MQTT in WebSocket frames over TLS, path `/mqtt`, subprotocol `mqtt`. */
  readonly wss?: Place | undefined;
  /** What the last two show. */
  readonly certificate?: CertificateFiles | undefined;
  /** How often the certificate files are looked at, ms. */
  readonly certificateEveryMs?: number | undefined;
}

/** What is known of whoever is at the other end before it has said anything. */
export interface Visitor {
  readonly address: string;
  /** SHA-256 of a client certificate that TLS has verified. */
  readonly fingerprint?: string | undefined;
}

export interface ListenersParts {
  readonly doors: Doors;
  /** Asked before a byte is read or a TLS handshake is paid for; `false` ends the connection. */
  readonly arrive: (address: string) => boolean;
  readonly leave: (address: string) => void;
  readonly onConnection: (conn: Duplex, visitor: Visitor) => void;
  /** Largest WebSocket message: it is held in memory whole before it is read. */
  readonly maxFrameBytes: number;
  readonly log: Log;
}

export interface Listeners {
  /** The ports that are truly listened on. */
  readonly ports: { readonly plain?: number; readonly tls?: number; readonly wss?: number };
  stop(): Promise<void>;
}

type Kind = 'plain' | 'tls' | 'wss';
const settingOf: Record<Kind, string> = {
  plain: 'YANSHAO_MQTT_PORT',
  tls: 'YANSHAO_MQTT_TLS_PORT',
  wss: 'YANSHAO_MQTT_WSS_PORT',
};

const HANDSHAKE_MS = 10_000;

/** Opens the doors. One certificate serves both that need it and is exchanged in both when its files change. */
export async function openListeners(parts: ListenersParts): Promise<Listeners> {
  const { doors, onConnection, log } = parts;
  const stopping = cleanups(log);
  const ports: { plain?: number; tls?: number; wss?: number } = {};
  try {
    if (doors.plain) {
      ports.plain = await open('plain', doors.plain, parts, stopping, (socket) =>
        onConnection(socket, { address: addressOf(socket) }),
      );
    }
    const secure: TlsServer[] = [];
    if ((doors.tls || doors.wss) && doors.certificate) {
      const options = secureOptions(readCertificate(doors.certificate));
      if (doors.tls) {
        const server = createTlsServer(options, (socket) => onConnection(socket, visitorOf(socket)));
        secure.push(server);
        ports.tls = await open('tls', doors.tls, parts, stopping, (socket) => server.emit('connection', socket));
      }
      if (doors.wss) {
        const server = webSocketServer(options, parts);
        secure.push(server);
        ports.wss = await open('wss', doors.wss, parts, stopping, (socket) => server.emit('connection', socket));
      }
      for (const server of secure) server.on('tlsClientError', (_err, socket) => socket.destroy());
      const watch = watchCertificate({
        files: doors.certificate,
        everyMs: doors.certificateEveryMs ?? 5000,
        onChange(pems) {
          for (const server of secure) {
            server.setSecureContext(secureOptions(pems));
            // A session begun under the old authority must not be taken up under the new one.
            server.setTicketKeys(randomBytes(48));
          }
        },
        log,
      });
      stopping.add('certificate', watch);
    }
  } catch (err) {
    await stopping.run();
    throw err;
  }
  return { ports, stop: stopping.run };
}

const secureOptions = (pems: CertificatePems) => ({
  ...pems,
  minVersion: 'TLSv1.2' as const,
  handshakeTimeout: HANDSHAKE_MS,
  requestCert: pems.ca !== undefined,
  // Who has no valid certificate may still have a token; a certificate that fails proves nothing (see visitorOf).
  rejectUnauthorized: false,
});

const visitorOf = (socket: TLSSocket): Visitor => ({
  address: addressOf(socket),
  fingerprint: socket.authorized ? socket.getPeerCertificate().fingerprint256 : undefined,
});

const addressOf = (socket: Socket): string => socket.remoteAddress ?? 'unknown';

/** One listening port. Connections are counted and bounded here, before TLS costs anything. */
async function open(
  kind: Kind,
  place: Place,
  { arrive, leave }: ListenersParts,
  stopping: ReturnType<typeof cleanups>,
  onSocket: (socket: Socket) => void,
): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    const address = addressOf(socket);
    if (!arrive(address)) return void socket.resetAndDestroy();
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      leave(address);
    });
    // What goes wrong before a protocol has taken the socket over ends it, and nothing else.
    socket.on('error', () => socket.destroy());
    onSocket(socket);
  });
  const port = await listen(server, kind, place);
  stopping.defer(kind, () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    return closed;
  });
  return port;
}

function listen(server: Server, kind: Kind, { host, port }: Place): Promise<number> {
  const setting = settingOf[kind];
  return new Promise((resolve, reject) => {
    server.once('error', (err: NodeJS.ErrnoException) =>
      reject(
        new Problem(
          err.code === 'EADDRINUSE'
            ? `MQTT port ${port} on ${host} is taken: stop the other broker or set ${setting}\n${host} 的 MQTT 端口 ${port} 已被占用：请停止另一个代理，或修改 ${setting}`
            : `MQTT cannot listen on ${host}:${port}: ${err.message}; set YANSHAO_MQTT_HOST and ${setting}\nMQTT 无法监听 ${host}:${port}：请检查 YANSHAO_MQTT_HOST 与 ${setting}`,
          err,
        ),
      ),
    );
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

/** The subprotocols that carry MQTT 3.1.1 and 5, and 3.1 (MQTT-6.0.0-3). */
const subprotocols = ['mqtt', 'mqttv3.1'];

function webSocketServer(options: ReturnType<typeof secureOptions>, parts: ListenersParts): HttpsServer {
  const server = createHttpsServer({ ...options, headersTimeout: HANDSHAKE_MS, requestTimeout: HANDSHAKE_MS });
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: parts.maxFrameBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => subprotocols.find((name) => offered.has(name)) ?? false,
  });
  server.on('request', (_request, response) => {
    response.writeHead(426, { 'content-type': 'text/plain; charset=utf-8', connection: 'close', upgrade: 'websocket' });
    response.end('此端口只用于 MQTT（WebSocket，路径 /mqtt）\nthis port is for MQTT over WebSocket, path /mqtt\n');
  });
  server.on('upgrade', (request, socket, head) => {
    const refused = refusalOf(request.url, request.headers);
    if (refused) {
      socket.end(`HTTP/1.1 ${refused}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (ws) => {
      const conn = createWebSocketStream(ws);
      ws.on('message', (_data, isBinary) => {
        // MQTT-6.0.0-1: data in a text frame ends the connection.
        if (!isBinary) conn.destroy();
      });
      const below = request.socket;
      parts.onConnection(conn, below instanceof TLSSocket ? visitorOf(below) : { address: addressOf(below) });
    });
  });
  return server;
}

/** Status line for an upgrade that is not taken. */
function refusalOf(url: string | undefined, headers: NodeJS.Dict<string | string[]>): string | undefined {
  if (url?.split('?')[0] !== '/mqtt') return '404 Not Found';
  const offered = String(headers['sec-websocket-protocol'] ?? '').split(/\s*,\s*/);
  if (!offered.some((name) => subprotocols.includes(name))) return '400 Bad Request';
  // A page of another site could use the client certificate of whoever looks at it.
  const { origin, host } = headers;
  if (typeof origin === 'string' && URL.parse(origin)?.host !== host) return '403 Forbidden';
  return undefined;
}
