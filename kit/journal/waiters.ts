import type { Position } from './journal.ts';

/** Those who wait for a block to arrive. One list for all, so that a commit wakes everybody in one pass. */
export interface Waiters {
  /** Resolves once {@link wake} is told of a head after `after`, on `signal`, or when everybody is let go. */
  wait(after: Position, signal?: AbortSignal): Promise<void>;
  /** The head has moved. */
  wake(head: Position): void;
  /** Lets everybody go, whatever they waited for: the journal is closing. */
  wakeAll(): void;
  readonly size: number;
}

/** An empty list of {@link Waiters}. `onChange` hears when the first one comes and when the last one has left. */
export function waiters(onChange?: (waiting: boolean) => void): Waiters {
  const list = new Set<{ readonly after: Position; readonly go: () => void }>();
  return {
    wait(after, signal) {
      if (signal?.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const waiter = {
          after,
          go: () => {
            list.delete(waiter);
            signal?.removeEventListener('abort', waiter.go);
            if (list.size === 0) onChange?.(false);
            resolve();
          },
        };
        list.add(waiter);
        signal?.addEventListener('abort', waiter.go);
        if (list.size === 1) onChange?.(true);
      });
    },
    wake(head) {
      for (const waiter of list) if (waiter.after < head) waiter.go();
    },
    wakeAll() {
      for (const waiter of list) waiter.go();
    },
    get size() {
      return list.size;
    },
  };
}
