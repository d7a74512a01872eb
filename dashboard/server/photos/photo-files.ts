import { access, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../../../kit/replace-file.ts';
import type { Developed } from './develop.ts';

/** The three files of a picture. */
export type PhotoFile = 'picture' | 'thumb' | 'blurred';
export const photoFiles: readonly PhotoFile[] = ['thumb', 'blurred', 'picture'];

/** A file that is in the folder. */
export interface FoundFile {
  readonly path: string;
  /** The picture it belongs to, by its name. */
  readonly hash: string;
  /** When it was written, ms of the world's time. */
  readonly at: number;
}

/** Pictures in a folder by the SHA-256 of their bytes: `ab/<hash>.jpg`, `ab/<hash>.thumb.jpg`, `ab/<hash>.blurred.jpg`. */
export interface PhotoFiles {
  /** Each file is there whole or not at all, the picture last; resolves once a power cut takes none of them away. */
  write(hash: string, made: Pick<Developed, PhotoFile>): Promise<void>;
  /** Whether the picture, and so all three, are there. */
  has(hash: string): Promise<boolean>;
  /** Null where there is no such file. */
  read(hash: string, which: PhotoFile): Promise<Buffer | null>;
  remove(hash: string): Promise<void>;
  /** Every file there is, the halves of writes that were cut off among them. */
  all(): AsyncGenerator<FoundFile>;
}

const endings: Readonly<Record<PhotoFile, string>> = { picture: '.jpg', thumb: '.thumb.jpg', blurred: '.blurred.jpg' };

export function photoFolder(dir: string): PhotoFiles {
  const pathOf = (hash: string, which: PhotoFile) => join(dir, hash.slice(0, 2), `${hash}${endings[which]}`);
  return {
    async write(hash, made) {
      for (const which of photoFiles) await replaceFile(pathOf(hash, which), made[which]);
    },
    has: (hash) =>
      access(pathOf(hash, 'picture')).then(
        () => true,
        () => false,
      ),
    read: (hash, which) => readFile(pathOf(hash, which)).catch(nullIfGone),
    async remove(hash) {
      for (const which of photoFiles.toReversed()) await rm(pathOf(hash, which), { force: true });
    },
    async *all() {
      for (const part of (await readdir(dir).catch(nullIfGone)) ?? []) {
        for (const name of (await readdir(join(dir, part)).catch(nullIfGone)) ?? []) {
          const path = join(dir, part, name);
          const found = await stat(path).catch(nullIfGone);
          if (found?.isFile()) yield { path, hash: name.split('.', 1)[0] ?? '', at: found.mtimeMs };
        }
      }
    },
  };
}

function nullIfGone(err: NodeJS.ErrnoException): null {
  if (err.code === 'ENOENT' || err.code === 'ENOTDIR') return null;
  throw err;
}
