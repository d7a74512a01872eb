import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { City } from '../../devices/contract/city.ts';
import type { Actor, CommandOutcome } from '../../devices/contract/command.ts';
import type { Handover, HandoverDraft } from '../../devices/contract/watch.ts';
import { handovers, openWatches, seatWatches } from '../../devices/watches/read-watches.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { city, people, type TicketCity, ticketCity } from './tickets/ticket-city.ts';

const noor: Actor = { id: 'noor', name: 'noor', via: 'page', role: 'duty' };
const { mira, lin, disp, wei } = people;
const seat = 'duty';
/** Somebody must be there in the night. */
const seats: NonNullable<City['seats']> = city.seats!.map((one) => ({
  ...one,
  staffed: { hours: [['00:00', '06:00']], graceS: 3600 },
}));

const codeOf = (outcome: CommandOutcome): string | null =>
  'refused' in outcome && !('done' in outcome) ? outcome.refused.code : null;

/** The bench's night with one seat, and the people who watch at it. */
const scenarios = (fresh: () => { url: string; schema?: string }) => {
  let night: TicketCity | undefined;
  afterEach(async () => {
    await night?.stop();
    night = undefined;
  });
  const begun = async () => {
    const c = await ticketCity('02:00', fresh(), { seats });
    night = c;
    const { bench } = c;
    const asks = async (time: string, actor: Actor, command: Record<string, unknown>): Promise<string | null> => {
      await bench.passes(time);
      return codeOf(await bench.asks(command, undefined, actor));
    };
    const notes = () => handovers(bench.state.db, { limit: 10 });
    return {
      ...c,
      asks,
      notes,
      note: async (): Promise<Handover> => (await notes())[0]!,
      on: async (): Promise<string[]> => (await openWatches(bench.state.db)).map(({ by }) => by.id),
      draft: async (): Promise<HandoverDraft> => {
        const told = await bench.rules.tools.handoverDraft(seat);
        if (!('draft' in told)) throw new Error(told.refused.en);
        return told.draft;
      },
      handsOver: (time: string, actor: Actor, more: Record<string, unknown> = {}) =>
        asks(time, actor, { type: 'watch.hand-over', seat, ...more }),
      /** Takes what is offered. */
      async takes(time: string, actor: Actor, words = ''): Promise<string | null> {
        return asks(time, actor, { type: 'watch.take-over', handover: (await this.note()).id, words });
      },
    };
  };

  it('somebody signs on, and nobody else at the same seat', async () => {
    const c = await begun();
    expect(await c.asks('02:01', mira, { type: 'watch.on', seat })).toBeNull();
    expect(await c.asks('02:02', noor, { type: 'watch.on', seat })).toBe('seat-taken');
    expect(await c.asks('02:02', mira, { type: 'watch.on', seat })).toBe('already-on-watch');
    expect(await c.asks('02:02', noor, { type: 'watch.on', seat: 'moon' })).toBe('unknown-seat');
    expect(await c.asks('02:02', wei, { type: 'watch.on', seat })).toBe('not-your-role');
    expect(await c.on()).toEqual(['mira']);
  });

  it('a seat that must be staffed is left by two signatures only', async () => {
    const c = await begun();
    await c.asks('02:01', mira, { type: 'watch.on', seat });
    expect(await c.asks('02:30', mira, { type: 'watch.off', seat })).toBe('must-be-followed');
    expect(await c.handsOver('02:30', noor)).toBe('not-on-watch');
    expect(await c.handsOver('02:31', mira, { words: '一切平稳' })).toBeNull();
    expect(await c.on()).toEqual(['mira']);
    expect(await c.takes('02:32', mira)).toBe('same-person');
    const office: Actor = { id: 'mira-office', name: 'mira-office', via: 'page', role: 'supervisor' };
    expect(await c.takes('02:32', office)).toBe('same-person');
    expect(await c.takes('02:35', noor, '已阅')).toBeNull();
    expect(await c.on()).toEqual(['noor']);
    expect(await c.takes('02:36', lin)).toBe('not-offered');
    const note = await c.note();
    expect(note).toMatchObject({
      state: 'taken',
      from: { id: 'mira' },
      words: '一切平稳',
      taken: { by: { id: 'noor' }, words: '已阅' },
    });
    expect(note.taken!.at - note.signedAt).toBe(4 * 60_000);
  });

  it('the note names what stands, what is put aside and until when, the tickets, and what was promised', async () => {
    const c = await begun();
    const { bench } = c;
    await c.asks('02:01', mira, { type: 'watch.on', seat });
    await c.leaks('02:05');
    await bench.passes('02:06');
    await bench.asks(
      { type: 'out-of-service', device: 'k1', rule: 'G05-14.com-l1', workOrder: 'W-7', reason: 'new sensor' },
      undefined,
      mira,
    );
    const told = (await c.draft()).items.map(({ section, states, priority }) =>
      [section, priority, ...states].join(' '),
    );
    expect(told).toEqual(['alarms P1 unacknowledged standing', 'aside  out-of-service', 'tickets P1 unowned']);
    const due = c.bench.clock.now() + 3_600_000;
    await c.handsOver('02:10', mira, { promises: [{ text: '凌晨三点再打一次电话', due }] });
    await c.takes('02:12', noor);
    expect((await c.draft()).items.map(({ section, states, again }) => [section, ...states, again].join(' '))).toEqual([
      'alarms unacknowledged standing true',
      'aside out-of-service true',
      'tickets overdue unowned true',
      'carried promised false',
    ]);
    const promise = (await c.note()).promises[0]!;
    await c.handsOver('02:20', noor, { kept: [promise.id] });
    expect((await c.note()).promises).toEqual([]);
  });

  it('what changed between the two signatures stands beside the note, which stays as it was signed', async () => {
    const c = await begun();
    await c.asks('02:01', mira, { type: 'watch.on', seat });
    await c.leaks('02:05');
    await c.handsOver('02:06', mira);
    await c.asks('02:07', mira, { type: 'acknowledge', alarms: [c.leak('02:05')] });
    await c.takes('02:08', noor);
    const { note, taken } = await c.note();
    const states = (items: Handover['note']['items']) =>
      items.map(({ section, states }) => [section, ...states].join(' '));
    expect(states(note.items)).toEqual(['alarms unacknowledged standing', 'tickets unowned']);
    // Its ticket has another deadline next, now that somebody has acknowledged.
    expect(states(taken!.changes.changed)).toEqual(['alarms standing', 'tickets unowned']);
    expect([...taken!.changes.fresh, ...taken!.changes.gone]).toEqual([]);
  });

  it('a ticket in the hand of whoever goes is decided first: kept, handed back, or given to somebody', async () => {
    const c = await begun();
    await c.asks('02:01', mira, { type: 'watch.on', seat });
    await c.leaks('02:05');
    await c.does('02:06', mira, { kind: 'accept' });
    const { id: ticket } = await c.ticket();
    expect((await c.draft()).leaving).toMatchObject([{ ticket, owner: { id: 'mira' }, why: 'on-watch' }]);
    expect(await c.handsOver('02:10', mira)).toBe('tickets-undecided');
    expect(await c.handsOver('02:10', mira, { decisions: [{ kind: 'give', ticket, person: 'p-ghost' }] })).toBe(
      'unknown-person',
    );
    expect(await c.handsOver('02:10', mira, { decisions: [{ kind: 'keep', ticket: 'ticket:other' }] })).toBe(
      'not-leaving',
    );
    expect(await c.handsOver('02:11', mira, { decisions: [{ kind: 'give', ticket, person: 'p-tan' }] })).toBeNull();
    expect((await c.ticket()).owner).toMatchObject({ id: 'mira' });
    expect(await c.takes('02:12', noor)).toBeNull();
    expect(await c.ticket()).toMatchObject({ stage: 'dispatched', owner: null, assigned: { persons: ['p-tan'] } });
    expect((await c.note()).taken).toMatchObject({ passedOn: [ticket] });
    expect((await c.steps()).at(-1)).toMatchObject({ kind: 'dispatch', by: { id: 'mira' } });
  });

  it('handed back, it lies with those on duty there; kept, it stays his', async () => {
    for (const kind of ['hand-back', 'keep'] as const) {
      const c = await begun();
      await c.asks('02:01', mira, { type: 'watch.on', seat });
      await c.leaks('02:05');
      await c.does('02:06', mira, { kind: 'accept' });
      const { id: ticket } = await c.ticket();
      expect(await c.handsOver('02:11', mira, { decisions: [{ kind, ticket }] })).toBeNull();
      await c.takes('02:12', noor);
      const { owner, assigned } = await c.ticket();
      expect([owner?.id ?? null, assigned.persons.length > 0]).toEqual([kind === 'keep' ? 'mira' : null, true]);
      await c.stop();
      night = undefined;
    }
  });

  it('a ticket that he took after the note was signed stops the second signature until it is decided', async () => {
    const c = await begun();
    await c.asks('02:01', mira, { type: 'watch.on', seat });
    await c.handsOver('02:02', mira);
    await c.leaks('02:05');
    await c.does('02:06', mira, { kind: 'accept' });
    const { id: ticket } = await c.ticket();
    expect(await c.takes('02:07', noor)).toBe('tickets-undecided');
    expect(await c.on()).toEqual(['mira']);
    expect(await c.handsOver('02:08', mira, { decisions: [{ kind: 'hand-back', ticket }] })).toBeNull();
    expect(await c.takes('02:09', noor)).toBeNull();
    expect((await c.ticket()).owner).toBeNull();
  });

  it('where nobody need be at that hour, whoever is there signs off, but not from his tickets', async () => {
    const c = await begun();
    await c.asks('05:58', mira, { type: 'watch.on', seat });
    await c.leaks('05:59');
    await c.does('06:00', mira, { kind: 'accept' });
    const { id: ticket } = await c.ticket();
    expect(await c.asks('06:01', mira, { type: 'watch.off', seat })).toBe('tickets-undecided');
    const decisions = [{ kind: 'hand-back', ticket }];
    expect(await c.asks('06:02', mira, { type: 'watch.off', seat, decisions })).toBeNull();
    expect((await c.ticket()).owner).toBeNull();
    expect(await c.on()).toEqual([]);
  });

  it('somebody who cannot hand over is relieved by a supervisor, and what he had goes back', async () => {
    const c = await begun();
    await c.asks('02:01', mira, { type: 'watch.on', seat });
    await c.leaks('02:05');
    await c.does('02:06', mira, { kind: 'accept' });
    await c.handsOver('02:07', mira, { decisions: [{ kind: 'keep', ticket: (await c.ticket()).id }] });
    expect(await c.asks('02:10', noor, { type: 'watch.end', seat, reason: '昏倒送医' })).toBe('not-your-role');
    expect(await c.asks('02:10', lin, { type: 'watch.end', seat, reason: '昏倒送医' })).toBeNull();
    expect(await c.ticket()).toMatchObject({ owner: null, stage: 'dispatched' });
    const [now] = await seatWatches(c.bench.state.db, { ...city, seats }, c.bench.clock.now());
    expect(now).toMatchObject({ watch: null, offered: null, mustBeStaffed: true, emptySince: c.bench.clock.now() });
    expect(await c.asks('02:11', disp, { type: 'watch.on', seat })).toBeNull();
    expect(await c.on()).toEqual(['disp']);
  });

  it('the same command twice is one signature, also after a restart between both', async () => {
    const c = await begun();
    await c.asks('02:01', mira, { type: 'watch.on', seat });
    await c.leaks('02:05');
    await c.bench.passes('02:06');
    await c.bench.asks({ type: 'watch.hand-over', seat }, 'hand-over-1', mira);
    await c.bench.dies();
    await c.bench.start();
    await c.bench.asks({ type: 'watch.hand-over', seat }, 'hand-over-1', mira);
    expect((await c.notes()).map(({ id, state }) => [id, state])).toEqual([['handover:hand-over-1', 'offered']]);
    expect(await c.takes('02:08', noor)).toBeNull();
    expect(await c.on()).toEqual(['noor']);
  });
};

describe('a watch and its hand-over', () => scenarios(() => ({ url: ':memory:' })));

describe('a watch and its hand-over on PostgreSQL', () => {
  let postgres: TestPostgres;
  let count = 0;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.stop());
  scenarios(() => ({ url: postgres.url, schema: `watches_${++count}` }));
});
