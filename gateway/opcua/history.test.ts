import { describe, expect, it } from 'vitest';
import type { UplinkRow } from '../row.ts';
import { fillGaps, type HistoryPage } from './history.ts';
import { lastHeard } from './last-heard.ts';

const hour = 3_600_000;
const now = 1_795_000_000_000;

interface Archive {
  /** Times of each node's values. */
  readonly nodes: Readonly<Record<string, readonly number[]>>;
  /** Values of a node in one answer; the rest by continuation, or not at all where `cutsSilently`. */
  readonly page?: number;
  readonly cutsSilently?: boolean;
  /** Nodes in one call. */
  readonly perCall?: number;
  /** A moment whose record cannot be read out. */
  readonly rotten?: number;
  /** Nodes without a history for us. */
  readonly none?: readonly string[];
}

/** A gateway that last heard of every node an hour ago, and a server with this archive. */
function bench(archive: Archive, heard = now - hour) {
  const marks = lastHeard({ version: 1, heardUntil: heard, sure: {}, open: [] }, async () => {});
  const calls: { nodes: number; from: number; to: number }[] = [];
  const rows: UplinkRow[] = [];
  const told: string[] = [];
  const stop = new AbortController();
  for (const node of Object.keys(archive.nodes)) {
    marks.kept(node, heard, heard);
    marks.open(node);
  }
  const answer = (node: string, from: number, to: number, most: number, more?: Buffer): HistoryPage<number> => {
    if (archive.none?.includes(node)) return { values: [], status: 'BadHistoryOperationUnsupported' };
    const start = more ? Number(more.toString()) : from;
    const all = (archive.nodes[node] ?? []).filter((at) => at >= start && at < to);
    if (archive.rotten !== undefined && all.includes(archive.rotten))
      throw new Error(' serviceResult = BadInternalError (0x80020000)');
    const size = Math.min(archive.page ?? most, most);
    const values = all.slice(0, size);
    const next = all[size];
    const continues = next !== undefined && !archive.cutsSilently;
    return { values, status: 'Good', more: continues ? Buffer.from(String(next)) : undefined };
  };
  const fill = () =>
    fillGaps<number>({
      marks,
      ask: async (questions, from, to, most) => {
        calls.push({ nodes: questions.length, from, to });
        if (questions.length > (archive.perCall ?? 50)) throw new Error('BadTooManyOperations');
        return questions.map(({ node, more }) => answer(node, from, to, most, more));
      },
      toChange: (node, at) => ({ device: node, measurement: 'p', at, value: 1, status: 0, node }),
      take: async (some) => void rows.push(...some),
      nodesPerCall: 50,
      spanMs: 72 * hour,
      now: () => now,
      aheadMs: 0,
      pause: async () => {},
      onNone: (node, status) => told.push(`${node} ${status}`),
      onTooLong: (from, to) => told.push(`too long ${(to - from) / hour} h`),
      onSkipped: (node, from) => told.push(`${node} skipped at ${from}`),
      signal: stop.signal,
    });
  return { fill, rows, marks, calls, told, stop };
}
const seconds = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i * 1000);
const timesOf = (rows: readonly UplinkRow[], device: string) =>
  rows.filter((row) => row.device === device).map(({ ts }) => ts);

describe('a gap in what was heard of a server', () => {
  it('is filled from its history, in the order of time over all nodes, marked as history', async () => {
    const a = seconds(now - hour + 1, 3_000);
    const b = seconds(now - hour + 500, 3_000);
    const { fill, rows, marks } = bench({ nodes: { a, b }, page: 100 });
    expect(await fill()).toBe(6_000);
    expect(timesOf(rows, 'a')).toEqual(a);
    expect(timesOf(rows, 'b')).toEqual(b);
    const all = rows.map(({ ts }) => ts);
    expect(all).toEqual([...all].sort((x, y) => x - y));
    expect(rows.every(({ historical }) => historical)).toBe(true);
    expect(marks.gaps.size).toBe(0);
  });

  it('is filled whole from a server that cuts its answers and says nothing', async () => {
    const a = seconds(now - hour + 1, 3_500);
    const { fill, rows } = bench({ nodes: { a, b: [] }, cutsSilently: true });
    await fill();
    expect([...new Set(timesOf(rows, 'a'))]).toEqual(a);
  });

  it('brings nothing again that was heard before it', async () => {
    const { fill, rows } = bench({ nodes: { a: [now - 2 * hour, now - hour, now - hour + 1] } });
    await fill();
    expect(timesOf(rows, 'a')).toEqual([now - hour + 1]);
  });

  it('is asked for in few calls where little happened, and in small ones where the server wants that', async () => {
    const quiet = bench({ nodes: { a: [now - 10] } }, now - 70 * hour);
    await quiet.fill();
    expect(quiet.calls.length).toBeLessThan(12);
    const nodes = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`n${i}`, [now - 1000 - i]]));
    const small = bench({ nodes, perCall: 3 });
    await small.fill();
    expect(small.rows).toHaveLength(20);
  });

  it('longer than asked for loses its oldest part, and it is said', async () => {
    const { fill, rows, told } = bench({ nodes: { a: [now - 90 * hour, now - 10 * hour] } }, now - 100 * hour);
    await fill();
    expect(timesOf(rows, 'a')).toEqual([now - 10 * hour]);
    expect(told).toEqual(['too long 28 h']);
  });

  it('of a node without history is closed and said, the others filled', async () => {
    const { fill, rows, told, marks } = bench({ nodes: { a: [], b: [now - 5] }, none: ['a'] });
    await fill();
    expect(told).toEqual(['a BadHistoryOperationUnsupported']);
    expect(timesOf(rows, 'b')).toEqual([now - 5]);
    expect(marks.gaps.size).toBe(0);
  });

  it('with a record that cannot be read out loses that record alone, and it is said', async () => {
    const a = seconds(now - hour + 1, 50);
    const rotten = a[17] ?? 0;
    const { fill, rows, told } = bench({ nodes: { a, b: a }, rotten });
    await fill();
    expect(timesOf(rows, 'a')).toEqual(a.filter((at) => at !== rotten));
    expect(told).toEqual([`a skipped at ${rotten}`, `b skipped at ${rotten}`]);
  });

  it('stays open for the rest when the session ends half-way', async () => {
    const { fill, rows, marks, stop } = bench({ nodes: { a: seconds(now - hour + 1, 3_000) } });
    const before = rows.length;
    stop.abort();
    await fill();
    expect(rows).toHaveLength(before);
    expect([...marks.gaps]).toEqual(['a']);
  });
});
