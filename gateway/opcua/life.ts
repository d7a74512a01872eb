/** The life of something that ends once, for one reason. */
export interface Life {
  /** Resolves with the reason when it has ended. */
  readonly ended: Promise<string>;
  readonly over: boolean;
  /** Ends it; the first reason counts. */
  end(reason: string): void;
  /** As `step`, but rejects with the reason as soon as the life ends: a request to a dead line would hold us for long. */
  during<T>(step: Promise<T>): Promise<T>;
  /** Run when it ends, or at once when it has. */
  onEnd(listener: () => void): void;
}

export function life(): Life {
  let reason: string | undefined;
  const waiting = new Set<(reason: string) => void>();
  const ended = new Promise<string>((resolve) => waiting.add(resolve));
  return {
    ended,
    get over() {
      return reason !== undefined;
    },
    end(why) {
      if (reason !== undefined) return;
      reason = why;
      for (const tell of waiting) tell(why);
      waiting.clear();
    },
    during(step) {
      return new Promise((resolve, reject) => {
        const fail = (why: string) => reject(new Error(why));
        if (reason === undefined) waiting.add(fail);
        else fail(reason);
        // Taken off the list when it is done: a session may live for months.
        step.then(resolve, reject).finally(() => waiting.delete(fail));
      });
    },
    onEnd(listener) {
      if (reason === undefined) waiting.add(listener);
      else listener();
    },
  };
}
