import { X509Certificate } from 'node:crypto';
import { appendFile, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../../kit/replace-file.ts';

/** Where a certificate of a gateway's PKI stands. */
export type Standing = 'own' | 'trusted' | 'rejected' | 'issuer';

/** A certificate as a person compares it with its owner. */
export interface CertificateInfo {
  readonly standing: Standing;
  readonly subject: string;
  readonly issuer: string;
  /** The application URI in its alternative names; '' where it has none. */
  readonly applicationUri: string;
  /** Thumbprints, hexadecimal without colons. */
  readonly sha1: string;
  readonly sha256: string;
  /** ms since 1970. */
  readonly validFrom: number;
  readonly validTo: number;
  readonly file: string;
}

/**
 * The folders of a gateway's PKI (OPC 10000-12, as node-opcua lays them out), and moves between them. A file is written beside
 * its place and renamed into it, so that a running gateway never reads half of one.
 */
export interface Pki {
  readonly dir: string;
  readonly rejectedDir: string;
  list(): Promise<CertificateInfo[]>;
  /** Puts a certificate among the trusted ones; it leaves the rejected ones. */
  trust(der: Buffer): Promise<CertificateInfo>;
  /** Trusts every certificate that this authority signs, as long as a revocation list of it is here too. */
  trustIssuer(der: Buffer): Promise<CertificateInfo>;
  /** Keeps an authority's revocation list; an older one of the same file name is replaced. */
  addRevocationList(name: string, der: Buffer): Promise<void>;
  /** Takes a certificate (also an authority's) from the trusted ones. */
  reject(der: Buffer): Promise<CertificateInfo>;
  /** What somebody changed, for the gateway's local audit. */
  audit(line: Readonly<Record<string, unknown>>): Promise<void>;
  /** Changes whenever a trusted, issuing or revoking file does. */
  fingerprint(): Promise<string>;
}

/** A gateway's PKI below `dir` (`<data>/gateways/<id>/pki`); folders are made where they are missing. */
export async function openPki(dir: string): Promise<Pki> {
  const root = join(dir, 'client');
  const at = {
    own: join(root, 'own', 'certs'),
    trusted: join(root, 'trusted', 'certs'),
    rejected: join(root, 'rejected'),
    issuer: join(root, 'issuers', 'certs'),
    crl: join(root, 'issuers', 'crl'),
  };
  for (const folder of Object.values(at)) await mkdir(folder, { recursive: true, mode: 0o700 });

  const inFolder = async (standing: Standing): Promise<CertificateInfo[]> => {
    const names = (await readdir(at[standing])).sort();
    const read = await Promise.all(names.map((name) => infoIn(standing, join(at[standing], name))));
    return read.flatMap((info) => info ?? []);
  };
  const place = async (standing: Standing, der: Buffer): Promise<CertificateInfo> => {
    const info = infoOf(standing, '', der);
    const file = join(at[standing], `${labelOf(info.subject)}[${info.sha1}].pem`);
    await putWhole(file, pem('CERTIFICATE', der));
    return { ...info, file };
  };
  const remove = async (standing: Standing, sha256: string): Promise<void> => {
    for (const info of await inFolder(standing)) if (info.sha256 === sha256) await rm(info.file, { force: true });
  };
  return {
    dir,
    rejectedDir: at.rejected,
    list: async () => (await Promise.all((['own', 'trusted', 'issuer', 'rejected'] as const).map(inFolder))).flat(),
    async trust(der) {
      const info = await place('trusted', der);
      await remove('rejected', info.sha256);
      return info;
    },
    async trustIssuer(der) {
      // node-opcua asks two things of an authority: that it is known as an issuer, and that it is trusted.
      const info = await place('issuer', der);
      await place('trusted', der);
      await remove('rejected', info.sha256);
      return info;
    },
    addRevocationList: (name, der) => putWhole(join(at.crl, `${labelOf(name)}.pem`), pem('X509 CRL', der)),
    async reject(der) {
      const info = await place('rejected', der);
      for (const standing of ['trusted', 'issuer'] as const) await remove(standing, info.sha256);
      return info;
    },
    audit: (line) => appendFile(join(dir, 'trust.log'), `${JSON.stringify(line)}\n`, { mode: 0o600 }),
    async fingerprint() {
      const marks = await Promise.all(
        [at.trusted, at.issuer, at.crl, join(root, 'trusted', 'crl')].map(async (folder) => {
          const names = await readdir(folder).catch(() => []);
          const times = names.map(
            async (name) => `${name} ${(await stat(join(folder, name)).catch(() => null))?.mtimeMs}`,
          );
          return (await Promise.all(times)).sort().join('\n');
        }),
      );
      return marks.join('\n\n');
    },
  };
}

/** What a certificate says; throws for bytes that are none. */
export function infoOf(standing: Standing, file: string, der: Buffer): CertificateInfo {
  const certificate = new X509Certificate(der);
  return {
    standing,
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    applicationUri: /URI:([^,]+)/.exec(certificate.subjectAltName ?? '')?.[1]?.trim() ?? '',
    sha1: bare(certificate.fingerprint),
    sha256: bare(certificate.fingerprint256),
    validFrom: Date.parse(certificate.validFrom),
    validTo: Date.parse(certificate.validTo),
    file,
  };
}

async function infoIn(standing: Standing, file: string): Promise<CertificateInfo | undefined> {
  try {
    return infoOf(standing, file, toDer(await readFile(file)));
  } catch {
    // No certificate, or gone meanwhile.
    return undefined;
  }
}

/** A certificate file's (first) DER bytes, whichever of the two usual forms it has. */
export function toDer(file: Buffer): Buffer {
  const found = /-----BEGIN (?:CERTIFICATE|X509 CRL)-----([^-]+)-----END/.exec(file.toString('latin1'));
  return found ? Buffer.from(found[1] ?? '', 'base64') : file;
}

const pem = (kind: string, der: Buffer): string => {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${kind}-----\n${lines.join('\n')}\n-----END ${kind}-----\n`;
};

const bare = (fingerprint: string): string => fingerprint.replaceAll(':', '').toLowerCase();

/** Control characters of a foreign name must not reach a terminal or a page. */
const oneLine = (name: string): string => name.replaceAll('\n', ', ').replaceAll(/\p{Cc}/gu, '�');

const labelOf = (subject: string): string => {
  const common = /CN=([^,]+)/.exec(subject)?.[1] ?? subject;
  return (
    common
      .replaceAll(/[^A-Za-z0-9._ -]/g, '_')
      .slice(0, 64)
      .trim() || 'certificate'
  );
};

/** Written outside the folder first: whoever watches that folder takes every file in it for a whole one. */
async function putWhole(file: string, text: string): Promise<void> {
  const half = join(file, '..', '..', `.${process.pid}-${Date.now()}.half`);
  await replaceFile(half, text);
  await rename(half, file);
}
