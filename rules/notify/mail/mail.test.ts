import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type KeyPair, makeAuthority, makeServerCertificate } from '../../../kit/tls/authority.ts';
import { loopback, message, within } from '../message-bench.ts';
import { allowedHosts } from '../outgoing/allowed-hosts.ts';
import { type MailOptions, mailChannel } from './mail-channel.ts';

let authority: KeyPair;
let certificate: KeyPair;
beforeAll(async () => {
  authority = await makeAuthority('Mail of the city', 10, Date.now());
  certificate = await makeServerCertificate(authority, ['localhost', '127.0.0.1'], 10, Date.now());
});

interface Taken {
  readonly to: string[];
  readonly secure: boolean;
  readonly text: string;
}
let server: SMTPServer | undefined;
afterEach(() => new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve())));

/** A real SMTP server that keeps what it took. */
async function mailServer(over: SMTPServerOptions = {}) {
  const taken: Taken[] = [];
  server = new SMTPServer({
    ...certificate,
    authOptional: true,
    onAuth({ username, password }, _session, done) {
      const known = username === 'duty' && password === 'a-secret';
      done(known ? null : Object.assign(new Error('no'), { responseCode: 535 }), known ? { user: 'duty' } : undefined);
    },
    onData(stream, session, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        taken.push({ to, secure: session.secure, text: Buffer.concat(parts).toString('utf8') });
        done();
      });
    },
    ...over,
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  const options: MailOptions = {
    host: '127.0.0.1',
    port,
    security: 'starttls',
    user: 'duty',
    password: 'a-secret',
    from: 'Yanshao <duty@example.com>',
    ca: authority.cert,
  };
  return { taken, options };
}
const send = (options: MailOptions, over = {}, allowed = loopback) =>
  mailChannel(options, allowed).send(message({ channel: 'mail', address: 'mira@example.com', ...over }), within(5000));

describe('mail', () => {
  it.each([
    ['STARTTLS', 'starttls', {}],
    ['TLS from the first byte', 'tls', { secure: true }],
  ] as const)('goes by %s, with a name and password', async (_, security, over) => {
    const { options, taken } = await mailServer(over);
    expect(await send({ ...options, security })).toEqual({ kind: 'sent' });
    expect(taken).toMatchObject([{ to: ['mira@example.com'], secure: true }]);
    const encoded = Buffer.from('P1 燃气浓度达到二级').toString('base64');
    expect(taken[0]!.text).toContain(encoded.slice(0, 10));
    expect(taken[0]!.text).toMatch(/^X-Yanshao-Key: 0a1b2c3d\r$/m);
  });

  it('keeps its Message-ID when it is tried again, by which mail systems tell a repeat', async () => {
    const { options, taken } = await mailServer();
    await send(options);
    await send(options, { mayRepeat: true });
    const ids = taken.map(({ text }) => /^Message-ID: (.+)\r$/m.exec(text)?.[1]);
    expect(ids[0]).toMatch(/^<[0-9a-f]{32}@yanshao>$/);
    expect(ids[1]).toBe(ids[0]);
  });

  it('takes a title with line breaks as text, not as headers', async () => {
    const { options, taken } = await mailServer();
    await send(options, { title: 'P1 kitchen\r\nBcc: somebody@example.com' });
    expect(taken[0]!.to).toEqual(['mira@example.com']);
    expect(taken[0]!.text).not.toMatch(/^Bcc:/m);
  });

  const answers = (responseCode: number) => Object.assign(new Error('no'), { responseCode });
  it.each<[string, SMTPServerOptions, Partial<MailOptions>, object]>([
    ['the password is wrong', {}, { password: 'another' }, { kind: 'refused', whose: 'channel' }],
    [
      'the recipient is unknown',
      { onRcptTo: (_, __, done) => done(answers(550)) },
      {},
      { kind: 'refused', whose: 'address' },
    ],
    [
      'the recipient must wait (greylisting)',
      { onRcptTo: (_, __, done) => done(answers(451)) },
      {},
      { kind: 'trouble', uncertain: false },
    ],
    [
      'STARTTLS is not offered',
      { hideSTARTTLS: true, disabledCommands: ['STARTTLS'] },
      {},
      { kind: 'refused', whose: 'channel' },
    ],
    ['its certificate is of somebody else', {}, { ca: undefined }, { kind: 'refused', whose: 'channel' }],
  ])('when %s, says so without the password', async (_, over, changed, expected) => {
    const { options, taken } = await mailServer(over);
    const sent = await send({ ...options, ...changed });
    expect(sent).toMatchObject(expected);
    expect(JSON.stringify(sent)).not.toMatch(/a-secret|another|mira@/);
    expect(taken).toHaveLength(0);
  });

  it('that is cut off while it is taken may have arrived', async () => {
    const { options } = await mailServer({
      onData(_stream, session) {
        const open = (server as unknown as { connections: Set<{ _socket: { destroy(): void }; id: string }> })
          .connections;
        for (const one of open) if (one.id === session.id) one._socket.destroy();
      },
    });
    expect(await send(options)).toMatchObject({ kind: 'trouble', uncertain: true });
  });

  it('that nobody takes did not arrive', async () => {
    const { options } = await mailServer();
    await new Promise<void>((resolve) => server!.close(() => resolve()));
    server = undefined;
    expect(await send(options)).toMatchObject({ kind: 'trouble', uncertain: false });
  });

  it.each([
    ['a host that is not listed', { host: 'mail.example.com' }, [], 'mail.example.com is not among the hosts'],
    ['a listed name with a private address', { host: 'localhost' }, ['localhost'], 'localhost stands for the private'],
    ['a public host in the clear', { host: '203.0.113.9', security: 'none' }, ['203.0.113.9'], 'needs tls or starttls'],
  ] as const)('never reaches %s', async (_, changed, listed, reason) => {
    const { options, taken } = await mailServer();
    const sent = await send({ ...options, ...changed }, {}, allowedHosts(listed));
    expect(sent).toMatchObject({ kind: 'refused', whose: 'channel', reason: expect.stringContaining(reason) });
    expect(taken).toHaveLength(0);
  });
});
