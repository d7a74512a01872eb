import { describe, expect, it } from 'vitest';
import { dueTimes } from './due-times.ts';

describe('due times', () => {
  it('give each id once, when its second has come', () => {
    const due = dueTimes();
    due.put('a', 10_500);
    due.put('b', 12_000);
    expect(due.take(9_999)).toEqual([]);
    expect(due.take(10_000)).toEqual(['a']);
    expect(due.take(60_000)).toEqual(['b']);
    expect(due.take(61_000)).toEqual([]);
  });

  it('take back what was put again for the same second, and for a moment that has passed', () => {
    const due = dueTimes();
    due.take(20_000);
    due.put('a', 20_700);
    due.put('b', 3_000);
    expect(due.take(20_900).sort()).toEqual(['a', 'b']);
  });

  it('keep the earlier moment of one that waits already', () => {
    const due = dueTimes();
    due.put('a', 5_000);
    due.put('a', 90_000);
    expect(due.take(5_000)).toEqual(['a']);
  });

  it('forget one, and all', () => {
    const due = dueTimes();
    for (const id of ['a', 'b']) due.put(id, 1_000);
    due.forget('a');
    expect(due.take(1_000)).toEqual(['b']);
    due.put('c', 2_000);
    due.clear();
    expect(due.take(3_000)).toEqual([]);
  });

  it('agree with looking at everything, for any order of moments', () => {
    const due = dueTimes();
    const waiting = new Map<string, number>();
    let random = 7;
    const next = (most: number) => {
      random = (random * 48_271) % 2_147_483_647;
      return random % most;
    };
    for (let now = 0; now < 400_000; now += next(20_000)) {
      for (let i = 0; i < 5; i++) {
        const id = `d${next(40)}`;
        if (waiting.has(id)) continue;
        const at = Math.max(0, now - 5000 + next(90_000));
        waiting.set(id, at);
        due.put(id, at);
      }
      const expected = [...waiting]
        .filter(([, at]) => Math.floor(at / 1000) <= Math.floor(now / 1000))
        .map(([id]) => id);
      expect(due.take(now).sort()).toEqual(expected.sort());
      for (const id of expected) waiting.delete(id);
    }
  });
});
