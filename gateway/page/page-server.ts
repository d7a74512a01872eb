import { readFileSync } from 'node:fs';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Running } from '../../kit/cleanups.ts';
import type { Clock } from '../../kit/clock.ts';
import { Problem } from '../../kit/problem.ts';
import type { Gateway } from '../app.ts';
import type { CertificateInfo } from '../opcua/pki.ts';
import { type Frame, pageText, type Theme } from './frame.ts';
import { type Html, html } from './html.ts';
import { metricsText } from './metrics.ts';
import { refusedList, statusView } from './status-view.ts';
import { refreshScript, style } from './style.ts';
import type { Refused, SignedIn, Technicians } from './technicians.ts';
import { type Language, sayIn, type TextKey } from './texts.ts';

export interface PageParts {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** PEM files; required beyond loopback. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  readonly gateway: Pick<Gateway, 'stats' | 'recentRefusals'>;
  readonly id: string;
  /** The platform's address. */
  readonly uplink: string;
  readonly technicians: Technicians;
  /** Certificates of the gateway's PKI. */
  readonly certificates: () => Promise<readonly CertificateInfo[]>;
  /** The newest lines of the log. */
  readonly logTail: (lines: number) => readonly string[];
  readonly version: string;
  readonly clock: Pick<Clock, 'now'>;
}

/** The gateway's local page. */
export interface GatewayPage extends Running {
  readonly url: string;
}

const sessionCookie = 'yanshao_gateway';
const logLines = 200;
const loopback = new Set(['127.0.0.1', '::1', 'localhost']);

declare module 'fastify' {
  interface FastifyRequest {
    technician: SignedIn | null;
  }
}

/**
 * Serves the local page: plain pages without a build step, signed in but for the door and for what probes ask. Everything on it
 * is read; nothing of the gateway can be changed here. Beyond loopback it wants TLS.
 */
export async function startPage(parts: PageParts): Promise<GatewayPage> {
  const { host, port, tls } = parts;
  if (!tls && !loopback.has(host))
    throw new Problem(
      `YANSHAO_GATEWAY_PAGE_HOST=${host} 不是回环地址：须设置 YANSHAO_GATEWAY_PAGE_CERT 与 YANSHAO_GATEWAY_PAGE_KEY\n` +
        `YANSHAO_GATEWAY_PAGE_HOST is ${host}, not loopback: set YANSHAO_GATEWAY_PAGE_CERT and YANSHAO_GATEWAY_PAGE_KEY`,
    );
  const app = (await fastify({
    https: tls ? { cert: readPem(tls.cert), key: readPem(tls.key) } : null,
    bodyLimit: 16_384,
    forceCloseConnections: true,
  } as object)) as unknown as FastifyInstance;
  await guard(app, parts);
  door(app, parts);
  pages(app, parts);
  try {
    await app.listen({ host, port });
  } catch (err) {
    throw new Problem(
      `网关页面无法监听 ${host}:${port}（${(err as Error).message}）：请修改 YANSHAO_GATEWAY_PAGE_PORT\n` +
        `the gateway's page cannot listen on ${host}:${port} (${(err as Error).message}): change YANSHAO_GATEWAY_PAGE_PORT`,
      err,
    );
  }
  const at = app.server.address();
  const bound = typeof at === 'object' && at ? at.port : port;
  const shownHost = host.includes(':') ? `[${host}]` : host;
  return { url: `${tls ? 'https' : 'http'}://${shownHost}:${bound}`, stop: async () => void (await app.close()) };
}

const open = new Set(['/sign-in', '/claim', '/look', '/style.css', '/refresh.js', '/healthz', '/metrics']);

/** Headers, cookies, forms; who is not signed in sees the door, whatever the address. */
async function guard(app: FastifyInstance, { technicians, tls }: PageParts): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        connectSrc: ["'self'"],
        imgSrc: ['data:'],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    hsts: tls !== undefined,
  });
  await app.register(cookie);
  await app.register(rateLimit, { global: false });
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );
  app.decorateRequest('technician', null);
  app.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const held = request.cookies[sessionCookie];
    request.technician = held ? technicians.bySession(held) : null;
    // By what the router matched, not by how the address was written.
    const route = request.routeOptions.url;
    if (request.technician || (route !== undefined && open.has(route))) return;
    return reply.code(303).redirect('/sign-in');
  });
  app.addHook('preHandler', async (request, reply) => {
    if (request.method !== 'POST' || !request.technician) return;
    if ((request.body as { csrf?: unknown } | null)?.csrf !== request.technician.csrf)
      return reply.code(403).type('text/plain').send('csrf');
  });
}

/** Signing in, the first account, signing out, and how the page looks. */
function door(app: FastifyInstance, parts: PageParts): void {
  const { technicians } = parts;
  const doorPage = async (request: FastifyRequest, link: string | null, refused?: Refused): Promise<string> => {
    const frame = await frameOf(request, parts);
    const say = sayIn(frame.language);
    const key: TextKey = link === null ? 'signIn' : 'claim';
    const body = html`<section><h2>${say(link === null ? 'signIn' : 'claimTitle')}</h2>
<form class="door" method="post" action="${link === null ? '/sign-in' : '/claim'}">
${refused ? html`<p class="foreign" role="alert">${say(refused.refused, { n: refused.seconds ?? '' })}</p>` : ''}
${link === null ? '' : html`<input type="hidden" name="link" value="${link}">`}
<label>${say('name')}<input name="name" autocomplete="username" required maxlength="40" autofocus></label>
<label>${say('password')}${link === null ? '' : `（${say('passwordHint')}）`}<input name="password" type="password" autocomplete="${link === null ? 'current-password' : 'new-password'}" required maxlength="200"></label>
<button>${say(key)}</button>
${link === null ? html`<p class="small">${say('signInHow')}</p>` : ''}
</form></section>`;
    return pageText(frame, say(key), body);
  };
  const welcome = (reply: FastifyReply, secret: string) =>
    reply
      .setCookie(sessionCookie, secret, {
        path: '/',
        httpOnly: true,
        sameSite: 'strict',
        secure: parts.tls !== undefined,
      })
      .code(303)
      .redirect('/');
  const field = (request: FastifyRequest, name: string): string => {
    const value = (request.body as Record<string, unknown> | null)?.[name];
    return typeof value === 'string' ? value.slice(0, 200) : '';
  };
  const asked = (request: FastifyRequest, name: string): string => {
    const value = (request.query as Record<string, unknown>)[name];
    return typeof value === 'string' ? value.slice(0, 200) : '';
  };

  app.get('/sign-in', async (request, reply) => page(reply, await doorPage(request, null)));
  app.get('/claim', async (request, reply) => page(reply, await doorPage(request, asked(request, 'link'))));
  // A password is dear to work out: strangers may have that done so often.
  const config = { rateLimit: { max: 30, timeWindow: '1 minute' } };
  app.post('/sign-in', { config }, async (request, reply) => {
    const answer = await technicians.signIn(field(request, 'name'), field(request, 'password'), request.ip);
    if (typeof answer === 'string') return welcome(reply, answer);
    return page(reply.code(401), await doorPage(request, null, answer));
  });
  app.post('/claim', { config }, async (request, reply) => {
    const link = field(request, 'link');
    const answer = await technicians.claim(link, field(request, 'name'), field(request, 'password'));
    if (typeof answer === 'string') return welcome(reply, answer);
    return page(reply.code(422), await doorPage(request, link, answer));
  });
  app.post('/sign-out', async (request, reply) => {
    technicians.signOut(request.cookies[sessionCookie] ?? '');
    return reply.clearCookie(sessionCookie, { path: '/' }).code(303).redirect('/sign-in');
  });
  app.get('/look', async (request, reply) => {
    const [lang, theme, back] = ['lang', 'theme', 'back'].map((name) => asked(request, name));
    const kept = { path: '/', sameSite: 'strict', maxAge: 31_536_000, secure: parts.tls !== undefined } as const;
    if (lang === 'zh' || lang === 'en') reply.setCookie('lang', lang, kept);
    if (theme === 'light' || theme === 'dark') reply.setCookie('theme', theme, kept);
    // Only to a page of ours: an address of somebody else's would make this a way to anywhere.
    return reply.code(303).redirect(['/', '/refused', '/log', '/sign-in'].find((path) => path === back) ?? '/');
  });
  app.get('/style.css', async (_request, reply) => reply.type('text/css').send(style));
  app.get('/refresh.js', async (_request, reply) => reply.type('text/javascript').send(refreshScript));
}

function pages(app: FastifyInstance, parts: PageParts): void {
  const { gateway } = parts;
  app.get('/', async (request, reply) => {
    const [stats, certificates] = await Promise.all([gateway.stats(), parts.certificates()]);
    const frame = await frameOf(request, parts);
    const say = sayIn(frame.language);
    const view = statusView(frame, { stats, uplink: parts.uplink, refused: gateway.recentRefusals(), certificates });
    const notices: Html[] = stats.connected
      ? []
      : [html`<div class="bar soft" role="status">${say('unplugged')}</div>`];
    return page(reply, pageText(frame, say('status'), view, { live: true, notices }));
  });
  app.get('/refused', async (request, reply) => {
    const frame = await frameOf(request, parts);
    const say = sayIn(frame.language);
    const refused = gateway.recentRefusals();
    const list = refused.length === 0 ? html`<p class="small">${say('nothingRefused')}</p>` : refusedList(refused);
    const body = html`<section><h2>${say('refused')}</h2>${list}</section>`;
    return page(reply, pageText(frame, say('refused'), body, { live: true }));
  });
  app.get('/log', async (request, reply) => {
    const frame = await frameOf(request, parts);
    const say = sayIn(frame.language);
    const lines = [...parts.logTail(logLines)].reverse();
    const toned = (line: string) => (/ (error|fatal) /.test(line) ? 'bad' : / warn /.test(line) ? 'warn' : '');
    const list = html`<ul class="log">${lines.map((line) => html`<li class="${toned(line)}">${line}</li>`)}</ul>`;
    const body = html`<section><h2>${say('log')}</h2>${lines.length === 0 ? html`<p class="small">${say('emptyLog')}</p>` : list}</section>`;
    return page(reply, pageText(frame, say('log'), body, { live: true }));
  });
  app.get('/healthz', async () => ({ ok: true }));
  app.get('/metrics', async (_request, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(metricsText(parts.id, await gateway.stats())),
  );
  app.setNotFoundHandler(async (request, reply) => {
    const frame = await frameOf(request, parts);
    const say = sayIn(frame.language);
    const body = html`<section><p>${say('notFound')}</p><p><a href="/">${say('home')}</a></p></section>`;
    return page(reply.code(404), pageText(frame, say('notFound'), body));
  });
}

const page = (reply: FastifyReply, text: string) => reply.type('text/html; charset=utf-8').send(text);

async function frameOf(request: FastifyRequest, { id, version, gateway, clock }: PageParts): Promise<Frame> {
  const { unsecured } = await gateway.stats();
  const { lang, theme } = request.cookies;
  const chosen: Theme = theme === 'light' || theme === 'dark' ? theme : null;
  return {
    language: lang === 'zh' || lang === 'en' ? lang : preferred(request.headers['accept-language']),
    theme: chosen,
    gateway: id,
    version,
    who: request.technician,
    path: request.routeOptions.url ?? '/',
    unsecured,
    now: clock.now(),
  };
}

/** The first of the browser's languages that we speak; Chinese otherwise. */
function preferred(header: string | undefined): Language {
  const first = (header ?? '').split(',').map((part) => part.trim().slice(0, 2).toLowerCase());
  return first.find((language): language is Language => language === 'zh' || language === 'en') ?? 'zh';
}

function readPem(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (err) {
    throw new Problem(`无法读取 / cannot read ${file}: ${(err as Error).message}`, err);
  }
}
