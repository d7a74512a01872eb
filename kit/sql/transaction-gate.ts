import { SqlError } from './sql-error.ts';

/** Lets one transaction of a handle run at a time. */
export interface TransactionGate {
  /** Resolves when this transaction may begin; every `enter` that resolved needs one `leave`. */
  enter(): Promise<void>;
  leave(): void;
  /**
   * Calls `run` at once when no transaction is open, otherwise when it has ended, so that a plain query never slips into
   * somebody else's transaction. `run` is called in the order of asking and must send its query before it returns.
   */
  pass<T>(run: () => Promise<T>): Promise<T>;
}

interface Waiting {
  readonly transaction: boolean;
  readonly go: () => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * First come, first served. Whoever waits longer than `patienceMs` is refused with the usual reason: code inside
 * `transaction().execute(...)` that used `db` where it had to use `trx`, and so waits for itself.
 */
export function transactionGate(name: string, patienceMs = 60_000): TransactionGate {
  const waiting: Waiting[] = [];
  let taken = false;

  const wait = (transaction: boolean, go: () => void, refuse: (err: Error) => void) => {
    const timer = setTimeout(() => {
      waiting.splice(waiting.indexOf(entry), 1);
      const seconds = Math.round(patienceMs / 1000);
      refuse(
        new SqlError(
          `${name}: waited ${seconds} s for a transaction of the same handle to end. Inside a transaction use its trx, not db.`,
          'SQL_WAITED_TOO_LONG',
        ),
      );
    }, patienceMs);
    const entry: Waiting = { transaction, go, timer };
    waiting.push(entry);
  };

  return {
    enter() {
      if (!taken) {
        taken = true;
        return Promise.resolve();
      }
      return new Promise((resolve, reject) => wait(true, resolve, reject));
    },
    leave() {
      taken = false;
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        clearTimeout(next.timer);
        taken = next.transaction;
        next.go();
        if (taken) return;
      }
    },
    pass(run) {
      if (!taken) return run();
      return new Promise((resolve, reject) => wait(false, () => run().then(resolve, reject), reject));
    },
  };
}
