import 'reflect-metadata';
import { createPrivateKey, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';

/** A certificate with its private key, both PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** What is read off a certificate for a person. */
export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  /** Names and addresses it vouches for. */
  readonly names: readonly string[];
  /** Ends of its validity, ms. */
  readonly from: number;
  readonly to: number;
  /** SHA-256, lower-case hex, no colons. */
  readonly fingerprint: string;
  readonly isAuthority: boolean;
}

/** A name or address that no certificate can carry. */
export class BadName extends Error {}

const crypto = webcrypto as Crypto;
x509.cryptoProvider.set(crypto);

/** ECDSA on P-256 with SHA-256: what even small devices verify, and quick to make. */
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
/** Clocks of devices run behind; a certificate is valid from a little before it was made. */
const SLACK_MS = 3_600_000;
const HOST = /^(?=.{1,253}$)(\*\.)?[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;

const { KeyUsageFlags } = x509;
const validity = (now: number, days: number) => ({
  notBefore: new Date(now - SLACK_MS),
  notAfter: new Date(now + days * DAY_MS),
});
/** A positive serial number of 127 random bits (RFC 5280 §4.1.2.2). */
const serialNumber = (): string => {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] as number) & 0x7f) | 0x40;
  return bytes.toString('hex');
};

/** Makes an authority: a self-signed certificate that may sign others' and nothing else. */
export async function makeAuthority(name: string, days: number, now: number): Promise<KeyPair> {
  const keys = await newKeys();
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: named(name),
    ...validity(now, days),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
    ],
  });
  return { cert: pem(cert), key: await keyPem(keys) };
}

/** Makes the certificate of a server that is reached by these names and addresses. */
export function makeServerCertificate(
  authority: KeyPair,
  names: readonly string[],
  days: number,
  now: number,
): Promise<KeyPair> {
  const alternatives = names.map((name) => {
    if (isIP(name)) return { type: 'ip' as const, value: name };
    if (HOST.test(name)) return { type: 'dns' as const, value: name.toLowerCase() };
    throw new BadName(name);
  });
  return issue(authority, names[0] ?? 'server', days, now, [
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth], false),
    new x509.SubjectAlternativeNameExtension(alternatives, false),
  ]);
}

/** Makes the certificate by which a device or gateway proves who it is. */
export const makeClientCertificate = (
  authority: KeyPair,
  subject: string,
  days: number,
  now: number,
): Promise<KeyPair> =>
  issue(authority, subject, days, now, [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth], false)]);

/** Reads the first certificate of a PEM text; throws what Node throws at text that is none. */
export function readCertificateFacts(text: string): CertificateFacts {
  const cert = new X509Certificate(text);
  return {
    subject: cert.subject,
    issuer: cert.issuer,
    names: (cert.subjectAltName ?? '')
      .split(', ')
      .filter(Boolean)
      .map((name) => name.replace(/^(DNS|IP Address):/, '')),
    from: Date.parse(cert.validFrom),
    to: Date.parse(cert.validTo),
    fingerprint: cert.fingerprint256.replaceAll(':', '').toLowerCase(),
    isAuthority: cert.ca,
  };
}

async function issue(
  authority: KeyPair,
  name: string,
  days: number,
  now: number,
  uses: readonly x509.Extension[],
): Promise<KeyPair> {
  const issuer = new x509.X509Certificate(authority.cert);
  const der = createPrivateKey(authority.key).export({ type: 'pkcs8', format: 'der' });
  const signingKey = await crypto.subtle.importKey('pkcs8', new Uint8Array(der), algorithm, false, ['sign']);
  const keys = await newKeys();
  const span = validity(now, days);
  const cert = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: named(name),
    issuer: issuer.subjectName,
    ...span,
    // Nothing outlives the authority that vouches for it.
    notAfter: new Date(Math.min(span.notAfter.getTime(), issuer.notAfter.getTime())),
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
      await x509.AuthorityKeyIdentifierExtension.create(issuer, false, crypto),
      ...uses,
    ],
  });
  return { cert: pem(cert), key: await keyPem(keys) };
}

/** As an object, so that a name with a comma in it stays one name. */
const named = (name: string): x509.Name => new x509.Name([{ CN: [name] }], undefined);
const newKeys = () =>
  crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>;
const pem = (cert: x509.X509Certificate): string => `${cert.toString('pem')}\n`;
const keyPem = async ({ privateKey }: webcrypto.CryptoKeyPair): Promise<string> => {
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', privateKey));
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    .export({ type: 'pkcs8', format: 'pem' })
    .toString();
};
