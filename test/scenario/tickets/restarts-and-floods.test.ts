import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '../../../devices/contract/command.ts';
import { isTicketOpen, type PersonStep, type Ticket } from '../../../devices/contract/ticket.ts';
import { stepsIn } from '../../../devices/tickets/stages.ts';
import { kitchen, momentOf } from '../../../rules/engine/engine-bench.ts';
import { startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { needs } from '../../support/tools.ts';
import { people, type TicketCity, ticketCity } from './ticket-city.ts';

let c: TicketCity;
afterEach(() => c?.stop());
const { mira, wei, qiu, gov, bureau, firm, disp, tan, lin } = people;

/** A night from its leak to its close; between any two of these the process may die. */
type Act = (c: TicketCity) => Promise<unknown>;
const step =
  (time: string, actor: Actor, what: PersonStep): Act =>
  (c) =>
    c.does(time, actor, what, `night-${time}-${what.kind}`);
const asks =
  (wanted: Record<string, unknown>): Act =>
  (c) =>
    c.bench.asks(wanted, undefined, mira);
const night: readonly Act[] = [
  (c) => c.leaks('02:01'),
  (c) => c.bench.passes('02:02'),
  asks({ type: 'acknowledge', alarms: [`k1/G05-14.com-l2/${momentOf('02:01')}`] }),
  step('02:03', wei, { kind: 'accept' }),
  step('02:04', firm, { kind: 'duty-accept', duty: 'company' }),
  step('02:10', gov, { kind: 'duty-accept', duty: 'local' }),
  step('02:11', bureau, { kind: 'duty-accept', duty: 'supervise' }),
  step('02:12', mira, { kind: 'report-up', note: '一处餐饮燃气泄漏' }),
  step('02:18', wei, { kind: 'arrive' }),
  step('02:20', wei, { kind: 'record', step: 0 }),
  step('02:21', wei, { kind: 'record', step: 1, reading: { value: 32, unit: '%{LEL}' } }),
  step('02:25', wei, { kind: 'make-safe' }),
  step('02:30', wei, { kind: 'record', step: 2, photos: ['a'.repeat(64)] }),
  (c) => c.calm('02', 32, 46),
  asks({
    type: 'judge',
    of: { alarms: [`k1/G05-14.com-l2/${momentOf('02:01')}`] },
    kind: 'real',
    evidence: '灶具软管脱落',
  }),
  asks({ type: 'reset', alarm: `k1/G05-14.com-l2/${momentOf('02:01')}` }),
  step('02:47', wei, { kind: 'finish', note: '换管，复测为零' }),
  step('02:50', qiu, { kind: 'verify' }),
];

/** What of a night must be the same however often the process died in it. */
async function summary(c: TicketCity) {
  const steps = await c.steps();
  const notices = await c.notices();
  return {
    tickets: (await c.tickets()).map(({ id, no, stage, clocks, hands, closedAt }) => ({
      id,
      no,
      stage,
      clocks,
      hands,
      closedAt,
    })),
    steps: steps.map(({ kind, at, by, from, to }) => [kind, at, by?.id ?? null, from, to]),
    told: notices.map(({ id, open }) => `${id} ${open}`).sort(),
  };
}

describe('a night in which the process dies', () => {
  let undisturbed: Awaited<ReturnType<typeof summary>>;
  const inFolder = async (run: (url: string) => Promise<void>) => {
    const folder = mkdtempSync(join(tmpdir(), 'yanshao-night-'));
    await run(join(folder, 'state.db')).finally(() => rmSync(folder, { recursive: true, force: true }));
  };
  beforeAll(async () => {
    await inFolder(async (url) => {
      c = await ticketCity('02:00', { url });
      for (const act of night) await act(c);
      undisturbed = await summary(c);
      await c.stop();
    });
    expect(undisturbed.tickets[0]).toMatchObject({ stage: 'closed', closedAt: momentOf('02:50') });
  });

  it.each(night.map((_, index) => index))('after act %i is the same night', async (index) => {
    await inFolder(async (url) => {
      c = await ticketCity('02:00', { url });
      for (const [i, act] of night.entries()) {
        await act(c);
        if (i === index) {
          await c.bench.dies();
          await c.bench.start();
          await c.bench.judged();
        }
      }
      expect(await summary(c)).toEqual(undisturbed);
      await c.stop();
    });
  });
});

needs('postgres')('the same night on PostgreSQL', () => {
  let server: TestPostgres;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());
  it('ends as it does on SQLite, step by step', async () => {
    c = await ticketCity('02:00', { url: server.url });
    for (const act of night) await act(c);
    const there = await summary(c);
    await c.stop();
    c = await ticketCity('02:00');
    for (const act of night) await act(c);
    expect(there).toEqual(await summary(c));
  });
});

describe('a thousand alarms in a minute', () => {
  it('each has a ticket with an owner, numbered without gap, and whoever is told of them is told of all', async () => {
    c = await ticketCity('02:00');
    // One a hundred metres from the next: too far apart to be one leak.
    const devices = Array.from({ length: 1000 }, (_, i) =>
      kitchen(`d${i}`, { lon: 112 + (i % 40) * 0.02, lat: 26 + Math.floor(i / 40) * 0.03 }),
    );
    await c.bench.registers({ devices });
    const at = momentOf('02:01');
    c.bench.clock.set(at);
    for (let i = 0; i < 1000; i += 50) {
      await c.bench.journal.append(
        devices.slice(i, i + 50).map(({ id }) => ({
          kind: 'telemetry' as const,
          device: id,
          at,
          received: at,
          source: 'mqtt' as const,
          values: { 'alarm.ch4': 46 },
        })),
      );
    }
    await c.bench.passes('02:01:30');
    const tickets = await c.tickets();
    expect(tickets).toHaveLength(1000);
    expect(new Set(tickets.map(({ no }) => no)).size).toBe(1000);
    expect(
      tickets
        .map(({ no }) => no)
        .sort()
        .at(-1),
    ).toBe('20261123-1000');
    for (const ticket of tickets) expect(ticket.assigned).toMatchObject({ department: 'gas', crew: 'crew-1' });
    const dispatched = (await c.notices()).filter(({ id }) => id.endsWith('auto-dispatch'));
    expect(new Set(dispatched.map(({ subject }) => JSON.stringify(subject))).size).toBe(1000);
  });
});

describe('whatever people do, in whatever order', () => {
  const everyone = [mira, wei, tan, qiu, disp, lin, gov];
  const kinds: readonly PersonStep[] = [
    { kind: 'accept' },
    { kind: 'return', reason: '不是我们的' },
    { kind: 'dispatch' },
    { kind: 'dispatch', person: 'p-tan' },
    { kind: 'hand-back', reason: '换班' },
    { kind: 'arrive' },
    { kind: 'make-safe' },
    { kind: 'record', step: 1, reading: { value: 3, unit: '%{LEL}' } },
    { kind: 'finish', note: '处理完了' },
    { kind: 'verify' },
    { kind: 'fail', reason: '还没好' },
    { kind: 'suspend', reason: '等一等', until: momentOf('05:00') },
    { kind: 'resume' },
    { kind: 'settle-dispute', department: 'gas', reason: '按清单' },
    { kind: 'report-up', note: '已报' },
    { kind: 'recheck', passed: false, note: '没有好' },
    { kind: 'reject', reason: '不予立案' },
  ];
  const act = fc.oneof(
    {
      weight: 10,
      arbitrary: fc.record({
        do: fc.constant('step' as const),
        who: fc.constantFrom(...everyone),
        step: fc.constantFrom(...kinds),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('reads' as const), value: fc.constantFrom(0, 46) }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('passes' as const), minutes: fc.integer({ min: 1, max: 20 }) }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('dies' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('acknowledge' as const) }) },
  );
  const runs = Number(process.env.YANSHAO_TEST_NIGHTS ?? 12);

  it('no ticket is without an owner, no step is out of order, nothing is told twice or lost', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 40 }), async (acts) => {
        const folder = mkdtempSync(join(tmpdir(), 'yanshao-any-'));
        const city = await ticketCity('02:00', { url: join(folder, 'state.db') });
        try {
          await city.leaks('02:01');
          let minute = 2;
          const time = () =>
            `${String(2 + Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
          for (const [i, one] of acts.entries()) {
            if (one.do === 'step') await city.does(time(), one.who, one.step, `any-command-${i}`);
            else if (one.do === 'reads') await city.bench.reads(time(), 'k1', { 'alarm.ch4': one.value });
            else if (one.do === 'acknowledge')
              await city.bench.asks({ type: 'acknowledge', alarms: [city.leak('02:01')] }, undefined, mira);
            else if (one.do === 'passes') {
              minute += one.minutes;
              await city.bench.passes(time());
            } else {
              await city.bench.dies();
              await city.bench.start();
              await city.bench.judged();
            }
            await holds(city);
          }
        } finally {
          await city.stop();
          rmSync(folder, { recursive: true, force: true });
        }
      }),
      { numRuns: runs },
    );
  });

  async function holds(city: TicketCity) {
    const tickets = await city.tickets();
    const steps = await city.steps();
    const notices = await city.notices();
    for (const ticket of tickets) ownedAndConsistent(ticket);
    // No step out of order: each begins where the one before it ended, and the table allows it there.
    for (const ticket of tickets) {
      let stage = 'reported';
      for (const { kind, from, to, by, ticket: of } of steps) {
        if (of !== ticket.id) continue;
        expect([kind, from]).toEqual([kind, stage]);
        if (by) expect(stepsIn(from)).toContain(kind);
        stage = to;
      }
      expect(ticket.stage).toBe(stage);
    }
    expect(steps.map(({ seq }) => seq)).toEqual(steps.map((_, i) => i + 1));
    // Nothing is told twice, and no step that somebody must hear of is told to nobody.
    expect(new Set(notices.map(({ id }) => id)).size).toBe(notices.length);
    for (const { kind, seq, ticket } of steps) {
      if (!['auto-dispatch', 'dispatch', 'return', 'hand-back', 'warned', 'overdue', 'disputed'].includes(kind))
        continue;
      const told = notices.filter(({ id }) => id.startsWith(`${ticket}/${seq}/`));
      expect(told.map(({ to }) => to.length > 0)).toEqual([true]);
    }
  }

  function ownedAndConsistent(ticket: Ticket) {
    expect(ticket.assigned.department).not.toBe('');
    if (['accepted', 'handling'].includes(ticket.stage)) expect(ticket.owner).not.toBeNull();
    if (['reported', 'filed', 'dispatched'].includes(ticket.stage)) expect(ticket.owner).toBeNull();
    expect(ticket.closedAt === null).toBe(isTicketOpen(ticket));
    const hands = [...ticket.hands.handled, ...(ticket.hands.verified ? [ticket.hands.verified] : [])];
    expect(new Set(hands).size).toBe(hands.length);
  }
});
