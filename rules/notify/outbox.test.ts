import { afterEach, describe, expect, it } from 'vitest';
import type { SendResult } from './channel.ts';
import { memoryChannel } from './memory/memory-channel.ts';
import { by, notice, person, TEN } from './notice-bench.ts';
import { outboxBench } from './outbox-bench.ts';

const seconds = (n: number) => n * 1000;
const minutes = (n: number) => n * 60_000;
const gas = 'k1/G05-14.com-l2/1/raised';

let bench: Awaited<ReturnType<typeof outboxBench>> | undefined;
afterEach(async () => {
  await bench?.stop();
  bench = undefined;
});
const started = async (...given: Parameters<typeof outboxBench>) => {
  bench = await outboxBench(...given);
  return bench;
};
const trouble: SendResult = { kind: 'trouble', reason: 'the gateway answered 500', uncertain: false };

describe('a notice', () => {
  it('climbs from page to voice until somebody acts, and each step is kept with its times', async () => {
    const b = await started();
    await b.write(notice());
    await b.passes(seconds(61));
    await b.acts({ notice: gas });
    await b.passes(minutes(20));
    expect(b.log).toEqual(['00:00 page P1 燃气浓度达到二级', '01:00 web-push P1 燃气浓度达到二级']);
    expect(await b.deliveries(gas)).toMatchObject([
      { key: `${gas}/mira/page/1`, state: 'sent', due: TEN, sent: TEN },
      { key: `${gas}/mira/web-push/2`, state: 'sent', due: TEN + minutes(1), sent: TEN + minutes(1) },
    ]);
    expect((await b.notifier.stats()).open).toBe(0);
  });

  it('written twice is one notice', async () => {
    const b = await started();
    await b.write(notice(), notice({ id: 'other' }));
    await b.write(notice());
    expect(b.memory.page.messages).toHaveLength(2);
  });

  it('stops climbing at a receipt, and is closed by one that accepts', async () => {
    const b = await started();
    await b.write(notice());
    await b.passes(seconds(5));
    expect(await b.notifier.receipt({ delivery: `${gas}/mira/page/1` }, 'seen', TEN + seconds(5))).toBe(true);
    await b.passes(minutes(4));
    expect(b.log).toHaveLength(1);
    await b.notifier.receipt({ delivery: `${gas}/mira/page/1` }, 'accepted', TEN + minutes(4));
    await b.passes(minutes(20));
    expect(b.log).toHaveLength(1);
    expect(await b.deliveries(gas)).toMatchObject([
      { delivered: TEN + seconds(5), seen: TEN + seconds(5), accepted: TEN + minutes(4) },
    ]);
  });

  it('says that a receipt speaks of nothing known', async () => {
    const b = await started();
    expect(await b.notifier.receipt({ channel: 'sms', farId: 'nothing' }, 'delivered', TEN)).toBe(false);
  });

  it('goes on to the next rung at once when a delivery report says that it failed', async () => {
    const b = await started();
    b.memory.sms.answers(() => ({ kind: 'sent', farId: 'msg-7' }));
    await b.write(notice({ to: [person('mira', by('sms', 'voice'))] }));
    await b.notifier.receipt({ channel: 'sms', farId: 'msg-7' }, 'failed', TEN, { reason: 'UNDELIV' });
    await b.settles();
    expect(b.log).toEqual(['00:00 sms P1 燃气浓度达到二级', '00:00 voice P1 燃气浓度达到二级']);
    expect(await b.deliveries(gas)).toMatchObject([{ failed: TEN, reason: 'UNDELIV' }, { failed: null }]);
  });

  it('is closed for all when somebody acts on what it is about; what had not left is dropped', async () => {
    const b = await started();
    b.memory.sms.answers(() => trouble);
    const to = [person('mira', by('sms'))];
    await b.write(notice({ to }), notice({ id: 'k1/G05-14.com-l2/1/reraised', to }));
    await b.acts({ subject: { kind: 'alarm', id: 'k1/G05-14.com-l2/1' } });
    await b.passes(minutes(10));
    expect(b.log).toHaveLength(1);
    expect((await b.deliveries(gas, 'k1/G05-14.com-l2/1/reraised')).map(({ state }) => state)).toEqual([
      'dropped',
      'dropped',
    ]);
  });

  it('held by quiet hours is counted, and told when they end', async () => {
    const b = await started();
    const asleep = person('mira', { quietHours: { from: '09:00', to: '10:30' }, ...by('page') });
    await b.write(notice({ priority: 'P2', to: [asleep] }));
    expect(await b.notifier.stats()).toMatchObject({ open: 1, held: 1 });
    await b.passes(minutes(30));
    expect(b.log).toEqual(['30:00 page P2 燃气浓度达到二级']);
    expect(await b.notifier.stats()).toMatchObject({ open: 1, held: 0 });
  });

  it('that reaches nobody is a condition of the platform, until somebody acts', async () => {
    const b = await started();
    await b.write(notice({ to: [person('mira', { reach: [] })] }));
    expect(b.conditions).toEqual([{ kind: 'nobody-reachable', of: '*', active: true, facts: { notices: 1 } }]);
    await b.acts({ notice: gas });
    await b.write(notice({ id: 'other' }));
    expect(b.conditions.at(-1)).toMatchObject({ kind: 'nobody-reachable', active: false });
  });
});

describe('a delivery that fails', () => {
  it('is tried again with growing waits, while the ladder has gone on to the next rung', async () => {
    const b = await started();
    b.memory.sms.answers(() => trouble);
    await b.write(notice({ to: [person('mira', by('sms', 'voice'))] }));
    await b.passes(seconds(20));
    expect(b.log).toEqual([
      '00:00 sms P1 燃气浓度达到二级',
      '00:00 voice P1 燃气浓度达到二级',
      '00:05 sms P1 燃气浓度达到二级',
      '00:15 sms P1 燃气浓度达到二级',
    ]);
    expect(await b.deliveries(gas)).toMatchObject([
      { state: 'due', attempts: 3, reason: 'the gateway answered 500', mayRepeat: false },
      { state: 'sent' },
    ]);
  });

  it('waits as long as the far side asks', async () => {
    const b = await started();
    b.memory.sms.answers(() => ({ ...trouble, afterMs: seconds(42) }));
    await b.write(notice({ to: [person('mira', by('sms'))] }));
    await b.passes(seconds(50));
    expect(b.log.map((line) => line.slice(0, 5))).toEqual(['00:00', '00:42']);
  });

  it('is never tried again once the far side refused it for good', async () => {
    const b = await started();
    b.memory.sms.answers(() => ({ kind: 'refused', reason: 'no such number', whose: 'address' }));
    await b.write(notice({ to: [person('mira', by('sms', 'voice'))] }));
    await b.passes(minutes(4));
    expect(b.log).toEqual(['00:00 sms P1 燃气浓度达到二级', '00:00 voice P1 燃气浓度达到二级']);
  });

  it('says that it may be a repeat when the first attempt may have arrived', async () => {
    const b = await started();
    b.memory.sms.answers(() => ({ kind: 'trouble', reason: 'no answer in time', uncertain: true }));
    await b.write(notice({ to: [person('mira', by('sms'))] }));
    await b.passes(seconds(5));
    const [first, second] = b.memory.sms.messages;
    expect(second).toMatchObject({ key: first!.key, short: first!.short, title: '（可能重复）P1 燃气浓度达到二级' });
  });

  it('gives way to the step of the next round', async () => {
    const b = await started();
    b.memory.sms.answers(() => trouble);
    await b.write(notice({ to: [person('mira', by('sms'))] }));
    await b.passes(minutes(5));
    expect((await b.deliveries(gas)).map(({ round, state }) => `${round} ${state}`)).toEqual(['0 failed', '1 due']);
  });
});

describe('kill -9', () => {
  it('before a step left: it leaves after the start, once, and without a word of a repeat', async () => {
    const b = await started();
    await b.commits(notice({ to: [person('mira', by('sms'))] }));
    await b.dies();
    expect(b.log).toEqual([]);
    await b.starts();
    await b.settles();
    expect(b.log).toEqual(['00:00 sms P1 燃气浓度达到二级']);
  });

  it('in the middle of a step: it goes again under the same key, and says that it may be a repeat', async () => {
    const b = await started();
    let answer = (_: SendResult) => {};
    b.memory.sms.answers(() => new Promise((resolve) => (answer = resolve)));
    const leaves = b.write(notice({ to: [person('mira', by('sms'))] }));
    while (b.log.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await b.dies();
    answer({ kind: 'sent' });
    await leaves;
    b.memory.sms.answers(() => ({ kind: 'sent' }));
    await b.starts();
    await b.settles();
    expect(b.log).toEqual(['00:00 sms P1 燃气浓度达到二级', '00:00 sms （可能重复）P1 燃气浓度达到二级']);
    expect(b.memory.sms.messages[0]!.key).toBe(b.memory.sms.messages[1]!.key);
    expect(await b.deliveries(gas)).toMatchObject([{ state: 'sent', mayRepeat: true, attempts: 2 }]);
  });

  it('an hour long: the ladder goes on from where it stood', async () => {
    const b = await started();
    await b.write(notice());
    await b.dies();
    b.clock.pass(minutes(60));
    await b.starts();
    await b.settles();
    expect(b.log.map((line) => line.slice(0, 10))).toEqual(['00:00 page', '60:00 page']);
  });

  it('does not let a robot go over its limit', async () => {
    const wecom = memoryChannel('wecom', { limits: [{ count: 3, perMs: minutes(1) }] });
    const b = await started([wecom]);
    const one = (i: number) => notice({ id: `n${i}`, to: [person('mira', by('wecom'))] });
    for (let i = 0; i < 3; i++) await b.write(one(i));
    await b.dies();
    await b.starts();
    await b.write(one(3), one(4));
    await b.passes(seconds(59));
    expect(wecom.messages).toHaveLength(3);
    await b.passes(seconds(1));
    expect(wecom.messages).toHaveLength(4);
  });
});

describe('many at once', () => {
  it('1,000 alarms in a minute are a handful of messages to one telephone, P1 first, and each is accounted for', async () => {
    const b = await started();
    const to = [person('mira', by('sms'))];
    const alarms = Array.from({ length: 1000 }, (_, i) =>
      notice({
        id: `n${String(i).padStart(3, '0')}`,
        at: TEN + Math.floor(i / 100) * 6000,
        priority: i % 10 === 7 ? 'P1' : 'P2',
        to,
      }),
    );
    for (let i = 0; i < 1000; i += 100) {
      await b.write(...alarms.slice(i, i + 100));
      if (i < 900) await b.passes(seconds(6));
    }
    expect(b.memory.sms.messages.length).toBeLessThanOrEqual(4);
    const [first] = b.memory.sms.messages;
    expect(first!.title).toBe('100 项待处理（P1 10，P2 90）');
    expect(first!.text.split('\n')).toEqual([
      ...Array.from({ length: 5 }, () => 'P1 燃气浓度达到二级'),
      '……另有 95 项，请打开值班台',
      expect.stringMatching(/^编号 [0-9a-f]{8}$/),
    ]);
    await b.passes(minutes(1));
    const carried = b.memory.sms.messages.flatMap(({ carries }) => carries.map(({ notice: { id } }) => id));
    expect(new Set(carried).size).toBe(1000);
  }, 60_000);

  it('leaves a P1 its place in a full minute', async () => {
    const b = await started();
    const to = [person('mira', by('sms'))];
    for (let i = 0; i < 6; i++) await b.write(notice({ id: `n${i}`, priority: 'P2', to }));
    expect(b.memory.sms.messages).toHaveLength(2);
    await b.write(notice({ id: 'urgent', to }));
    expect(b.memory.sms.messages[2]!.title).toBe('5 项待处理（P1 1，P2 4）');
  });

  it('one robot calls all who are to hear of the same by name in one message', async () => {
    const b = await started();
    const other = person('tao', { reach: [{ channel: 'wecom', address: 'gas-group', mention: '13800000002' }] });
    await b.write(notice({ to: [person('mira', by('wecom')), other] }));
    expect(b.memory.wecom.messages).toMatchObject([
      {
        title: 'P1 燃气浓度达到二级',
        mentions: ['13800000001', '13800000002'],
        link: 'https://yanshao.example/alarms/k1',
      },
    ]);
  });
});

describe('a channel that does not work', () => {
  it('is an alarm after five failures in a row, rests, is tried by one message, and is over when it works', async () => {
    const b = await started();
    b.memory.sms.answers(() => trouble);
    for (let i = 0; i < 5; i++) {
      const to = [person(`p${i}`, { reach: [{ channel: 'sms', address: `1380000000${i}` }] })];
      await b.write(notice({ id: `n${i}`, to }));
    }
    expect(b.conditions).toMatchObject([
      { kind: 'channel-stuck', of: 'sms', active: true, facts: { failures: 5, reason: 'the gateway answered 500' } },
    ]);
    await b.passes(seconds(29));
    expect(b.memory.sms.messages).toHaveLength(5);
    await b.write(notice({ id: 'late', to: [person('tao', by('sms', 'voice'))] }));
    expect(b.log.at(-1)).toBe('00:29 voice P1 燃气浓度达到二级');
    await b.passes(seconds(1));
    expect(b.memory.sms.messages).toHaveLength(6);
    b.memory.sms.answers(() => ({ kind: 'sent' }));
    await b.passes(minutes(2));
    expect(b.conditions.at(-1)).toEqual({ kind: 'channel-stuck', of: 'sms', active: false, facts: {} });
    expect((await b.notifier.stats()).stuck).toEqual([]);
  });

  it('does not hold up the others', async () => {
    const b = await started();
    b.memory.sms.answers(() => new Promise(() => {}));
    const to = [person('mira', by('sms')), person('tao', by('page'))];
    const leaves = b.write(notice({ to }));
    while (b.memory.page.messages.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(b.memory.sms.messages).toHaveLength(1);
    b.memory.sms.answers(() => ({ kind: 'sent' }));
    await b.notifier.stop();
    await leaves;
    expect(await b.deliveries(gas)).toMatchObject([
      { channel: 'sms', state: 'due', mayRepeat: true },
      { state: 'sent' },
    ]);
  });

  it('shuts a robot out for ten minutes: the next rung is tried at once, and it is an alarm', async () => {
    const b = await started();
    b.memory.wecom.answers(() => ({ kind: 'limited', reason: 'sent too often', afterMs: minutes(10) }));
    await b.write(notice({ to: [person('mira', by('wecom', 'sms'))] }));
    await b.write(notice({ id: 'other', to: [person('mira', by('wecom', 'sms'))] }));
    expect(b.log.map((line) => line.split(' ')[1])).toEqual(['wecom', 'sms', 'sms']);
    expect(b.conditions).toMatchObject([{ kind: 'channel-stuck', of: 'wecom', active: true, facts: { shutS: 600 } }]);
  });
});
