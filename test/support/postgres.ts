import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from './servers.ts';

/** A real PostgreSQL for one test file, with a data folder of its own that goes when it stops. */
export interface TestPostgres {
  /** `postgres://yanshao:…@127.0.0.1:<port>/yanshao` */
  readonly url: string;
  stop(): Promise<void>;
}

const PASSWORD = 'guarding-geese';

/** Makes a cluster in a temporary folder (fsync on, as in the field) and starts it on a free port. */
export async function startPostgres(): Promise<TestPostgres> {
  const bin = binaries();
  const folder = mkdtempSync(join(tmpdir(), 'yanshao-postgres-'));
  // PostgreSQL refuses to run as root; Debian's package brings the user `postgres`.
  const root = process.getuid?.() === 0;
  const as = root ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : [];
  if (root) chownSync(folder, Number(idOf('-u')), Number(idOf('-g')));
  const data = join(folder, 'data');
  const secret = join(folder, 'password');
  writeFileSync(secret, `${PASSWORD}\n`);
  const [command = '', ...before] = [...as, join(bin, 'initdb')];
  const made = spawnSync(
    command,
    [
      ...before,
      '-D',
      data,
      '-U',
      'yanshao',
      '--auth=scram-sha-256',
      `--pwfile=${secret}`,
      '-E',
      'UTF8',
      '--locale=C.UTF-8',
    ],
    { cwd: folder, encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr || made.error?.message}`);

  const port = await freePort();
  const [server = '', ...args] = [...as, join(bin, 'postgres')];
  const child = spawn(
    server,
    [...args, '-D', data, '-p', `${port}`, '-k', folder, '-c', 'listen_addresses=127.0.0.1'],
    {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-10_000);
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const atExit = () => child.kill('SIGQUIT');
  process.once('exit', atExit);

  const address = (database: string) => `postgres://yanshao:${PASSWORD}@127.0.0.1:${port}/${database}`;
  const stop = async () => {
    process.off('exit', atExit);
    // SIGINT is PostgreSQL's fast shutdown: it does not wait for clients.
    child.kill('SIGINT');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await untilItAnswers(
      address('postgres'),
      () => child.exitCode,
      () => output,
    );
    return { url: address('yanshao'), stop };
  } catch (err) {
    await stop();
    throw err;
  }
}

function binaries(): string {
  const base = '/usr/lib/postgresql';
  const versions = existsSync(base) ? readdirSync(base).sort((a, b) => Number(b) - Number(a)) : [];
  const found = versions.map((version) => join(base, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb')));
  if (found) return found;
  throw new Error('these tests need a real PostgreSQL: run `apt-get install -y postgresql`');
}

const idOf = (flag: '-u' | '-g') => spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout.trim();

async function untilItAnswers(url: string, exitCode: () => number | null, output: () => string): Promise<void> {
  const until = performance.now() + 60_000;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.query('create database yanshao');
      await client.end();
      return;
    } catch (err) {
      await client.end().catch(() => {});
      if (exitCode() !== null || performance.now() > until) {
        throw new Error(`PostgreSQL did not start: ${(err as Error).message}\n${output()}`, { cause: err });
      }
    }
    await sleep(100);
  }
}
