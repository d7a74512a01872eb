import { describe, expect, it } from 'vitest';
import type { BesideListed } from '../../devices/contract/beside.ts';
import type { Device } from '../../devices/contract/registry.ts';
import { moved } from '../../kit/metres.ts';
import { benchDevice, engineBench, kitchen, momentOf, type Records } from './engine-bench.ts';

const origin = { lon: 112.6, lat: 26.9 };
/** A place so many metres east and north of the middle of the bench. */
const at = (east: number, north = 0) => moved(origin, east, north);
const pit = (id: string, east: number, more: Partial<Device> = {}) =>
  benchDevice(id, 'underground-gas', { gasUnit: '%{VOL}', ...at(east), ...more });
const diner = (id: string, east: number, more: Partial<Device> = {}) => kitchen(id, { ...at(east), ...more });
const gas = { 'ug.ch4Vol': 3 };
const air = { 'ug.ch4Vol': 0 };
const leak = { 'alarm.ch4': 46 };
const clean = { 'alarm.ch4': 0 };

const bench = (records: Partial<Records> & { devices: Device[] }, options = {}) => {
  const b = engineBench(records, '10:00', options);
  const shown = (id: string) =>
    [...b.members.values()]
      .filter(({ incident }) => incident === id)
      .map(({ device }) => device)
      .sort();
  return {
    ...b,
    /** Devices of each open incident, by its first-out. */
    get pictures() {
      return Object.fromEntries(
        b
          .incidents()
          .filter(({ closedAt }) => closedAt === null)
          .map(({ id, firstOut }) => [firstOut.split('/')[0]!, [...new Set(shown(id))]]),
      );
    },
    said: () => b.history.map(({ kind, by, text }) => `${kind}${by ? ` by ${by}` : ''}: ${text.en}`),
    of: (device: string) =>
      b.incidents().find(({ firstOut, closedAt }) => closedAt === null && firstOut.startsWith(`${device}/`))!,
    judged(device: string, kind: 'real' | 'biogas' | 'sensor-fault', time: string) {
      b.passes(time);
      for (const alarm of [...b.engine.desk.open()].filter((a) => a.device === device))
        b.engine.desk.refresh(alarm.id, {
          verdict: { kind, by: 'mira', at: momentOf(time), evidence: 'looked at it' },
        } as never);
      b.reads(time, 'nobody', {});
    },
  };
};

describe('a leak that spreads', () => {
  it('is one picture by 10:06: a manhole first, the next one, and the kitchen beside it', () => {
    const b = bench({ devices: [pit('pit-1', 0), pit('pit-2', 100), diner('k-1', 150), diner('far', 2000)] });
    b.reads('10:00', 'pit-1', gas);
    expect(b.pictures).toEqual({ 'pit-1': ['pit-1'] });
    b.reads('10:04', 'pit-2', gas);
    b.reads('10:06', 'k-1', leak);
    b.reads('10:06', 'far', leak);
    expect(b.pictures).toEqual({ 'pit-1': ['k-1', 'pit-1', 'pit-2'], far: ['far'] });
    const incident = b.of('pit-1');
    expect(incident.priority).toBe('P1');
    expect(incident.members.map((id) => id.split('/')[0])).toEqual(['pit-1', 'pit-2', 'k-1']);
    const rows = b.alarms().filter(({ incident: one }) => one === incident.id);
    expect(rows.filter(({ firstOut }) => firstOut).map(({ device }) => device)).toEqual(['pit-1']);
    expect(rows).toHaveLength(3);
    expect(b.said()).toContain('joined by distance: pit-2 joined: 100 m apart (pit-1)');
  });

  it('marks one row as the first-out: the level that shows, as it climbs and as it steps back', () => {
    const b = bench({ devices: [diner('k-1', 0), diner('k-2', 10)] });
    const marked = () =>
      b.alarms().flatMap(({ firstOut, rule, device, active }) => (firstOut && active ? [`${device} ${rule}`] : []));
    b.reads('10:00', 'k-1', { 'alarm.ch4': 20 });
    b.reads('10:00:15', 'k-1', { 'alarm.ch4': 20 });
    b.reads('10:00:30', 'k-2', { 'alarm.ch4': 46 });
    expect(marked()).toEqual(['k-1 G05-14.com-l1']);
    b.reads('10:01', 'k-1', { 'alarm.ch4': 46 });
    expect(marked()).toEqual(['k-1 G05-14.com-l2']);
    b.reads('10:02', 'k-1', { 'alarm.ch4': 20 });
    b.passes('10:04');
    const second = b.alarm('G05-14.com-l2');
    expect(second?.active).toBe(false);
    b.acknowledges('10:05', second!.id);
    b.resets('10:05', second!.id);
    expect(marked()).toEqual(['k-1 G05-14.com-l1']);
  });

  it('closes when the last of its alarms is closed, and not before', () => {
    const b = bench({ devices: [pit('pit-1', 0), pit('pit-2', 100)] });
    b.reads('10:00', 'pit-1', gas);
    b.reads('10:01', 'pit-2', gas);
    b.reads('10:05', 'pit-1', air);
    b.reads('10:05', 'pit-2', air);
    const [first, second] = b.alarms();
    b.acknowledges('10:06', first!.id);
    expect(Object.keys(b.pictures)).toEqual(['pit-1']);
    b.acknowledges('10:07', second!.id);
    expect(b.pictures).toEqual({});
    expect(b.incidents()[0]).toMatchObject({ closedAt: momentOf('10:07'), counts: { members: 2, open: 0, active: 0 } });
  });

  it.each([
    ['the next manhole, 140 m on', pit('other', 140), true],
    ['a manhole 170 m away', pit('other', 170), false],
    ['the restaurant over the manhole, 80 m', diner('other', 80), true],
    ['a restaurant 100 m from the manhole', diner('other', 100), false],
    ['a detector of the same site, however far', pit('other', 900, { site: 's1' }), true],
    ['a manhole along the same pipe, 350 m on', pit('other', 350, { circuit: 'p1' }), true],
    ['a manhole along the same pipe, 450 m on', pit('other', 450, { circuit: 'p1' }), false],
  ])('takes in %s: %s', (_, other, joins) => {
    const b = bench({ devices: [pit('pit-1', 0, { site: 's1', circuit: 'p1' }), other] });
    b.reads('10:00', 'pit-1', gas);
    b.reads('10:05', 'other', other.type === 'underground-gas' ? gas : leak);
    expect(Object.keys(b.pictures).length).toBe(joins ? 1 : 2);
  });

  it('does not take in what began long after it was over', () => {
    const b = bench({ devices: [pit('pit-1', 0), pit('pit-2', 100)] });
    b.reads('10:00', 'pit-1', gas);
    b.reads('10:02', 'pit-1', air);
    b.reads('10:20', 'pit-2', gas);
    expect(Object.keys(b.pictures)).toEqual(['pit-1', 'pit-2']);
  });

  it('is not joined by a detector that is only silent', () => {
    const b = bench({ devices: [diner('k-1', 0), diner('k-2', 10)] });
    b.reads('10:00', 'k-1', leak);
    b.reads('10:00', 'k-2', clean);
    b.passes('10:10');
    expect(b.alarms().map(({ rule, incident }) => [rule, incident !== null])).toContainEqual(['G05-14.silent', false]);
    expect(b.pictures).toEqual({ 'k-1': ['k-1'] });
  });

  it('makes one of two pictures when a new alarm joins them; the older keeps its name', () => {
    const b = bench({ devices: [pit('pit-1', 0), pit('pit-2', 120), pit('pit-3', 240)] });
    b.reads('10:00', 'pit-1', gas);
    b.reads('10:01', 'pit-3', gas);
    const younger = b.of('pit-3').id;
    b.reads('10:02', 'pit-2', gas);
    expect(b.pictures).toEqual({ 'pit-1': ['pit-1', 'pit-2', 'pit-3'] });
    expect(b.incidents().find(({ id }) => id === younger)).toMatchObject({ mergedInto: b.of('pit-1').id });
    expect(b.alarm('G05-02.pit-gas')).toBeDefined();
    expect(b.told()).toContain('note G05-02.pit-gas');
  });
});

describe('two leaks that looked like one', () => {
  /** Three manholes in a row: the middle one joins the other two. */
  const row = (options = {}, beside: BesideListed = {}) => {
    const b = bench(
      { devices: [pit('west', 0, { circuit: 'p1' }), pit('mid', 120), pit('east', 240, { circuit: 'p1' })], beside },
      { incidents: { alongM: 0, ...options } },
    );
    b.reads('10:00', 'west', gas);
    b.reads('10:01', 'mid', gas);
    b.reads('10:02', 'east', gas);
    expect(b.pictures).toEqual({ west: ['east', 'mid', 'west'] });
    return b;
  };

  it('are two once the detector between them is judged faulty', () => {
    const b = row();
    b.judged('mid', 'sensor-fault', '10:10');
    expect(b.pictures).toEqual({ west: ['mid', 'west'], east: ['east'] });
    expect(b.said().at(-1)).toContain('split by verdict: split from the incident of west');
  });

  it('stay one while the verdict is a real leak', () => {
    const b = row();
    b.judged('mid', 'real', '10:10');
    expect(Object.keys(b.pictures)).toEqual(['west']);
  });

  it('are two once the one between returned and stayed good for a quarter of an hour, while both stand', () => {
    const b = row();
    b.reads('10:10', 'mid', air);
    b.passes('10:24:59');
    expect(Object.keys(b.pictures)).toEqual(['west']);
    b.passes('10:26');
    expect(b.pictures).toEqual({ west: ['mid', 'west'], east: ['east'] });
  });

  it('stay one when one of the sides returned too', () => {
    const b = row();
    b.reads('10:10', 'mid', air);
    b.reads('10:12', 'east', air);
    b.passes('10:40');
    expect(b.pictures).toEqual({ west: ['east', 'mid', 'west'] });
  });

  it('join again when the one between is abnormal again', () => {
    const b = row();
    b.reads('10:10', 'mid', air);
    b.passes('10:26');
    expect(Object.keys(b.pictures)).toHaveLength(2);
    b.reads('10:30', 'mid', gas);
    expect(b.pictures).toEqual({ west: ['east', 'mid', 'west'] });
  });

  it('are never joined by one that comes long after both: gas cannot have passed it', () => {
    const b = bench({ devices: [pit('west', 0), pit('mid', 120), pit('east', 240)] });
    b.reads('10:00', 'west', gas);
    b.reads('10:02', 'east', gas);
    b.reads('10:40', 'mid', gas);
    expect(Object.keys(b.pictures)).toEqual(['west', 'east']);
    expect(b.said()).toContainEqual(expect.stringContaining('apart by order: mid came 40 min after'));
  });

  it('are two once the valve between them is closed and only one side falls', () => {
    const line: [number, number][] = [
      [at(-50).lon, at(-50).lat],
      [at(400).lon, at(400).lat],
    ];
    const valve = { id: 'v-1', name: 'valve 1', nameEn: 'valve 1', ...at(180), pipe: 'pipe-1', demo: false };
    const b = bench({
      devices: [
        pit('west', 0, { circuit: 'p1' }),
        pit('mid', 120, { circuit: 'p1' }),
        pit('east', 240, { circuit: 'p1' }),
        benchDevice('rtu-1', 'gas-rtu', at(600)),
      ],
      beside: {
        valves: [{ ...valve, stateDevice: 'rtu-1', stateMeasurement: 'rtu.shutoffValveClosed' }],
        pipes: [{ id: 'pipe-1', name: 'pipe 1', line, pressure: 'low', circuit: 'p1', demo: false }],
      },
    });
    b.reads('10:00', 'west', gas);
    b.reads('10:01', 'mid', gas);
    b.reads('10:02', 'east', gas);
    b.reads('10:20', 'rtu-1', { 'rtu.shutoffValveClosed': true });
    b.reads('10:25', 'east', air);
    b.passes('10:39');
    expect(Object.keys(b.pictures)).toEqual(['west']);
    b.passes('10:41');
    expect(b.pictures).toEqual({ west: ['mid', 'west'], east: ['east'] });
    expect(b.said().at(-1)).toContain('valve 1 between them is closed and only one side fell');
  });

  it('are split by the same minute after the process was killed', () => {
    const plain = row();
    const killed = row();
    for (const b of [plain, killed]) b.reads('10:10', 'mid', air);
    killed.passes('10:24:30');
    killed.restarts(killed.keeps());
    for (const b of [plain, killed]) b.passes('10:26');
    expect(killed.pictures).toEqual(plain.pictures);
    expect(killed.history).toEqual(plain.history);
    expect(killed.incidents()).toEqual(plain.incidents());
  });
});

describe('the picture of a leak', () => {
  const beside: BesideListed = {
    valves: [
      { id: 'near', name: '近阀', ...at(30, 40), demo: false },
      { id: 'on-pipe', name: '管上阀', ...at(300), pipe: 'pipe-1', demo: false },
    ],
    pipes: [
      {
        id: 'pipe-1',
        name: '管',
        line: [
          [at(-50).lon, at(-50).lat],
          [at(400).lon, at(400).lat],
        ],
        pressure: 'medium-a',
        circuit: 'p1',
        demo: false,
      },
    ],
    crews: [
      { id: 'c-far', name: '远班', ...at(5000), department: 'gas', phone: '111', for: ['gas'], areas: [], demo: false },
      { id: 'c-near', name: '近班', ...at(900), department: 'gas', phone: '222', for: ['gas'], areas: [], demo: false },
      {
        id: 'c-fire',
        name: '消防',
        ...at(10),
        department: 'fire',
        phone: '119',
        for: ['fire'],
        areas: [],
        demo: false,
      },
    ],
    permits: [
      {
        id: 'dig',
        name: '开挖',
        reference: 'X-1',
        devices: [],
        wholeArea: false,
        ...at(60),
        radiusM: 50,
        from: '2026-11-23T09:00:00+08:00',
        to: '2026-11-23T10:05:00+08:00',
        demo: false,
      },
    ],
  };
  const school = { id: 's-1', kind: 'school' as const, name: '一小', ...at(80, 20), demo: false };
  const faraway = { id: 's-2', kind: 'school' as const, name: '二小', ...at(400, 300), demo: false };
  const drawn = () =>
    bench({
      devices: [
        pit('pit-1', 0, { circuit: 'p1' }),
        pit('pit-2', 100, { circuit: 'p1' }),
        benchDevice('fence-1', 'methane-fence-line', { ...at(200), gasUnit: '[ppm]' }),
      ],
      sites: [school, faraway],
      beside,
    });

  it('names schools inside the ring, valves along the pipe first, the nearest gas crew, works and wind', () => {
    const b = drawn();
    b.reads('10:00', 'fence-1', { 'fence.windDirection': 270, 'fence.windSpeed': 3 });
    b.reads('10:01', 'pit-1', gas);
    b.reads('10:02', 'pit-2', gas);
    const incident = b.of('pit-1');
    expect(incident.sites.map(({ id }) => id)).toEqual(['s-1']);
    expect(incident.siteCounts).toEqual([{ kind: 'school', count: 1 }]);
    expect(incident.valves.map(({ id, onPipe, state }) => [id, onPipe, state])).toEqual([
      ['on-pipe', true, 'unknown'],
      ['near', false, 'unknown'],
    ]);
    expect(incident.crews.map(({ id, phone }) => [id, phone])).toEqual([
      ['c-near', '222'],
      ['c-far', '111'],
    ]);
    expect(incident.records.map(({ id }) => id)).toEqual(['dig']);
    expect(incident.wind).toMatchObject({ device: 'fence-1', fromDeg: 270, speed: 3 });
  });

  it('forgets a permit that has run out, within a minute', () => {
    const b = drawn();
    b.reads('10:01', 'pit-1', gas);
    b.passes('10:06:01');
    expect(b.of('pit-1').records).toEqual([]);
  });
});

describe('records in the registry', () => {
  it('keep a slam-shut alarm quiet while a work order is in force at its device', () => {
    const station = benchDevice('rtu-1', 'gas-rtu', { site: 's1', constants: { Ps: { value: 2.5, unit: 'kPa' } } });
    const order = {
      id: 'w-1',
      name: '检修',
      reference: 'W-1',
      devices: [],
      site: 's1',
      wholeArea: false,
      from: '2026-11-23T10:00:00+08:00',
      to: '2026-11-23T10:30:00+08:00',
      demo: false,
    };
    const b = engineBench({
      devices: [station],
      sites: [{ id: 's1', kind: 'station', name: 's1', ...origin, demo: false }],
    });
    b.registry('10:00', { version: 1, put: 'work-order', record: order });
    b.reads('10:10', 'rtu-1', { 'rtu.shutoffValveClosed': true });
    expect(b.shows).not.toContain('G05-01.ssv unack');
    b.passes('10:32');
    expect(b.shows).toContain('G05-01.ssv unack');
  });
});
