import { describe, expect, it } from 'vitest';
import { appendQueue, type GroupLimits } from './append-queue.ts';
import { type JournalOptions, jsonCodec, type Lane, laneLimit } from './journal.ts';

const options: JournalOptions = { capBytes: 1000, safetyBytes: 400 };

/** A queue whose appends are strings; one of 10 letters is 14 bytes as JSON. */
const bench = (limits: GroupLimits = { maxEntries: 100, maxBytes: 100_000 }) => {
  const queue = appendQueue<string | bigint>(jsonCodec(1), options, limits);
  const refused: string[] = [];
  let order = 0;
  return {
    queue,
    refused,
    add(entries: readonly (string | bigint)[], lane: Lane = 'normal') {
      queue.add({
        entries,
        lane,
        order: order++,
        resolve: () => {},
        reject: (err) => refused.push((err as Error).message),
      });
    },
    take: (held = 0) => queue.take(held)?.entries,
  };
};
const letters = (letter: string, bytes: number) => letter.repeat(bytes - 4);

describe('a queue of appends', () => {
  it('makes one group of all lanes, in order of arrival', () => {
    const { add, take, queue } = bench();
    add(['a', 'b']);
    add(['c'], 'safety');
    add(['d']);
    expect(take()).toEqual(['a', 'b', 'c', 'd']);
    expect(take()).toBeUndefined();
    expect(queue.size).toBe(0);
  });

  it('keeps a group within its number of entries, whole appends only', () => {
    const { add, take } = bench({ maxEntries: 3, maxBytes: 100_000 });
    for (const n of [1, 2, 3]) add([`${n}a`, `${n}b`]);
    expect(take()).toEqual(['1a', '1b', '2a', '2b']);
    expect(take()).toEqual(['3a', '3b']);
  });

  it('learns how long entries are, and keeps a group within about its bytes', () => {
    const { add, take } = bench({ maxEntries: 100, maxBytes: 300 });
    for (let n = 0; n < 10; n++) add([letters('x', 90)]);
    expect(take()!.length).toBeLessThanOrEqual(3);
    expect(take()!.length).toBe(4);
  });

  it('counts bytes as they are on the disk, not letters', () => {
    const { add, queue } = bench();
    add(['燃气']);
    expect(queue.take(0)!.bytes).toBe(10);
  });
});

describe('a queue of appends without room for all', () => {
  it('gives normal appends what the safety share leaves, and safety ones everything', () => {
    expect(laneLimit(options, 'normal')).toBe(600);
    expect(laneLimit(options, 'safety')).toBe(1000);
    const { add, take, queue } = bench();
    add([letters('n', 100)]);
    add([letters('s', 100)], 'safety');
    expect(take(550)).toEqual([letters('s', 100)]);
    expect(queue.waitingForRoom.normal).toBe(1);
    expect(take(550)).toBeUndefined();
    queue.roomMade();
    expect(take(500)).toEqual([letters('n', 100)]);
    expect(queue.waitingForRoom.normal).toBe(0);
  });

  it('lets what no rule judges wait first, then what P3 rules judge, and safety last', () => {
    expect(laneLimit(options, 'routine')).toBe(480);
    const { add, take, queue } = bench();
    add([letters('r', 100)], 'routine');
    add([letters('n', 100)]);
    add([letters('s', 100)], 'safety');
    expect(take(450)!.map((e) => String(e)[0])).toEqual(['n', 's']);
    add([letters('n', 100)]);
    add([letters('s', 100)], 'safety');
    expect(take(590)!.map((e) => String(e)[0])).toEqual(['s']);
    expect(queue.waitingForRoom).toEqual({ routine: 1, normal: 1, safety: 0 });
    queue.roomMade();
    expect(take(280)!.map((e) => String(e)[0])).toEqual(['r', 'n']);
  });

  it('takes as many as fit, and the rest later in their order', () => {
    const { add, take, queue } = bench();
    for (const name of ['a', 'b', 'c', 'd']) add([letters(name, 200)]);
    expect(take(100)!.map((e) => String(e)[0])).toEqual(['a', 'b']);
    add([letters('e', 10)]);
    expect(take(100)).toBeUndefined();
    queue.roomMade();
    expect(take(0)!.map((e) => String(e)[0])).toEqual(['c', 'd', 'e']);
  });

  it('finds a safety append behind more waiting normal ones than a group holds', () => {
    const { add, take } = bench({ maxEntries: 10, maxBytes: 100_000 });
    for (let n = 0; n < 50; n++) add([letters('n', 100)]);
    add(['alarm'], 'safety');
    expect(take(590)).toEqual(['alarm']);
  });

  it('refuses what could never fit, and lets the others pass', () => {
    const { add, take, refused } = bench();
    add([letters('n', 601)]);
    add([letters('s', 1001)], 'safety');
    add(['ok']);
    expect(take()).toEqual(['ok']);
    expect(refused).toHaveLength(2);
    expect(refused[0]).toContain('an append of 601 bytes can never fit: the journal gives the normal lane 600 bytes');
  });

  it('refuses what cannot be encoded, and lets the others pass', () => {
    const { add, take, refused } = bench();
    add(['a']);
    add([1n]);
    add(['b']);
    expect(take()).toEqual(['a', 'b']);
    expect(refused).toHaveLength(1);
  });

  it('hands everything back in order of arrival when it is emptied', () => {
    const { add, take, queue } = bench();
    add([letters('a', 300)]);
    add(['b'], 'safety');
    add(['c']);
    take(900);
    expect(queue.drain().map((p) => String(p.entries[0])[0])).toEqual(['a', 'c']);
    expect(queue.size).toBe(0);
  });

  it('does not lose its place in a long queue', () => {
    const { add, take, queue } = bench({ maxEntries: 1000, maxBytes: 100_000 });
    const total = 6000;
    for (let n = 0; n < total; n++) add([`${n}`]);
    const seen: unknown[] = [];
    for (let group = take(100); group; group = take(100)) {
      seen.push(...group);
      queue.roomMade();
    }
    expect(seen.map(Number)).toEqual(Array.from({ length: total }, (_, n) => n));
  });
});
