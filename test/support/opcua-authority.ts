import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto as unknown as Crypto);

const algorithm = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
};
const day = 86_400_000;

/** A certificate authority of a plant, which signs its servers' certificates and revokes them. */
export interface Authority {
  /** PEM file of the authority's own certificate. */
  readonly file: string;
  /** A server's certificate and key as PEM files. */
  sign(name: string, applicationUri: string): Promise<{ certificate: string; key: string; serial: string }>;
  /** Writes a revocation list with these serial numbers and gives its file. */
  revoke(serials: readonly string[]): Promise<string>;
}

/** Makes an authority whose files lie in `dir`. */
export async function authority(dir: string): Promise<Authority> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const between = { notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + 365 * day) };
  const own = await x509.X509CertificateGenerator.createSelfSigned({
    ...between,
    serialNumber: '01',
    name: 'CN=Plant CA, O=Plant',
    signingAlgorithm: algorithm,
    keys: keys as x509.X509CertificateCreateSelfSignedParams['keys'],
    extensions: [
      new x509.BasicConstraintsExtension(true, 2, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey as unknown as CryptoKey),
      await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey as unknown as CryptoKey),
    ],
  });
  const file = join(dir, 'plant-ca.pem');
  writeFileSync(file, own.toString('pem'));
  let serials = 16;
  let lists = 0;
  return {
    file,
    async sign(name, applicationUri) {
      const server = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
      const serial = (++serials).toString(16);
      const certificate = await x509.X509CertificateGenerator.create({
        ...between,
        serialNumber: serial,
        subject: `CN=${name}, O=Plant`,
        issuer: own.subject,
        signingAlgorithm: algorithm,
        signingKey: keys.privateKey as unknown as CryptoKey,
        publicKey: server.publicKey as unknown as CryptoKey,
        extensions: [
          new x509.BasicConstraintsExtension(false),
          new x509.KeyUsagesExtension(
            x509.KeyUsageFlags.digitalSignature |
              x509.KeyUsageFlags.nonRepudiation |
              x509.KeyUsageFlags.keyEncipherment |
              x509.KeyUsageFlags.dataEncipherment,
          ),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
          new x509.SubjectAlternativeNameExtension([
            { type: 'url', value: applicationUri },
            { type: 'dns', value: 'localhost' },
            { type: 'ip', value: '127.0.0.1' },
          ]),
          await x509.SubjectKeyIdentifierExtension.create(server.publicKey as unknown as CryptoKey),
          await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey as unknown as CryptoKey),
        ],
      });
      const at = { certificate: join(dir, `${name}.pem`), key: join(dir, `${name}.key`) };
      writeFileSync(at.certificate, certificate.toString('pem'));
      const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', server.privateKey)).toString('base64');
      const lines = pkcs8.match(/.{1,64}/g) ?? [];
      writeFileSync(at.key, `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`);
      return { ...at, serial };
    },
    async revoke(revoked) {
      const list = await x509.X509CrlGenerator.create({
        issuer: own.subject,
        thisUpdate: new Date(Date.now() - day),
        nextUpdate: new Date(Date.now() + 30 * day),
        signingAlgorithm: algorithm,
        signingKey: keys.privateKey as unknown as CryptoKey,
        entries: revoked.map((serialNumber) => ({ serialNumber, revocationDate: new Date(Date.now() - day) })),
        extensions: [await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey as unknown as CryptoKey)],
      });
      const path = join(dir, `plant-${++lists}.crl`);
      writeFileSync(path, Buffer.from(list.rawData));
      return path;
    },
  };
}
