import { describe, expect, it, vi } from 'vitest';
import { silentLog } from '../kit/log.ts';
import { StoreUnavailable, type Upkeep } from '../kit/telemetry/telemetry-store.ts';
import type { ConditionBook, Facts } from './conditions.ts';
import { nearLimit, startStoreWatch } from './store-watch.ts';

/** A watch over a store that says what it is told to, looking as often as it can. */
function bench() {
  const standing = new Map<string, Facts>();
  const conditions: Pick<ConditionBook, 'begin' | 'end'> = {
    begin: (condition, subject, facts) => void standing.set(`${subject} ${condition}`, facts),
    end: (condition, subject) => void standing.delete(`${subject} ${condition}`),
  };
  const writer = { stopped: false, problem: null as string | null };
  let answer: () => Partial<Upkeep> = () => ({});
  let rounds = 0;
  const watch = startStoreWatch({
    store: {
      engine: 'influxdb',
      async upkeep() {
        rounds += 1;
        return { series: null, seriesLimit: null, dropped: 0, rolledHours: 0, ...answer() };
      },
    },
    writer,
    conditions,
    clock: { now: () => 0 },
    log: silentLog,
    upkeepEveryMs: 5,
    lookEveryMs: 5,
  });
  return {
    standing,
    writer,
    watch,
    rounds: () => rounds,
    says: (next: typeof answer) => {
      answer = next;
    },
  };
}

describe('the watch over the store', () => {
  it('tells while the store takes nothing until a person mends it, and why', async () => {
    const { standing, writer, watch } = bench();
    writer.stopped = true;
    writer.problem = 'no such bucket';
    await vi.waitFor(() =>
      expect(standing.get('platform store-stopped')).toEqual({ engine: 'influxdb', problem: 'no such bucket' }),
    );
    writer.stopped = false;
    await vi.waitFor(() => expect(standing.has('platform store-stopped')).toBe(false));
    await watch.stop();
  });

  it('tells when series near their limit, and again when there is room', async () => {
    const { standing, says, watch } = bench();
    says(() => ({ series: 85_000, seriesLimit: 100_000 }));
    await vi.waitFor(() => expect(standing.get('platform series-limit')).toEqual({ series: 85_000, limit: 100_000 }));
    says(() => ({ series: 70_000, seriesLimit: 100_000 }));
    await vi.waitFor(() => expect(standing.size).toBe(0));
    await watch.stop();
  });

  it('goes on after a round that failed', async () => {
    const { rounds, says, watch } = bench();
    says(() => {
      throw new StoreUnavailable('down');
    });
    await vi.waitFor(() => expect(rounds()).toBeGreaterThan(3));
    await watch.stop();
  });

  it('does not waver between the two marks, and knows stores without a limit', () => {
    expect(nearLimit(80, 100)).toBe(true);
    expect(nearLimit(78, 100)).toBeNull();
    expect(nearLimit(74, 100)).toBe(false);
    expect(nearLimit(1e9, null)).toBe(false);
    expect(nearLimit(null, 100)).toBe(false);
  });
});
