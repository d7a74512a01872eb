import { Worker } from 'node:worker_threads';
import { JournalError } from '../journal.ts';

/** An error as it crosses the thread boundary, where classes and codes get lost. */
export interface WireError {
  readonly message: string;
  readonly retryable: boolean;
  /** A person can mend it: it becomes a Problem. */
  readonly problem?: boolean;
}

/** Question and answer with a worker, one answer for each question, and events in between. */
export interface WorkerCalls<Question, Answer> {
  ask(question: Question): Promise<Answer>;
  /** Sends without expecting an answer. */
  tell(question: Question): void;
  /** Ends the worker after the answers that are under way. */
  end(): Promise<void>;
}

/** Starts the worker at `url`. `onEvent` hears what it says unasked; when it dies, every question is rejected. */
export function workerCalls<Question, Answer, Event = never>(
  url: URL,
  workerData: unknown,
  onEvent: (event: Event) => void = () => {},
): WorkerCalls<Question, Answer> {
  const worker = new Worker(url, { workerData });
  const open = new Map<number, { resolve: (answer: Answer) => void; reject: (err: unknown) => void }>();
  let next = 1;
  let gone: JournalError | undefined;
  const die = (cause: unknown) => {
    gone ??= new JournalError(`its worker thread ended: ${cause instanceof Error ? cause.message : String(cause)}`, {
      retryable: false,
      cause,
    });
    for (const { reject } of open.values()) reject(gone);
    open.clear();
  };
  worker.on('message', (message: { id: number; answer: Answer } | { event: Event }) => {
    if ('event' in message) return onEvent(message.event);
    open.get(message.id)?.resolve(message.answer);
    open.delete(message.id);
  });
  worker.on('error', die);
  worker.on('exit', (code) => die(`exit code ${code}`));
  return {
    ask: (question) =>
      new Promise((resolve, reject) => {
        if (gone) return reject(gone);
        open.set(next, { resolve, reject });
        worker.postMessage({ id: next++, question });
      }),
    tell: (question) => worker.postMessage({ id: 0, question }),
    end: async () => void (await worker.terminate()),
  };
}
