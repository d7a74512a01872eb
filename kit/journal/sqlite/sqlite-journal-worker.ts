import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { Problem } from '../../problem.ts';
import type { Done, Opened, Work } from '../group-commit.ts';
import type { JournalError, Position } from '../journal.ts';
import { type FileLock, lockFile } from './file-lock.ts';
import { type JournalFile, type KeptBlock, openJournalFile } from './journal-file.ts';
import type { WireError } from './worker-calls.ts';

/** What the writing worker is asked. */
export type WriterQuestion =
  | { readonly kind: 'open'; readonly file: string }
  | { readonly kind: 'commit'; readonly work: Work }
  | { readonly kind: 'read'; readonly after: Position; readonly maxEntries: number }
  | { readonly kind: 'close' };

/** A question with the number of the journal it is about: one worker may write several. */
export type JournalQuestion = WriterQuestion & { readonly journal: number };

/** `Done` with its errors as data. */
export type WireDone = Omit<Done, 'blockError' | 'keepingError'> & {
  readonly blockError?: WireError | undefined;
  readonly keepingError?: WireError | undefined;
};

export type WriterAnswer =
  | { readonly opened: Opened }
  | { readonly refused: WireError }
  | { readonly done: WireDone }
  | { readonly blocks: readonly KeptBlock[] }
  | { readonly failed: WireError }
  | { readonly closed: true };

const open = new Map<number, { readonly lock: FileLock; readonly file: JournalFile }>();

/** The only writer of a journal's file. Synchronous work lives here, so that a slow disk stalls nobody's event loop. */
parentPort?.on('message', ({ id, question }: { id: number; question: JournalQuestion }) => {
  parentPort?.postMessage({ id, answer: answer(question) });
});

function answer(question: JournalQuestion): WriterAnswer {
  const { journal } = question;
  switch (question.kind) {
    case 'open':
      return openFile(journal, question.file);
    case 'commit': {
      const { blockError, keepingError, ...rest } = open.get(journal)!.file.commit(question.work);
      return { done: { ...rest, blockError: wire(blockError), keepingError: wire(keepingError) } };
    }
    case 'read':
      try {
        return { blocks: open.get(journal)!.file.read(question.after, question.maxEntries) };
      } catch (cause) {
        return { failed: { message: `the journal cannot be read: ${(cause as Error).message}`, retryable: true } };
      }
    case 'close': {
      const closing = open.get(journal);
      open.delete(journal);
      // The lock goes last: until then nobody else may write.
      closing?.file.close();
      closing?.lock.release();
      return { closed: true };
    }
  }
}

function openFile(journal: number, file: string): WriterAnswer {
  let lock: FileLock | undefined;
  try {
    mkdirSync(dirname(file), { recursive: true });
    lock = lockFile(file);
    const opened = openJournalFile(file);
    open.set(journal, { lock, file: opened });
    return { opened: opened.opened };
  } catch (cause) {
    lock?.release();
    const { message } = cause as Error;
    const noJournal = ['SQLITE_NOTADB', 'SQLITE_CORRUPT'].includes((cause as { code?: string }).code ?? '');
    const text =
      cause instanceof Problem
        ? message
        : noJournal
          ? `the journal ${file} cannot be read: ${message}. Move it away, or restore a backup\n日志文件 ${file} 无法读取：${message}。请将其移走，或恢复备份`
          : `the journal ${file} cannot be opened for writing: ${message}; check that its folder exists, has space and belongs to this user\n无法写入日志文件 ${file}：${message}；请检查所在目录是否存在、空间是否充足、当前用户是否有权限`;
    return { refused: { message: text, retryable: false, problem: true } };
  }
}

const wire = (err: JournalError | undefined): WireError | undefined =>
  err && { message: err.message, retryable: err.retryable };
