import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type Journal,
  type JournalCodec,
  type JournalOptions,
  type JournalReader,
  JournalVersion,
  jsonCodec,
} from '../../kit/journal/journal.ts';
import { packedCodec } from '../../kit/journal/packed-codec.ts';
import { renewJournalEpoch } from '../../kit/journal/sqlite/journal-epoch.ts';
import { journalThread } from '../../kit/journal/sqlite/journal-thread.ts';
import { openSqliteJournal, openSqliteJournalReader } from '../../kit/journal/sqlite/sqlite-journal.ts';
import { Problem } from '../../kit/problem.ts';
import { needs, requireTool } from '../support/tools.ts';
import { until } from '../support/until.ts';

/** What only a journal on a disk promises; the rest of the contract is in journal.contract.test.ts. */

type Entry = { readonly n: number };

const folders: string[] = [];
const children: ChildProcess[] = [];
const open: JournalReader<unknown>[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((journal) => journal.close()));
  await Promise.all(children.splice(0).map(killed));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const newFile = () => {
  const folder = mkdtempSync(join(tmpdir(), 'journal-'));
  folders.push(folder);
  return join(folder, 'data', 'journal.db');
};

const roomy: JournalOptions = { capBytes: 1e9, safetyBytes: 1e8 };

async function openJournal(file: string, codec: JournalCodec<Entry> = jsonCodec(1)): Promise<Journal<Entry>> {
  const journal = await openSqliteJournal(file, codec, roomy);
  open.push(journal);
  return journal;
}

async function openReader(file: string, options?: { waitMs?: number; signal?: AbortSignal }) {
  const reader = await openSqliteJournalReader<Entry>(file, jsonCodec(1), options);
  open.push(reader);
  return reader;
}

async function everything(journal: JournalReader<Entry>, after = 0) {
  const all: { position: number; n: number }[] = [];
  for (let at = after; ; ) {
    const blocks = await journal.read(at);
    if (blocks.length === 0) return all;
    for (const { position, entries } of blocks) for (const { n } of entries) all.push({ position, n });
    at = blocks.at(-1)!.position;
  }
}

/** A process of its own that appends; see test/support/journal-appender.ts for its words. */
function appender(
  file: string,
  args: { first?: number; count?: number; inFlight?: number; bytes?: number; keep?: number },
) {
  return started(process.execPath, [appenderFile, ...appenderArgs(file, args)]);
}

const appenderFile = join(import.meta.dirname, '../support/journal-appender.ts');
const appenderArgs = (
  file: string,
  { first = 0, count = 0, inFlight = 1, bytes = 10, keep = 0 }: Parameters<typeof appender>[1],
) => [file, ...[first, count, inFlight, bytes, keep].map(String)];

function started(program: string, args: readonly string[]) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  const said: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => said.push(line));
  return {
    child,
    said,
    tell: (line: string) => child.stdin.write(`${line}\n`),
    hears: (begin: string) =>
      until(`"${begin}" from the other process`, () => said.find((line) => line.startsWith(begin)), { everyMs: 2 }),
    ended: () =>
      child.exitCode !== null
        ? Promise.resolve()
        : new Promise<void>((resolve) => child.once('close', () => resolve())),
  };
}

const killed = (child: ChildProcess) =>
  new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('close', () => resolve());
    child.kill('SIGKILL');
  });

/** mulberry32: small, seeded, good enough to choose a moment. */
const random = (seed: number) => {
  const t = Math.imul((seed + 0x6d2b79f5) ^ ((seed + 0x6d2b79f5) >>> 15), 1 | seed);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};

describe('a journal whose blocks are packed', () => {
  it('gives the same entries to whoever reads it, also after it was opened again', async () => {
    const file = newFile();
    const first = await openJournal(file, packedCodec(1));
    for (let n = 0; n < 3; n++) await first.append([{ n }, { n: n + 10 }]);
    await first.close();
    const again = await openSqliteJournal(file, packedCodec<Entry>(1), roomy, journalThread({ readsToo: true }));
    open.push(again);
    const all = [0, 10, 1, 11, 2, 12].map((n) => ({ position: (n % 10) + 1, n }));
    expect(await everything(again)).toEqual(all);
    const reader = await openSqliteJournalReader<Entry>(file, packedCodec(1));
    open.push(reader);
    expect(await everything(reader)).toEqual(all);
  });
});

describe('a journal that is opened again', () => {
  it('has kept its entries, its epoch and what consumers released', async () => {
    const file = newFile();
    const first = await openJournal(file);
    await first.register('rules');
    await first.register('gone');
    for (let n = 0; n < 4; n++) await first.append([{ n }]);
    await first.release('rules', 2);
    await first.unregister('gone');
    await until('the freeing', () => first.stats().oldest === 3, { everyMs: 1 });
    const { epoch } = first;
    const { bytes } = first.stats();
    await first.close();

    const again = await openJournal(file);
    expect(again.epoch).toBe(epoch);
    expect(again.stats()).toMatchObject({ head: 4, oldest: 3, bytes, consumers: { rules: 2 } });
    expect(await everything(again, 2)).toEqual([
      { position: 3, n: 2 },
      { position: 4, n: 3 },
    ]);
    expect(await again.append([{ n: 4 }])).toBe(5);
  });

  it('goes on counting where it stood, even when everything had been freed', async () => {
    const file = newFile();
    const first = await openJournal(file);
    await first.register('rules');
    for (let n = 0; n < 3; n++) await first.append([{ n }]);
    await first.release('rules', 3);
    await until('the freeing', () => first.stats().oldest === 4, { everyMs: 1 });
    await first.close();
    const again = await openJournal(file);
    expect(again.stats()).toMatchObject({ head: 3, oldest: 4, bytes: 0 });
    expect(await again.append([{ n: 3 }])).toBe(4);
    expect(await everything(again, 3)).toEqual([{ position: 4, n: 3 }]);
  });

  it('has another epoch when its file was made anew', async () => {
    const [one, other] = [await openJournal(newFile()), await openJournal(newFile())];
    expect(one.epoch).not.toBe(other.epoch);
  });

  it('has another epoch after a restore said so, and then keeps it', async () => {
    const file = newFile();
    const first = await openJournal(file);
    await first.append([{ n: 0 }]);
    const before = first.epoch;
    expect(() => renewJournalEpoch(file)).toThrow(Problem);
    await first.close();
    const epoch = renewJournalEpoch(file);
    expect(epoch).not.toBe(before);
    const again = await openJournal(file);
    expect(again.epoch).toBe(epoch);
    expect(await everything(again)).toEqual([{ position: 1, n: 0 }]);
  });

  it('reads entries of this schema and the one before, and refuses the rest', async () => {
    const file = newFile();
    const written = await openJournal(file, jsonCodec(1));
    await written.append([{ n: 0 }]);
    await written.close();
    const next = await openJournal(file, jsonCodec(2));
    await next.append([{ n: 1 }]);
    expect((await everything(next)).map((e) => e.n)).toEqual([0, 1]);
    await next.close();
    const later = await openJournal(file, jsonCodec(3));
    await expect(later.read(0)).rejects.toBeInstanceOf(JournalVersion);
    await expect(later.read(0)).rejects.toThrow('schema 1; this program reads 2 and 3');
    expect((await everything(later, 1)).map((e) => e.n)).toEqual([1]);
  });

  it('counts its bytes as the file does, however long it freed and appended', async () => {
    const file = newFile();
    const journal = await openJournal(file);
    await journal.register('rules');
    for (let n = 0; n < 300; n++) {
      const position = await journal.append([{ n }]);
      if (n % 7 === 0) await journal.release('rules', Math.max(position - 3, 0));
    }
    await until('the freeing', () => journal.stats().oldest === 293, { everyMs: 1 });
    const db = new Database(file, { readonly: true });
    const held = db.prepare('SELECT sum(length(CAST(text AS BLOB))) FROM blocks').pluck().get();
    db.close();
    expect(journal.stats().bytes).toBe(held);
  });
});

describe('a journal whose process is killed', () => {
  it('has kept every acknowledged entry, at its position and once', { timeout: 120_000 }, async () => {
    const file = newFile();
    for (let round = 0; round < 5; round++) {
      const seed = Number(process.env.JOURNAL_SEED ?? Date.now()) + round;
      const keep = round % 2 === 0 ? 0 : 20;
      console.log(
        `kill -9 round ${round}, JOURNAL_SEED=${seed - round}, ${keep === 0 ? 'keeping everything' : 'freeing as it goes'}`,
      );
      const first = round * 1_000_000;
      const writer = appender(file, {
        first,
        count: 999_999,
        inFlight: 64,
        bytes: 50 + Math.floor(random(seed) * 500),
        keep,
      });
      await writer.hears(`ack ${first + Math.floor(random(seed + 1) * 20_000)}`);
      await killed(writer.child);
      const acknowledged = writer.said.map((line) => /^ack (\d+) (\d+)$/.exec(line)).filter((m) => m !== null);
      expect(acknowledged.length).toBeGreaterThan(0);

      const journal = await openJournal(file);
      const { oldest, head } = journal.stats();
      const kept = await everything(journal, oldest - 1);
      const place = new Map(kept.map((e) => [e.n, e.position]));
      expect(place.size).toBe(kept.length);
      expect([...new Set(kept.map((e) => e.position))]).toEqual(
        Array.from({ length: head - oldest + 1 }, (_, i) => oldest + i),
      );
      const lost = acknowledged.filter(
        ([, n, position]) => Number(position) >= oldest && place.get(Number(n)) !== Number(position),
      );
      expect(lost.map(([line]) => line)).toEqual([]);
      if (keep === 0) expect(place.has(first)).toBe(true);
      await journal.unregister('consumer');
      await journal.close();
    }
  });

  it('can be opened by the next process at once: the lock has died with the holder', async () => {
    const file = newFile();
    const writer = appender(file, {});
    await writer.hears('open');
    await killed(writer.child);
    const journal = await openJournal(file);
    expect(await journal.append([{ n: 0 }])).toBe(1);
  });
});

needs('strace')('an append, seen by the kernel', () => {
  it('is written and synced before it resolves', async () => {
    const file = newFile();
    const trace = join(folders.at(-1)!, 'trace');
    const traced = started(requireTool('strace'), [
      ...['-f', '-y', '-s', '64', '-e', 'trace=write,pwrite64,fsync,fdatasync', '-o', trace],
      ...[process.execPath, appenderFile, ...appenderArgs(file, { count: 20 })],
    ]);
    await traced.hears('ack 19');
    traced.tell('close');
    await traced.ended();
    const events = walEvents(readFileSync(trace, 'utf8'));
    for (let n = 0; n < 20; n++) {
      const begin = events.indexOf(`begin ${n}`);
      const between = events.slice(begin + 1, events.indexOf(`ack ${n} ${n + 1}`));
      expect(begin, `begin ${n}`).toBeGreaterThanOrEqual(0);
      expect(between.lastIndexOf('write'), `append ${n} reaches the WAL: ${between}`).toBeGreaterThanOrEqual(0);
      expect(between.lastIndexOf('synced'), `append ${n} is synced after it is written: ${between}`).toBeGreaterThan(
        between.lastIndexOf('write'),
      );
    }
  });
});

/** From strace's lines: what the process said, writes to the WAL, and syncs of it that have come back. */
function walEvents(trace: string): string[] {
  const syncing = new Set<string>();
  const events: string[] = [];
  for (const line of trace.split('\n')) {
    const thread = line.split(' ', 1)[0]!;
    const said = /write\(1<[^>]*>, "(\w[^"\\]*)\\n"/.exec(line)?.[1];
    if (said) events.push(said);
    if (/pwrite64\(\d+<[^>]*-wal>/.test(line)) events.push('write');
    if (/f(data)?sync\(\d+<[^>]*-wal>/.test(line)) {
      if (/= 0$/.test(line)) events.push('synced');
      else syncing.add(thread);
    } else if (/f(data)?sync resumed>.*= 0$/.test(line) && syncing.delete(thread)) events.push('synced');
  }
  return events;
}

describe('a disk that is full', () => {
  it('rejects appends, to be tried again, and takes them once there is room', async () => {
    const file = newFile();
    // A limit on file size stands for the full disk: the kernel refuses the same writes, with SQLite none the wiser.
    const command = `ulimit -S -f 4096; exec "$0" "$@"`;
    const writer = started('sh', [
      '-c',
      command,
      process.execPath,
      appenderFile,
      ...appenderArgs(file, { count: 500, bytes: 20_000 }),
    ]);
    const failure = await writer.hears('failed');
    expect(failure).toMatch(/^failed \d+ true the journal .* was not written: .*\(SQLITE_(FULL|IOERR\w*)\)/);
    await until('every lane to give up', () => writer.said.filter((line) => line.startsWith('failed')).length === 1);
    execFileSync('prlimit', [`--pid=${writer.child.pid}`, '--fsize=unlimited']);
    writer.tell('append 1000');
    await writer.hears('ack 1000');
    writer.tell('append 1001');
    await writer.hears('ack 1001');
    writer.tell('close');
    await writer.ended();

    const journal = await openJournal(file);
    const acknowledged = writer.said.filter((line) => line.startsWith('ack')).map((line) => Number(line.split(' ')[1]));
    const kept = await everything(journal);
    expect(kept.map((e) => e.n)).toEqual(acknowledged);
    expect(kept.map((e) => e.position)).toEqual(acknowledged.map((_, i) => i + 1));
  });

  it('rejects appends when the file was taken away under the journal', async () => {
    const file = newFile();
    const journal = await openJournal(file);
    await journal.append([{ n: 0 }]);
    rmSync(file);
    await expect(journal.append([{ n: 1 }])).rejects.toThrow('removed or replaced while it was open');
    expect(await journal.head()).toBe(1);
  });
});

describe('a second process', () => {
  it('may not write, and is told who does', async () => {
    const file = newFile();
    const writer = appender(file, {});
    await writer.hears('open');
    const refused = await openSqliteJournal(file, jsonCodec(1), roomy).catch((err: unknown) => err as Error);
    expect(refused).toBeInstanceOf(Problem);
    expect((refused as Error).message).toContain(
      `${file} is already open for writing by process ${writer.child.pid} on `,
    );
    writer.tell('append 0');
    await writer.hears('ack 0');
  });

  it('sees appends of the writer as they come', async () => {
    const file = newFile();
    const writer = appender(file, {});
    await writer.hears('open');
    const reader = await openReader(file);
    expect(await reader.head()).toBe(0);
    for (let n = 0; n < 5; n++) {
      const news = reader.changed(n);
      writer.tell(`append ${n}`);
      await news;
      expect(await everything(reader, n)).toEqual([{ position: n + 1, n }]);
    }
    expect(await reader.head()).toBe(5);
    await expect(reader.read(6)).rejects.toMatchObject({ name: 'JournalGap' });
    await reader.changed(5, AbortSignal.timeout(60));
  });

  it('reads on while the writer is down, and after it is back', async () => {
    const file = newFile();
    const first = appender(file, { count: 3 });
    await first.hears('ack 2');
    first.tell('close');
    await first.ended();
    const reader = await openReader(file);
    expect((await everything(reader)).map((e) => e.n)).toEqual([0, 1, 2]);
    const news = reader.changed(3);
    const second = appender(file, { first: 3, count: 2 });
    await second.hears('ack 4');
    await news;
    expect((await everything(reader, 3)).map((e) => e.n)).toEqual([3, 4]);
  });

  it('waits for a journal that is not there yet', async () => {
    const file = newFile();
    const reader = openReader(file);
    const writer = appender(file, { count: 1 });
    await writer.hears('ack 0');
    expect(await everything(await reader)).toEqual([{ position: 1, n: 0 }]);
  });

  it('is told what to start when the journal does not come', async () => {
    const file = newFile();
    const missing = openReader(file, { waitMs: 0 });
    await expect(missing).rejects.toBeInstanceOf(Problem);
    await expect(missing).rejects.toThrow(`there is no journal at ${file} yet: start the process that writes it`);
    await expect(openReader(file, { signal: AbortSignal.abort() })).rejects.toBeInstanceOf(Problem);
    expect(existsSync(file)).toBe(false);
  });

  it('is told, also while it waits, when the journal was restored under it', async () => {
    const file = newFile();
    const writer = await openJournal(file);
    await writer.append([{ n: 0 }]);
    await writer.close();
    const reader = await openReader(file);
    const news = reader.changed(1);
    renewJournalEpoch(file);
    await news;
    await expect(reader.read(0)).rejects.toThrow('made anew or restored');
  });

  it('is told, also while it waits, when the journal was made anew under it', async () => {
    const file = newFile();
    await (await openJournal(file)).close();
    const reader = await openReader(file);
    const news = reader.changed(0);
    for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
    const again = await openJournal(file);
    await again.append([{ n: 0 }]);
    await news;
    await expect(reader.read(0)).rejects.toThrow('made anew or restored');
  });
});

describe('a journal that cannot be opened', () => {
  it('says that its folder cannot be made', async () => {
    const file = newFile();
    writeFileSync(join(folders.at(-1)!, 'data'), 'a file where a folder should be');
    const refused = openJournal(file);
    await expect(refused).rejects.toBeInstanceOf(Problem);
    await expect(refused).rejects.toThrow(`${file} cannot be opened for writing`);
  });

  it('says that its folder is not this user’s to write to', async () => {
    const file = newFile();
    await (await openJournal(file)).close();
    // The superuser may write anywhere but in a file system of the kernel's own.
    const asRoot = process.getuid?.() === 0;
    if (!asRoot) chmodSync(join(folders.at(-1)!, 'data'), 0o500);
    const refused = openJournal(asRoot ? '/sys/yanshao/journal.db' : join(folders.at(-1)!, 'data', 'other.db'));
    await expect(refused).rejects.toBeInstanceOf(Problem);
    await expect(refused).rejects.toThrow('belongs to this user');
    if (!asRoot) chmodSync(join(folders.at(-1)!, 'data'), 0o700);
  });

  it('says that the file is something else, and leaves it alone', async () => {
    const file = newFile();
    await (await openJournal(file)).close();
    const foreign = 'a letter that somebody keeps here, longer than the header of a database file would be. '.repeat(9);
    writeFileSync(file, foreign);
    await expect(openJournal(file)).rejects.toThrow('file is not a database');
    expect(readFileSync(file, 'utf8')).toBe(foreign);
  });

  it('says that the file was written by a later program', async () => {
    const file = newFile();
    await (await openJournal(file)).close();
    const db = new Database(file);
    db.pragma('user_version = 99');
    db.close();
    await expect(openJournal(file)).rejects.toThrow('it has layout 99; this program knows 1');
  });

  it('leaves no lock behind', async () => {
    const file = newFile();
    await (await openJournal(file)).close();
    const good = readFileSync(file);
    writeFileSync(file, 'not a database, for now. '.repeat(50));
    await expect(openJournal(file)).rejects.toBeInstanceOf(Problem);
    writeFileSync(file, good);
    const journal = await openJournal(file);
    expect(await journal.append([{ n: 0 }])).toBe(1);
    await expect(openJournal(file)).rejects.toThrow('already open for writing');
    await expect(journal.append([{ n: 1 }])).resolves.toBe(2);
  });
});
