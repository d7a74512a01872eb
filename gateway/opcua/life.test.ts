import { describe, expect, it } from 'vitest';
import { life } from './life.ts';

describe('the life of a session', () => {
  it('ends once, for the first reason', async () => {
    const one = life();
    expect(one.over).toBe(false);
    one.end('the line broke');
    one.end('closed');
    expect(await one.ended).toBe('the line broke');
    expect(one.over).toBe(true);
  });

  it('leaves nobody waiting for an answer that cannot come', async () => {
    const one = life();
    const answer = one.during(new Promise(() => {}));
    one.end('the line broke');
    await expect(answer).rejects.toThrow('the line broke');
    await expect(one.during(new Promise(() => {}))).rejects.toThrow('the line broke');
  });

  it('gives answers and failures on, while it lasts', async () => {
    const one = life();
    expect(await one.during(Promise.resolve(7))).toBe(7);
    await expect(one.during(Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  it('tells who wants to know, also too late', () => {
    const one = life();
    const told: string[] = [];
    one.onEnd(() => told.push('early'));
    one.end('x');
    one.onEnd(() => told.push('late'));
    expect(told).toEqual(['early', 'late']);
  });
});
