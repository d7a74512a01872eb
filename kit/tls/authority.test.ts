import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { makeAuthority, makeClientCertificate, makeServerCertificate, readCertificateFacts } from './authority.ts';

const now = Date.UTC(2026, 10, 22);
const day = 86_400_000;

describe('an authority for a local network', () => {
  it('vouches for a server by its names and addresses, and for a client, as TLS itself judges', async () => {
    const authority = await makeAuthority('Yanshao 本地机构, test', 3650, Date.now());
    const server = await makeServerCertificate(authority, ['localhost', '127.0.0.1', '::1'], 825, Date.now());
    const client = await makeClientCertificate(authority, 'gw-1', 825, Date.now());
    const door = createServer({
      ...server,
      ca: authority.cert,
      requestCert: true,
      rejectUnauthorized: true,
    }).listen(0, '127.0.0.1');
    await once(door, 'listening');
    const seen = once(door, 'secureConnection');
    const socket = connect({
      port: (door.address() as AddressInfo).port,
      host: '127.0.0.1',
      ca: authority.cert,
      ...client,
    });
    await once(socket, 'secureConnect');
    expect(socket.authorized).toBe(true);
    const [peer] = (await seen) as [TLSSocket];
    expect(peer.getPeerCertificate().subject.CN).toBe('gw-1');
    socket.destroy();
    door.close();
  });

  it('is one, and may do nothing else', async () => {
    const { cert, key } = await makeAuthority('Yanshao', 10, now);
    const facts = readCertificateFacts(cert);
    expect(facts).toMatchObject({ subject: 'CN=Yanshao', isAuthority: true, to: now + 10 * day });
    expect(facts.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))).toBe(true);
  });

  it('is not outlived by what it signs, and what it signs is no authority', async () => {
    const authority = await makeAuthority('Yanshao', 10, now);
    const facts = readCertificateFacts((await makeServerCertificate(authority, ['a.lan', '10.0.0.9'], 825, now)).cert);
    expect(facts).toMatchObject({ names: ['a.lan', '10.0.0.9'], to: now + 10 * day, isAuthority: false });
  });

  it.each(['-x', 'a b', 'a..b', ''])('does not vouch for the name "%s"', async (name) => {
    const authority = await makeAuthority('Yanshao', 10, now);
    expect(() => makeServerCertificate(authority, [name], 10, now)).toThrow();
  });
});
