import { afterEach, describe, expect, it } from 'vitest';
import { rulesBench } from './app-bench.ts';
import { kitchen, momentOf } from './engine/engine-bench.ts';

type Bench = Awaited<ReturnType<typeof rulesBench>>;
let bench: Bench | undefined;
afterEach(async () => {
  await bench?.stop();
  bench = undefined;
});

/** A kitchen whose leak was judged, acknowledged and reset: `10:01` to `10:01:20`. */
async function afterALeak(): Promise<Bench> {
  const b = await rulesBench();
  bench = b;
  await b.registers({ devices: [kitchen('k1')] });
  await b.reads('10:00:30', 'k1', { 'alarm.ch4': 0 });
  await b.reads('10:01', 'k1', { 'alarm.ch4': 60 });
  await b.reads('10:01:10', 'k1', { 'alarm.ch4': 61 });
  await b.reads('10:01:20', 'k1', { 'alarm.ch4': 0 });
  await b.reads('10:03', 'k1', { 'alarm.ch4': 1 });
  const alarm = `k1/G05-14.com-l2/${momentOf('10:01')}`;
  await b.asks({ type: 'acknowledge', alarms: [alarm] });
  expect(await b.asks({ type: 'reset', alarm })).toEqual({ done: true, changed: [alarm] });
  expect(await b.shows()).toEqual([]);
  await b.reads('10:04', 'k1', { 'alarm.ch4': 0 });
  return b;
}
/** Delivers once more what was said at these times, as a gateway does whose acknowledgement was lost. */
const again = async (b: Bench, said: readonly (readonly [time: string, value: number])[]) => {
  for (const [time, value] of said) await b.reads('10:05', 'k1', { 'alarm.ch4': value }, { at: momentOf(time) });
  await b.passes('10:06');
};

describe('readings that are delivered again after their alarm was closed', () => {
  it('leave it closed, as it was judged', async () => {
    const b = await afterALeak();
    const before = await b.alarms();
    await again(b, [
      ['10:01', 60],
      ['10:01:10', 61],
      ['10:01:20', 0],
    ]);
    expect(await b.alarms()).toEqual(before);
  });

  it('leave it closed also when only the end of the episode comes again', async () => {
    const b = await afterALeak();
    const before = await b.alarms();
    await again(b, [
      ['10:01:10', 61],
      ['10:01:20', 0],
    ]);
    expect(await b.alarms()).toEqual(before);
  });

  it('do not hide an episode that nobody had heard of', async () => {
    const b = await afterALeak();
    await again(b, [
      ['10:02:10', 62],
      ['10:02:20', 0],
    ]);
    expect((await b.alarms()).map(({ id }) => id)).toContain(`k1/G05-14.com-l2/${momentOf('10:02:10')}`);
  });

  it('leave it closed also when rules was ended in between', async () => {
    const b = await afterALeak();
    const before = await b.alarms();
    await b.rules.stop();
    await b.start();
    await again(b, [
      ['10:01:10', 61],
      ['10:01:20', 0],
    ]);
    expect(await b.alarms()).toEqual(before);
    expect(b.rules.stats().openAlarms).toBe(0);
  });
});
