import { afterEach, describe, expect, it } from 'vitest';
import type { Actor } from '../devices/contract/command.ts';
import { dutyRecordsSchema } from '../devices/contract/duty.ts';
import { askWho } from '../devices/duty/duty-desk.ts';
import { dutyHistory, keptDuty } from '../devices/duty/read-duty.ts';
import { rulesBench } from './app-bench.ts';
import { benchCity, momentOf } from './engine/engine-bench.ts';

type Bench = Awaited<ReturnType<typeof rulesBench>>;
let bench: Bench | undefined;
afterEach(async () => {
  await bench?.stop();
  bench = undefined;
});
const started = async (): Promise<Bench> => {
  bench = await rulesBench();
  return bench;
};

const lead = { id: 'u1', name: 'mira', role: 'supervisor', via: 'page' } as const;
const seat = { id: 'u2', name: 'jun', role: 'duty', via: 'page' } as const;
const department = benchCity.departments[0]!.id;
const person = (id: string, more = {}) => ({ id, name: id, department, ...more });
const repair = {
  persons: [person('ann', { phone: '000-1111' }), person('bo')],
  posts: [{ id: 'repair', name: { zh: '抢修岗', en: 'Repair' }, department, duties: ['handle'] }],
  shifts: [{ id: 'all', name: { zh: '全天', en: 'All day' }, from: '08:00', to: '08:00' }],
  rosters: [
    { id: 'r', post: 'repair', shift: 'all', pattern: { kind: 'cycle', anchor: '2026-01-01', turns: [['ann']] } },
  ],
  assignments: [{ id: 'gas', match: { categories: ['G05'] }, department, post: 'repair' }],
};
const put = (b: Bench, records: object, more = {}, actor: Actor = lead, id?: string) =>
  b.asks({ type: 'duty.put', put: records, ...more }, id, actor);
const who = (b: Bench) => {
  const answer = askWho(b.rules.duty(), { item: 'G05-14', area: null, duty: 'handle', at: momentOf('10:00') });
  return 'faults' in answer ? answer.faults : answer.persons.map(({ person }) => person.id);
};

describe('who is responsible', () => {
  it('is nobody in a city that has registered nobody, and whoever the records name once they are put', async () => {
    const b = await started();
    expect(who(b)).toEqual([]);
    expect(await put(b, repair)).toMatchObject({
      done: true,
      changed: expect.arrayContaining(['person ann', 'roster r']),
    });
    expect(who(b)).toEqual(['ann']);
  });

  it('is the same after the process was killed', async () => {
    const b = await started();
    await put(b, repair);
    await b.dies();
    await b.start();
    expect(who(b)).toEqual(['ann']);
  });

  it('changes as a whole or not at all, with every fault listed', async () => {
    const b = await started();
    const outcome = await put(b, {
      ...repair,
      assignments: [...repair.assignments, { id: 'x', match: { items: ['G99-01'] }, department: 'nobody' }],
    });
    expect(outcome).toMatchObject({ refused: { code: 'duty-faults' } });
    expect('faults' in outcome && outcome.faults?.map(({ where, field, value }) => [where, field, value])).toEqual([
      ['assignment x', 'department', 'nobody'],
      ['assignment x', 'match.items', 'G99-01'],
    ]);
    expect((await keptDuty(b.state.db)).version).toBe(0);
    expect(who(b)).toEqual([]);
  });

  it('is changed by administrators and supervisors only', async () => {
    const b = await started();
    expect(await put(b, repair, {}, seat)).toMatchObject({ refused: { code: 'role' } });
    expect(who(b)).toEqual([]);
  });

  it('is only looked at by a dry run, which says what would change', async () => {
    const b = await started();
    await put(b, repair);
    expect(await put(b, { persons: [person('bo'), person('cy')] }, { dryRun: true })).toEqual({
      done: true,
      changed: ['person cy'],
    });
    expect((await keptDuty(b.state.db)).records.persons.map(({ id }) => id)).toEqual(['ann', 'bo']);
  });

  it('keeps a person whom a roster names, and says which', async () => {
    const b = await started();
    await put(b, repair);
    const refused = await b.asks({ type: 'duty.remove', records: [{ kind: 'person', id: 'ann' }] }, undefined, lead);
    expect(refused).toMatchObject({
      refused: { code: 'duty-faults', en: expect.stringContaining('roster r names it') },
      faults: [{ where: 'person ann' }],
    });
    expect(who(b)).toEqual(['ann']);
    const records = [
      { kind: 'roster', id: 'r' },
      { kind: 'person', id: 'ann' },
    ];
    expect(await b.asks({ type: 'duty.remove', records }, undefined, lead)).toMatchObject({ done: true });
    expect(who(b)).toEqual([]);
  });

  it('loses what a replacing put does not name', async () => {
    const b = await started();
    await put(b, repair);
    const { persons, posts } = repair;
    expect(await put(b, { persons, posts }, { replace: true })).toMatchObject({
      changed: ['shift all', 'roster r', 'assignment gas'],
    });
  });

  it('is not held up by what was wrong before: an item that has left the catalogue', async () => {
    const b = await started();
    await put(b, repair);
    const stale = { id: 'old', match: { items: ['G77-01'] }, duty: 'handle', department, demo: false };
    const row = { seq: 99, kind: 'assignment', id: 'old', version: 1, body: JSON.stringify(stale) } as const;
    await b.state.db
      .insertInto('duty_records')
      .values({ ...row, at: 0, actor_id: 'x', actor_name: 'x' })
      .execute();
    await b.rules.stop();
    await b.start();
    expect(await put(b, { persons: [person('dee')] })).toMatchObject({ done: true, changed: ['person dee'] });
  });

  it('remembers every version, and the audit who did it, without anybody’s number', async () => {
    const b = await started();
    await put(b, repair);
    await put(b, { persons: [person('ann', { phone: '000-2222' })] });
    await put(b, { persons: [person('ann', { phone: '000-2222' })] });
    const history = await dutyHistory(b.state.db, 'person', 'ann');
    expect(history.map(({ version, by, record }) => [version, by.name, (record as { phone: string }).phone])).toEqual([
      [2, 'mira', '000-2222'],
      [1, 'mira', '000-1111'],
    ]);
    const audit = await b.state.db.selectFrom('audit').select(['type', 'body']).execute();
    expect(audit.map(({ type }) => type)).toEqual(['duty.put', 'duty.put', 'duty.put']);
    expect(audit.map(({ body }) => body).join()).not.toContain('000-');
    await expect(b.state.db.deleteFrom('duty_records').execute()).rejects.toThrow(/append-only/);
  });

  it('is carried out once, however often a command arrives', async () => {
    const b = await started();
    const first = await put(b, repair, {}, lead, 'command-of-mira');
    expect(await put(b, dutyRecordsSchema.parse({}), { replace: true }, lead, 'command-of-mira')).toEqual(first);
    expect(who(b)).toEqual(['ann']);
  });
});
