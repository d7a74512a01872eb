import { afterEach, describe, expect, it } from 'vitest';
import type { Actor } from '../../devices/contract/command.ts';
import { dutyRecordsSchema } from '../../devices/contract/duty.ts';
import { until } from '../../test/support/until.ts';
import { rulesBench } from '../app-bench.ts';

type Bench = Awaited<ReturnType<typeof rulesBench>>;
let b: Bench;
afterEach(() => b.stop());

const admin: Actor = { id: 'cli:x', name: 'x', via: 'cli', role: 'admin' };
const running = async () => {
  b = await rulesBench();
  const put = dutyRecordsSchema.parse({ persons: [{ id: 'p-mira', name: '米拉', department: 'gas' }] });
  await b.asks({ type: 'duty.put', put }, undefined, admin);
};
const test = (person: string, actor = admin) =>
  b.asks({ type: 'notify.test', person, priority: 'P1' }, 'command-t1', actor);

describe('a test notice', () => {
  it('goes to one person by the ladder, marked as a drill, and tells what came of it', async () => {
    await running();
    expect(await test('p-mira')).toEqual({ done: true, changed: ['test/command-t1'] });
    const [notice] = await until('it was tried', async () => {
      const found = await b.rules.notices({ subject: 'test/command-t1', limit: 10 });
      return found[0]?.deliveries[0]?.state === 'failed' ? found : undefined;
    });
    expect(notice).toMatchObject({ mark: 'drill', priority: 'P1', to: [{ id: 'p-mira', name: '米拉' }] });
    expect(notice!.deliveries[0]).toMatchObject({
      channel: 'page',
      reason: expect.stringContaining('no page is open'),
    });
  });

  it('asked for twice under one id is sent once, and is in the audit', async () => {
    await running();
    expect(await test('p-mira')).toEqual(await test('p-mira'));
    expect(await b.rules.notices({ subject: 'test/command-t1', limit: 10 })).toHaveLength(1);
    const audit = await b.state.db.selectFrom('audit').select('type').where('type', '=', 'notify.test').execute();
    expect(audit).toHaveLength(1);
  });

  it('to somebody who is not in the duty list is refused, with whom it may mean', async () => {
    await running();
    expect(await test('p-mirra')).toMatchObject({
      refused: { code: 'unknown-person', en: expect.stringContaining('p-mira') },
    });
  });

  it('is not for everybody to send', async () => {
    await running();
    expect(await test('p-mira', { ...admin, role: 'duty' })).toMatchObject({ refused: { code: 'not-allowed' } });
  });
});
