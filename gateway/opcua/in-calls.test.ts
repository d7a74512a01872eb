import { describe, expect, it } from 'vitest';
import { inCalls } from './in-calls.ts';

/** A server that takes at most so many operations a call, whatever it said. */
function server(limit: number) {
  const lots: number[] = [];
  const call = async (lot: readonly number[]) => {
    lots.push(lot.length);
    if (lot.length > limit) throw new Error('serviceResult = BadTooManyOperations (0x80100000)');
    return lot.map((n) => n * 2);
  };
  return { lots, call };
}
const list = Array.from({ length: 10 }, (_, i) => i);
const doubled = list.map((n) => n * 2);

describe('a long list asked of a server', () => {
  it('goes in lots of what the server said it takes, answered in order', async () => {
    const { lots, call } = server(4);
    expect(await inCalls(list, 4, call)).toEqual(doubled);
    expect(lots).toEqual([4, 4, 2]);
  });

  it('goes in smaller lots where the server takes less than it said', async () => {
    const { lots, call } = server(3);
    expect(await inCalls(list, 1000, call)).toEqual(doubled);
    expect(lots).toEqual([10, 5, 3, 3, 3, 1]);
  });

  it('fails with the server’s reason where size is not the matter', async () => {
    const refuse = async () => Promise.reject(new Error('BadUserAccessDenied'));
    await expect(inCalls(list, 4, refuse)).rejects.toThrow('BadUserAccessDenied');
    await expect(inCalls([1], 4, server(0).call)).rejects.toThrow('BadTooManyOperations');
  });

  it('that is empty asks nothing', async () => {
    const { lots, call } = server(1);
    expect(await inCalls([], 4, call)).toEqual([]);
    expect(lots).toEqual([]);
  });
});
