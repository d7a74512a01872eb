import { afterEach, describe, expect, it } from 'vitest';
import type { Notice } from '../devices/contract/notice.ts';
import { siteSchema } from '../devices/contract/registry.ts';
import type { Ticket } from '../devices/contract/ticket.ts';
import { rulesBench } from './app-bench.ts';
import { bystanders, kitchen, momentOf } from './engine/engine-bench.ts';

let bench: Awaited<ReturnType<typeof rulesBench>> | undefined;
afterEach(async () => {
  await bench?.stop();
  bench = undefined;
});

const site = siteSchema.parse({ id: 's1', kind: 'restaurant', name: '饭店', lon: 112.6, lat: 26.9 });

/** A kitchen, and a drill's detector at the very same place. */
async function kitchens() {
  const b = await rulesBench('10:00');
  bench = b;
  await b.registers({
    sites: [site],
    devices: [kitchen('k1', { site: 's1' }), kitchen('d1', { site: 's1', drill: 'autumn' })],
  });
  const tickets = async (): Promise<Ticket[]> => {
    const rows = await b.state.db.selectFrom('tickets').select('body').orderBy('no').execute();
    return rows.map(({ body }) => JSON.parse(body) as Ticket);
  };
  const notices = async (): Promise<Notice[]> => {
    const rows = await b.state.db.selectFrom('notices').select('body').orderBy('at').execute();
    return rows.map(({ body }) => JSON.parse(body) as Notice);
  };
  return { b, tickets, notices };
}
const leak = { 'alarm.ch4': 46 };
const alarmOf = (device: string, time: string) => `${device}/G05-14.com-l2/${momentOf(time)}`;

describe('what plays in a drill', () => {
  it('rings, opens a ticket and is told, and says in every name that it is a drill', async () => {
    const { b, tickets, notices } = await kitchens();
    await b.reads('10:00:05', 'd1', leak);
    const [alarm] = await b.alarms();
    expect(alarm).toMatchObject({ drill: 'autumn', deviceName: expect.stringMatching(/^演练 DRILL · /), active: true });
    expect(await tickets()).toMatchObject([
      { drill: 'autumn', title: { en: expect.stringMatching(/^演练 DRILL · /) } },
    ]);
    const told = await notices();
    expect(told.length).toBeGreaterThan(0);
    expect(new Set(told.map(({ mark }) => mark))).toEqual(new Set(['drill']));
  });

  it('never joins what is real, though it stands at the same place', async () => {
    const { b, tickets } = await kitchens();
    await b.reads('10:00:05', 'd1', leak);
    await b.reads('10:00:08', 'k1', leak);
    const alarms = await b.alarms();
    expect(new Set(alarms.map(({ incident }) => incident)).size).toBe(2);
    const opened = await tickets();
    expect(opened.map(({ drill, alarms: on }) => [drill ?? 'real', ...on.map(({ device }) => device)])).toEqual([
      ['autumn', 'd1'],
      ['real', 'k1'],
    ]);
  });

  it('what people report at the place is real, and opens a ticket of its own', async () => {
    const { b, tickets } = await kitchens();
    await b.reads('10:00:05', 'd1', leak);
    const { lon, lat } = kitchen('k1');
    const report = { channel: 'hotline', item: 'G05-14', text: '闻到燃气味', lon, lat, photos: [] };
    await b.asks({ type: 'ticket.report', report });
    expect((await tickets()).map(({ drill, reporters }) => [drill ?? 'real', reporters.length])).toEqual([
      ['autumn', 0],
      ['real', 1],
    ]);
  });

  it('is no figure: neither of what sounded nor of what was judged', async () => {
    const { b } = await kitchens();
    await b.reads('10:00:05', 'd1', leak);
    await b.asks({ type: 'acknowledge', alarms: [alarmOf('d1', '10:00:05')] });
    await b.asks({
      type: 'judge',
      of: { alarms: [alarmOf('d1', '10:00:05')] },
      kind: 'test',
      evidence: '演练中的读数',
    });
    await b.reads('10:01', 'k1', leak);
    const sounded = await b.state.db.selectFrom('annunciations').select('device').execute();
    expect(sounded).toEqual([{ device: 'k1' }]);
    expect(await b.state.db.selectFrom('verdicts').selectAll().execute()).toEqual([]);
    expect((await b.alarms()).find(({ device }) => device === 'd1')?.verdict).toMatchObject({ kind: 'test' });
  });

  it('does not bear out a real detector that is past its day', async () => {
    const b = await rulesBench('10:00');
    bench = b;
    const old = kitchen('k1', { site: 's1', expires: '2020-01-01' });
    await b.registers({ sites: [site], devices: [old, kitchen('d1', { site: 's1', drill: 'autumn' })] });
    await b.passes('10:01');
    await b.reads('10:02', 'k1', leak);
    await b.asks({ type: 'acknowledge', alarms: [alarmOf('k1', '10:02')] });
    await b.reads('10:03', 'k1', { 'alarm.ch4': 0 });
    await b.passes('10:04:30');
    await b.reads('10:05', 'd1', { 'alarm.ch4': 0 });
    expect(await b.asks({ type: 'reset', alarm: alarmOf('k1', '10:02') })).toMatchObject({
      refused: { code: 'needs-evidence' },
    });
  });

  it('a real device does not become one, nor one of a drill a real one', async () => {
    const { b } = await kitchens();
    for (const device of [kitchen('k1', { site: 's1', drill: 'autumn' }), kitchen('d1', { site: 's1' })])
      expect(await b.registers({ devices: [device] })).toMatchObject({ refused: { code: 'registry-faults' } });
  });

  it('taken out of the registry, it ends what it raised; real alarms stand', async () => {
    const { b } = await kitchens();
    await b.reads('10:00:05', 'd1', leak);
    await b.reads('10:00:08', 'k1', leak);
    await b.asks({ type: 'registry.remove', kind: 'device', ids: ['d1'] }, undefined, bystanders.script);
    await b.passes('10:00:20');
    const ended = (await b.alarms()).filter(({ rule }) => rule === 'G05-14.com-l2');
    expect(ended.map(({ device, closedAt }) => [device, closedAt !== null])).toEqual([
      ['k1', false],
      ['d1', true],
    ]);
  });
});
