import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { OPCUACertificateManager } from 'node-opcua-certificate-manager';
import { setErrorLogger, setWarningLogger } from 'node-opcua-client';
import type { Running } from '../../kit/cleanups.ts';
import type { Log } from '../../kit/log.ts';
import { infoOf, openPki, type Pki, toDer } from './pki.ts';

/** Whom a gateway trusts over OPC UA, and its own key and certificate. One for all its servers. */
export interface StationTrust extends Running {
  readonly manager: OPCUACertificateManager;
  /** Where a server's certificate is put that was not trusted. */
  readonly rejectedDir: string;
  /** Reads the listed certificates that could not be read before: a server makes its own when it first starts. */
  refresh(): Promise<void>;
  /** Whether a server that shows this certificate would be let in now. */
  trusts(certificate: Buffer | Buffer[]): Promise<boolean>;
  /** Calls back when somebody trusted or rejected a certificate while the gateway runs; gives what ends that. */
  onChange(listener: () => void): () => void;
}

/** How soon a command that trusts or rejects is noticed, ms. */
const lookEveryMs = 1000;

/**
 * Opens the gateway's PKI below `pkiDir`. Trusted is what `yanshao opcua trust` put there, and beside that what the configuration
 * lists, as long as it lists it: what was taken off the list is not trusted after a start, unless a command trusted it too. A
 * list cannot be overruled by a command, so `reject` refuses a listed certificate. Null is for somebody who looks without knowing
 * the list: nothing is taken off then.
 */
export async function openTrust(
  pkiDir: string,
  trusted: readonly string[] | null,
  log: Log,
  gateway = basename(join(pkiDir, '..')),
): Promise<StationTrust> {
  hushLibrary(log);
  const pki = await openPki(pkiDir);
  const listed = await listedCertificates(pki, pkiDir);
  if (trusted) await listed.forgetFormer(trusted);
  const manager = new OPCUACertificateManager({
    rootFolder: join(pkiDir, 'client'),
    automaticallyAcceptUnknownCertificate: false,
    // Its watchers replace `fs.watch` of the whole process while they start; looking once a second does as well.
    disableFileWatchers: true,
  });
  await manager.initialize();
  await makeOwn(manager, gateway);
  const unread = new Set(trusted ?? []);
  const said = new Set<string>();
  const listeners = new Set<() => void>();
  let seen = await pki.fingerprint();
  const reload = async (): Promise<boolean> => {
    const now = await pki.fingerprint();
    if (now === seen) return false;
    seen = now;
    await manager.reloadCertificates();
    return true;
  };
  const look = async (): Promise<void> => {
    if (!(await reload())) return;
    log.info({}, 'the trusted certificates have changed');
    for (const tell of listeners) tell();
  };
  let looking: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking
      .then(look)
      .catch((err: Error) => log.warn({ err: err.message }, 'the trusted certificates cannot be read'));
  }, lookEveryMs);
  return {
    manager,
    rejectedDir: pki.rejectedDir,
    async refresh() {
      for (const file of unread) {
        try {
          await listed.trust(toDer(await readFile(file)));
          unread.delete(file);
        } catch (err) {
          if (!said.has(file))
            log.warn({ file, err: (err as Error).message }, 'a certificate listed as trusted cannot be read');
          said.add(file);
        }
      }
      await reload();
    },
    trusts: async (certificate) => (await manager.checkCertificate(certificate)).isGood(),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async stop() {
      clearInterval(timer);
      await looking;
      await manager.dispose();
    },
  };
}

/** The name under which a gateway speaks to servers; its certificate says the same. */
export const applicationUriOf = (gateway: string): string => `urn:yanshao:gateway:${encodeURIComponent(gateway)}`;

/** The gateway's own certificate, with its name in it, where there is none yet: servers' owners have to recognise it. */
async function makeOwn(manager: OPCUACertificateManager, gateway: string): Promise<void> {
  const outputFile = join(manager.rootDir, 'own', 'certs', 'client_certificate.pem');
  if (existsSync(outputFile)) return;
  await manager.createSelfSignedCertificate({
    outputFile,
    subject: { commonName: `Yanshao gateway ${gateway}`, organization: 'Yanshao' },
    applicationUri: applicationUriOf(gateway),
    dns: [hostname()],
    startDate: new Date(Date.now() - 86_400_000),
    validity: 3650,
  });
}

/** Certificates that are trusted because the configuration lists them: only those may leave when it does not any more. */
async function listedCertificates(pki: Pki, pkiDir: string) {
  const file = join(pkiDir, 'listed.json');
  const held = new Set<string>((await readList(file)) ?? (await formerlyListed(pki, pkiDir)));
  const keep = () => writeFile(file, JSON.stringify([...held]), { mode: 0o600 });
  return {
    async trust(der: Buffer): Promise<void> {
      const { sha256 } = infoOf('trusted', '', der);
      const already = (await pki.list()).some((one) => one.standing === 'trusted' && one.sha256 === sha256);
      if (already) return;
      held.add(sha256);
      await keep();
      await pki.trust(der);
    },
    async forgetFormer(trusted: readonly string[]): Promise<void> {
      const now = new Set<string>();
      for (const path of trusted) {
        try {
          now.add(infoOf('trusted', '', toDer(await readFile(path))).sha256);
        } catch {
          // Not there yet: told when it is first needed.
        }
      }
      for (const one of await pki.list()) {
        if (one.standing !== 'trusted' || !held.has(one.sha256) || now.has(one.sha256)) continue;
        await pki.reject(await readFile(one.file).then(toDer));
        held.delete(one.sha256);
      }
      await keep();
    },
  };
}

async function readList(file: string): Promise<string[] | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as string[];
  } catch {
    return undefined;
  }
}

/** Before there were commands, the list was all there was to trust: what stands there without one came from it. */
async function formerlyListed(pki: Pki, pkiDir: string): Promise<string[]> {
  if (existsSync(join(pkiDir, 'trust.log'))) return [];
  return (await pki.list()).filter(({ standing }) => standing === 'trusted').map(({ sha256 }) => sha256);
}

/** node-opcua prints a screenful in colour at every refused certificate; what matters of it is in our own lines. */
function hushLibrary(log: Log): void {
  const toDebug = (_context: unknown, ...words: unknown[]) =>
    log.debug({ words: words.map(String) }, 'node-opcua says');
  setWarningLogger(toDebug);
  setErrorLogger(toDebug);
}
