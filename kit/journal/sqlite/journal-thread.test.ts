import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { jsonCodec } from '../journal.ts';
import { journalThread } from './journal-thread.ts';
import { openSqliteJournal } from './sqlite-journal.ts';

const folder = mkdtempSync(join(tmpdir(), 'yanshao-journal-thread-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('journals that share a thread', () => {
  const codec = jsonCodec<number>(1);
  const options = { capBytes: 1e6, safetyBytes: 0 };
  const thread = journalThread();
  const open = (name: string) => openSqliteJournal(join(folder, name), codec, options, thread);

  it('keep apart, and one goes on when another is closed', async () => {
    const [a, b] = await Promise.all([open('a.db'), open('b.db')]);
    await Promise.all([a.append([1]), b.append([2])]);
    await a.close();
    await b.append([3]);
    expect((await b.read(0)).flatMap(({ entries }) => entries)).toEqual([2, 3]);
    await b.close();
  });

  it('open again after all were closed', async () => {
    const a = await open('a.db');
    const b = await open('b.db');
    expect((await a.read(0)).flatMap(({ entries }) => entries)).toEqual([1]);
    expect(await b.head()).toBe(2);
    await a.close();
    await b.close();
  });

  it('are not disturbed by one that cannot be opened', async () => {
    const a = await open('a.db');
    await expect(openSqliteJournal(join(folder, 'a.db'), codec, options)).rejects.toThrow(/already open for writing/);
    await expect(open('a.db')).rejects.toThrow(/already open for writing/);
    await a.append([4]);
    expect(await a.head()).toBe(2);
    await a.close();
  });
});
