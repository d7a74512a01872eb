import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { memoryJournal } from '../../kit/journal/memory/memory-journal.ts';
import type { UplinkRow } from '../row.ts';
import { liveInFlight } from './drain.ts';
import { type HandUplink, handUplink, numbered, outboxBench, settle, shown } from './outbox-bench.ts';

const range = (from: number, to: number): UplinkRow[] =>
  Array.from({ length: to - from + 1 }, (_, i) => numbered(from + i));
const reading = (device: string, ts: number, name = 'gully.level'): UplinkRow => ({
  device,
  ts,
  values: { [name]: ts },
});

/** Answers whatever arrives until nothing more does; what arrived, in order. */
async function answerAll(uplink: HandUplink): Promise<UplinkRow[]> {
  const seen: UplinkRow[] = [];
  for (await settle(); uplink.waiting.length > 0; await settle()) {
    const [first] = uplink.waiting;
    if (!first) break;
    seen.push(...first.rows);
    first.acknowledge();
  }
  return seen;
}
const named = (rows: readonly UplinkRow[]) => rows.map(({ device, ts }) => `${device}@${ts}`);

describe('an outbox over a fresh connection', () => {
  it('sends the newest reading of every device first, then safety readings in order, then the rest in order', async () => {
    const { drain, hear } = await outboxBench();
    await hear(
      reading('gully', 1),
      reading('gas', 2, 'alarm.ch4'),
      reading('gully', 3),
      reading('bin', 4),
      reading('gas', 5, 'alarm.ch4'),
      reading('gas', 6, 'alarm.ch4'),
      reading('gully', 7),
      reading('bin', 8),
    );
    const uplink = handUplink();
    const draining = drain.over(uplink);
    expect(named(await answerAll(uplink))).toEqual([
      ...['gas@6', 'gully@7', 'bin@8'],
      ...['gas@2', 'gas@5'],
      ...['gully@1', 'gully@3', 'bin@4'],
    ]);
    expect(await draining.caughtUp).toBe(true);
    expect(drain.sent).toBe(8);
    await draining.stop();
  });

  it('sends the newest value of each measurement, also where they came one by one', async () => {
    const { drain, hear } = await outboxBench();
    await hear(reading('rtu', 1, 'p'), reading('rtu', 2, 'q'), reading('rtu', 3, 'p'), reading('rtu', 4, 'p'));
    const uplink = handUplink();
    const draining = drain.over(uplink);
    expect(named(await answerAll(uplink))).toEqual(['rtu@2', 'rtu@4', 'rtu@1', 'rtu@3']);
    await draining.stop();
  });

  it('says of the backlog that it is history, and not of the newest where it is fresh', async () => {
    const now = 1_000_000;
    const { drain, hear } = await outboxBench({ now: () => now });
    await hear(reading('a', now - 600_000), reading('b', now - 120_000), reading('b', now - 60_000));
    const uplink = handUplink();
    const draining = drain.over(uplink);
    expect(shown(await answerAll(uplink))).toEqual([`${now - 600_000}h`, `${now - 60_000}`, `${now - 120_000}h`]);
    await draining.stop();
  });

  it('sends fresh readings at once, unmarked, while the backlog waits', async () => {
    const { drain, outbox } = await outboxBench();
    await outbox.take(range(1, 2000));
    const uplink = handUplink();
    const draining = drain.over(uplink);
    await settle();
    uplink.waiting[0]?.acknowledge();
    await settle();
    // The backlog has filled its part of the window and nobody answers.
    const old = uplink.waiting.length;
    expect(old).toBeGreaterThan(1);
    expect(old).toBeLessThan(10);
    await outbox.take([numbered(9001)]);
    await settle();
    expect(uplink.waiting).toHaveLength(old + 1);
    expect(shown(uplink.waiting.at(-1)?.rows ?? [])).toEqual(['9001']);
    await draining.stop();
  });

  it('keeps what is fresh within its part of the window, in order', async () => {
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
    expect(shown(await answerAll(uplink))).toEqual(shown(range(1, 500)));
    await draining.stop();
  });

  it('cuts a block that is too large for one message, and frees it when all of it is acknowledged', async () => {
    const { drain, outbox, journals } = await outboxBench();
    const uplink = handUplink();
    const draining = drain.over(uplink);
    await settle();
    await outbox.take(range(1, 250));
    await settle();
    expect(uplink.waiting.map(({ rows }) => rows.length)).toEqual([100, 100, 50]);
    const released = () => journals.front.stats().consumers.uplink;
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
    const { drain, hear, journals, waiting } = await outboxBench();
    const uplink = handUplink();
    const draining = drain.over(uplink);
    await settle();
    for (const row of range(1, 4)) {
      await hear(row);
      await settle();
    }
    const released = () => journals.front.stats().consumers.uplink;
    expect(uplink.waiting).toHaveLength(4);
    uplink.waiting[1]?.acknowledge();
    uplink.waiting[2]?.acknowledge();
    await settle();
    // 2 and 4 are acknowledged; 1 is not.
    expect(released()).toBe(0);
    expect(waiting()).toBe(2);
    uplink.waiting[0]?.acknowledge();
    await settle();
    expect(released()).toBe(2);
    expect(waiting()).toBe(1);
    await draining.stop();
  });

  it('begins anew with the newest when live readings come faster than it carries them', async () => {
    const { drain, outbox } = await outboxBench({ behindBytes: 20_000 });
    const uplink = handUplink();
    const draining = drain.over(uplink);
    await settle();
    for (let n = 0; n < 50; n++) await outbox.take(range(n * 100 + 1, n * 100 + 100));
    await settle();
    uplink.waiting[0]?.acknowledge();
    expect(await draining.ended).toBe('behind');
    await draining.stop();
    const again = drain.over(handUplink());
    await settle();
    await again.stop();
  });
});

describe('a link that breaks', () => {
  it('has what was unacknowledged sent again over the next, and nothing else', async () => {
    const { drain, hear, waiting } = await outboxBench();
    await hear(numbered(1));
    const first = handUplink();
    const draining = drain.over(first);
    await settle();
    await hear(numbered(2));
    await settle();
    await hear(numbered(3));
    await settle();
    expect(first.waiting.flatMap(({ rows }) => shown(rows)).sort()).toEqual(['1h', '2', '3']);
    first.waiting.find(({ rows }) => rows[0]?.ts === 2)?.acknowledge();
    await settle();
    first.cut();
    await draining.ended;
    expect(await draining.caughtUp).toBe(false);
    await draining.stop();

    await hear(numbered(4));
    const second = handUplink();
    const again = drain.over(second);
    expect(shown(await answerAll(second))).toEqual(['4h', '1h', '3h']);
    expect(waiting()).toBe(0);
    await again.stop();
  });

  it('does not send again what was sent ahead of its turn and acknowledged', async () => {
    const { drain, hear } = await outboxBench();
    await hear(...range(1, 3));
    const first = handUplink();
    const draining = drain.over(first);
    await settle();
    expect(shown(first.waiting[0]?.rows ?? [])).toEqual(['3h']);
    first.waiting[0]?.acknowledge();
    await settle();
    first.cut();
    await draining.stop();
    const second = handUplink();
    const again = drain.over(second);
    expect(shown(await answerAll(second)).sort()).toEqual(['1h', '2h']);
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
    const { drain, outbox } = await outboxBench();
    await outbox.take(range(1, 5000));
    const never = handUplink();
    const draining = drain.over(never);
    await settle();
    await draining.stop();
    expect(await draining.caughtUp).toBe(false);
    const sent = never.waiting.length;
    await outbox.take([numbered(6000)]);
    await settle();
    expect(never.waiting).toHaveLength(sent);
  });

  it('may have an acknowledgement on the way that still counts', async () => {
    const { drain, hear, waiting } = await outboxBench();
    const slow = handUplink();
    const draining = drain.over(slow);
    await settle();
    await hear(numbered(1));
    await settle();
    await draining.stop();
    slow.waiting[0]?.acknowledge();
    await settle();
    expect(waiting()).toBe(0);
    const next = handUplink();
    const again = drain.over(next);
    expect(await answerAll(next)).toEqual([]);
    await again.stop();
  });
});

describe('an outbox that fails', () => {
  it('ends the draining when it cannot be read, so that a new connection tries again', async () => {
    const inner = memoryJournal<UplinkRow>({ capBytes: 1e6, safetyBytes: 0 });
    const read = vi.fn().mockRejectedValue(new Error('disk gone'));
    const { drain, hear } = await outboxBench({ over: { ...inner, read } });
    await hear(numbered(1));
    const draining = drain.over(handUplink());
    await draining.ended;
    expect(await draining.caughtUp).toBe(false);
    await draining.stop();
  });

  it('ends the draining when it is closed under it', async () => {
    const { journals, drain } = await outboxBench();
    const draining = drain.over(handUplink());
    await settle();
    await journals.front.close();
    await draining.ended;
    await draining.stop();
  });

  it('frees with the next acknowledgement what it could not free with this one', async () => {
    const inner = memoryJournal<UplinkRow>({ capBytes: 1e6, safetyBytes: 0 });
    let failing = true;
    const release: typeof inner.release = (...args) =>
      failing ? Promise.reject(new Error('disk full')) : inner.release(...args);
    const { drain, hear, journals } = await outboxBench({ over: { ...inner, release } });
    const uplink = handUplink();
    const draining = drain.over(uplink);
    await settle();
    await hear(numbered(1));
    await answerAll(uplink);
    expect(journals.front.stats().consumers.uplink).toBe(0);
    failing = false;
    await hear(numbered(2));
    await answerAll(uplink);
    expect(journals.front.stats().consumers.uplink).toBe(2);
    await draining.stop();
  });
});

/** One thing that happens to a gateway. */
const happening = fc.oneof(
  { weight: 4, arbitrary: fc.record({ hear: fc.integer({ min: 1, max: 130 }) }) },
  { weight: 4, arbitrary: fc.record({ acknowledge: fc.nat(80) }) },
  { weight: 1, arbitrary: fc.constant({ cut: true } as const) },
);

/** Row n of a mixed field: five devices, two of them gas detectors. */
const mixed = (n: number): UplinkRow => reading(`d-${n % 5}`, n, n % 5 < 2 ? 'alarm.ch4' : 'gully.level');

describe('whatever the link does', () => {
  it('every row arrives, the newest of each device first, safety before the rest, nothing freed unacknowledged', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 25 }), async (happenings) => {
        const { outbox, drain, held, waiting } = await outboxBench();
        let heard = 0;
        const acknowledged = new Set<number>();
        let uplink = handUplink();
        let draining = drain.over(uplink);
        /** What each connection was sent, and what of the backlog it began with. */
        let sent: UplinkRow[] = [];
        const begin = async () => {
          // Whatever is told as acknowledged may be told twice, but what is held is all that is missing.
          const before = (await held()).filter(({ ts }) => !acknowledged.has(ts));
          sent = [];
          const connected = handUplink();
          const send = connected.send.bind(connected);
          uplink = Object.assign(connected, {
            send: (rows: readonly UplinkRow[]) => {
              sent.push(...rows);
              return send(rows);
            },
          });
          draining = drain.over(uplink);
          await settle();
          // One row for each device goes first, and it is the newest that is missing (or one newer of a block that is sent again).
          const first = new Map(sent.slice(0, 5).map((row) => [row.device, row.ts]));
          for (const { device, ts } of before) expect(first.get(device)).toBeGreaterThanOrEqual(ts);
        };
        const answer = async (index: number) => {
          const message = uplink.waiting[index % Math.max(1, uplink.waiting.length)];
          if (!message) return;
          for (const { ts } of message.rows) acknowledged.add(ts);
          message.acknowledge();
          await settle();
        };
        const inOrder = () => {
          const history = sent.filter(({ historical }) => historical).slice(5);
          const kinds = history.map(({ values }) => ('alarm.ch4' in values ? 0 : 1));
          expect(kinds).toEqual([...kinds].sort());
          for (const kind of [0, 1]) {
            const own = history.filter((_, i) => kinds[i] === kind).map(({ ts }) => ts);
            expect(own).toEqual([...own].sort((a, b) => a - b));
          }
        };
        await settle();
        for (const event of happenings) {
          if ('hear' in event) {
            await outbox.take(Array.from({ length: event.hear }, (_, i) => mixed(heard + i + 1)));
            heard += event.hear;
          } else if ('acknowledge' in event) {
            await answer(event.acknowledge);
          } else {
            uplink.cut();
            await draining.stop();
            await begin();
          }
          await settle();
          inOrder();
          const kept = new Set((await held()).map(({ ts }) => ts));
          for (let n = 1; n <= heard; n++) if (!kept.has(n)) expect(acknowledged).toContain(n);
        }
        for (await settle(); uplink.waiting.length > 0; await settle()) await answer(0);
        expect(acknowledged.size).toBe(heard);
        expect(waiting()).toBe(0);
        expect(outbox.stats().bytes).toBe(0);
        await draining.stop();
        await outbox.stop();
      }),
      { seed: 1122, numRuns: 60 },
    );
  });
});
