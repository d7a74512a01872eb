import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { by, notice, person, TEN } from '../../rules/notify/notice-bench.ts';
import { outboxBench } from '../../rules/notify/outbox-bench.ts';
import {
  addPushSubscription,
  markGone,
  pushSubscriptionsOf,
  removePushSubscription,
} from '../../rules/store/push-store.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';

const minutes = (n: number) => n * 60_000;
const gas = 'k1/G05-14.com-l2/1/raised';

/** What the outbox promises, on each engine that may hold it. */
const promises = (fresh: () => { url: string; schema?: string }) => {
  let bench: Awaited<ReturnType<typeof outboxBench>> | undefined;
  afterEach(async () => {
    await bench?.stop();
    bench = undefined;
  });
  const started = async () => {
    bench = await outboxBench([], fresh());
    return bench;
  };

  it('a notice climbs its ladder, and every step and receipt is kept', async () => {
    const b = await started();
    b.memory.sms.answers(() => ({ kind: 'sent', farId: 'm1' }));
    await b.write(notice({ to: [person('mira', by('page', 'sms'))] }), notice());
    b.clock.pass(minutes(1));
    await b.settles();
    expect(await b.notifier.receipt({ channel: 'sms', farId: 'm1' }, 'delivered', TEN + minutes(1) + 5)).toBe(true);
    expect(await b.notifier.receipt({ delivery: `${gas}/mira/page/1` }, 'accepted', TEN + minutes(2))).toBe(true);
    await b.settles();
    expect(await b.deliveries(gas)).toMatchObject([
      { channel: 'page', state: 'sent', sent: TEN, delivered: TEN + minutes(2), accepted: TEN + minutes(2) },
      { channel: 'sms', state: 'sent', farId: 'm1', delivered: TEN + minutes(1) + 5, accepted: null },
    ]);
    expect(await b.notifier.stats()).toMatchObject({ open: 0, waiting: [] });
  });

  it('what a process that died had on its way goes again under its key, as a possible repeat', async () => {
    const b = await started();
    b.memory.sms.answers(() => new Promise(() => {}));
    await b.commits(notice({ to: [person('mira', by('sms'))] }));
    await b.notifier.look();
    await b.dies();
    b.memory.sms.answers(() => ({ kind: 'sent' }));
    await b.starts();
    await b.settles();
    expect(b.memory.sms.messages.map(({ key, mayRepeat }) => ({ key, mayRepeat }))).toEqual([
      { key: `${gas}/mira/sms/1`, mayRepeat: false },
      { key: `${gas}/mira/sms/1`, mayRepeat: true },
    ]);
  });

  it('1,200 notices at once are one message to one telephone, and acting on their subject closes them all', async () => {
    const b = await started();
    const to = [person('mira', by('sms'))];
    await b.write(...Array.from({ length: 1200 }, (_, i) => notice({ id: `n${i}`, to })));
    expect(b.memory.sms.messages.map(({ title }) => title)).toEqual(['1200 项待处理（P1 1200）']);
    await b.acts({ subject: notice().subject });
    expect(await b.notifier.stats()).toMatchObject({ open: 0 });
  });

  it('of a person’s browsers the last ten are kept, each once', async () => {
    const b = await started();
    const subscribe = (n: number) =>
      b.state.db
        .transaction()
        .execute((trx) =>
          addPushSubscription(
            trx,
            'mira',
            { endpoint: `https://push.example/${n}`, keys: { p256dh: 'p', auth: 'a' } },
            n,
          ),
        );
    for (let n = 0; n < 12; n++) await subscribe(n);
    await subscribe(5);
    const kept = await pushSubscriptionsOf(b.state.db, 'mira');
    expect(kept.map(({ endpoint }) => Number(endpoint.split('/').at(-1)))).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
    const [newest, second] = kept;
    const removes = (whose: string) =>
      b.state.db.transaction().execute((trx) => removePushSubscription(trx, whose, newest!.id));
    expect([await removes('ann'), await removes('mira'), await removes('mira')]).toEqual([false, true, false]);
    await b.state.db.transaction().execute((trx) => markGone(trx, second!.id, TEN));
    expect(await pushSubscriptionsOf(b.state.db, 'mira')).toHaveLength(8);
    expect(await pushSubscriptionsOf(b.state.db, `mira#${second!.id}`)).toEqual([]);
    expect(await pushSubscriptionsOf(b.state.db, `mira#${kept[2]!.id}`)).toHaveLength(1);
  });
};

describe('notices in SQLite', () => promises(() => ({ url: ':memory:' })));

describe('notices in PostgreSQL', () => {
  let server: TestPostgres;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());
  let schemas = 0;
  promises(() => ({ url: server.url, schema: `notices_${++schemas}` }));
});
