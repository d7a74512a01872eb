import { readFileSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { Log } from '../../kit/log.ts';
import { Problem } from '../../kit/problem.ts';

/** Where the certificate lies: PEM files. With `ca`, client certificates signed by it prove identity. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
  readonly ca?: string | undefined;
}

/** The files' contents, which belong together. */
export interface CertificatePems {
  readonly cert: string;
  readonly key: string;
  readonly ca?: string;
}

/** Reads the files and checks that they make a certificate; a {@link Problem} says which does not, and why. */
export function readCertificate(files: CertificateFiles): CertificatePems {
  const pems = { cert: pem(files.cert), key: pem(files.key), ...(files.ca && { ca: pem(files.ca) }) };
  try {
    createSecureContext(pems);
  } catch (err) {
    const why = (err as Error).message;
    throw new Problem(
      `证书 ${files.cert} 与私钥 ${files.key} 不能一起使用：${why}\n` +
        `the certificate ${files.cert} and the key ${files.key} cannot be used together: ${why}`,
      err,
    );
  }
  return pems;
}

function pem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (err) {
    const why = (err as Error).message;
    throw new Problem(
      `无法读取 ${file}：${why}；它由 YANSHAO_MQTT_TLS_… 设置指定\n` +
        `cannot read ${file}: ${why}. It is named by a YANSHAO_MQTT_TLS_… setting.`,
      err,
    );
  }
}

export interface WatchParts {
  readonly files: CertificateFiles;
  /** Told when the files hold another certificate. */
  readonly onChange: (pems: CertificatePems) => void;
  readonly everyMs: number;
  readonly log: Log;
}

/**
 * Looks at the files again and again (links that are swapped and mounted secrets escape the system's own notices). Files
 * that do not belong together, as while a new pair is being written, leave the old certificate in use.
 */
export function watchCertificate({ files, onChange, everyMs, log }: WatchParts): { stop(): void } {
  let seen = marks(files);
  let current = '';
  const timer = setInterval(() => {
    const now = marks(files);
    if (now === seen) return;
    seen = now;
    try {
      const pems = readCertificate(files);
      const content = JSON.stringify(pems);
      if (content === current) return;
      current = content;
      onChange(pems);
      log.info({ cert: files.cert }, 'the certificate was read anew; connections that stand go on');
    } catch (err) {
      log.error({ err }, 'the changed certificate cannot be used; the one before stays');
    }
  }, everyMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

/** What changes when a file is written or replaced. */
const marks = ({ cert, key, ca }: CertificateFiles): string =>
  [cert, key, ...(ca ? [ca] : [])]
    .map((file) => {
      const found = statSync(file, { throwIfNoEntry: false });
      return found ? `${found.ino} ${found.size} ${found.mtimeMs}` : 'gone';
    })
    .join('|');
