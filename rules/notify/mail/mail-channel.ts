import { createHash } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { createTransport } from 'nodemailer';
import type { Channel, Message, SendResult } from '../channel.ts';
import type { AllowedHosts } from '../outgoing/allowed-hosts.ts';

/** A server that takes mail from us. */
export interface MailOptions {
  readonly host: string;
  readonly port: number;
  /** `tls` from the first byte; `starttls` must be offered; `none` to private addresses only. */
  readonly security: 'tls' | 'starttls' | 'none';
  readonly user?: string;
  readonly password?: string;
  readonly from: string;
  /** PEM of the authority that signed the server's certificate; left out, those the system trusts. */
  readonly ca?: string;
}

const patienceMs = 8000;

/** What nodemailer tells of a failure. */
interface MailError extends Error {
  readonly code?: string;
  /** What Node said. */
  readonly originalCode?: string;
  readonly syscall?: string;
  readonly command?: string;
  readonly responseCode?: number;
}

/**
 * Mail by SMTP. The `Message-ID` is made of the key, by which mail systems tell a repeat. It is the ladder's last rung: a mail server
 * that took a message has delivered it to nobody.
 */
export function mailChannel(options: MailOptions, allowed: AllowedHosts): Channel {
  const { host } = options;
  return {
    kind: 'mail',
    gathers: true,
    line: () => 'mail',
    limits: () => [],
    async send(message, signal) {
      const address = await addressOf(options, allowed);
      if (typeof address !== 'string') return address;
      const transport = transportOf(options, address);
      const end = () => transport.close();
      signal.addEventListener('abort', end, { once: true });
      try {
        await transport.sendMail(toMail(options, message));
        return { kind: 'sent' };
      } catch (err) {
        return toMailResult(err as MailError, host);
      } finally {
        signal.removeEventListener('abort', end);
        end();
      }
    },
  };
}

/** The address to connect to: looked up here, so that what was checked is what is spoken to. */
async function addressOf({ host, security }: MailOptions, allowed: AllowedHosts): Promise<string | SendResult> {
  const refused = (reason: string): SendResult => ({ kind: 'refused', reason, whose: 'channel' });
  const notAllowed = allowed.refusal(host);
  if (notAllowed) return refused(notAllowed);
  const found = isIP(host) ? [{ address: host }] : await lookup(host, { all: true }).catch(() => []);
  const first = found[0];
  if (!first) return { kind: 'trouble', reason: `${host}: ENOTFOUND`, uncertain: false };
  const fit = found.find(({ address }) => allowed.addressRefusal(host, address) === null);
  if (!fit) return refused(allowed.addressRefusal(host, first.address) ?? host);
  if (security === 'none' && !allowed.isPrivate(fit.address))
    return refused(`${host} 须用 tls 或 starttls / ${host} needs tls or starttls`);
  return fit.address;
}

const transportOf = ({ host, port, security, user, password, ca }: MailOptions, address: string) =>
  createTransport({
    host: address,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    tls: { ...(isIP(host) === 0 && { servername: host }), ...(ca && { ca }) },
    ...(user && { auth: { user, pass: password ?? '' } }),
    connectionTimeout: patienceMs,
    greetingTimeout: patienceMs,
    socketTimeout: patienceMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });

const toMail = ({ from }: MailOptions, { key, short, priority, address, title, text, link }: Message) => ({
  from,
  to: { name: '', address },
  subject: title,
  text: [text, link].filter((part) => part !== '').join('\n\n'),
  messageId: `<${createHash('sha256').update(key).digest('hex').slice(0, 32)}@yanshao>`,
  priority: priority === 'P1' || priority === 'P2' ? ('high' as const) : ('normal' as const),
  headers: { 'X-Yanshao-Key': short, 'Auto-Submitted': 'auto-generated' },
});

/**
 * RFC 5321 §4.2.1: 4yz passes, 5yz stays. What the server said no to did not arrive, nor what never reached it; a connection that broke
 * may have carried the text before.
 */
function toMailResult(error: MailError, host: string): SendResult {
  const { code, originalCode = '', command, responseCode = 0, syscall } = error;
  const said = [originalCode || code, command, responseCode || ''].filter(Boolean).join(' ');
  const reason = `${host}: ${said}`;
  const wrongCertificate = /^(UNABLE_TO|CERT_|SELF_SIGNED|DEPTH_ZERO|ERR_TLS)/.test(originalCode);
  if (code === 'EAUTH' || code === 'ETLS' || wrongCertificate) return { kind: 'refused', reason, whose: 'channel' };
  if (responseCode >= 500) {
    const ofAddress = command === 'RCPT TO' || code === 'EENVELOPE';
    return { kind: 'refused', reason, whose: ofAddress ? 'address' : 'channel' };
  }
  return { kind: 'trouble', reason, uncertain: responseCode === 0 && syscall !== 'connect' };
}
