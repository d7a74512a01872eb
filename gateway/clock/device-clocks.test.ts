import { describe, expect, it } from 'vitest';
import type { UplinkRow } from '../row.ts';
import { type DeviceClock, deviceClocks } from './device-clocks.ts';

const row = (ts: number, more: object = {}): UplinkRow => ({ device: 'd', ts, values: { a: 1 }, ...more });

function clocksBench() {
  const changes: DeviceClock[] = [];
  const clocks = deviceClocks({ onChange: (clock) => changes.push(clock) });
  let now = 1_790_000_000_000;
  return {
    clocks,
    changes,
    /** So many messages, one in 20 s, whose newest row is off by `offset`. */
    messages(count: number, offset: number | ((i: number) => number), everyMs = 20_000, more: object = {}) {
      for (let i = 0; i < count; i++) {
        now += everyMs;
        clocks.heard([row(now + (typeof offset === 'number' ? offset : offset(i)), more)], now);
      }
    },
  };
}

describe('a field device’s clock', () => {
  it('is said to be wrong once nine messages agree, and right again once they do', () => {
    const { changes, messages } = clocksBench();
    messages(8, 3_600_000);
    expect(changes).toEqual([]);
    messages(1, 3_600_000);
    expect(changes).toEqual([{ device: 'd', offsetMs: 3_600_000, wrong: true }]);
    messages(9, -800);
    expect(changes.at(-1)).toMatchObject({ wrong: false, offsetMs: -800 });
  });

  it('is not doubted for one message that lay somewhere', () => {
    const { changes, messages, clocks } = clocksBench();
    messages(30, (i) => (i % 3 === 0 ? -7_200_000 : -1_500));
    expect(changes).toEqual([]);
    expect(clocks.all()).toEqual([{ device: 'd', offsetMs: -1_500, wrong: false }]);
  });

  it('is not judged by a queue that drains, by history, or by what the gateway timed', () => {
    const { changes, messages, clocks } = clocksBench();
    messages(200, -7_200_000, 10);
    messages(20, -7_200_000, 20_000, { historical: true });
    messages(20, -7_200_000, 20_000, { untimed: true });
    expect(changes).toEqual([]);
    expect(clocks.all()).toEqual([]);
  });

  it('is judged by the newest row of a message that holds a quarter of an hour', () => {
    const { clocks } = clocksBench();
    for (let i = 0; i < 9; i++) {
      const now = 1_790_000_000_000 + i * 900_000;
      clocks.heard(
        Array.from({ length: 15 }, (_, n) => row(now - n * 60_000)),
        now,
      );
    }
    expect(clocks.all()).toEqual([{ device: 'd', offsetMs: 0, wrong: false }]);
  });
});
