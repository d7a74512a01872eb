import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '../../../devices/contract/command.ts';
import type { PersonStep, TicketClockKind } from '../../../devices/contract/ticket.ts';
import { momentOf } from '../../../rules/engine/engine-bench.ts';
import { people, type TicketCity, ticketCity } from './ticket-city.ts';

let c: TicketCity;
beforeEach(async () => {
  c = await ticketCity('02:00');
});
afterEach(() => c.stop());

const { mira, wei, qiu, lin, gov, bureau, firm } = people;
const clock = async (kind: TicketClockKind) => (await c.ticket()).clocks.find((one) => one.kind === kind)!;

/** What people do in a night in which all goes well: when, who, what. */
const goodNight: readonly (readonly [string, Actor, PersonStep])[] = [
  ['02:03', wei, { kind: 'accept' }],
  ['02:04', firm, { kind: 'duty-accept', duty: 'company' }],
  ['02:10', gov, { kind: 'duty-accept', duty: 'local' }],
  ['02:11', bureau, { kind: 'duty-accept', duty: 'supervise' }],
  ['02:12', mira, { kind: 'report-up', note: '一处餐饮燃气泄漏，抢修已出发' }],
  ['02:18', wei, { kind: 'arrive', place: { lon: 112.6, lat: 26.9 } }],
  ['02:20', wei, { kind: 'record', step: 0 }],
  ['02:21', wei, { kind: 'record', step: 1, reading: { value: 32, unit: '%{LEL}' } }],
  ['02:25', wei, { kind: 'make-safe' }],
  ['02:30', wei, { kind: 'record', step: 2, photos: ['a'.repeat(64)] }],
];
/** Then the air is clean, it is judged, and whoever did not touch it verifies. */
const andCloses = async () => {
  await c.calm('02', 32, 56);
  await c.bench.asks(
    { type: 'judge', of: { alarms: [c.leak('02:01')] }, kind: 'real', evidence: '灶具软管脱落' },
    undefined,
    mira,
  );
  await c.bench.asks({ type: 'reset', alarm: c.leak('02:01') }, undefined, mira);
  await c.does('02:57', wei, { kind: 'finish', note: '换管，复测为零' });
  return c.does('03:00', qiu, { kind: 'verify' });
};

describe('a gas leak at night', () => {
  it('goes from its reading to a verified close, every deadline met', async () => {
    await c.seen('02:01', '02:02');
    for (const [time, actor, step] of goodNight) expect(await c.does(time, actor, step), step.kind).toBeNull();
    expect(await andCloses()).toBeNull();
    const ticket = await c.ticket();
    expect(ticket).toMatchObject({ stage: 'closed', closedAt: momentOf('03:00'), needs: [], reopened: 0 });
    expect(
      ticket.clocks.map(({ kind, overdue, metAt }) => [kind, overdue, (metAt! - momentOf('02:01')) / 60_000]),
    ).toEqual([
      ['acknowledge', false, 1],
      ['arrive', false, 17],
      ['make-safe', false, 24],
      ['close', false, 59],
      ['duty:local', false, 9],
      ['duty:supervise', false, 10],
      ['duty:company', false, 3],
      ['report-up', false, 11],
    ]);
    expect(ticket.hands).toEqual({ acknowledged: ['mira'], handled: ['wei'], verified: 'qiu' });
    // Nothing is left to tell anybody, but those above who have not confirmed that they read the report.
    expect((await c.notices()).filter(({ open }) => open).map(({ subject }) => subject)).toEqual([
      { kind: 'ticket', id: `${ticket.id}#upward` },
    ]);
  });

  /** Every deadline, missed: what was left out, and when each is warned of and overdue, in minutes from the alarm. */
  const missed: readonly (readonly [TicketClockKind, number, number, readonly string[]])[] = [
    ['acknowledge', 4, 5, ['p-mira']],
    ['duty:company', 8, 10, ['p-wei']],
    ['arrive', 24, 30, ['p-wei']],
    ['duty:local', 24, 30, ['p-wei']],
    ['duty:supervise', 24, 30, ['p-wei']],
    ['report-up', 24, 30, ['p-wei']],
    ['make-safe', 48, 60, ['p-wei']],
    ['close', 384, 480, ['p-wei']],
  ];
  it.each(missed)(
    'with %s missed is warned of at %i min and overdue at %i min, once, to people by name',
    async (kind, warned, overdue) => {
      await c.leaks('02:01');
      if (kind !== 'acknowledge') await c.does('02:03', wei, { kind: 'accept' });
      await c.bench.passes(kind === 'close' ? '10:02' : '03:02');
      const said = (await c.steps()).filter(({ more }) => more.clock === kind);
      expect(said.map((step) => [step.kind, (step.at - momentOf('02:01')) / 60_000])).toEqual([
        ['warned', warned],
        ['overdue', overdue],
      ]);
      expect((await clock(kind)).metAt).toBeNull();
      for (const step of said) {
        const told = (await c.notices()).filter(({ id }) => id.includes(`/${step.seq}/`));
        expect(told.flatMap(({ to }) => to.map((one) => one.id))).toEqual(expect.arrayContaining(['p-wei', 'p-disp']));
      }
    },
  );

  it('is not closed before its alarm has been over for ten minutes on fresh data', async () => {
    await c.seen('02:01', '02:02');
    for (const [time, actor, step] of goodNight) await c.does(time, actor, step);
    await c.calm('02', 32, 36);
    await c.bench.asks(
      { type: 'judge', of: { alarms: [c.leak('02:01')] }, kind: 'real', evidence: '灶具软管脱落' },
      undefined,
      mira,
    );
    await c.bench.asks({ type: 'reset', alarm: c.leak('02:01') }, undefined, mira);
    await c.does('02:38', wei, { kind: 'finish', note: '换管' });
    expect(await c.does('02:39', qiu, { kind: 'verify' })).toBe('not-closable');
    // Back since 02:33 with its off-delay; at 02:44 it has been over long enough, and the newest reading is of 02:36.
    expect(await c.does('02:45', qiu, { kind: 'verify' })).toBeNull();
  });

  it('is not closed on silence: a detector that says nothing is no clean air', async () => {
    await c.seen('02:01', '02:02');
    for (const [time, actor, step] of goodNight) await c.does(time, actor, step);
    await c.calm('02', 32, 36);
    await c.bench.asks(
      { type: 'judge', of: { alarms: [c.leak('02:01')] }, kind: 'real', evidence: '灶具软管脱落' },
      undefined,
      mira,
    );
    await c.bench.asks({ type: 'reset', alarm: c.leak('02:01') }, undefined, mira);
    await c.does('03:30', wei, { kind: 'finish', note: '换管' });
    expect(await c.does('03:31', qiu, { kind: 'verify' })).toBe('not-closable');
    expect((await c.ticket()).needs.filter(({ met }) => !met).map(({ id }) => id)).toEqual(['fresh-data']);
  });

  it('whose recheck fails a week later goes on under the same number, with its history', async () => {
    await c.seen('02:01', '02:02');
    for (const [time, actor, step] of goodNight) await c.does(time, actor, step);
    await andCloses();
    const before = await c.ticket();
    expect(before.recheck).toMatchObject({ why: 'item', due: momentOf('+7 03:00') });
    expect(await c.does('04:00', lin, { kind: 'recheck', passed: false, note: '又闻到气味，接头松动' })).toBeNull();
    const after = await c.ticket();
    expect(after).toMatchObject({ id: before.id, no: before.no, stage: 'dispatched', reopened: 1, closedAt: null });
    expect((await c.steps()).map(({ kind }) => kind)).toContain('verify');
  });

  it('evidence may follow: nothing asks for a phone in the gas, and no place blocks a step', async () => {
    await c.seen('02:01', '02:02');
    for (const [time, actor, step] of goodNight) {
      const { place: _place, photos: _photos, ...bare } = step as { place?: unknown; photos?: unknown } & PersonStep;
      const told = step.kind === 'record' && step.step === 2 ? { ...bare, note: '室内浓度高，未带手机入内' } : bare;
      expect(await c.does(time, actor, told as PersonStep), step.kind).toBeNull();
    }
    expect(await andCloses()).toBeNull();
    expect(await c.does('03:30', wei, { kind: 'evidence', photos: ['b'.repeat(64)] })).toBeNull();
    expect((await c.ticket()).photos).toEqual(['b'.repeat(64)]);
  });
});
