import { Problem } from '../../problem.ts';
import { checkJournalOptions, type Done, groupCommitJournal, type JournalEngine } from '../group-commit.ts';
import { type Journal, type JournalCodec, JournalError, type JournalOptions, type JournalReader } from '../journal.ts';
import { type JournalThread, journalThread } from './journal-thread.ts';
import { decodeAll, openSqliteJournalReader } from './sqlite-journal-reader.ts';
import type { WireDone } from './sqlite-journal-worker.ts';
import type { WireError } from './worker-calls.ts';

export { openSqliteJournalReader };

/**
 * The durable journal in one SQLite file, written by this process alone: a second one gets a {@link Problem} that names
 * the holder. `append` resolves after the commit has been synced to the disk. Consumers of this process that keep up
 * read the very entries that were appended, and must not change them; older blocks are read and decoded by a second
 * worker, so that catching up does not delay commits (unless `thread` reads too). It is written in a thread of its own
 * unless `thread` is given.
 */
export async function openSqliteJournal<T>(
  file: string,
  codec: JournalCodec<T>,
  options: JournalOptions,
  thread: JournalThread = journalThread(),
): Promise<Journal<T>> {
  checkJournalOptions(options);
  const worker = thread.join();
  const answer = await worker.ask({ kind: 'open', file });
  if (!('opened' in answer)) {
    await worker.leave();
    throw new Problem('refused' in answer ? answer.refused.message : `the journal ${file} did not open`);
  }
  let older: Promise<JournalReader<T>> | undefined;
  const engine: JournalEngine<T> = {
    opened: answer.opened,
    async commit(work) {
      const reply = await worker.ask({ kind: 'commit', work });
      if (!('done' in reply)) throw new Error('the worker answered a commit with something else');
      return unwire(reply.done);
    },
    async read(after, maxEntries) {
      if (thread.readsToo) {
        const reply = await worker.ask({ kind: 'read', after, maxEntries });
        if ('failed' in reply) throw journalError(reply.failed);
        if (!('blocks' in reply)) throw new Error('the worker answered a read with something else');
        return decodeAll(codec, reply.blocks);
      }
      older ??= openSqliteJournalReader(file, codec).catch((err: unknown) => {
        older = undefined; // the next read tries again
        throw err;
      });
      return (await older).read(after, maxEntries);
    },
    async close() {
      // The reader first: the last connection to close folds the WAL into the file.
      try {
        await (await older)?.close();
      } finally {
        await worker.ask({ kind: 'close' }).finally(() => worker.leave());
      }
    },
  };
  return groupCommitJournal(engine, codec, options);
}

const unwire = ({ blockError, keepingError, ...rest }: WireDone): Done => ({
  ...rest,
  blockError: journalError(blockError),
  keepingError: journalError(keepingError),
});

const journalError = (err: WireError | undefined): JournalError | undefined =>
  err && new JournalError(err.message, { retryable: err.retryable });
