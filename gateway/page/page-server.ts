import { readFileSync } from 'node:fs';
import type { Running } from '../../kit/cleanups.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { Problem } from '../../kit/problem.ts';
import type { Gateway } from '../app.ts';
import type { CertificateInfo } from '../opcua/pki.ts';
import { type Frame, pageText, type Theme } from './frame.ts';
import { type Html, html } from './html.ts';
import { metricsText } from './metrics.ts';
import { rateLimit } from './rate-limit.ts';
import { refusedList, statusView } from './status-view.ts';
import { refreshScript, style } from './style.ts';
import type { Refused, SignedIn, Technicians } from './technicians.ts';
import { type Language, sayIn, type TextKey } from './texts.ts';
import { type Answer, type Asked, startWebServer } from './web-server.ts';

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
  readonly log: Log;
}

/** The gateway's local page. */
export interface GatewayPage extends Running {
  readonly url: string;
}

const sessionCookie = 'yanshao_gateway';
const logLines = 200;
const loopback = new Set(['127.0.0.1', '::1', 'localhost']);

/** Somebody's question, and who that is where he is signed in. */
interface Visit extends Asked {
  readonly technician: SignedIn | null;
}
/** Answers by `<method> <path>`. */
type Routes = Readonly<Record<string, (visit: Visit) => Answer | Promise<Answer>>>;

/**
 * Serves the local page: plain pages without a build step, signed in but for the door and for what probes ask. Everything on it
 * is read; nothing of the gateway can be changed here. Beyond loopback it wants TLS.
 */
export async function startPage(parts: PageParts): Promise<GatewayPage> {
  const { host, port, tls, log } = parts;
  if (!tls && !loopback.has(host))
    throw new Problem(
      `YANSHAO_GATEWAY_PAGE_HOST=${host} 不是回环地址：须设置 YANSHAO_GATEWAY_PAGE_CERT 与 YANSHAO_GATEWAY_PAGE_KEY\n` +
        `YANSHAO_GATEWAY_PAGE_HOST is ${host}, not loopback: set YANSHAO_GATEWAY_PAGE_CERT and YANSHAO_GATEWAY_PAGE_KEY`,
    );
  const pems = tls ? { cert: readPem(tls.cert), key: readPem(tls.key) } : null;
  const server = await startWebServer({ host, port, tls: pems, answer: answers(parts), log }).catch((err: Error) => {
    throw new Problem(
      `网关页面无法监听 ${host}:${port}（${err.message}）：请修改 YANSHAO_GATEWAY_PAGE_PORT\n` +
        `the gateway's page cannot listen on ${host}:${port} (${err.message}): change YANSHAO_GATEWAY_PAGE_PORT`,
      err,
    );
  });
  const shownHost = host.includes(':') ? `[${host}]` : host;
  return { url: `${tls ? 'https' : 'http'}://${shownHost}:${server.port}`, stop: server.stop };
}

/** Who is not signed in sees the door, whatever the address; what a form of somebody signed in asks must carry his token. */
function answers(parts: PageParts): (asked: Asked) => Promise<Answer> {
  const { technicians } = parts;
  const open = { ...doorRoutes(parts), ...probeRoutes(parts) };
  const routes: Routes = { ...open, ...pageRoutes(parts), 'POST /sign-out': (visit) => signOut(visit, technicians) };
  return async (asked) => {
    const held = asked.cookies[sessionCookie];
    const technician = held ? technicians.bySession(held) : null;
    // By what will answer, not by how the address was written.
    const route = `${asked.method} ${asked.path}`;
    const answer = Object.hasOwn(routes, route) ? routes[route] : undefined;
    if (!technician && !Object.hasOwn(open, route)) return to('/sign-in');
    if (!answer) return notFound({ ...asked, technician }, parts);
    if (asked.method !== 'POST') return answer({ ...asked, technician });
    const form = await asked.form();
    if (technician && form.get('csrf') !== technician.csrf) return { status: 403, body: 'csrf' };
    return answer({ ...asked, technician, form: async () => form });
  };
}

/** Signing in, the first account, and how the page looks. */
function doorRoutes(parts: PageParts): Routes {
  const { technicians, tls } = parts;
  const welcome = (secret: string) =>
    to('/', `${sessionCookie}=${secret}; Path=/; HttpOnly; ${tls ? 'Secure; ' : ''}SameSite=Strict`);
  // A password is dear to work out: strangers may have that done so often.
  const limited = (answer: (visit: Visit, form: URLSearchParams) => Promise<Answer>) => {
    const limit = rateLimit(30, 60_000, () => performance.now());
    return async (visit: Visit): Promise<Answer> => {
      const waitMs = limit(visit.address);
      if (waitMs > 0) return { status: 429, headers: { 'retry-after': String(Math.ceil(waitMs / 1000)) } };
      return answer(visit, await visit.form());
    };
  };
  return {
    'GET /sign-in': (visit) => doorPage(visit, parts, null),
    'GET /claim': (visit) => doorPage(visit, parts, text(visit.query, 'link')),
    'POST /sign-in': limited(async (visit, form) => {
      const answer = await technicians.signIn(text(form, 'name'), text(form, 'password'), visit.address);
      if (typeof answer === 'string') return welcome(answer);
      return { ...(await doorPage(visit, parts, null, answer)), status: 401 };
    }),
    'POST /claim': limited(async (visit, form) => {
      const link = text(form, 'link');
      const answer = await technicians.claim(link, text(form, 'name'), text(form, 'password'));
      if (typeof answer === 'string') return welcome(answer);
      return { ...(await doorPage(visit, parts, link, answer)), status: 422 };
    }),
    'GET /look': ({ query }) => {
      const kept = `; Max-Age=31536000; Path=/; ${tls ? 'Secure; ' : ''}SameSite=Strict`;
      const chosen = [...chosenOf('lang', query, languages), ...chosenOf('theme', query, themes)];
      // Only to a page of ours: an address of somebody else's would make this a way to anywhere.
      const back = ['/', '/refused', '/log', '/sign-in'].find((path) => path === query.get('back')) ?? '/';
      return to(back, ...chosen.map((cookie) => cookie + kept));
    },
    'GET /style.css': () => ({ status: 200, type: 'text/css; charset=utf-8', body: style }),
    'GET /refresh.js': () => ({ status: 200, type: 'text/javascript; charset=utf-8', body: refreshScript }),
  };
}

async function doorPage(visit: Visit, parts: PageParts, link: string | null, refused?: Refused): Promise<Answer> {
  const frame = await frameOf(visit, parts);
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
  return page(pageText(frame, say(key), body));
}

function signOut({ cookies }: Visit, technicians: Technicians): Answer {
  technicians.signOut(cookies[sessionCookie] ?? '');
  return to('/sign-in', `${sessionCookie}=; Max-Age=0; Path=/`);
}

function probeRoutes({ id, gateway }: PageParts): Routes {
  return {
    'GET /healthz': () => ({ status: 200, type: 'application/json; charset=utf-8', body: '{"ok":true}' }),
    'GET /metrics': async () => ({
      status: 200,
      type: 'text/plain; version=0.0.4; charset=utf-8',
      body: metricsText(id, await gateway.stats()),
    }),
  };
}

function pageRoutes(parts: PageParts): Routes {
  const { gateway } = parts;
  return {
    async 'GET /'(visit) {
      const [stats, certificates] = await Promise.all([gateway.stats(), parts.certificates()]);
      const frame = await frameOf(visit, parts);
      const say = sayIn(frame.language);
      const view = statusView(frame, { stats, uplink: parts.uplink, refused: gateway.recentRefusals(), certificates });
      const notices: Html[] = stats.connected
        ? []
        : [html`<div class="bar soft" role="status">${say('unplugged')}</div>`];
      return page(pageText(frame, say('status'), view, { live: true, notices }));
    },
    async 'GET /refused'(visit) {
      const frame = await frameOf(visit, parts);
      const say = sayIn(frame.language);
      const refused = gateway.recentRefusals();
      const list = refused.length === 0 ? html`<p class="small">${say('nothingRefused')}</p>` : refusedList(refused);
      const body = html`<section><h2>${say('refused')}</h2>${list}</section>`;
      return page(pageText(frame, say('refused'), body, { live: true }));
    },
    async 'GET /log'(visit) {
      const frame = await frameOf(visit, parts);
      const say = sayIn(frame.language);
      const lines = [...parts.logTail(logLines)].reverse();
      const toned = (line: string) => (/ (error|fatal) /.test(line) ? 'bad' : / warn /.test(line) ? 'warn' : '');
      const list = html`<ul class="log">${lines.map((line) => html`<li class="${toned(line)}">${line}</li>`)}</ul>`;
      const body = html`<section><h2>${say('log')}</h2>${lines.length === 0 ? html`<p class="small">${say('emptyLog')}</p>` : list}</section>`;
      return page(pageText(frame, say('log'), body, { live: true }));
    },
  };
}

async function notFound(visit: Visit, parts: PageParts): Promise<Answer> {
  const frame = await frameOf({ ...visit, path: '/' }, parts);
  const say = sayIn(frame.language);
  const body = html`<section><p>${say('notFound')}</p><p><a href="/">${say('home')}</a></p></section>`;
  return { ...page(pageText(frame, say('notFound'), body)), status: 404 };
}

const page = (body: string): Answer => ({ status: 200, type: 'text/html; charset=utf-8', body });

const to = (location: string, ...cookies: string[]): Answer => ({
  status: 303,
  body: '',
  headers: { location },
  ...(cookies.length > 0 && { cookies }),
});

/** A field of a form or query, as long as any of ours may be. */
const text = (fields: URLSearchParams, name: string): string => (fields.get(name) ?? '').slice(0, 200);

const languages = ['zh', 'en'] as const;
const themes = ['light', 'dark'] as const;
const chosenOf = (name: string, query: URLSearchParams, known: readonly string[]): string[] =>
  known.filter((one) => one === query.get(name)).map((one) => `${name}=${one}`);

async function frameOf(visit: Visit, { id, version, gateway, clock }: PageParts): Promise<Frame> {
  const { unsecured } = await gateway.stats();
  const { lang, theme } = visit.cookies;
  return {
    language: languages.find((one) => one === lang) ?? preferred(visit.headers['accept-language']),
    theme: themes.find((one): one is NonNullable<Theme> => one === theme) ?? null,
    gateway: id,
    version,
    who: visit.technician,
    path: visit.path,
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
