import { afterEach, describe, expect, it } from 'vitest';
import type { Incident, IncidentEvent } from '../devices/contract/incident.ts';
import { moved } from '../kit/metres.ts';
import { rulesBench } from './app-bench.ts';
import { benchDevice } from './engine/engine-bench.ts';

type Bench = Awaited<ReturnType<typeof rulesBench>>;
let bench: Bench | undefined;
afterEach(async () => {
  await bench?.stop();
  bench = undefined;
});

const pit = (id: string, east: number) =>
  benchDevice(id, 'underground-gas', { gasUnit: '%{VOL}', ...moved({ lon: 112.6, lat: 26.9 }, east, 0) });

/** Three manholes; a leak that shows at the first two. */
async function leak(): Promise<Bench> {
  bench = await rulesBench();
  await bench.registers({ devices: [pit('pit-1', 0), pit('pit-2', 100), pit('pit-3', 200)] });
  await bench.reads('10:01', 'pit-1', { 'ug.ch4Vol': 3 });
  await bench.reads('10:03', 'pit-2', { 'ug.ch4Vol': 2 });
  return bench;
}
const incidents = async (b: Bench): Promise<Incident[]> =>
  (await b.state.db.selectFrom('incidents').select('body').orderBy('opened_at').execute()).map(
    ({ body }) => JSON.parse(body) as Incident,
  );

describe('an incident in the books', () => {
  it('stands with its alarms, each of which names it, and the first is marked', async () => {
    const b = await leak();
    const [incident, ...more] = await incidents(b);
    expect(more).toEqual([]);
    expect(incident).toMatchObject({ counts: { members: 2, open: 2, active: 2 }, priority: 'P2' });
    const alarms = await b.alarms();
    expect(alarms.map(({ device, incident: of, firstOut }) => [device, of, firstOut])).toEqual([
      ['pit-1', incident!.id, true],
      ['pit-2', incident!.id, false],
    ]);
    const history = await b.state.db.selectFrom('incident_events').select('body').orderBy('seq').execute();
    expect(history.map(({ body }) => (JSON.parse(body) as IncidentEvent).kind)).toEqual(['opened', 'joined']);
  });

  it('goes on after a restart: the next manhole joins the same one', async () => {
    const b = await leak();
    const before = (await incidents(b))[0]!;
    await b.rules.stop();
    await b.start();
    await b.reads('10:05', 'pit-3', { 'ug.ch4Vol': 2 });
    const after = await incidents(b);
    expect(after).toHaveLength(1);
    expect(after[0]).toMatchObject({ id: before.id, openedAt: before.openedAt, counts: { members: 3 } });
    expect(after[0]!.seq).toBeGreaterThan(before.seq);
  });

  it('has a history that the database lets nobody change', async () => {
    const b = await leak();
    await expect(b.state.db.updateTable('incident_events').set({ at: 0 }).execute()).rejects.toThrow('append-only');
  });

  it('knows the crew that was registered a moment ago', async () => {
    const b = await leak();
    const place = moved({ lon: 112.6, lat: 26.9 }, 300, 0);
    const crew = {
      id: 'c-1',
      name: '抢修班',
      ...place,
      department: 'gas',
      phone: '0734-1',
      for: ['gas'],
      areas: [],
      demo: false,
    };
    await b.registers({ crews: [crew] } as never);
    await b.passes('10:05');
    expect((await incidents(b))[0]!.crews).toMatchObject([{ id: 'c-1', phone: '0734-1' }]);
  });

  it('is judged as a whole: a member that is closed already is judged with the rest', async () => {
    const b = await leak();
    const [first] = await b.alarms();
    await b.reads('10:05', 'pit-1', { 'ug.ch4Vol': 0 });
    await b.asks({ type: 'acknowledge', alarms: [first!.id] });
    const { id } = (await incidents(b))[0]!;
    const outcome = await b.asks({
      type: 'judge',
      of: { incident: id },
      kind: 'biogas',
      evidence: 'no ethane in either pit',
    });
    expect(outcome).toMatchObject({ done: true, changed: expect.arrayContaining([first!.id]) });
    expect((await b.alarms()).map(({ verdict }) => verdict?.kind)).toEqual(['biogas', 'biogas']);
    const members = await b.state.db.selectFrom('incident_members').select('body').execute();
    expect(members.map(({ body }) => JSON.parse(body).cut.by)).toEqual(['verdict', 'verdict']);
  });
});
