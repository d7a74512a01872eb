import { afterEach, describe, expect, it } from 'vitest';
import { rulesBench } from '../app-bench.ts';
import { benchDevice, kitchen, momentOf } from '../engine/engine-bench.ts';

type Bench = Awaited<ReturnType<typeof rulesBench>>;
let bench: Bench;
afterEach(() => bench.stop());

const gateways = [{ id: 'g1', name: 'g1', lon: 112.6, lat: 26.9, demo: false }];
const rows = (b: Bench) => b.state.db.selectFrom('annunciations').selectAll().orderBy('seq').execute();
const rules = async (b: Bench) => (await rows(b)).map(({ rule }) => rule);

describe('what begins to sound at the desk', () => {
  it('is one row, with the time it was acknowledged and the time it ended', async () => {
    bench = await rulesBench('10:00');
    await bench.registers({ devices: [kitchen('k1')] });
    await bench.reads('10:01', 'k1', { 'alarm.ch4': 15 });
    await bench.passes('10:01:20');
    const [alarm] = await bench.alarms();
    await bench.passes('10:02');
    await bench.asks({ type: 'acknowledge', alarms: [alarm!.id] });
    await bench.reads('10:03', 'k1', { 'alarm.ch4': 0 });
    await bench.passes('10:05');
    expect(await rows(bench)).toMatchObject([
      {
        alarm: alarm!.id,
        device: 'k1',
        rule: 'G05-14.com-l1',
        priority: 'P2',
        categories: ',G05,',
        at: momentOf('10:01:10'),
        acked_at: momentOf('10:02'),
        returned_at: momentOf('10:04'),
      },
    ]);
  });

  it('is no lower level that is raised behind a higher one', async () => {
    bench = await rulesBench('10:00');
    await bench.registers({ devices: [kitchen('k1')] });
    await bench.reads('10:01', 'k1', { 'alarm.ch4': 50 });
    await bench.passes('10:01:20');
    expect(await bench.shows()).toEqual(['G05-14.com-l2 unack', 'G05-14.com-l1 unack superseded']);
    expect(await rules(bench)).toEqual(['G05-14.com-l2']);
  });

  it('is the gateway, and not the devices that it hides, until they are shown', async () => {
    bench = await rulesBench('10:00');
    await bench.registers({
      gateways,
      devices: [kitchen('k1', { gateway: 'g1' }), benchDevice('b1', 'waste-bin', { gateway: 'g1' })],
    });
    await bench.reads('10:01', 'k1', { 'alarm.ch4': 0 });
    const connection = (state: 'up' | 'down') =>
      bench.journal.append([{ kind: 'connection', subject: 'g1', state, at: bench.clock.now() }]);
    await connection('down');
    await bench.passes('10:20');
    expect((await rows(bench)).map(({ rule, categories }) => `${rule} ${categories}`)).toEqual([
      'platform.gateway-down ,G05,C04,',
    ]);
    await connection('up');
    await bench.passes('10:23');
    expect(await rules(bench)).toEqual(['platform.gateway-down', 'G05-14.silent']);
  });

  it('is counted once, however often the process starts again', async () => {
    bench = await rulesBench('10:00');
    await bench.registers({ devices: [kitchen('k1')] });
    await bench.reads('10:01', 'k1', { 'alarm.ch4': 50 });
    await bench.rules.stop();
    await bench.start();
    await bench.passes('10:02');
    expect(await rules(bench)).toEqual(['G05-14.com-l2']);
  });
});
