import { afterEach, describe, expect, it } from 'vitest';
import { companionsOf } from '../../dashboard/server/biogas/companions.ts';
import { kpis } from '../../dashboard/server/kpi/kpis.ts';
import { startSeatMeters } from '../../dashboard/server/kpi/seat-meters.ts';
import { alarmFeed } from '../../dashboard/server/live/alarm-feed.ts';
import { precision } from '../../dashboard/server/precision.ts';
import { supervisionSchema } from '../../devices/contract/supervision.ts';
import type { Ticket } from '../../devices/contract/ticket.ts';
import { ledger } from '../../devices/detectors/ledger.ts';
import { saidNothing } from '../../devices/detectors/life.ts';
import { registryCache } from '../../devices/registry/registry-cache.ts';
import { loadRegistry } from '../../devices/registry/registry-store.ts';
import { periodAt } from '../../devices/supervision/period.ts';
import { toTicketLine } from '../../devices/tickets/ticket-line.ts';
import { ticketsByAlarm, unownedOf } from '../../devices/tickets/unowned.ts';
import { deviceTypes } from '../../devices/types/registry.ts';
import { zoneOf } from '../../kit/local-time.ts';
import { silentLog } from '../../kit/log.ts';
import { momentOf } from '../../rules/engine/engine-bench.ts';
import { alarmsOfRules } from '../../rules/store/cause-history.ts';
import { judgedAlarms } from '../../rules/store/judged-alarms.ts';
import { makeRun } from '../../rules/supervision/make-run.ts';
import { type DrillCity, drillCity } from './drill-city.ts';
import { catalogue, city, people } from './tickets/ticket-city.ts';

const { mira, wei } = people;
const named = (en: string) => ({ zh: en, en });
const policy = supervisionSchema.parse({
  ...{ status: 'illustrative', source: 'a bench', office: 'gas' },
  ranking: { coverageFloor: 0.01, evidenceFloor: 0.01 },
  classes: [
    { id: 'all', name: named('all'), units: [{ id: 'gas', name: named('gas'), departments: ['gas', 'lights'] }] },
  ],
  indicators: ['closed', 'overdue', 'returns', 'first-time', 'reopened', 'ack-time', 'coverage', 'devices'].map(
    (id) => ({
      ...{ id, name: named(id), measure: { kind: id }, full: 1, zero: 0 },
    }),
  ),
  weights: { all: { closed: 100 } },
  cycles: [
    { id: 'month', name: named('month'), kind: 'score', every: 'month', lists: {} },
    { id: 'week', name: named('week'), kind: 'dispatch', every: 'week' },
    { id: 'visits', name: named('visits'), kind: 'sample', every: 'month', share: { usual: 1 } },
  ],
});
const rule = 'G05-14.com-l2';
const from = momentOf('00:00');
const to = momentOf('+1 00:00');

/** Every figure that the platform gives, at this moment. */
async function figures({ bench }: DrillCity): Promise<Record<string, unknown>> {
  const { db } = bench.state;
  const now = bench.clock.now();
  const registry = registryCache(await loadRegistry(db));
  const feed = alarmFeed(bench.state as never);
  const { alarms } = await feed.open();
  const rows = await db.selectFrom('tickets').select('body').where('open', '=', 1).execute();
  const tickets = ticketsByAlarm(rows.map(({ body }) => toTicketLine(JSON.parse(body) as Ticket)));
  const verdicts = await db.selectFrom('verdicts').selectAll().execute();
  const meters = await startSeatMeters({ db: db as never, city, clock: bench.clock, log: silentLog });
  const parts = { db, policy, city, catalogue: () => catalogue, registry };
  const runs = await Promise.all(
    policy.cycles.map((cycle) =>
      makeRun(parts, cycle, periodAt(cycle.every, now, zoneOf(city.timeZone)), now, 'a secret'),
    ),
  );
  await meters.stop();
  const found = {
    kpis: await kpis({ db: db as never, city, catalogue }, { seat: 'duty', from, to, now }),
    seats: meters.current(),
    openByItem: await feed.openByItem(),
    openByPriority: await feed.openByPriority(),
    unowned: unownedOf(alarms, tickets),
    precision: (['model', 'site', 'rule'] as const).map((by) => precision(verdicts, by)),
    supervision: runs,
    ledger: ledger(registry.devices(), deviceTypes, () => saidNothing, '2026-11-23'),
    backtests: [await judgedAlarms(db, rule, from, to), await alarmsOfRules(db, [rule], from, to)],
    companions: companionsOf(registry.device('k1')!, registry.devices(), deviceTypes),
    learning: bench.rules.stats().learning,
    overrides: bench.rules.stats().overrides,
  };
  // Numbers of events and tickets are no figures: what is played takes some of them.
  return JSON.parse(JSON.stringify(found, (key, value) => (key === 'seq' || key === 'no' ? undefined : value)));
}

let cities: DrillCity[] = [];
afterEach(async () => {
  for (const c of cities) await c.stop();
  cities = [];
});

/** The same night twice: with a drill in it, and without. */
async function nights() {
  const drilled = await drillCity();
  const quiet = await drillCity();
  cities = [drilled, quiet];
  const both = async (does: (c: DrillCity) => Promise<unknown>) => {
    await does(drilled);
    await does(quiet);
  };
  const same = async () => {
    const told = await figures(drilled);
    expect(told).toEqual(await figures(quiet));
    return told;
  };
  return { drilled, both, same };
}

describe('a drill is in no figure', () => {
  it('neither while it runs, nor when it was judged and handled, nor when it is over', async () => {
    const { drilled, both, same } = await nights();
    await both((c) => c.leaks('02:00:30'));
    await both((c) => c.asks('02:01', mira, { type: 'acknowledge', alarms: [c.leak('02:00:30')] }));
    const real = { of: { alarms: [drilled.leak('02:00:30')] }, kind: 'real', evidence: '灶具软管脱落' };
    await both((c) => c.asks('02:02', mira, { type: 'judge', ...real }));
    const before = await same();

    expect(await drilled.start('02:03', { despite: '抢修已在现场' }, people.lin)).toBeNull();
    await both((c) => c.bench.passes('02:03'));
    await same();
    await drilled.plays('02:04');
    await both((c) => c.bench.passes('02:04'));
    await same();
    const alarm = await drilled.alarmOf('02:04');
    await drilled.does('02:05', wei, { kind: 'accept' });
    await drilled.asks('02:05', mira, { type: 'acknowledge', alarms: [alarm] });
    await drilled.asks('02:05', mira, {
      type: 'judge',
      of: { alarms: [alarm] },
      kind: 'sensor-fault',
      evidence: '演练读数，非真实',
    });
    await drilled.plays('02:06');
    await drilled.does('02:30', wei, { kind: 'return', reason: '演练退回一次' });
    await both((c) => c.bench.passes('02:45'));
    await same();
    await drilled.end('02:46');
    await both((c) => c.bench.passes('02:50'));
    const after = await same();

    // The figures are figures: what is real is in them.
    expect(before.unowned).toEqual({ count: 0, worst: null });
    expect(before.openByPriority).toMatchObject({ P1: 1 });
    expect(after.precision).toMatchObject([[{ verdicts: 1 }], [{ verdicts: 1 }], [{ name: rule, verdicts: 1 }]]);
    expect(after.kpis).toMatchObject({ total: 1 });
    expect((after.supervision as { content: unknown }[]).length).toBe(3);
  });
});
