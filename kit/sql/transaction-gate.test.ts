import { describe, expect, it } from 'vitest';
import { transactionGate } from './transaction-gate.ts';

describe('a transaction gate', () => {
  /** Writes down what happens, in order. */
  const bench = () => {
    const gate = transactionGate('state.db', 50);
    const seen: string[] = [];
    return {
      gate,
      seen,
      ask: (name: string) => gate.pass(async () => void seen.push(name)),
      begin: (name: string) => gate.enter().then(() => void seen.push(name)),
    };
  };

  it('lets queries through at once while no transaction is open', () => {
    const { seen, ask } = bench();
    void ask('a');
    void ask('b');
    expect(seen).toEqual(['a', 'b']);
  });

  it('serves whoever waits in the order of asking', async () => {
    const { gate, seen, ask, begin } = bench();
    await begin('first');
    const waiting = [ask('before'), begin('second'), ask('after')];
    gate.leave();
    await waiting[1];
    expect(seen).toEqual(['first', 'before', 'second']);
    gate.leave();
    await Promise.all(waiting);
    expect(seen).toEqual(['first', 'before', 'second', 'after']);
  });

  it('tells a transaction that waits for itself what is wrong', async () => {
    const { gate, seen, ask, begin } = bench();
    await begin('first');
    await expect(ask('with db, inside')).rejects.toThrow(/state\.db: waited .* use its trx, not db/);
    gate.leave();
    await begin('next');
    expect(seen).toEqual(['first', 'next']);
  });
});
