import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { rulesBench } from '../../rules/app-bench.ts';
import { benchCity, kitchen, momentOf } from '../../rules/engine/engine-bench.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';

/** What rules promises of its state, on each engine that may hold it. */
const promises = (fresh: () => { url: string; schema?: string }) => {
  let bench: Awaited<ReturnType<typeof rulesBench>> | undefined;
  afterEach(async () => {
    await bench?.stop();
    bench = undefined;
  });
  const started = async () => {
    bench = await rulesBench('10:00', fresh());
    return bench;
  };

  it('an alarm is raised, acknowledged, returned and reset, and every step is numbered', async () => {
    const b = await started();
    await b.registers({ devices: [kitchen('k1')] });
    await b.reads('10:00:05', 'k1', { 'alarm.ch4': 46 });
    const alarm = `k1/G05-14.com-l2/${momentOf('10:00:05')}`;
    await b.asks({ type: 'acknowledge', alarms: [alarm] });
    await b.reads('10:00:08', 'k1', { 'alarm.ch4': 0 });
    await b.passes('10:01:10');
    await b.asks({ type: 'reset', alarm });
    const events = await b.state.db.selectFrom('alarm_events').select(['seq', 'kind']).orderBy('seq').execute();
    expect(events.map(({ kind }) => kind)).toEqual(['raised', 'acknowledged', 'returned', 'reset']);
    expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    expect(await b.shows()).toEqual([]);
  });

  it('a shelf, a request and a verdict are kept, and a new process finds them', async () => {
    const b = await started();
    await b.registers({ devices: [kitchen('k1')] });
    await b.reads('10:00:05', 'k1', { 'alarm.ch4': 15 });
    await b.passes('10:00:20');
    const l1 = `k1/G05-14.com-l1/${momentOf('10:00:05')}`;
    await b.asks({ type: 'shelve', alarms: [l1], minutes: 20, reason: 'works' });
    await b.asks({ type: 'judge', of: { alarms: [l1] }, kind: 'works', evidence: 'welding next door' });
    const whole = { type: 'out-of-service', device: 'k1', rule: null, workOrder: 'WO-1', reason: 'new detector' };
    await b.asks(whole);
    await b.rules.stop();
    await b.start();
    expect(b.rules.stats().overrides).toMatchObject({ shelved: 1, asked: 1 });
    await b.passes('10:21');
    expect(b.rules.stats().overrides).toMatchObject({ shelved: 0, asked: 0 });
    const { db } = b.state;
    expect(await db.selectFrom('verdicts').select(['kind', 'alarm']).execute()).toEqual([{ kind: 'works', alarm: l1 }]);
    await expect(db.updateTable('verdicts').set({ kind: 'real' }).execute()).rejects.toThrow('append-only');
  });

  it('who is responsible is kept, version by version, and a new process answers the same', async () => {
    const b = await started();
    const { id: department } = benchCity.departments[0]!;
    const person = (name: string) => ({ id: 'ann', name, department });
    const assignments = [{ id: 'all', match: {}, department, person: 'ann' }];
    const lead = { id: 'u1', name: 'mira', role: 'supervisor', via: 'page' } as const;
    await b.asks({ type: 'duty.put', put: { persons: [person('Ann')], assignments } }, undefined, lead);
    await b.asks({ type: 'duty.put', put: { persons: [person('Anna')] } }, undefined, lead);
    await b.asks({ type: 'duty.remove', records: [{ kind: 'assignment', id: 'all' }] }, undefined, lead);
    await b.rules.stop();
    await b.start();
    expect(b.rules.duty().book.records).toMatchObject({ persons: [{ id: 'ann', name: 'Anna' }], assignments: [] });
    const { db } = b.state;
    const rows = await db.selectFrom('duty_records').select(['seq', 'kind', 'version']).orderBy('seq').execute();
    expect(rows.map(({ seq, kind, version }) => `${seq} ${kind} ${version}`)).toEqual([
      '1 person 1',
      '2 assignment 1',
      '3 person 2',
      '4 assignment 2',
    ]);
    await expect(db.updateTable('duty_records').set({ body: null }).execute()).rejects.toThrow('append-only');
  });

  it('audit and history refuse to be changed or deleted', async () => {
    const b = await started();
    await b.registers({ devices: [kitchen('k1')] });
    await b.reads('10:00:05', 'k1', { 'alarm.ch4': 46 });
    const { db } = b.state;
    await expect(db.updateTable('audit').set({ actor_name: 'nobody' }).execute()).rejects.toThrow('append-only');
    await expect(db.deleteFrom('audit').execute()).rejects.toThrow('append-only');
    await expect(db.deleteFrom('alarm_events').execute()).rejects.toThrow('append-only');
  });

  it('a start after a stop finds alarms, delays and the registry as they were', async () => {
    const b = await started();
    await b.registers({ devices: [kitchen('k1')] });
    await b.reads('10:00:05', 'k1', { 'alarm.ch4': 15 });
    await b.rules.stop();
    await b.start();
    await b.passes('10:00:14');
    expect(await b.shows()).toEqual([]);
    await b.passes('10:00:15');
    expect(await b.shows()).toEqual(['G05-14.com-l1 unack']);
  });
};

describe('the state of rules in SQLite', () => promises(() => ({ url: ':memory:' })));

describe('the state of rules in PostgreSQL', () => {
  let server: TestPostgres;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());
  let schemas = 0;
  promises(() => ({ url: server.url, schema: `rules_${++schemas}` }));
});
