import { describe, expect, it } from 'vitest';
import { until } from '../../test/support/until.ts';
import { rulesBench } from '../app-bench.ts';
import { kitchen, momentOf } from '../engine/engine-bench.ts';

type Bench = Awaited<ReturnType<typeof rulesBench>>;

/** Tries a rule of the bench as it stands over what lies in its store. */
async function tried(b: Bench, rule: string, from: string, to: string) {
  const started = await b.rules.tools.startBacktest({ rule, from: momentOf(from), to: momentOf(to) }, 'mira');
  if ('refused' in started) throw new Error(started.refused.en);
  const job = async () => (await b.rules.tools.backtest(started.job.id))!;
  await until('the back-test has ended', async () => (await job()).state !== 'running');
  return (await job()).report!;
}
const stored = (b: Bench, device: string, ...at: [time: string, lel: number][]) =>
  b.ingest.store.write(
    at.map(([time, lel]) => ({
      ...{ type: 'gas-alarm-commercial', device, at: momentOf(time) },
      values: { 'alarm.ch4': lel },
    })),
  );
const hidden = ({ after }: Awaited<ReturnType<typeof tried>>) => after.list.map((alarm) => alarm.hidden);

describe('alarms of a back-test that nobody would have seen', () => {
  it('are counted where the point was on a shelf then, and the report says so in plain words', async () => {
    const b = await rulesBench();
    await b.registers({ devices: [kitchen('k1')] });
    await b.reads('10:05', 'k1', { 'alarm.ch4': 20 });
    await b.reads('10:05:20', 'k1', { 'alarm.ch4': 20 });
    const [alarm] = await b.alarms();
    await b.asks({ type: 'shelve', alarms: [alarm!.id], minutes: 60, oneShot: false, reason: 'stove being fitted' });
    await stored(b, 'k1', ['10:05', 20], ['10:05:20', 20], ['10:10', 0], ['10:12', 0]);
    await stored(b, 'k1', ['10:30', 20], ['10:30:20', 20], ['10:32', 0], ['10:35', 0]);
    await stored(b, 'k1', ['11:30', 20], ['11:30:20', 20]);
    const report = await tried(b, 'G05-14.com-l1', '10:00', '12:00');
    expect(hidden(report)).toEqual([null, 'by-people', null]);
    expect(report.after).toMatchObject({ alarms: 3, hidden: { byPeople: 1, byDesign: 0 } });
    expect(report.notes.map(({ zh }) => zh)).toContain(
      '3 条报警中，0 条响起时会被设计抑制遮住，1 条会在人员搁置或停用之中；以上数字仍全部计入',
    );
    await b.stop();
  });

  it('are counted where their gateway was down then; a device that needs no gateway is not', async () => {
    const b = await rulesBench();
    const gateway = { id: 'g1', name: 'g1', lon: 112.6, lat: 26.9, demo: false };
    await b.registers({ devices: [kitchen('k1', { gateway: 'g1' }), kitchen('k2')], gateways: [gateway] });
    await b.reads('10:00', 'k1', { 'alarm.ch4': 0 });
    const at = momentOf('10:00:01');
    await b.journal.append([{ kind: 'connection', subject: 'g1', state: 'down', at }]);
    await b.passes('10:20');
    expect((await b.alarms()).map(({ rule }) => rule)).toContain('platform.gateway-down');
    await stored(b, 'k1', ['10:00', 0]);
    await stored(b, 'k2', ['10:00', 0]);
    const report = await tried(b, 'G05-14.silent', '10:00', '10:20');
    expect(Object.fromEntries(report.after.list.map((one) => [one.device, one.hidden]))).toEqual({
      k1: 'by-design',
      k2: null,
    });
    await b.stop();
  });
});
