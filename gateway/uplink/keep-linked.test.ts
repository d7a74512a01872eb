import { describe, expect, it } from 'vitest';
import { silentLog } from '../../kit/log.ts';
import { type Wait, wait } from '../../kit/retry.ts';
import { handUplink, numbered, outboxBench, settle } from '../outbox/outbox-bench.ts';
import { type Asked, type Door, keepLinked, type UplinkConnection } from './keep-linked.ts';

/** A platform that answers when told to, and a link that is kept to it without waiting. */
async function linkBench({ waiting, door }: { waiting?: Wait; door?: Door } = {}) {
  const { outbox, drain, hear } = await outboxBench();
  const attempts: { connect: () => ReturnType<typeof connection>; refuse: () => void; signal: AbortSignal }[] = [];
  const waits: number[] = [];
  /** What the platform says when it is asked; null: nothing. */
  const platform: { answer: Partial<Asked> | null } = { answer: { serverTime: 5, door: 'direct' } };
  const doors: Door[] = [];
  const reached: boolean[] = [];
  const connection = () => {
    const uplink = handUplink();
    let end = () => {};
    const gone = new Promise<void>((resolve) => {
      end = () => {
        uplink.cut();
        resolve();
      };
    });
    return {
      ...uplink,
      gone,
      drop: end,
      close: async () => end(),
      waiting: uplink.waiting,
      through: (kind: Door) => void doors.push(kind),
      tell: async () => {},
      report: async () => {},
      ask: async (): Promise<Asked> => {
        if (!platform.answer) throw new Error('no answer');
        return { askedAt: 0, answeredAt: 0, ...platform.answer };
      },
    };
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
    drain,
    door,
    url: 'mqtt://127.0.0.1:1',
    log: silentLog,
    now: () => 0,
    onReach: (is) => void reached.push(is !== null),
    wait:
      waiting ??
      (async (ms, signal) => {
        waits.push(ms);
        // The next question comes when the test asks for it.
        if (ms === 30_000 || ms === 3_000) await wait(1e9, signal);
      }),
  });
  return { outbox, hear, attempts, waits, link, platform, doors, reached };
}

describe('an uplink', () => {
  it('is opened again after it went, and sends again what was not acknowledged', async () => {
    const { hear, attempts, link } = await linkBench();
    const first = attempts[0]?.connect();
    await settle();
    expect(link.connected()).toBe(true);
    await hear(numbered(1));
    await settle();
    expect(first?.waiting).toHaveLength(1);
    first?.drop();
    await settle();
    expect(link.connected()).toBe(false);
    const second = attempts[1]?.connect();
    await settle();
    expect(second?.waiting.map(({ rows }) => rows)).toEqual([[expect.objectContaining(numbered(1))]]);
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
    const { hear, attempts, link } = await linkBench();
    const first = attempts[0]?.connect();
    await settle();
    await hear(numbered(1));
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
    const { hear, attempts, link } = await linkBench();
    attempts[0]?.connect();
    await hear(numbered(1));
    await settle();
    await link.stop();
    expect(link.connected()).toBe(false);
  });

  it('goes down when it is unplugged, also in the middle of connecting', async () => {
    const waiting: Wait = (ms, signal) => wait(Math.min(ms, 20), signal);
    const { attempts, link } = await linkBench({ waiting });
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

describe('a platform behind an uplink', () => {
  it('that does not answer gets nothing, until it does', async () => {
    const { hear, attempts, link, platform, reached } = await linkBench();
    platform.answer = null;
    await hear(numbered(1));
    const up = attempts[0]?.connect();
    await settle();
    expect(link.state().platform).toBe('silent');
    expect(link.connected()).toBe(false);
    expect(up?.waiting).toEqual([]);
    platform.answer = { serverTime: 1, door: 'relayed' };
    link.askNow();
    await settle();
    expect(link.state()).toMatchObject({ platform: 'there', door: 'relayed' });
    expect(up?.waiting).toHaveLength(1);
    expect(reached.at(-1)).toBe(true);
    await link.stop();
  });

  it('that does not say what its acknowledgement means gets nothing', async () => {
    const { hear, attempts, link, platform } = await linkBench();
    platform.answer = { serverTime: 1 };
    await hear(numbered(1));
    const up = attempts[0]?.connect();
    await settle();
    expect(link.state().platform).toBe('unclear');
    expect(up?.waiting).toEqual([]);
    await link.stop();
  });

  it('that is too old to say it is believed when the configuration says it', async () => {
    const { hear, attempts, link, platform, doors } = await linkBench({ door: 'direct' });
    platform.answer = { serverTime: 1 };
    await hear(numbered(1));
    const up = attempts[0]?.connect();
    await settle();
    expect(doors).toEqual(['direct']);
    expect(up?.waiting).toHaveLength(1);
    await link.stop();
  });

  it('that falls silent is missed at the second question, and sent nothing more', async () => {
    const { hear, attempts, link, platform } = await linkBench();
    const up = attempts[0]?.connect();
    await settle();
    platform.answer = null;
    link.askNow();
    await settle();
    expect(link.connected()).toBe(true);
    link.askNow();
    await settle();
    expect(link.state().platform).toBe('silent');
    await hear(numbered(1));
    await settle();
    expect(up?.waiting).toEqual([]);
    await link.stop();
  });

  it('is there as long as it acknowledges, whether or not its answer comes through', async () => {
    const { hear, attempts, link, platform } = await linkBench();
    const up = attempts[0]?.connect();
    await settle();
    platform.answer = null;
    for (let n = 1; n < 5; n++) {
      await hear(numbered(n));
      await settle();
      up?.waiting[0]?.acknowledge();
      await settle();
      link.askNow();
      await settle();
      expect(link.connected()).toBe(true);
    }
    await link.stop();
  });
});
