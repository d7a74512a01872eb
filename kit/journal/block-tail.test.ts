import { describe, expect, it } from 'vitest';
import { blockTail } from './block-tail.ts';

/** A tail to which blocks 1 … `count` were pushed, each of `entries` entries and `bytes` bytes. */
const tailOf = (count: number, { entries = 1, bytes = 10, maxEntries = 100, maxBytes = 10_000 } = {}) => {
  const tail = blockTail<number>({ maxEntries, maxBytes });
  for (let position = 1; position <= count; position++) {
    tail.push({ position, entries: Array.from({ length: entries }, () => position) }, bytes);
  }
  return tail;
};
const positions = (blocks: readonly { position: number }[] | undefined) => blocks?.map((b) => b.position);

describe('the newest blocks', () => {
  it('are found after any position that is kept', () => {
    const tail = tailOf(5);
    expect(positions(tail.after(0, 100))).toEqual([1, 2, 3, 4, 5]);
    expect(positions(tail.after(3, 100))).toEqual([4, 5]);
    expect(positions(tail.after(5, 100))).toEqual([]);
  });

  it('are handed out whole, until about as many entries as asked for', () => {
    const tail = tailOf(5, { entries: 4 });
    expect(positions(tail.after(0, 5))).toEqual([1, 2]);
    expect(positions(tail.after(0, 1))).toEqual([1]);
    expect(positions(tail.after(0, 0))).toEqual([1]);
  });

  it('push out the oldest beyond a number of entries or bytes', () => {
    expect(positions(tailOf(300).after(200, 1000))?.length).toBe(100);
    expect(tailOf(300).after(199, 1000)).toBeUndefined();
    expect(positions(tailOf(300, { bytes: 1000 }).after(290, 1000))?.length).toBe(10);
    expect(tailOf(300, { bytes: 1000 }).after(289, 1000)).toBeUndefined();
  });

  it('always hold the newest, however large', () => {
    expect(positions(tailOf(3, { bytes: 1_000_000 }).after(2, 10))).toEqual([3]);
  });

  it('can be forgotten once everybody has passed them', () => {
    const tail = tailOf(5);
    tail.forgetBefore(4);
    expect(tail.after(2, 100)).toBeUndefined();
    expect(positions(tail.after(3, 100))).toEqual([4, 5]);
    tail.forgetBefore(6);
    expect(tail.after(5, 100)).toBeUndefined();
    tail.push({ position: 6, entries: [6] }, 10);
    expect(positions(tail.after(5, 100))).toEqual([6]);
  });

  it('stay right over many more blocks than are kept', () => {
    const tail = tailOf(10_000);
    expect(positions(tail.after(9_990, 1000))).toEqual([9991, 9992, 9993, 9994, 9995, 9996, 9997, 9998, 9999, 10_000]);
  });

  it('are unknown before the first one', () => {
    expect(blockTail({ maxEntries: 1, maxBytes: 1 }).after(0, 10)).toBeUndefined();
  });
});
