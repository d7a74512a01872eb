import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { Problem } from '../../problem.ts';
import { readEntries } from '../group-commit.ts';
import { type Block, type JournalCodec, JournalError, JournalGap, type JournalReader } from '../journal.ts';
import { waiters } from '../waiters.ts';
import type { RawBlock, ReaderAnswer, ReaderEvent, ReaderQuestion } from './sqlite-journal-reader-worker.ts';
import { type WireError, workerCalls } from './worker-calls.ts';

export interface ReaderOptions {
  /** How long to wait for a file that is not there yet, ms. */
  readonly waitMs?: number;
  /** Gives up waiting for the file. */
  readonly signal?: AbortSignal;
}

const decodeForMs = 8;

/**
 * Reads the journal of another process of this host. Waits for the file when it does not exist yet, and then throws a
 * {@link Problem} that says what to start. New blocks are noticed within about 25 ms, and only while somebody waits in
 * `changed`.
 */
export async function openSqliteJournalReader<T>(
  file: string,
  codec: Pick<JournalCodec<T>, 'decode'>,
  { waitMs = 30_000, signal }: ReaderOptions = {},
): Promise<JournalReader<T>> {
  const waiting = waiters((on) => {
    if (!failed) worker.tell({ kind: 'watch', on });
  });
  let known = 0;
  let failed: JournalError | undefined;
  const fail = (err: WireError) => {
    failed ??= new JournalError(err.message, { retryable: err.retryable });
    waiting.wakeAll();
  };
  const seen = (head: number) => {
    known = Math.max(known, head);
    waiting.wake(known);
  };
  const worker = workerCalls<ReaderQuestion, ReaderAnswer, ReaderEvent>(
    new URL('./sqlite-journal-reader-worker.ts', import.meta.url),
    { file },
    (event) => ('failed' in event ? fail(event.failed) : seen(event.head)),
  );
  const ask = async (question: ReaderQuestion) => {
    if (failed) throw failed;
    const answer = await worker.ask(question);
    if ('failed' in answer) throw new JournalError(answer.failed.message, { retryable: answer.failed.retryable });
    return answer;
  };

  const opened = await waitForFile(file, () => ask({ kind: 'open' }), waitMs, signal).catch(async (err: unknown) => {
    await worker.end();
    throw err;
  });
  known = opened.head;
  let closing: Promise<void> | undefined;
  const shutDown = async () => {
    const last = worker.ask({ kind: 'close' });
    failed ??= new JournalError(`the reader of ${file} is closed`, { retryable: false });
    waiting.wakeAll();
    await last.finally(() => worker.end());
  };

  return {
    epoch: opened.epoch,
    async read(after, maxEntries = readEntries) {
      const answer = await ask({ kind: 'read', after, maxEntries });
      if ('gap' in answer) throw new JournalGap(after, answer.gap.oldest);
      if (!('blocks' in answer)) throw new Error('the worker answered a read with something else');
      known = Math.max(known, answer.head);
      return decodeAll(codec, answer.blocks);
    },
    changed: (after, stop) => (after < known || failed ? Promise.resolve() : waiting.wait(after, stop)),
    async head() {
      const answer = await ask({ kind: 'head' });
      if (!('head' in answer)) throw new Error('the worker answered with something else');
      return answer.head;
    },
    close: () => (closing ??= shutDown()),
  };
}

/** Decodes blocks one by one, and lets the event loop breathe in between. */
export async function decodeAll<T>(
  codec: Pick<JournalCodec<T>, 'decode'>,
  raw: readonly RawBlock[],
): Promise<Block<T>[]> {
  const blocks: Block<T>[] = [];
  let since = performance.now();
  for (const { position, version, text } of raw) {
    blocks.push({ position, entries: codec.decode(version, text) });
    if (performance.now() - since > decodeForMs) {
      await nextTurn();
      since = performance.now();
    }
  }
  return blocks;
}

async function waitForFile(
  file: string,
  open: () => Promise<ReaderAnswer>,
  waitMs: number,
  signal: AbortSignal | undefined,
): Promise<{ epoch: string; head: number }> {
  const until = performance.now() + waitMs;
  for (;;) {
    const answer = await open();
    if ('opened' in answer) return answer.opened;
    if (signal?.aborted || performance.now() >= until) {
      throw new Problem(
        `there is no journal at ${file} yet: start the process that writes it (\`yanshao ingest\`, or \`yanshao start\` for all in one) with the same data folder\n${file} 处尚无日志：请先用同一数据目录启动写入进程（\`yanshao ingest\`，或一体化的 \`yanshao start\`）`,
      );
    }
    await pause(100);
  }
}
