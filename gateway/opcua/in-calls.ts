/** What a server answers to a call that carries too much: it would take less. */
const tooMuch =
  /BadTooManyOperations|BadEncodingLimitsExceeded|BadRequestTooLarge|BadResponseTooLarge|BadTcpMessageTooLarge|BadNoContinuationPoints/;

/** Whether a call failed because of its size. */
export const wasTooMuch = (err: unknown): boolean => tooMuch.test(err instanceof Error ? err.message : String(err));

/**
 * Runs `call` over a list in lots of at most `most`, one after the other, as a server serves them best. A lot that the server
 * finds too large is halved, and the following ones too: not every server says its limits. Answers in the order of the list.
 */
export async function inCalls<T, R>(
  list: readonly T[],
  most: number,
  call: (lot: readonly T[], from: number) => Promise<readonly R[]>,
): Promise<R[]> {
  const results: R[] = [];
  let size = Math.max(1, most);
  while (results.length < list.length) {
    const from = results.length;
    const lot = list.slice(from, from + size);
    try {
      const answers = await call(lot, from);
      if (answers.length !== lot.length) throw new Error(`${answers.length} answers to ${lot.length} questions`);
      results.push(...answers);
    } catch (err) {
      if (lot.length === 1 || !wasTooMuch(err)) throw err;
      size = Math.ceil(lot.length / 2);
    }
  }
  return results;
}
