import { describe, expect, it } from 'vitest';
import { memoryJournal } from '../../kit/journal/memory/memory-journal.ts';
import { silentLog } from '../../kit/log.ts';
import { type Wait, wait } from '../../kit/retry.ts';
import { outboxDrain } from '../outbox/drain.ts';
import { handUplink, numbered, settle } from '../outbox/outbox-bench.ts';
import type { UplinkRow } from '../row.ts';
import { keepLinked, type UplinkConnection } from './keep-linked.ts';

/** A platform that answers when told to, and a link that is kept to it without waiting. */
async function linkBench(waiting?: Wait) {
  const outbox = memoryJournal<UplinkRow>({ capBytes: 1e6, safetyBytes: 0 });
  const attempts: { connect: () => ReturnType<typeof connection>; refuse: () => void; signal: AbortSignal }[] = [];
  const waits: number[] = [];
  const connection = () => {
    const uplink = handUplink();
    let end = () => {};
    const gone = new Promise<void>((resolve) => {
      end = () => {
        uplink.cut();
        resolve();
      };
    });
    return { ...uplink, gone, drop: end, close: async () => end(), waiting: uplink.waiting };
  };
  const link = keepLinked({
    open: (signal) =>
      new Promise<UplinkConnection>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('given up')));
        attempts.push({
          signal,
          connect() {
            const made = connection();
            resolve(made);
            return made;
          },
          refuse: () => reject(new Error('connection refused')),
        });
      }),
    drain: await outboxDrain(outbox, silentLog),
    url: 'mqtt://127.0.0.1:1',
    log: silentLog,
    wait: waiting ?? (async (ms) => void waits.push(ms)),
  });
  return { outbox, attempts, waits, link };
}

describe('an uplink', () => {
  it('is opened again after it went, and sends again what was not acknowledged', async () => {
    const { outbox, attempts, link } = await linkBench();
    const first = attempts[0]?.connect();
    await settle();
    expect(link.connected()).toBe(true);
    await outbox.append([numbered(1)]);
    await settle();
    expect(first?.waiting).toHaveLength(1);
    first?.drop();
    await settle();
    expect(link.connected()).toBe(false);
    const second = attempts[1]?.connect();
    await settle();
    expect(second?.waiting.map(({ rows }) => rows)).toEqual([[{ ...numbered(1), historical: true }]]);
    await link.stop();
  });

  it('is tried for ever, with longer and longer waits', async () => {
    const { attempts, waits, link } = await linkBench();
    for (let i = 0; i < 12; i++) {
      attempts[i]?.refuse();
      await settle();
    }
    expect(waits).toHaveLength(12);
    expect(waits[0]).toBeLessThanOrEqual(500);
    expect(waits.at(-1)).toBeGreaterThanOrEqual(15_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(30_000);
    await link.stop();
  });

  it('is made anew when a message fails while the connection stays', async () => {
    const { outbox, attempts, link } = await linkBench();
    const first = attempts[0]?.connect();
    await settle();
    await outbox.append([numbered(1)]);
    await settle();
    first?.cut();
    await settle();
    expect(attempts).toHaveLength(2);
    await link.stop();
  });

  it('stops in the middle of connecting', async () => {
    const { attempts, link } = await linkBench();
    await link.stop();
    expect(attempts[0]?.signal.aborted).toBe(true);
    await settle();
    expect(attempts).toHaveLength(1);
  });

  it('stops while it is up and nobody answers', async () => {
    const { outbox, attempts, link } = await linkBench();
    attempts[0]?.connect();
    await outbox.append([numbered(1)]);
    await settle();
    await link.stop();
    expect(link.connected()).toBe(false);
  });

  it('goes down when it is unplugged, also in the middle of connecting', async () => {
    const { attempts, link } = await linkBench((ms, signal) => wait(Math.min(ms, 20), signal));
    link.unplug(1);
    expect(attempts[0]?.signal.aborted).toBe(true);
    await expect.poll(() => attempts.length).toBe(2);
    attempts[1]?.connect();
    await settle();
    expect(link.connected()).toBe(true);
    link.unplug(60_000);
    await settle();
    expect(link.connected()).toBe(false);
    await link.stop();
  });
});
