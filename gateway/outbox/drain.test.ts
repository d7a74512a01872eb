import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { memoryJournal } from '../../kit/journal/memory/memory-journal.ts';
import { silentLog } from '../../kit/log.ts';
import type { UplinkRow } from '../row.ts';
import { backlogInFlight, liveInFlight, outboxDrain } from './drain.ts';
import { type HandUplink, handUplink, numbered, outboxBench, settle, shown } from './outbox-bench.ts';

const range = (from: number, to: number): UplinkRow[] =>
  Array.from({ length: to - from + 1 }, (_, i) => numbered(from + i));

/** Answers whatever arrives until nothing more does; what arrived, in order. */
async function answerAll(uplink: HandUplink): Promise<string[]> {
  const seen: string[] = [];
  for (await settle(); uplink.waiting.length > 0; await settle()) {
    const [first] = uplink.waiting;
    if (!first) break;
    seen.push(...shown(first.rows));
    first.acknowledge();
  }
  return seen;
}

describe('an outbox over a fresh connection', () => {
  it('sends what gathered in order and marked historical', async () => {
    const { drain, hear } = await outboxBench();
    await hear(...range(1, 5));
    const uplink = handUplink();
    const draining = drain.over(uplink);
    expect(await answerAll(uplink)).toEqual(['1h', '2h', '3h', '4h', '5h']);
    expect(await draining.caughtUp).toBe(true);
    expect(drain.sent).toBe(5);
    await draining.stop();
  });

  it('sends fresh readings at once, unmarked, while the backlog waits', async () => {
    const { drain, hear } = await outboxBench();
    await hear(...range(1, 100 * (backlogInFlight + 3)));
    const uplink = handUplink();
    const draining = drain.over(uplink);
    await settle();
    // The backlog has filled its part of the window and nobody answers.
    expect(uplink.waiting).toHaveLength(backlogInFlight);
    await hear(numbered(9001));
    await settle();
    expect(uplink.waiting).toHaveLength(backlogInFlight + 1);
    expect(shown(uplink.waiting.at(-1)?.rows ?? [])).toEqual(['9001']);
    await draining.stop();
  });

  it('keeps each lane within its part of the window', async () => {
    const { drain, hear } = await outboxBench();
    const uplink = handUplink();
    const draining = drain.over(uplink);
    await settle();
    for (const row of range(1, 500)) {
      await hear(row);
      await settle();
      expect(uplink.waiting.length).toBeLessThanOrEqual(liveInFlight);
    }
    expect(uplink.waiting).toHaveLength(liveInFlight);
    expect(await answerAll(uplink)).toEqual(shown(range(1, 500)));
    await draining.stop();
  });

  it('cuts a block that is too large for one message, and frees it when all of it is acknowledged', async () => {
    const { outbox, drain, released } = await outboxBench();
    await outbox.append(range(1, 250));
    const uplink = handUplink();
    const draining = drain.over(uplink);
    await settle();
    expect(uplink.waiting.map(({ rows }) => rows.length)).toEqual([100, 100, 50]);
    uplink.waiting[2]?.acknowledge();
    uplink.waiting[0]?.acknowledge();
    await settle();
    expect(released()).toBe(0);
    uplink.waiting[0]?.acknowledge();
    await settle();
    expect(released()).toBe(1);
    await draining.stop();
  });

  it('frees nothing before it is acknowledged, and only up to the first gap', async () => {
    const { drain, hear, released } = await outboxBench();
    const uplink = handUplink();
    const draining = drain.over(uplink);
    for (const row of range(1, 4)) {
      await hear(row);
      await settle();
    }
    expect(uplink.waiting).toHaveLength(4);
    expect(released()).toBe(0);
    uplink.waiting[1]?.acknowledge();
    uplink.waiting[2]?.acknowledge();
    await settle();
    // 2 and 4 are acknowledged; 1 is not.
    expect(released()).toBe(0);
    expect(await drain.backlog()).toBe(4);
    uplink.waiting[0]?.acknowledge();
    await settle();
    expect(released()).toBe(2);
    expect(await drain.backlog()).toBe(2);
    await draining.stop();
  });
});

describe('a link that breaks', () => {
  it('has what was unacknowledged sent again over the next, and nothing else', async () => {
    const { drain, hear, released } = await outboxBench();
    await hear(numbered(1));
    const first = handUplink();
    const draining = drain.over(first);
    await settle();
    await hear(numbered(2));
    await settle();
    await hear(numbered(3));
    await settle();
    expect(first.waiting.map(({ rows }) => shown(rows))).toEqual([['1h'], ['2'], ['3']]);
    first.waiting[1]?.acknowledge();
    await settle();
    first.cut();
    await draining.ended;
    expect(await draining.caughtUp).toBe(false);
    await draining.stop();
    expect(released()).toBe(0);

    await hear(numbered(4));
    const second = handUplink();
    const again = drain.over(second);
    expect(await answerAll(second)).toEqual(['1h', '3h', '4h']);
    expect(released()).toBe(4);
    await again.stop();
  });

  it('ends the draining even when the connection itself stays', async () => {
    const { drain, hear } = await outboxBench();
    await hear(numbered(1));
    const draining = drain.over({ send: () => Promise.reject(new Error('no message id left')) });
    await draining.ended;
    await draining.stop();
  });

  it('does not hold up a stop, however much is unanswered', async () => {
    const { drain, hear } = await outboxBench();
    await hear(...range(1, 5000));
    const never = handUplink();
    const draining = drain.over(never);
    await settle();
    await draining.stop();
    expect(await draining.caughtUp).toBe(false);
    const sent = never.waiting.length;
    await hear(numbered(6000));
    await settle();
    expect(never.waiting).toHaveLength(sent);
  });

  it('may have an acknowledgement on the way that still counts', async () => {
    const { drain, hear, released } = await outboxBench();
    await hear(numbered(1));
    const slow = handUplink();
    const draining = drain.over(slow);
    await settle();
    await draining.stop();
    slow.waiting[0]?.acknowledge();
    await settle();
    expect(released()).toBe(1);
    const next = handUplink();
    const again = drain.over(next);
    expect(await answerAll(next)).toEqual([]);
    await again.stop();
  });
});

describe('an outbox that fails', () => {
  it('ends the draining when it cannot be read, so that a new connection tries again', async () => {
    const read = vi.fn().mockRejectedValue(new Error('disk gone'));
    const { drain, hear } = await outboxBench({ read });
    await hear(numbered(1));
    const draining = drain.over(handUplink());
    await draining.ended;
    expect(await draining.caughtUp).toBe(false);
    await draining.stop();
  });

  it('ends the draining when it is closed under it', async () => {
    const { outbox, drain } = await outboxBench();
    const draining = drain.over(handUplink());
    await settle();
    await outbox.close();
    await draining.ended;
    await draining.stop();
  });

  it('frees with the next acknowledgement what it could not free with this one', async () => {
    const journal = memoryJournal<UplinkRow>({ capBytes: 1e6, safetyBytes: 0 });
    let failing = true;
    const release: typeof journal.release = (...args) =>
      failing ? Promise.reject(new Error('disk full')) : journal.release(...args);
    const drain = await outboxDrain({ ...journal, release }, silentLog);
    const uplink = handUplink();
    const draining = drain.over(uplink);
    await journal.append([numbered(1)]);
    await answerAll(uplink);
    expect(journal.stats().consumers.uplink).toBe(0);
    failing = false;
    await journal.append([numbered(2)]);
    await answerAll(uplink);
    expect(journal.stats().consumers.uplink).toBe(2);
    await draining.stop();
  });
});

/** One thing that happens to a gateway. */
const happening = fc.oneof(
  { weight: 4, arbitrary: fc.record({ hear: fc.integer({ min: 1, max: 130 }) }) },
  { weight: 4, arbitrary: fc.record({ acknowledge: fc.nat(80) }) },
  { weight: 1, arbitrary: fc.constant({ cut: true } as const) },
);

describe('whatever the link does', () => {
  it('every row arrives, each lane in order, and nothing is freed before its acknowledgement', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 25 }), async (happenings) => {
        const { outbox, drain, released } = await outboxBench();
        let heard = 0;
        const acknowledged = new Set<number>();
        const positionOf: number[] = [];
        let uplink = handUplink();
        let draining = drain.over(uplink);
        const answer = async (index: number) => {
          const message = uplink.waiting[index % Math.max(1, uplink.waiting.length)];
          if (!message) return;
          for (const { ts } of message.rows) acknowledged.add(ts);
          message.acknowledge();
          await settle();
        };
        const inOrder = () => {
          for (const historical of [true, undefined]) {
            const lane = uplink.waiting.flatMap(({ rows }) => rows).filter((row) => row.historical === historical);
            expect(lane.map(({ ts }) => ts)).toEqual(lane.map(({ ts }) => ts).sort((a, b) => a - b));
          }
        };
        await settle();
        for (const event of happenings) {
          if ('hear' in event) {
            const rows = range(heard + 1, heard + event.hear);
            const position = await outbox.append(rows);
            for (const { ts } of rows) positionOf[ts] = position;
            heard += event.hear;
          } else if ('acknowledge' in event) {
            await answer(event.acknowledge);
          } else {
            uplink.cut();
            await draining.stop();
            uplink = handUplink();
            draining = drain.over(uplink);
          }
          await settle();
          inOrder();
          for (let n = 1; n <= heard; n++) {
            if ((positionOf[n] ?? 0) <= released()) expect(acknowledged).toContain(n);
          }
        }
        for (await settle(); uplink.waiting.length > 0; await settle()) await answer(0);
        expect(acknowledged.size).toBe(heard);
        expect(await drain.backlog()).toBe(0);
        expect(released()).toBe(await outbox.head());
        await draining.stop();
        await outbox.close();
      }),
      { seed: 1122, numRuns: 60 },
    );
  });
});
