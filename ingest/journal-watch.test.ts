import { describe, expect, it } from 'vitest';
import type { JournalStats } from '../kit/journal/journal.ts';
import { isFilling, journalMarks, slowest, toCut } from './journal-watch.ts';

const marks = journalMarks({ capBytes: 1000, safetyBytes: 200 }, 0.8);
const waitsFor = (routine = 0, normal = 0, safety = 0) => ({ routine, normal, safety });
const stats = (over: Partial<JournalStats> = {}): JournalStats => ({
  head: 100,
  oldest: 1,
  bytes: 0,
  capBytes: 1000,
  waiting: 0,
  waitingBy: waitsFor(),
  entries: 0,
  commits: 0,
  consumers: { rules: 100, store: 100 },
  ...over,
});

describe('a journal that fills', () => {
  it('is told shortly before the first senders wait, and until a good part is free again', () => {
    expect(marks).toEqual({ routineBytes: 640, normalBytes: 800, capBytes: 1000, cutAt: 0.8 });
    expect(isFilling(false, stats({ bytes: 600 }), marks)).toBe(false);
    expect(isFilling(false, stats({ bytes: 610 }), marks)).toBe(true);
    expect(isFilling(true, stats({ bytes: 520 }), marks)).toBe(true);
    expect(isFilling(true, stats({ bytes: 500 }), marks)).toBe(false);
  });

  it('is told when anybody waits, whatever the bytes are', () => {
    expect(isFilling(false, stats({ bytes: 100, waitingBy: waitsFor(1) }), marks)).toBe(true);
  });

  it('names who holds it', () => {
    expect(slowest(stats({ consumers: { rules: 90, store: 20 } }))).toEqual({ consumer: 'store', behind: 80 });
    expect(slowest(stats({ consumers: {} }))).toBeNull();
  });
});

describe('a consumer that holds the journal', () => {
  const full = { bytes: 970, consumers: { rules: 100, store: 20 } };

  it('loses the older half of what it has not read, once the share of safety is nearly used', () => {
    expect(toCut(stats(full), marks)).toEqual({ consumer: 'store', from: 20, through: 60, bytes: 485 });
    expect(toCut(stats({ ...full, bytes: 950 }), marks)).toBeNull();
  });

  it('loses it at once when a safety measurement waits already', () => {
    expect(toCut(stats({ ...full, bytes: 900, waitingBy: waitsFor(9, 9, 1) }), marks)).not.toBeNull();
    expect(toCut(stats({ ...full, bytes: 900, waitingBy: waitsFor(9, 9) }), marks)).toBeNull();
  });

  it('never loses what the rules still need, and the rules never lose anything', () => {
    expect(toCut(stats({ ...full, consumers: { rules: 30, store: 20 } }), marks)).toMatchObject({ through: 30 });
    expect(toCut(stats({ ...full, consumers: { rules: 20, store: 20 } }), marks)).toBeNull();
    expect(toCut(stats({ ...full, consumers: { rules: 5, store: 20 } }), marks)).toBeNull();
    expect(toCut(stats({ ...full, consumers: { rules: 5 } }), marks)).toBeNull();
  });
});
