import { describe, expect, it } from 'vitest';
import { settle } from '../outbox/outbox-bench.ts';
import { conditions, type GatewayCondition } from './conditions.ts';

const skew = (active: boolean, device = 'd-1'): GatewayCondition => ({
  condition: 'clock-skew',
  device,
  active,
  at: 1,
  facts: { offsetMs: 90_000 },
});

describe('what is wrong with a gateway', () => {
  it('is told once the platform is there, and once more over each new connection', async () => {
    const told: object[][] = [];
    const tell = async (events: readonly object[]) => void told.push([...events]);
    const all = conditions();
    all.set(skew(true));
    all.reach(tell);
    await settle();
    expect(told).toEqual([[skew(true)]]);
    all.reach(null);
    all.reach(tell);
    await settle();
    expect(told).toHaveLength(2);
    all.set(skew(false));
    await settle();
    expect(told.at(-1)).toEqual([skew(false)]);
    expect(all.active()).toEqual([]);
    all.reach(tell);
    await settle();
    expect(told).toHaveLength(3);
  });

  it('is told again when the link went down over it', async () => {
    const all = conditions();
    all.set(skew(true));
    all.reach(() => Promise.reject(new Error('down')));
    await settle();
    const told: object[] = [];
    all.reach(async (events) => void told.push(...events));
    await settle();
    expect(told).toEqual([skew(true)]);
  });

  it('is told as it ended, when it ended while it was being told', async () => {
    const all = conditions();
    const told: object[] = [];
    let first = true;
    all.reach(async (events) => {
      told.push(...events);
      if (first) all.set(skew(false));
      first = false;
    });
    all.set(skew(true));
    await settle();
    expect(told).toEqual([skew(true), skew(false)]);
  });
});
