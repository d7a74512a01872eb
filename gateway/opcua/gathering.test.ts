import { describe, expect, it } from 'vitest';
import type { UplinkRow } from '../row.ts';
import { gathering } from './gathering.ts';

/** A gathering over an outbox that takes rows when told to. */
function bench(most = 4) {
  const taken: (readonly UplinkRow[])[] = [];
  const holds: boolean[] = [];
  const lost: number[] = [];
  const waiting: { take: () => void; fail: () => void }[] = [];
  const held = gathering({
    take: (rows) =>
      new Promise((resolve, reject) => {
        const take = () => {
          taken.push(rows);
          resolve();
        };
        waiting.push({ take, fail: () => reject(new Error('gone')) });
      }),
    most,
    onHold: (hold) => void holds.push(hold),
    onLost: (changes) => void lost.push(changes),
  });
  const see = (...numbers: number[]) => {
    for (const n of numbers) held.add({ device: 'rtu-1', measurement: 'p', at: n, value: n, status: 0 });
  };
  return { held, see, taken, holds, lost, waiting };
}

describe('station values on their way into the outbox', () => {
  it('go in as they came, one lot after the other', async () => {
    const { held, see, taken, waiting } = bench(100);
    see(1, 2);
    const first = held.flush();
    see(3);
    void held.flush();
    expect(waiting).toHaveLength(1);
    waiting[0]?.take();
    await first;
    const second = held.flush();
    waiting[1]?.take();
    await second;
    expect(taken.flat().map(({ ts }) => ts)).toEqual([1, 2, 3]);
    expect(held.held).toBe(0);
  });

  it('hold the server while the outbox has no room, and let it go on when there is', async () => {
    const { held, see, holds, waiting } = bench(4);
    see(1);
    const first = held.flush();
    see(2, 3, 4, 5);
    expect(holds).toEqual([]);
    see(6);
    expect(holds).toEqual([true]);
    waiting[0]?.take();
    await first;
    expect(holds).toEqual([true]);
    const second = held.flush();
    waiting[1]?.take();
    await second;
    expect(holds).toEqual([true, false]);
  });

  it('are counted when the outbox is gone for good', async () => {
    const { held, see, lost, waiting } = bench();
    see(1, 2);
    const flushed = held.flush();
    waiting[0]?.fail();
    await flushed;
    expect(lost).toEqual([2]);
    expect(held.held).toBe(0);
  });
});
