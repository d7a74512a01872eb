import type { JournalQuestion, WriterAnswer, WriterQuestion } from './sqlite-journal-worker.ts';
import { type WorkerCalls, workerCalls } from './worker-calls.ts';

/** One journal's line to the thread that writes it. */
export interface JournalLine {
  ask(question: WriterQuestion): Promise<WriterAnswer>;
  /** No more questions will come; the thread ends with the last journal. */
  leave(): Promise<void>;
}

/** A worker thread that writes journals, one commit after another. */
export interface JournalThread {
  /** Older blocks are read in this thread too, between two commits: one thread less, for a small machine. */
  readonly readsToo: boolean;
  /** A line for one more journal; the first one starts the thread. */
  join(): JournalLine;
}

/**
 * A thread for several small journals of one process: each thread costs about 25 MB, mostly Node's own. Their commits wait
 * for each other; a journal of much traffic has a thread of its own.
 */
export function journalThread({ readsToo = false } = {}): JournalThread {
  let calls: WorkerCalls<JournalQuestion, WriterAnswer> | undefined;
  let lines = 0;
  let next = 1;
  return {
    readsToo,
    join() {
      calls ??= workerCalls<JournalQuestion, WriterAnswer>(new URL('./sqlite-journal-worker.ts', import.meta.url), {});
      const mine = calls;
      const journal = next++;
      lines += 1;
      let left = false;
      return {
        ask: (question) => mine.ask({ ...question, journal }),
        async leave() {
          if (left) return;
          left = true;
          lines -= 1;
          if (lines > 0) return;
          calls = undefined;
          await mine.end();
        },
      };
    },
  };
}
