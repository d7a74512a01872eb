import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PersonStep } from '../../../devices/contract/ticket.ts';
import { momentOf } from '../../../rules/engine/engine-bench.ts';
import { people, type TicketCity, ticketCity } from './ticket-city.ts';

let c: TicketCity;
afterEach(() => c.stop());
const { wei, tan, disp, deputy, lin, qiu } = people;

describe('a dispatcher on leave', () => {
  beforeEach(async () => {
    c = await ticketCity('01:00');
    const absences = [{ id: 'leave-1', person: 'p-disp', from: '2026-11-23', to: '2026-11-25', reason: '休假' }];
    await c.bench.asks({ type: 'duty.put', put: { absences } }, undefined, lin);
    await c.leaks('02:01');
  });

  it('is not told; the deputy is, and stands behind the crew', async () => {
    expect((await c.ticket()).assigned.persons).toEqual(['p-tan', 'p-wei', 'p-deputy']);
    const told = (await c.notices()).flatMap(({ to }) => to.map(({ id }) => id));
    expect(told).not.toContain('p-disp');
    expect(told).toContain('p-deputy');
  });

  it('what is returned as not ours goes to the deputy, who sends it on', async () => {
    expect(await c.does('02:05', wei, { kind: 'return', reason: '不在本班组辖区' })).toBeNull();
    expect(await c.ticket()).toMatchObject({ stage: 'filed', assigned: { persons: ['p-deputy'] } });
    expect(await c.does('02:06', deputy, { kind: 'dispatch', crew: 'crew-1' })).toBeNull();
    expect(await c.ticket()).toMatchObject({ stage: 'dispatched', assigned: { crew: 'crew-1' } });
  });
});

describe('the wrong department three times', () => {
  beforeEach(async () => {
    c = await ticketCity('02:00');
    await c.leaks('02:01');
  });
  const threeReturns = async () => {
    for (const minute of [5, 7, 9]) {
      expect(await c.does(`02:0${minute}`, wei, { kind: 'return', reason: '不属于本单位职责' })).toBeNull();
      if (minute < 9) expect(await c.does(`02:0${minute + 1}`, disp, { kind: 'dispatch' })).toBeNull();
    }
  };

  it('opens a dispute; the safety clocks run on as if nothing were', async () => {
    const before = (await c.ticket()).clocks.filter(({ safety }) => safety).map(({ kind, due }) => [kind, due]);
    await threeReturns();
    expect(await c.ticket()).toMatchObject({
      returns: 3,
      stage: 'filed',
      dispute: { since: momentOf('02:09'), settledAt: null },
    });
    expect((await c.ticket()).clocks.filter(({ safety }) => safety).map(({ kind, due }) => [kind, due])).toEqual(
      before,
    );
  });

  it('cannot be closed before somebody settled it, and is settled by a supervisor with a reason', async () => {
    await threeReturns();
    expect(await c.does('02:10', disp, { kind: 'settle-dispute', department: 'gas', reason: '按职责清单第三条' })).toBe(
      'not-your-role',
    );
    expect(
      await c.does('02:10', lin, { kind: 'settle-dispute', department: 'gas', reason: '按职责清单第三条' }),
    ).toBeNull();
    expect(await c.ticket()).toMatchObject({
      stage: 'dispatched',
      dispute: { settledAt: momentOf('02:10') },
      assigned: { department: 'gas' },
    });
    expect((await c.steps()).at(-1)).toMatchObject({
      kind: 'settle-dispute',
      by: { id: 'lin' },
      more: { reason: '按职责清单第三条' },
    });
  });

  it('a fourth return opens no second dispute', async () => {
    await threeReturns();
    await c.does('02:10', disp, { kind: 'dispatch' });
    await c.does('02:11', wei, { kind: 'return', reason: '仍不属于本单位' });
    expect((await c.steps()).filter(({ kind }) => kind === 'disputed')).toHaveLength(1);
  });

  it('a return without a reason is refused', async () => {
    const bare = { kind: 'return', reason: '' } as PersonStep;
    expect(await c.does('02:05', wei, bare)).toBe('invalid-command');
    expect((await c.ticket()).returns).toBe(0);
  });
});

describe('a phone off the network for an hour', () => {
  /** What Wei did in the basement, each with the key under which the phone will send it. */
  const queued: readonly (readonly [string, PersonStep])[] = [
    ['phone-wei-0001', { kind: 'arrive', doneAt: momentOf('02:20') }],
    ['phone-wei-0002', { kind: 'record', step: 0, doneAt: momentOf('02:22') }],
    ['phone-wei-0003', { kind: 'record', step: 1, reading: { value: 12, unit: '%{LEL}' }, doneAt: momentOf('02:24') }],
    ['phone-wei-0004', { kind: 'make-safe', doneAt: momentOf('02:28') }],
  ];
  beforeEach(async () => {
    c = await ticketCity('02:00');
    await c.seen('02:01', '02:02');
    await c.does('02:03', wei, { kind: 'accept' });
  });

  it('sends what it queued later: the clocks were met when it was done, and both times are kept', async () => {
    for (const [key, step] of queued) expect(await c.does('03:20', wei, step, key)).toBeNull();
    const { clocks } = await c.ticket();
    const metAt = (kind: string) => clocks.find((one) => one.kind === kind)?.metAt;
    expect([metAt('arrive'), metAt('make-safe')]).toEqual([momentOf('02:20'), momentOf('02:28')]);
    const arrive = (await c.steps()).find(({ kind }) => kind === 'arrive')!;
    expect([arrive.doneAt, arrive.at]).toEqual([momentOf('02:20'), momentOf('03:20')]);
  });

  it('sends everything twice, as a phone does that never heard the answer: each counts once', async () => {
    for (const round of [1, 2])
      for (const [key, step] of queued) expect(await c.does(`03:2${round}`, wei, step, key)).toBeNull();
    const kinds = (await c.steps()).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'arrive' || kind === 'record' || kind === 'make-safe')).toEqual([
      'arrive',
      'record',
      'record',
      'make-safe',
    ]);
  });

  it('a clock of the phone that is ahead never meets a deadline in the future', async () => {
    await c.does('02:20', wei, { kind: 'arrive', doneAt: momentOf('09:00') }, 'phone-wei-ahead');
    expect((await c.ticket()).clocks.find(({ kind }) => kind === 'arrive')?.metAt).toBe(momentOf('02:20'));
  });

  it('is refused where the ticket moved on meanwhile, and nothing is overwritten', async () => {
    await c.does('02:40', disp, { kind: 'dispatch', person: 'p-tan', reason: '联系不上小魏' });
    await c.does('02:41', tan, { kind: 'accept' });
    for (const [key, step] of queued.slice(0, 1)) expect(await c.does('03:20', wei, step, key)).toBe('not-the-owner');
    expect(await c.ticket()).toMatchObject({ owner: { id: 'tan' }, stage: 'accepted' });
  });
});

describe('working time', () => {
  // Dust: eight hours to close, on the working clock.
  beforeEach(async () => {
    c = await ticketCity('09:00');
  });

  it('a holiday inside a deadline does not count, and the Saturday that makes up for it does', async () => {
    const report = { channel: 'hotline', item: 'C04-08', text: '扬尘严重，门窗不敢开', lon: 112.61, lat: 26.91 };
    await c.bench.passes('16:00');
    await c.bench.asks({ type: 'ticket.report', report });
    // Monday 16:00: two hours are left of it, Tuesday is a holiday, Wednesday gives the other six: 14:00–16:00 is its end.
    const close = (await c.ticket()).clocks.find(({ kind }) => kind === 'close')!;
    expect(close).toMatchObject({ runs: 'working', safety: false, due: momentOf('+2 16:00') });
    // Eight tenths of eight hours: 6 h 24 min of work, two today and 4 h 24 min on Wednesday.
    expect(close.warnAt).toBe(momentOf('+2 14:24'));
  });

  it('on Friday evening it waits for the Saturday that is a working day', async () => {
    await c.stop();
    c = await ticketCity('+4 18:30');
    const report = { channel: 'grid', item: 'C04-08', text: '扬尘严重', lon: 112.61, lat: 26.91 };
    await c.bench.asks({ type: 'ticket.report', report });
    expect((await c.ticket()).clocks.find(({ kind }) => kind === 'close')?.due).toBe(momentOf('+5 18:00'));
  });

  it('a suspension moves the deadline by the working time that it took', async () => {
    const report = { channel: 'hotline', item: 'C04-08', text: '扬尘严重', lon: 112.61, lat: 26.91 };
    await c.bench.asks({ type: 'ticket.report', report });
    const due = (await c.ticket()).clocks.find(({ kind }) => kind === 'close')!.due;
    // Three hours before noon, four after it, and one on Wednesday.
    expect(due).toBe(momentOf('+2 09:00'));
    await c.does('10:00', disp, { kind: 'suspend', reason: '等施工单位到场', until: momentOf('17:00') });
    expect(await c.does('11:00', disp, { kind: 'resume' })).toBeNull();
    const moved = (await c.ticket()).clocks.find(({ kind }) => kind === 'close')!.due;
    // One hour of work later.
    expect(moved).toBe(momentOf('+2 10:00'));
  });

  it('is refused without an end, in the past, or for longer than the city allows', async () => {
    const report = { channel: 'hotline', item: 'C04-08', text: '扬尘严重', lon: 112.61, lat: 26.91 };
    await c.bench.asks({ type: 'ticket.report', report });
    expect(await c.does('10:00', disp, { kind: 'suspend', reason: '等一等', until: momentOf('09:00') })).toBe(
      'ends-in-the-past',
    );
    expect(await c.does('10:01', disp, { kind: 'suspend', reason: '等一等', until: momentOf('+60 09:00') })).toBe(
      'suspension-too-long',
    );
    expect(await c.does('10:02', qiu, { kind: 'suspend', reason: '等一等', until: momentOf('12:00') })).toBe(
      'not-your-role',
    );
  });
});
