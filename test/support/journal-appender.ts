import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { jsonCodec } from '../../kit/journal/journal.ts';
import { openSqliteJournal } from '../../kit/journal/sqlite/sqlite-journal.ts';

/**
 * A process of its own that appends to a journal, for tests that kill it, watch its system calls or fill its disk. It
 * writes one line to standard output, synchronously, the moment it knows something:
 *
 *     open            the journal is open
 *     begin 7         entry 7 is being appended
 *     ack 7 3         its append has resolved, with position 3
 *     failed 7 true … its append was rejected; whether it may be retried; the words
 *     closed          the journal is closed
 *
 * `node journal-appender.ts <file> <first> <count> <inFlight> <bytes> <keep>` appends entries from `first` on, `inFlight`
 * at a time, each about `bytes` long, and releases all but the last `keep` blocks as it goes (0 keeps everything); then it
 * takes commands from standard input: `append <n>`, `close`.
 */
const [file = '', first = '0', count = '0', inFlight = '1', bytes = '10', keep = '0'] = process.argv.slice(2);
const say = (line: string) => {
  for (;;) {
    try {
      writeSync(1, `${line}\n`);
      return;
    } catch (err) {
      // The pipe is full: whoever listens is behind, and what we know must be out before we do anything else.
      if ((err as NodeJS.ErrnoException).code !== 'EAGAIN') throw err;
    }
  }
};
const padding = 'x'.repeat(Number(bytes));

const journal = await openSqliteJournal<{ n: number; padding: string }>(file, jsonCodec(1), {
  capBytes: 1e9,
  safetyBytes: 1e8,
});
if (keep !== '0') await journal.register('consumer');
say('open');

const append = async (n: number): Promise<boolean> => {
  say(`begin ${n}`);
  try {
    const position = await journal.append([{ n, padding }]);
    say(`ack ${n} ${position}`);
    if (keep !== '0') await journal.release('consumer', Math.max(0, position - Number(keep)));
    return true;
  } catch (err) {
    const { message, retryable } = err as Error & { retryable?: boolean };
    say(`failed ${n} ${retryable} ${message}`);
    return false;
  }
};

let next = Number(first);
const end = next + Number(count);
const lane = async () => {
  while (next < end) if (!(await append(next++))) return;
};
await Promise.all(Array.from({ length: Number(inFlight) }, lane));

for await (const line of createInterface(process.stdin)) {
  const [word, n] = line.split(' ');
  if (word === 'append') await append(Number(n));
  if (word === 'close') break;
}
await journal.close();
say('closed');
process.exit(0);
