import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { Problem } from '../../problem.ts';
import type { StoreBackup } from '../telemetry-store.ts';
import { rowsOf } from './duckdb-reads.ts';
import { VERSION } from './tables.ts';

/** A backup's file in its folder. */
export const backupFile = (folder: string): string => join(folder, 'telemetry.duckdb');

/** Where a backup is written before it is whole. Refuses a folder that holds one: backups never overwrite each other. */
export function newBackup(folder: string): { readonly part: string; readonly finish: () => StoreBackup['file'] } {
  const file = backupFile(folder);
  if (existsSync(file)) {
    throw new Problem(`${file} exists: give each backup a folder of its own / 已存在：请为每次备份使用单独的目录`);
  }
  mkdirSync(folder, { recursive: true });
  const part = `${file}.part`;
  // What a backup that was cut off left behind.
  for (const leftover of [part, `${part}.wal`]) rmSync(leftover, { force: true });
  return {
    part,
    finish() {
      settle(part, file);
      return file;
    },
  };
}

/**
 * Puts a backup in the place of a store that is not there; nobody may have the file open. It is opened and counted first: a
 * damaged or foreign file is refused before anything is put anywhere.
 */
export async function restoreDuckdb(folder: string, file: string): Promise<StoreBackup> {
  const from = backupFile(folder);
  if (!existsSync(from)) {
    throw new Problem(
      `${from} does not exist: name the folder that \`yanshao store backup\` wrote / 不存在：请指定 yanshao store backup 写出的目录`,
    );
  }
  if (existsSync(file)) {
    throw new Problem(
      `${file} exists and is not overwritten: stop ingest, move that file away (with its .wal) and try again / 已存在，不会覆盖：请停止 ingest，移走该文件（连同 .wal）后重试`,
    );
  }
  const samples = await counted(from);
  mkdirSync(dirname(file), { recursive: true });
  copyFileSync(from, `${file}.part`);
  settle(`${file}.part`, file);
  return { file, samples, bytes: statSync(file).size };
}

async function counted(file: string): Promise<number> {
  try {
    const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' });
    const connection = await instance.connect();
    try {
      const [about] = await rowsOf(connection, 'select version from about');
      if (about?.version !== VERSION && about?.version !== 1)
        throw new Error(`its tables are of version ${about?.version}`);
      return Number((await rowsOf(connection, 'select count(*) as n from samples'))[0]?.n);
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  } catch (err) {
    throw new Problem(`${file} is no backup of readings: ${(err as Error).message} / 不是读数备份`, err);
  }
}

/** Gives a whole file its name, durably. */
function settle(part: string, file: string): void {
  sync(part);
  renameSync(part, file);
  sync(dirname(file));
}

function sync(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
