import { describe, expect, it } from 'vitest';
import { limitBar } from './limit-bar.ts';

describe('a value against its limit', () => {
  it('stands past the mark when an upper limit is exceeded', () => {
    const bar = limitBar(46, '>=', 40);
    expect(bar?.limit).toBeCloseTo(2 / 3);
    expect(bar?.value).toBeGreaterThan(bar?.limit ?? 1);
  });

  it('stays on the bar however far it goes', () => {
    const bar = limitBar(4000, '>', 40);
    expect(bar?.value).toBeLessThan(1);
    expect(bar?.limit).toBeGreaterThan(0);
  });

  it('falls short of the mark when a lower limit is undercut', () => {
    const bar = limitBar(1.2, '<', 1.6);
    expect(bar && bar.value < bar.limit).toBe(true);
  });

  it.each([
    ['a door that is open', true, '==', true],
    ['a missing limit', 4, '>', null],
    ['a limit of zero', 4, '>', 0],
  ] as const)('says nothing for %s', (_, value, op, limit) => {
    expect(limitBar(value, op, limit)).toBeNull();
  });
});
