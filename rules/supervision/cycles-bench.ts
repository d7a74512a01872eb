import type { Actor } from '../../devices/contract/command.ts';
import { dutyRecordsSchema } from '../../devices/contract/duty.ts';
import { supervisionSchema } from '../../devices/contract/supervision.ts';
import { runLines } from '../../devices/supervision/read-scores.ts';
import { rulesBench } from '../app-bench.ts';
import { benchCatalogue, benchCity, kitchen } from '../engine/engine-bench.ts';

const named = (zh: string, en: string) => ({ zh, en });
/** Once a week, a month and a year; `appealDays` of the month. */
const policyOf = (appealDays: number) =>
  supervisionSchema.parse({
    status: 'illustrative',
    source: 'a bench',
    office: 'lights',
    ranking: { coverageFloor: 0.01, evidenceFloor: 0.5 },
    classes: [
      {
        id: 'offices',
        name: named('单位', 'Offices'),
        units: [
          { id: 'gas', name: named('燃气办', 'Gas office'), departments: ['gas'] },
          { id: 'north', name: named('北区', 'North'), areas: ['000001'] },
        ],
      },
    ],
    indicators: [{ id: 'closed', name: named('结案率', 'Closed'), measure: { kind: 'closed' }, full: 1, zero: 0.5 }],
    weights: { offices: { closed: 100 } },
    cycles: [
      { id: 'week', name: named('周会', 'Weekly'), kind: 'dispatch', every: 'week', byItself: { afterH: 8 } },
      {
        ...{ id: 'visits', name: named('暗访', 'Visits'), kind: 'sample', every: 'month', share: { usual: 0.5 } },
        byItself: { afterH: 8 },
      },
      {
        id: 'month',
        name: named('月考', 'Monthly'),
        kind: 'score',
        every: 'month',
        appealDays,
        byItself: { afterH: 32 },
      },
      {
        id: 'year',
        name: named('年评', 'Yearly'),
        kind: 'review',
        every: 'year',
        of: 'month',
        byItself: { afterH: 48 },
      },
    ],
  });
const person = (id: string, department: string) => ({ id: `p-${id}`, name: id, department, account: id });
export const duty = dutyRecordsSchema.parse({
  persons: [person('wei', 'gas'), person('fan', 'gas'), person('office', 'lights'), person('north', 'homes')],
  posts: [
    {
      id: 'north',
      name: named('北区值班', 'North on call'),
      department: 'homes',
      areas: ['000001'],
      duties: ['local'],
      holders: ['p-north'],
    },
  ],
});
export const who = (id: string, role: Actor['role']): Actor => ({ id, name: id, via: 'page', role });
export const lin = who('lin', 'supervisor');
export const day = (text: string): number => Date.parse(`${text.replace(' ', 'T')}:00+08:00`);

/** Waits turn by turn; a test that waits in vain ends by its own time. */
const comes = async (isSo: () => Promise<boolean>): Promise<void> => {
  while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve));
};

/** A city from Monday 30 November 2026, 10:00; one kitchen and one open matter of gas. */
export async function november(appealDays = 0) {
  const homes = { id: 'homes', name: named('房管', 'Homes') };
  const city = { ...benchCity, departments: [...benchCity.departments, homes] };
  const files = { city, catalogue: benchCatalogue, supervision: policyOf(appealDays) };
  const b = await rulesBench('+7 10:00', { url: ':memory:' }, files);
  await b.registers({ devices: [kitchen('k1', { area: '000001' })] });
  const report = { channel: 'inspection', item: 'G05-14', text: 'a smell', lon: 112.6, lat: 26.9, area: '000001' };
  await b.asks({ type: 'ticket.report', report });
  await b.passes('+7 10:00:05');
  const runs = async () => (await runLines(b.state.db)).map(({ id }) => id).reverse();
  /** Days pass in which nothing is in the journal but time; the process is another one afterwards. */
  const tick = async (text: string) => {
    await b.rules.stop();
    b.clock.set(day(text));
    await b.start();
    await b.journal.append([{ kind: 'tick', at: day(text) }]);
  };
  const dealtWith = async () =>
    (
      await b.state.db
        .selectFrom('score_cycle_ends')
        .select(['cycle', 'period', 'run'])
        .orderBy('at')
        .orderBy('cycle')
        .execute()
    ).map(({ cycle, period, run }) => `${cycle} ${period} ${run ?? '-'}`);
  await comes(async () => (await dealtWith()).length === 4);
  return { b, runs, tick, dealtWith, has: (id: string) => comes(async () => (await runs()).includes(id)) };
}
