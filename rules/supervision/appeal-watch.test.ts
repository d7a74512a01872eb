import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../../test/support/until.ts';
import type { rulesBench } from '../app-bench.ts';
import { day, duty, lin, november, who } from './cycles-bench.ts';

let bench: Awaited<ReturnType<typeof rulesBench>> | undefined;
afterEach(async () => {
  await bench?.stop();
  bench = undefined;
});

/** A month that was worked out on 2 December, with five days in which to appeal. */
async function december() {
  const { b, tick, has } = await november(5);
  bench = b;
  await b.asks({ type: 'duty.put', put: duty }, undefined, lin);
  await tick('2026-12-02 08:00');
  await has('month_2026-11_1');
  const told = async () => {
    const rows = await b.state.db
      .selectFrom('notices')
      .select(['id', 'open'])
      .where('id', 'like', 'appeal/%')
      .execute();
    return rows.map(({ id, open }) => `${id.replace('appeal/month_2026-11_1/', '')} ${open === 1 ? 'open' : 'over'}`);
  };
  /** Days later: a process that begins at `text` looks after ten minutes. */
  const looks = async (text: string) => {
    await b.rules.stop();
    b.clock.set(day(text));
    await b.start();
    b.clock.pass(600_000);
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  return { b, told, looks };
}

describe('the time for appeals', () => {
  it('is said to end when four fifths of it are over, once, also after a kill', async () => {
    const { b, told, looks } = await december();
    await looks('2026-12-06 07:00');
    expect(await told()).toEqual([]);
    await looks('2026-12-06 08:00');
    await until('it is told', async () => (await told()).length === 1);
    expect(await told()).toEqual(['near open']);
    await b.dies();
    await looks('2026-12-06 09:00');
    expect(await told()).toEqual(['near open']);
  });

  it('is over without a word where every appeal has its answer', async () => {
    const { told, looks } = await december();
    await looks('2026-12-06 08:00');
    await until('it is told', async () => (await told()).length === 1);
    await looks('2026-12-07 09:00');
    await until('it is settled', async () => (await told()).join() === 'near over');
  });

  it('is said to be over to the office while an appeal waits', async () => {
    const { b, told, looks } = await december();
    const ticket = (await b.state.db.selectFrom('tickets').select('id').executeTakeFirstOrThrow()).id;
    const number = { run: 'month_2026-11_1', class: 'offices', unit: 'gas', indicator: 'closed' };
    const outcome = await b.asks(
      { type: 'supervision.appeal', ...number, facts: [ticket], reason: 'not ours', evidence: 'the deed' },
      undefined,
      who('wei', 'handler'),
    );
    expect(outcome).toMatchObject({ done: true });
    await looks('2026-12-07 09:00');
    await until('it is told', async () => (await told()).includes('over open'));
  });
});
