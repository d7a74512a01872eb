import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from './problem.ts';

/** Where one process of the platform can be reached by the others of its host. */
export interface Announcement {
  readonly url: string;
  readonly pid: number;
}

/**
 * The folder that holds everything one platform keeps: databases, the journal, the secret its processes share, and who runs
 * where. Only the account that runs the platform can read it.
 */
export interface DataFolder {
  readonly dir: string;
  /** A path inside the folder; its parent exists. */
  path(...parts: string[]): string;
  /** What the processes of this folder prove themselves with to each other; made at the first call. */
  secret(): string;
  /** Tells the others where `process` listens; the returned function takes it back. */
  announce(process: string, url: string): () => void;
  /** Where `process` listens, if one that is alive said so. */
  find(process: string): Announcement | undefined;
}

/** Opens (and makes) a data folder. */
export function dataFolder(dir: string): DataFolder {
  const make = (path: string) => {
    try {
      mkdirSync(path, { recursive: true, mode: 0o700 });
    } catch (err) {
      throw new Problem(
        `cannot make the folder ${path}: ${(err as Error).message}. Give this account the right to write there, or set YANSHAO_DATA_DIR to a folder it may write to.\n无法建立目录 ${path}：请给当前账户写权限，或将 YANSHAO_DATA_DIR 设为可写的目录。`,
        err,
      );
    }
  };
  make(dir);
  const path = (...parts: string[]) => {
    const full = join(dir, ...parts);
    make(join(full, '..'));
    return full;
  };
  const noticeOf = (name: string) => path('run', `${name}.json`);
  return {
    dir,
    path,
    secret() {
      const file = path('secrets', 'internal.key');
      try {
        // 'wx' makes the first of several starting processes the one whose secret counts.
        writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' });
      } catch (err) {
        if ((err as NodeJS.ErrnoException).code !== 'EEXIST')
          throw new Problem(`cannot write ${file}: ${(err as Error).message}`, err);
      }
      return readFileSync(file, 'utf8');
    },
    announce(name, url) {
      const file = noticeOf(name);
      writeFileSync(file, JSON.stringify({ url, pid: process.pid } satisfies Announcement), { mode: 0o600 });
      return () => rmSync(file, { force: true });
    },
    find(name) {
      try {
        const notice = JSON.parse(readFileSync(noticeOf(name), 'utf8')) as Announcement;
        process.kill(notice.pid, 0);
        return notice;
      } catch {
        // No notice, or its process is gone.
        return undefined;
      }
    },
  };
}
