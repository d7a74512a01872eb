import { lookup as lookUp } from 'node:dns';
import type { RequestOptions } from 'node:http';
import { isIP, type LookupFunction } from 'node:net';
import { http, https } from '../../../kit/http.ts';
import type { AllowedHosts } from './allowed-hosts.ts';

/** What is asked of a far side. */
export interface Outgoing {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** May hold a secret: nothing of it but the host is ever shown. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** What came of it. `uncertain`: the far side may have taken it although no answer came. */
export type Outcome =
  | { readonly kind: 'answer'; readonly status: number; readonly headers: Headers; readonly body: string }
  | { readonly kind: 'failed'; readonly reason: string; readonly uncertain: boolean }
  | { readonly kind: 'refused'; readonly reason: string };

/** Asks one far side, once. Never rejects. */
export type Post = (request: Outgoing, signal: AbortSignal) => Promise<Outcome>;

/** An answer says little; more than this is no answer of a messenger. */
const mostBytes = 64 * 1024;

/**
 * Speaks to allowed hosts only, also after their names were resolved; follows no redirect; without TLS to private addresses only. An
 * answer that is slow, too long or cut off is none.
 */
export const poster =
  (allowed: AllowedHosts): Post =>
  (request, signal) => {
    const url = URL.parse(request.url);
    if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
      return refuse('地址不是 http(s):// / the address is not http(s)://');
    const host = url.hostname;
    const literal = host.replace(/^\[|\]$/g, '');
    const refusal = allowed.refusal(host) ?? (isIP(literal) ? wrongAddress(allowed, url, literal) : null);
    return refusal ? refuse(refusal) : ask(allowed, url, request, signal);
  };

const refuse = (reason: string): Promise<Outcome> => Promise.resolve({ kind: 'refused', reason });

/** Why this address of the host may not be spoken to; null where it may. */
function wrongAddress(allowed: AllowedHosts, url: URL, address: string): string | null {
  const refusal = allowed.addressRefusal(url.hostname, address);
  if (refusal) return refusal;
  return url.protocol === 'http:' && !allowed.isPrivate(address)
    ? `${url.hostname} 须用 https://：报警不得在公网明文传输 / ${url.hostname} needs https://: alarms do not cross public networks in the clear`
    : null;
}

/** A name that stands for an address that is not allowed: found only while connecting. */
class AddressRefused extends Error {}

function ask(allowed: AllowedHosts, url: URL, { method, headers, body }: Outgoing, signal: AbortSignal) {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const secure = url.protocol === 'https:';
  let connected = false;
  const fail = (err: Error) =>
    resolve(
      err instanceof AddressRefused
        ? { kind: 'refused', reason: err.message }
        : {
            kind: 'failed',
            reason: `${url.host}: ${signal.aborted ? 'no answer in time' : plainReason(err)}`,
            uncertain: connected,
          },
    );
  const options: RequestOptions = {
    method,
    agent: false,
    signal,
    lookup: guardedLookup(allowed, url),
    headers: {
      'user-agent': 'yanshao',
      ...headers,
      ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
    },
  };
  const sent = (secure ? https : http).request(url, options, (answer) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    answer.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes > mostBytes) answer.destroy(new Error('its answer is too long'));
      else parts.push(part);
    });
    answer.on('error', fail);
    answer.on('end', () =>
      resolve({
        kind: 'answer',
        status: answer.statusCode ?? 0,
        headers: new Headers(Object.entries(answer.headers).map(([name, value]) => [name, String(value)])),
        body: Buffer.concat(parts).toString('utf8'),
      }),
    );
  });
  sent.on('socket', (socket) => socket.once(secure ? 'secureConnect' : 'connect', () => (connected = true)));
  sent.on('error', fail).end(body);
  return promise;
}

/** The code where there is one: messages of Node repeat addresses. */
const plainReason = (err: NodeJS.ErrnoException): string => err.code ?? err.message;

function guardedLookup(allowed: AllowedHosts, url: URL): LookupFunction {
  return (host, options, done) => {
    lookUp(host, { ...options, all: true }, (err, found) => {
      if (err) return done(err, '', 0);
      const fit = found.filter(({ address }) => wrongAddress(allowed, url, address) === null);
      if (fit.length === 0) {
        const reason = wrongAddress(allowed, url, found[0]?.address ?? '') ?? `${host} stands for no address`;
        return done(new AddressRefused(reason), '', 0);
      }
      if (options.all) return done(null, fit);
      done(null, fit[0]!.address, fit[0]!.family);
    });
  };
}
