import { describe, expect, it } from 'vitest';
import { pageBySlices, pagesOf, type ReadSlice } from './paging.ts';
import type { PageQuery, PageRow } from './telemetry-store.ts';

const query = (from: number, to: number): PageQuery => ({ groups: [], from, to });
const row = (at: number): PageRow => [0, 0, 0, at, at, 0];
/** Reads from a list of times, and counts how often it is asked. */
function reader(times: readonly number[]) {
  const asked: [number, number][] = [];
  const read: ReadSlice = async (from, to, limit) => {
    asked.push([from, to]);
    const rows = times.filter((at) => at >= from && at < to).map(row);
    return rows.length > limit ? 'too-many' : rows;
  };
  return { asked, read };
}
const all = async (times: readonly number[], from: number, to: number) => {
  const { read, asked } = reader(times);
  const pages: number[][] = [];
  for await (const rows of pagesOf({ page: (one) => pageBySlices(one, read) }, query(from, to))) {
    pages.push(rows.map(([, , , at]) => at));
  }
  return { pages, asked };
};

describe('pages of an export', () => {
  it('hold every reading once, in order, none of them more than a page', async () => {
    const times = Array.from({ length: 60_000 }, (_, n) => 1_000_000 + n * 40);
    const { pages } = await all(times, 0, 1e9);
    expect(pages.flat()).toEqual(times);
    expect(Math.max(...pages.map(({ length }) => length))).toBeLessThanOrEqual(16_384);
  });

  it('cross fifty years of nothing in few steps', async () => {
    const { pages, asked } = await all([1.7e12], 0, 1.8e12);
    expect(pages).toEqual([[1.7e12]]);
    expect(asked.length).toBeLessThan(60);
  });

  it('get through a moment that holds more than a page', async () => {
    const burst = [...Array.from({ length: 20_000 }, () => 5_000_000), 5_000_001];
    const { pages } = await all(burst, 0, 1e8);
    expect(pages.flat()).toHaveLength(20_001);
  });

  it('are none for an empty range, and stop when nobody wants more', async () => {
    expect((await all([1, 2], 5, 5)).pages).toEqual([]);
    const { read, asked } = reader(Array.from({ length: 60_000 }, (_, n) => n * 40));
    const gone = new AbortController();
    for await (const rows of pagesOf({ page: (one) => pageBySlices(one, read) }, query(0, 1e9), gone.signal)) {
      if (rows.length > 0) gone.abort();
    }
    expect(asked.length).toBeLessThan(20);
  });
});
