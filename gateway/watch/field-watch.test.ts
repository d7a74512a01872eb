import { describe, expect, it } from 'vitest';
import { fieldWatch } from './field-watch.ts';
import { refusals } from './refusals.ts';

describe('what somebody on site sees of a source', () => {
  it('is since when it stands as it does, and what came last', async () => {
    let now = 1000;
    let connected = false;
    const watch = fieldWatch(() => now);
    watch.add({ address: 'mqtt://a', protocol: 'mqtt', security: 'TLS', secure: true }, () => connected);
    now = 5000;
    expect(watch.status()[0]).toMatchObject({ connected: false, since: 1000, lastAt: null, rows: 0 });
    connected = true;
    expect(watch.status()[0]).toMatchObject({ connected: true, since: 5000 });
    const take = watch.takeFor('mqtt://a', async () => {});
    await take([
      { device: 'a', ts: 1, values: { x: 1 } },
      { device: 'b', ts: 2, values: { y: 2 } },
      { device: 'c', ts: 3, values: {}, unreadable: 'noise' },
    ]);
    now = 9000;
    expect(watch.status()[0]).toMatchObject({
      since: 5000,
      lastAt: 5000,
      lastRow: { device: 'b', values: { y: 2 } },
      rows: 3,
    });
    watch.stop();
  });

  it('is nothing of what did not reach the outbox', async () => {
    const watch = fieldWatch(() => 1);
    watch.add({ address: 'a', protocol: 'opcua', security: 'None', secure: false }, () => true);
    const take = watch.takeFor('a', () => Promise.reject(new Error('no room')));
    await expect(take([{ device: 'a', ts: 1, values: { x: 1 } }])).rejects.toThrow('no room');
    expect(watch.status()[0]?.lastAt).toBe(null);
    watch.stop();
  });
});

describe('what was refused', () => {
  it('is all counted, and the newest 200 are kept, newest first', () => {
    let now = 0;
    const refused = refusals(() => ++now);
    for (let n = 1; n <= 250; n++) refused.add(`reason ${n}`);
    expect(refused.count).toBe(250);
    expect(refused.recent()).toHaveLength(200);
    expect(refused.recent()[0]).toEqual({ at: 250, reason: 'reason 250' });
  });
});
