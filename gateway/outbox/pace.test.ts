import { describe, expect, it } from 'vitest';
import { pace } from './pace.ts';

/** A line that needs 20 ms and carries one message in `eachMs`: what acknowledgements take under the pace it is given. */
function lineBench(eachMs: number, messages: number) {
  const paced = pace({ most: 16, queueMs: 150 });
  const took: number[] = [];
  for (let n = 0; n < messages; n++) {
    const ms = 20 + Math.max(0, paced.window - 1) * eachMs;
    took.push(ms);
    paced.felt(ms);
  }
  return { paced, took };
}

describe('the pace of a backlog', () => {
  it('grows to its part of the window where the line does not feel it', () => {
    expect(lineBench(1, 400).paced.window).toBe(16);
  });

  it('stays where live readings wait little longer than on an idle line', () => {
    const { paced, took } = lineBench(60, 2000);
    expect(paced.window).toBeLessThan(8);
    const settled = took.slice(200);
    expect(settled.reduce((a, b) => a + b, 0) / settled.length).toBeLessThan(20 + 2 * 150);
  });

  it('comes down to one message, and rests between two, on a line that one fills', () => {
    const paced = pace({ most: 16, queueMs: 150 });
    for (let n = 0; n < 5; n++) paced.felt(20);
    for (let n = 0; n < 40; n++) paced.felt(900);
    expect(paced.window).toBe(1);
    expect(paced.restMs).toBeGreaterThan(500);
    for (let n = 0; n < 40; n++) paced.felt(20);
    expect(paced.restMs).toBe(0);
    expect(paced.window).toBeGreaterThan(1);
  });
});
