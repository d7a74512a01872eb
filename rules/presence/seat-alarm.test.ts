import { afterEach, describe, expect, it } from 'vitest';
import { dutyRecordsSchema, noDutyRecords } from '../../devices/contract/duty.ts';
import type { Notice } from '../../devices/contract/notice.ts';
import { until } from '../../test/support/until.ts';
import { rulesBench } from '../app-bench.ts';
import { benchCatalogue, benchCity, kitchen, momentOf } from '../engine/engine-bench.ts';

const priorities: ['P1', 'P2', 'P3'] = ['P1', 'P2', 'P3'];
const city = {
  ...benchCity,
  seats: [
    { id: 'gas', name: { zh: '燃气席', en: 'Gas seat' }, categories: ['G05'], priorities },
    {
      id: 'city',
      name: { zh: '城市席', en: 'City seat' },
      categories: ['C04'],
      priorities,
      staffed: { hours: [], graceS: 60 },
    },
  ],
};
const duty = dutyRecordsSchema.parse({
  persons: [
    { id: 'p-mira', name: '米拉', department: 'gas', phone: '0001', channels: [{ kind: 'sms' }] },
    { id: 'p-lamp', name: '路灯', department: 'lights', phone: '0002', channels: [{ kind: 'sms' }] },
  ],
  posts: [{ id: 'seat', name: { zh: '值守', en: 'watch' }, department: 'gas', duties: ['seat'], holders: ['p-mira'] }],
  assignments: [{ id: 'a1', match: { hazards: ['gas'] }, duty: 'seat', department: 'gas', post: 'seat' }],
});

type Bench = Awaited<ReturnType<typeof rulesBench>>;
let b: Bench;
const running = async () => {
  b = await rulesBench('10:00', undefined, { city, catalogue: benchCatalogue });
  const put = { ...noDutyRecords, ...duty };
  expect(
    await b.asks({ type: 'duty.put', put }, undefined, { id: 'x', name: 'x', via: 'cli', role: 'admin' }),
  ).toMatchObject({ done: true });
};
afterEach(() => b.stop());

const seatNames = () => b.shows().then((all) => all.filter((one) => one.includes('seat')));
/** The page of a process says that it watches the gas seat. */
const says = (heard: number, server = 'page-server') =>
  void b.rules.pages.exchange({ server, open: [{ address: 'seat:gas', pages: 1, heard }], took: [] });
const watchedUntil = async (time: string, heard: number) => {
  while (b.clock.now() < momentOf(time)) {
    says(heard);
    await b.passes(clockText(Math.min(b.clock.now() + 5000, momentOf(time))));
  }
};
const clockText = (at: number) => new Date(at + 8 * 3_600_000).toISOString().slice(11, 19);
const shows = (what: string[]) =>
  until(`the desk shows ${what}`, async () => (await seatNames()).join() === what.join());
const told = async () => {
  const rows = await b.state.db.selectFrom('notices').selectAll().where('subject', 'like', 'alarm/seat:%').execute();
  return rows.map(({ body, open }) => ({ notice: JSON.parse(body) as Notice, open: open === 1 }));
};

describe('a gas seat without anybody at it', () => {
  it('is an alarm of P1 a minute later, and those on duty are called, not by their pages', async () => {
    await running();
    await b.registers({ devices: [kitchen('k1')] });
    await b.passes('10:00:59');
    expect(await seatNames()).toEqual([]);
    await b.passes('10:01:10');
    await shows(['platform.seat-unstaffed unack']);
    const alarm = (await b.alarms()).find(({ rule }) => rule === 'platform.seat-unstaffed');
    expect(alarm).toMatchObject({ priority: 'P1', device: 'seat:gas', deviceName: '燃气席' });
    expect(alarm?.explanation.zh).toContain('没有打开的值守页面');
    expect(alarm?.explanation.en).toContain('no page has watched Gas seat');
    const { notice } = (await told())[0]!;
    expect(notice.title).toEqual({ zh: '燃气席：席位无人值守', en: 'Gas seat: Seat without a watch' });
    expect(notice.to.map(({ id, reach }) => `${id} ${reach.map(({ channel }) => channel)}`)).toEqual([
      'seat:city page',
      'p-mira sms',
    ]);
    // Whoever sits down ends it: nobody is sent out for it.
    expect(await b.state.db.selectFrom('tickets').select('id').execute()).toEqual([]);
  });

  it('is none while a page that can be heard watches it, and is none any more when one does again', async () => {
    await running();
    await b.registers({ devices: [kitchen('k1')] });
    await watchedUntil('10:02:00', 1);
    // Its process says nothing any more: the page lapses after ten seconds, and then the minute runs.
    await b.passes('10:03:05');
    expect(await seatNames()).toEqual([]);
    await b.passes('10:03:12');
    await shows(['platform.seat-unstaffed unack']);
    says(1);
    await b.passes('10:03:15');
    await shows(['platform.seat-unstaffed rtn-unack']);
    await until('nobody is called any more', async () => (await told()).every(({ open }) => !open) || undefined);
  });

  it('says so where a page is open and mute', async () => {
    await running();
    await b.registers({ devices: [kitchen('k1')] });
    await watchedUntil('10:01:05', 0);
    await shows(['platform.seat-unstaffed unack']);
    const alarm = (await b.alarms()).find(({ rule }) => rule === 'platform.seat-unstaffed');
    expect(alarm?.explanation.en).toContain('has its sound locked');
  });

  it('stays the same alarm over a restart, and ends after it', async () => {
    await running();
    await b.registers({ devices: [kitchen('k1')] });
    await b.passes('10:01:10');
    await shows(['platform.seat-unstaffed unack']);
    await b.dies();
    await b.start();
    await b.passes('10:02:00');
    await shows(['platform.seat-unstaffed unack']);
    says(1);
    await b.passes('10:02:05');
    await shows(['platform.seat-unstaffed rtn-unack']);
    expect((await b.alarms()).filter(({ rule }) => rule === 'platform.seat-unstaffed')).toHaveLength(1);
  });

  it('is nothing in a city that watches nothing yet', async () => {
    await running();
    await b.passes('10:05');
    expect(await seatNames()).toEqual([]);
  });
});
