import type { Kysely } from 'kysely';
import { afterEach, describe, expect, it } from 'vitest';
import { campaignProgress } from '../../devices/campaigns/progress.ts';
import { campaignPolicySchema } from '../../devices/contract/campaign-policy.ts';
import type { Actor } from '../../devices/contract/command.ts';
import type { HazardEntry } from '../../devices/contract/hazard.ts';
import { hazardPolicySchema } from '../../devices/contract/hazard-policy.ts';
import { siteSchema } from '../../devices/contract/registry.ts';
import type { StateTables } from '../../devices/contract/state-tables.ts';
import { hazardFigures } from '../../devices/hazards/figures.ts';
import { rulesBench } from '../../rules/app-bench.ts';
import { benchCatalogue, benchCity, momentOf } from '../../rules/engine/engine-bench.ts';

const both = (text: string) => ({ zh: text, en: text });
const city = {
  ...benchCity,
  hazards: hazardPolicySchema.parse({ kinds: [{ id: 'hose', name: both('软管老化'), department: 'gas' }] }),
  campaigns: campaignPolicySchema.parse({
    kinds: [{ id: 'doors', name: both('敲门行动'), attempts: 2, againAfterH: 4, windows: [['09:00', '18:00']] }],
  }),
};
const people = {
  lin: { id: 'lin', name: 'lin', via: 'page', role: 'supervisor' },
  qiu: { id: 'qiu', name: 'qiu', via: 'page', role: 'inspector' },
  tan: { id: 'tan', name: 'tan', via: 'page', role: 'inspector' },
  wei: { id: 'wei', name: 'wei', via: 'page', role: 'handler' },
} as const satisfies Record<string, Actor>;
const picture = (letter: string) => letter.repeat(64);
const home = (id: string) => siteSchema.parse({ id, kind: 'estate', name: id, lon: 112.6, lat: 26.9, area: '000001' });

let bench: Awaited<ReturnType<typeof rulesBench>> | undefined;
afterEach(async () => {
  await bench?.stop();
  bench = undefined;
});

/** A Monday: a campaign goes from door to door, to two homes. */
async function doorToDoor() {
  bench = await rulesBench('08:00', { url: ':memory:' }, { city, catalogue: benchCatalogue });
  const b = bench;
  await b.registers({ sites: [home('h1'), home('h2')] });
  const draft = { kind: 'doors', name: '冬季敲门', from: momentOf('09:00'), to: momentOf('18:00') };
  await b.asks({ type: 'campaign.begin', draft }, 'winter-doors', people.lin);
  const asks = async (time: string, actor: Actor, command: object): Promise<string> => {
    await b.passes(time);
    const outcome = await b.asks({ ...command } as Record<string, unknown>, undefined, actor);
    return 'done' in outcome ? outcome.changed.join(' ') : outcome.refused.code;
  };
  return {
    b,
    db: b.state.db as unknown as Kysely<StateTables>,
    visits: (time: string, actor: Actor, no: number, step: object) =>
      asks(time, actor, { type: 'visit.step', visit: `campaign:winter-doors/${no}`, step }),
    takes: (time: string, actor: Actor, hazard: string, step: object) =>
      asks(time, actor, { type: 'hazard.step', hazard, step }),
    async hazard(): Promise<HazardEntry> {
      const row = await b.state.db.selectFrom('hazards').select('body').executeTakeFirstOrThrow();
      return JSON.parse(row.body) as HazardEntry;
    },
    async progress() {
      const [area] = await campaignProgress(
        b.state.db as unknown as Kysely<StateTables>,
        'campaign:winter-doors',
        b.clock.now(),
      );
      return area!;
    },
  };
}

const finding = { kind: 'finding', finding: { as: 'hazard', kind: 'hose', text: '软管开裂', photos: [picture('a')] } };

describe('a day from door to door', () => {
  it('finds an old hose, which is graded, given out, put right and verified in time; the figures move with it', async () => {
    const d = await doorToDoor();
    expect(await d.visits('08:30', people.qiu, 1, { kind: 'start' })).toBe('not-open-yet');
    await d.visits('09:10', people.qiu, 1, { kind: 'start' });
    const id = (await d.visits('09:20', people.qiu, 1, finding)).split(' ')[1]!;
    await d.visits('09:30', people.qiu, 1, { kind: 'done' });
    await d.visits('09:40', people.qiu, 2, { kind: 'nobody-home' });
    expect(await d.progress()).toMatchObject({ all: 2, stages: { done: 1, again: 1 }, againDue: 0, findings: 1 });
    await d.takes('10:00', people.qiu, id, { kind: 'grade', grade: 'major' });
    await d.takes('10:05', people.lin, id, { kind: 'assign', department: 'gas' });
    // The phone was off the network in the kitchen: what was done at 11:30 arrives after noon.
    await d.takes('11:00', people.wei, id, { kind: 'start' });
    const doneAt = momentOf('11:30');
    await d.takes('12:30', people.wei, id, { kind: 'finish', note: '已换软管', photos: [picture('b')], doneAt });
    expect(await d.takes('12:40', people.wei, id, { kind: 'verify' })).toBe('not-your-role');
    expect(await d.takes('13:00', people.tan, id, { kind: 'verify' })).toBe(id);
    expect((await d.progress()).againDue).toBe(0);
    await d.b.passes('13:41');
    expect((await d.progress()).againDue).toBe(1);
    await d.visits('14:00', people.tan, 2, { kind: 'nobody-home' });
    expect(await d.progress()).toMatchObject({ stages: { done: 1, unreached: 1 } });
    const { total } = await hazardFigures(d.db, { from: momentOf('00:00'), to: momentOf('+1 00:00') });
    expect(total).toMatchObject({ found: 1, verified: 1, open: 0, overdue: 0, onTime: 1, late: 0 });
    expect((await d.hazard()).clocks.find(({ kind }) => kind === 'rectify')).toMatchObject({ metAt: doneAt });
  });

  it('the same with every deadline missed: warned, overdue, refused and late, and it says so', async () => {
    const d = await doorToDoor();
    await d.visits('09:10', people.qiu, 1, { kind: 'start' });
    const id = (await d.visits('09:20', people.qiu, 1, finding)).split(' ')[1]!;
    // One working day to give it out: until 09:20 on Tuesday.
    await d.takes('+1 10:00', people.qiu, id, { kind: 'grade', grade: 'major' });
    await d.takes('+1 10:05', people.lin, id, { kind: 'assign', department: 'gas' });
    await d.takes('+1 11:00', people.wei, id, { kind: 'start' });
    // Three days to put it right: until 10:05 on Friday.
    await d.b.passes('+4 10:06');
    const figures = await hazardFigures(d.db, { from: momentOf('00:00'), to: momentOf('+4 10:06') });
    expect(figures.total).toMatchObject({ open: 1, overdue: 1, onTime: 0 });
    await d.takes('+4 11:00', people.wei, id, { kind: 'finish', note: '已换软管', photos: [picture('b')] });
    await d.takes('+4 11:30', people.tan, id, { kind: 'fail', reason: '卡箍未装' });
    await d.takes('+4 12:00', people.wei, id, { kind: 'finish', note: '已装卡箍', photos: [picture('c')] });
    await d.takes('+4 14:00', people.tan, id, { kind: 'verify' });
    expect(await d.hazard()).toMatchObject({ stage: 'closed', failed: 1, after: [picture('b'), picture('c')] });
    const steps = await d.b.state.db.selectFrom('hazard_steps').select(['kind', 'body']).orderBy('seq').execute();
    const rang = steps.filter(({ kind }) => kind === 'warned' || kind === 'overdue');
    expect(rang.map(({ kind, body }) => `${kind} ${JSON.parse(body).more.clock}`)).toEqual([
      'warned assign',
      'overdue assign',
      'warned rectify',
      'overdue rectify',
    ]);
    const after = await hazardFigures(d.db, { from: momentOf('00:00'), to: momentOf('+5 00:00') });
    expect(after.total).toMatchObject({ found: 1, verified: 1, open: 0, overdue: 0, onTime: 0, late: 1 });
    // The visit that nobody ended, and the one that nobody made, are missed once their grace is over.
    expect((await d.progress()).stages).toMatchObject({ missed: 2, started: 0, planned: 0 });
  });
});
