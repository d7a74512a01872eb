import { afterEach, describe, expect, it } from 'vitest';
import type { Actor, CommandOutcome } from '../../devices/contract/command.ts';
import type { Notice } from '../../devices/contract/notice.ts';
import { runBody } from '../../devices/supervision/read-scores.ts';
import { until } from '../../test/support/until.ts';
import type { rulesBench } from '../app-bench.ts';
import { duty, lin, november, who } from './cycles-bench.ts';

let bench: Awaited<ReturnType<typeof rulesBench>> | undefined;
afterEach(async () => {
  await bench?.stop();
  bench = undefined;
});
const begun = async () => {
  const city = await november();
  bench = city.b;
  return city;
};
const said = (outcome: CommandOutcome): string => ('done' in outcome ? outcome.changed.join() : outcome.refused.code);

describe('the cycles of a city', () => {
  it('run by themselves from their next end on, each once, whatever dies in between', async () => {
    const { b, runs, tick, dealtWith, has } = await begun();
    expect(await runs()).toEqual([]);
    for (const [time, run] of [
      ['2026-12-01 08:00', 'visits_2026-12_1'],
      ['2026-12-02 08:00', 'month_2026-11_1'],
      ['2026-12-07 08:00', 'week_2026-W50_1'],
    ] as const) {
      await tick(time);
      // The process dies at once, perhaps in the middle of it, and the journal is judged again.
      await b.dies();
      await b.start();
      await has(run);
    }
    await tick('2026-12-08 08:00');
    await b.judged();
    expect(await runs()).toEqual(['visits_2026-12_1', 'month_2026-11_1', 'week_2026-W50_1']);
    expect(await dealtWith()).toEqual([
      'month 2026-10 -',
      'visits 2026-11 -',
      'week 2026-W49 -',
      'year 2025 -',
      'visits 2026-12 visits_2026-12_1',
      'month 2026-11 month_2026-11_1',
      'week 2026-W50 week_2026-W50_1',
    ]);
    const audit = await b.state.db
      .selectFrom('audit')
      .select(['actor_id', 'body'])
      .where('type', '=', 'supervision.run')
      .execute();
    expect(audit.map(({ actor_id }) => actor_id)).toEqual(['system', 'system', 'system']);
  });

  it('make up for what ended while the platform stood still: every score, and the list and the lot of now', async () => {
    const { runs, tick, dealtWith, has } = await begun();
    await tick('2027-02-03 09:00');
    await has('month_2027-01_1');
    await until('all is dealt with', async () => (await dealtWith()).some((row) => row.startsWith('month 2027-01')));
    expect(await runs()).toEqual([
      'week_2027-W05_1',
      'visits_2027-02_1',
      'month_2026-11_1',
      'month_2026-12_1',
      'month_2027-01_1',
    ]);
    // What nobody can make any more is said, and not forgotten.
    expect(await dealtWith()).toContain('visits 2027-01 -');
    expect(await dealtWith()).toContain('week 2026-W51 -');
  });

  it('a year waits until its months are published', async () => {
    const { b, runs, tick, has } = await begun();
    await tick('2026-12-02 08:00');
    await has('month_2026-11_1');
    await tick('2027-01-03 09:00');
    await has('month_2026-12_1');
    expect(await runs()).not.toContain('year_2026_1');
    for (const run of ['month_2026-11_1', 'month_2026-12_1']) {
      const { contentHash: hash } = (await runBody(b.state.db, run))!;
      for (const actor of [lin, who('qiu', 'manager')])
        expect(said(await b.asks({ type: 'supervision.publish', run, hash }, undefined, actor))).toBe(run);
    }
    await tick('2027-01-03 10:05');
    await has('year_2026_1');
  });

  it('what somebody worked out by hand before is not worked out again', async () => {
    const { b, runs, tick, dealtWith } = await begun();
    await tick('2026-12-01 07:00');
    expect(said(await b.asks({ type: 'supervision.run', cycle: 'month' }, undefined, lin))).toBe('month_2026-11_1');
    await tick('2026-12-02 08:00');
    await until('it is dealt with', async () => (await dealtWith()).includes('month 2026-11 month_2026-11_1'));
    expect((await runs()).filter((id) => id.startsWith('month'))).toEqual(['month_2026-11_1']);
  });
});

describe('whom supervision tells', () => {
  const told = async (b: NonNullable<typeof bench>): Promise<Record<string, string[]>> => {
    const rows = await b.state.db.selectFrom('notices').select('body').execute();
    const notices = rows
      .map(({ body }) => JSON.parse(body) as Notice)
      .filter(({ subject }) => subject.kind === 'score');
    return Object.fromEntries(notices.map(({ id, to }) => [id, to.map((one) => one.id)]));
  };

  it('the list its departments, a score every unit, a lot nobody but the office; each once', async () => {
    const { b, tick, has } = await begun();
    expect(await b.asks({ type: 'duty.put', put: duty }, undefined, lin)).toMatchObject({ done: true });
    await tick('2026-12-07 08:00');
    await has('week_2026-W50_1');
    await has('month_2026-11_1');
    expect(await told(b)).toEqual({
      'score/week_2026-W50_1': ['p-office', 'p-fan', 'p-wei'],
      'score/visits_2026-12_1': ['p-office'],
      'score/month_2026-11_1': ['p-office', 'p-fan', 'p-wei', 'p-north'],
    });
  });

  it('where the duty list names nobody, the seats', async () => {
    const { b, tick, has } = await begun();
    await tick('2026-12-01 08:00');
    await has('visits_2026-12_1');
    expect(await told(b)).toEqual({ 'score/visits_2026-12_1': ['seat:duty'] });
  });
});

describe('an appeal', () => {
  it('is made by the unit’s own people and decided by somebody of another department, and both are told', async () => {
    const { b, tick, has } = await begun();
    expect(await b.asks({ type: 'duty.put', put: duty }, undefined, lin)).toMatchObject({ done: true });
    await tick('2026-12-02 08:00');
    await has('month_2026-11_1');
    const ticket = (await b.state.db.selectFrom('tickets').select('id').executeTakeFirstOrThrow()).id;
    const asked = {
      type: 'supervision.appeal',
      run: 'month_2026-11_1',
      indicator: 'closed',
      facts: [ticket],
      reason: 'not ours',
    };
    const appeal = async (unit: string, actor: Actor) =>
      said(await b.asks({ ...asked, unit, evidence: 'the deed' }, undefined, actor));
    expect(await appeal('gas', who('north', 'handler'))).toBe('not-your-department');
    expect(await appeal('gas', lin)).toBe('not-your-department');
    expect(await appeal('gas', who('wei', 'handler'))).toBe('1');
    expect(await appeal('north', who('north', 'handler'))).toBe('2');
    const decide = async (seq: number, actor: Actor) =>
      said(
        await b.asks(
          { type: 'supervision.decide', appeal: seq, upheld: true, reason: 'the deed shows it' },
          undefined,
          actor,
        ),
      );
    expect(await decide(1, who('fan', 'manager'))).toBe('own-appeal');
    expect(await decide(1, who('office', 'manager'))).toBe('1');
    const rows = await b.state.db.selectFrom('notices').select(['id', 'body']).where('id', 'like', '%#1%').execute();
    expect(rows.map(({ id, body }) => [id, (JSON.parse(body) as Notice).to.map((one) => one.id)])).toEqual([
      ['score/month_2026-11_1#1', ['p-office']],
      ['score/month_2026-11_1#1/decided', ['p-fan', 'p-wei']],
    ]);
  });
});
