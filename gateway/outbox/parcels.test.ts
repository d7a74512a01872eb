import { describe, expect, it } from 'vitest';
import { numbered } from './outbox-bench.ts';
import { parcelsOf } from './parcels.ts';

const block = (position: number, ...numbers: number[]) => ({ position, entries: numbers.map((n) => numbered(n)) });
const summary = (parcels: ReturnType<typeof parcelsOf>) =>
  parcels.map(({ rows, positions }) => [rows.map(({ ts }) => ts), positions]);

describe('messages of an outbox', () => {
  it('hold several small blocks', () => {
    expect(summary(parcelsOf([block(1, 1, 2), block(2, 3)], { rows: 10, bytes: 1e6 }))).toEqual([
      [
        [1, 2, 3],
        [1, 2],
      ],
    ]);
  });

  it('share out a large block, and say whose parts they hold', () => {
    expect(summary(parcelsOf([block(1, 1, 2, 3), block(2, 4, 5)], { rows: 2, bytes: 1e6 }))).toEqual([
      [[1, 2], [1]],
      [
        [3, 4],
        [1, 2],
      ],
      [[5], [2]],
    ]);
  });

  it('stay below the size a platform takes', () => {
    const size = Buffer.byteLength(JSON.stringify(numbered(1)));
    expect(summary(parcelsOf([block(1, 1, 2, 3)], { rows: 100, bytes: size * 2 }))).toEqual([
      [[1, 2], [1]],
      [[3], [1]],
    ]);
  });

  it('hold a row that is too large alone', () => {
    expect(summary(parcelsOf([block(1, 1, 2)], { rows: 100, bytes: 1 }))).toEqual([
      [[1], [1]],
      [[2], [1]],
    ]);
  });

  it('are none for nothing', () => {
    expect(parcelsOf([])).toEqual([]);
  });
});
