import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { OPCUACertificateManager, setErrorLogger, setWarningLogger } from 'node-opcua';
import type { Running } from '../../kit/cleanups.ts';
import type { Log } from '../../kit/log.ts';

/** Whom a gateway trusts over OPC UA, and its own key and certificate. One for all its servers. */
export interface StationTrust extends Running {
  readonly manager: OPCUACertificateManager;
  /** Where a server's certificate is put that was not trusted. */
  readonly rejectedDir: string;
  /** Reads the listed certificates that could not be read before: a server makes its own when it first starts. */
  refresh(): Promise<void>;
}

/**
 * Opens the gateway's PKI below `pkiDir`. The list in the configuration is the whole truth: a certificate that was taken off
 * it, or put into the folder by hand, is not trusted after a start.
 */
export async function openTrust(pkiDir: string, trusted: readonly string[], log: Log): Promise<StationTrust> {
  hushLibrary(log);
  const rootFolder = join(pkiDir, 'client');
  await mkdir(rootFolder, { recursive: true });
  for (const kind of ['trusted', 'issuers'])
    await rm(join(rootFolder, kind, 'certs'), { recursive: true, force: true });
  const manager = new OPCUACertificateManager({ rootFolder, automaticallyAcceptUnknownCertificate: false });
  await manager.initialize();
  const unread = new Set(trusted);
  const said = new Set<string>();
  return {
    manager,
    rejectedDir: join(rootFolder, 'rejected'),
    async refresh() {
      for (const file of unread) {
        try {
          await manager.trustCertificate(toDer(await readFile(file)));
          unread.delete(file);
        } catch (err) {
          if (!said.has(file))
            log.warn({ file, err: (err as Error).message }, 'a certificate listed as trusted cannot be read');
          said.add(file);
        }
      }
    },
    stop: () => manager.dispose(),
  };
}

/** node-opcua prints a screenful in colour at every refused certificate; what matters of it is in our own lines. */
function hushLibrary(log: Log): void {
  const toDebug = (_context: unknown, ...words: unknown[]) =>
    log.debug({ words: words.map(String) }, 'node-opcua says');
  setWarningLogger(toDebug);
  setErrorLogger(toDebug);
}

/** A certificate file's DER bytes, whichever of the two usual forms it has. */
function toDer(file: Buffer): Buffer {
  const pem = /-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/.exec(file.toString('latin1'));
  return pem ? Buffer.from(pem[1] ?? '', 'base64') : file;
}
