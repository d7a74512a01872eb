import { describe, expect, it } from 'vitest';
import { hold, step } from './hold.ts';

describe('rows under a hand', () => {
  it('never move: new ones wait and are counted', () => {
    expect(hold(['a', 'b'], ['new', 'b', 'a'], true)).toEqual({ ids: ['a', 'b'], waiting: ['new'] });
  });

  it('stay where they were when they leave', () => {
    expect(hold(['a', 'b'], ['b'], true).ids).toEqual(['a', 'b']);
  });

  it('take their order at once when the hand is gone', () => {
    expect(hold(['a', 'b'], ['new', 'b'], false)).toEqual({ ids: ['new', 'b'], waiting: [] });
  });

  it('do not hold an empty table empty', () => {
    expect(hold([], ['first'], true).ids).toEqual(['first']);
  });
});

describe('J and K', () => {
  it.each([
    ['J from nothing takes the first', null, 1, 'a'],
    ['J goes down', 'a', 1, 'b'],
    ['K goes up', 'b', -1, 'a'],
    ['J stops at the end', 'c', 1, 'c'],
    ['K stops at the beginning', 'a', -1, 'a'],
    ['from a row that left, back to the first', 'gone', 1, 'a'],
  ] as const)('%s', (_, from, by, to) => {
    expect(step(['a', 'b', 'c'], from, by)).toBe(to);
  });

  it('have nowhere to go in an empty table', () => {
    expect(step([], null, 1)).toBeNull();
  });
});
