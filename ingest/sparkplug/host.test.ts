import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BAD, UNCERTAIN } from '../../devices/model/quality.ts';
import { datatypes } from './codec/datatypes.ts';
import { encodePayload } from './codec/encode.ts';
import type { Metric, Payload } from './codec/payload.ts';
import { type HostBench, hostBench, metric, START } from './host-bench.ts';
import { STALE } from './quality.ts';

const { Boolean: BOOLEAN, Double: DOUBLE, Int32, Int64, UInt64, String: STRING } = datatypes;
const PRESSURE = 'Outlet/Pressure';

const payload = (seq: number | undefined, metrics: Metric[], timestamp = START): Payload => ({
  timestamp,
  metrics: metrics.map((one) => ({ timestamp, ...one })),
  ...(seq !== undefined && { seq }),
});
const bdSeq = (value: number) => metric('bdSeq', UInt64, value);
const rebirth = metric('Node Control/Rebirth', BOOLEAN, false);
const nbirth = (metrics: Metric[] = [], { seq = 0, bd = 1, at = START } = {}) =>
  payload(seq, [bdSeq(bd), rebirth, ...metrics], at);
const ndeath = (bd: number) => payload(undefined, [bdSeq(bd)]);
const pressure = (value: number, alias = 1): Metric => metric(PRESSURE, DOUBLE, value, { alias });
/** As data has it: the alias alone, and no datatype. */
const byAlias = (alias: number, value: number): Metric => ({ alias, raw: { field: 'double', value } });
const values = (bench: HostBench, name = 'rtu.outletPressure', device = 'rtu-1') =>
  bench
    .telemetry()
    .filter((entry) => entry.device === device && name in entry.values)
    .map((entry) => entry.values[name]);
const state = (bench: HostBench) => bench.host.status().nodes[0]?.state;
/** Every node is asked once at the start; what is asked for after that. */
const asked = (bench: HostBench) => bench.commands.length - 1;
const born = (metrics: Metric[] = [pressure(2.5)], options = {}) => {
  const bench = hostBench(options);
  bench.send('NBIRTH', nbirth(metrics));
  return bench;
};

describe('readings of an edge node', () => {
  it('come from its birth and, by alias, from its data', () => {
    const bench = born();
    bench.clock.pass(1000);
    bench.send('NDATA', payload(1, [byAlias(1, 2.6)], START + 900));
    expect(values(bench)).toEqual([2.5, 2.6]);
    expect(bench.telemetry().at(-1)).toMatchObject({
      device: 'rtu-1',
      at: START + 900,
      received: START + 1000,
      source: 'sparkplug',
      gateway: 'gw-1',
    });
    expect(bench.refusals).toEqual([]);
  });

  it('are converted by unit and scale of the mapping, and words become values', () => {
    const bench = born([
      metric('Outlet/PressurePa', Int32, 400_000),
      metric('Flow', Int32, 1234),
      metric('Valve', Int32, 1),
      metric('Door', BOOLEAN, true),
    ]);
    expect(bench.telemetry()[0]?.values).toEqual({
      'rtu.inletPressure': expect.closeTo(0.4, 12),
      'rtu.flowRate': 123.4,
      'rtu.shutoffValveClosed': true,
      'rtu.doorOpen': true,
    });
  });

  it('keep the time of their metric: two times are two entries', () => {
    const bench = born([pressure(1), { ...metric('Flow', Int32, 10), timestamp: START - 2000 }]);
    expect(bench.telemetry().map(({ at }) => at)).toEqual([START, START - 2000]);
  });

  it('that are historical say so', () => {
    const bench = born();
    const old = { ...byAlias(1, 2.1), timestamp: START - 3_600_000, isHistorical: true };
    bench.send('NDATA', payload(1, [old, byAlias(1, 2.7)]));
    const [, late, live] = bench.telemetry();
    expect(late).toMatchObject({ at: START - 3_600_000, historical: true, values: { 'rtu.outletPressure': 2.1 } });
    expect(live?.historical).toBeUndefined();
  });

  it.each([
    [192, undefined],
    [0, BAD],
    [500, STALE],
    [64, UNCERTAIN],
    [0x80000200, 0x80000200],
    [777, UNCERTAIN],
  ])('of Quality %i have status %s', (code, status) => {
    const properties = new Map([['Quality', { type: Int32, raw: { field: 'int' as const, value: code } }]]);
    const bench = born([{ ...pressure(2.5), properties }]);
    expect(bench.telemetry()[0]?.quality?.['rtu.outletPressure']).toBe(status);
  });

  it('whose engUnit is not that of the mapping are kept uncertain and listed', () => {
    const properties = new Map([['engUnit', { type: STRING, raw: { field: 'string' as const, value: 'MPa' } }]]);
    const bench = born([{ ...pressure(2.5), properties }]);
    expect(bench.telemetry()[0]?.quality).toEqual({ 'rtu.outletPressure': UNCERTAIN });
    expect(bench.host.status().metrics).toMatchObject([{ metric: PRESSURE, code: 'unit-differs', lastValue: '2.5' }]);
  });

  it('of 64 bits that no double holds are kept as the nearest number, and uncertain', () => {
    const bench = born([metric('Total', Int64, 9007199254740993n)]);
    expect(bench.telemetry()[0]).toMatchObject({
      values: { 'rtu.flowTotal': 9007199254740992 },
      quality: { 'rtu.flowTotal': expect.any(Number) },
    });
    expect(bench.telemetry()[0]?.quality?.['rtu.flowTotal']).not.toBe(0);
  });

  it('hours old in a birth are no sign of a wrong clock', () => {
    const bench = born([{ ...pressure(2.5), timestamp: START - 8 * 3_600_000 }]);
    expect(bench.telemetry()[0]).toMatchObject({ at: START - 8 * 3_600_000 });
    expect(bench.telemetry()[0]?.doubts).toBeUndefined();
  });

  it('that are null are counted and make no reading', () => {
    const bench = born();
    bench.send('NDATA', payload(1, [{ alias: 1, isNull: true }]));
    expect(values(bench)).toEqual([2.5]);
    expect(bench.host.status().metrics).toMatchObject([{ metric: PRESSURE, code: 'null', count: 1 }]);
  });
});

describe('what cannot be a reading', () => {
  const unmapped = metric('Pump/Speed', DOUBLE, 900, { alias: 7 });
  it('is listed from the birth, and quarantined once a birth when it comes in data', () => {
    const bench = born([pressure(2.5), unmapped]);
    expect(bench.refusals).toEqual([]);
    for (let seq = 1; seq <= 5; seq++) bench.send('NDATA', payload(seq, [byAlias(7, 900 + seq)], START + seq));
    expect(bench.refusals).toMatchObject([{ code: 'unmapped-metric', client: 'gw-1', device: 'rtu-1' }]);
    expect(bench.refusals[0]?.reason.en).toContain('Pump/Speed');
    expect(bench.host.status().metrics).toMatchObject([
      { node: 'G/N', device: null, metric: 'Pump/Speed', count: 6, lastValue: '905', lastAt: START + 5 },
    ]);
    bench.send('NBIRTH', nbirth([pressure(2.5), unmapped]));
    bench.send('NDATA', payload(1, [byAlias(7, 900)]));
    expect(bench.refusals).toHaveLength(2);
  });

  it.each([
    [
      'a template',
      { name: PRESSURE, alias: 1, datatype: datatypes.Template, raw: { field: 'template' as const } },
      'unsupported',
      'Template',
    ],
    [
      'a data set',
      { name: PRESSURE, alias: 1, datatype: datatypes.DataSet, raw: { field: 'dataset' as const } },
      'unsupported',
      'DataSet',
    ],
    ['an array', metric(PRESSURE, datatypes.Int16Array, new Uint8Array([1, 0])), 'unsupported', 'Int16Array'],
    ['a file', metric(PRESSURE, datatypes.File, new Uint8Array([1, 0])), 'unsupported', 'File'],
  ])('is refused with its name: %s', (_what, one, code, word) => {
    const bench = born([one as Metric]);
    expect(bench.refusals).toMatchObject([{ code }]);
    expect(bench.refusals[0]?.reason.en).toContain(PRESSURE);
    expect(bench.refusals[0]?.reason.en).toContain(word);
    expect(bench.telemetry()).toEqual([]);
  });

  it('is refused once a birth: NaN, a text for a number, a word that is not mapped', () => {
    const bench = born([
      pressure(2.5),
      metric('Flow', STRING, 'x', { alias: 2 }),
      metric('Valve', Int32, 0, { alias: 3 }),
      metric('Door', BOOLEAN, true, { alias: 4 }),
    ]);
    bench.send('NDATA', payload(1, [byAlias(1, Number.NaN)]));
    bench.send('NDATA', payload(2, [byAlias(1, Number.NaN)]));
    bench.send('NDATA', payload(3, [{ alias: 2, raw: { field: 'string', value: 'y' } }]));
    bench.send('NDATA', payload(4, [{ alias: 3, raw: { field: 'int', value: 7 } }]));
    for (const seq of [5, 6]) bench.send('NDATA', payload(seq, [metric(4, STRING, 'open')]));
    expect(bench.refusals.map(({ code }) => code)).toEqual(['wrong-type', 'wrong-type', 'wrong-type', 'wrong-type']);
    expect(bench.refusals[0]?.reason.en).toContain('NaN');
  });

  it('is listed while its device is not registered, and read as soon as it is', () => {
    const bench = born([], {
      mapping: `nodes: [{ group: G, node: N, gateway: gw-1, device: new-1, metrics: { "Outlet/Pressure": { measurement: rtu.outletPressure } } }]`,
    });
    expect(bench.host.status().missing).toMatchObject([{ line: 1, en: 'device new-1 is not registered' }]);
    bench.send('NBIRTH', nbirth([pressure(2.5)]));
    bench.send('NDATA', payload(1, [byAlias(1, 2.6)]));
    expect(bench.refusals).toMatchObject([{ code: 'unknown-device' }]);
    const record = { ...(bench.registry.device('rtu-1') as never as object), id: 'new-1' };
    bench.registry.apply({ version: 1, at: 0, put: 'device', record: record as never });
    bench.send('NDATA', payload(2, [byAlias(1, 2.7)]));
    expect(values(bench, 'rtu.outletPressure', 'new-1')).toEqual([2.7]);
  });

  it('is told once for an edge node that the mapping does not have, and that node is not troubled', () => {
    const bench = hostBench();
    for (let seq = 0; seq < 3; seq++) bench.send('NDATA', payload(seq, [pressure(1)]), { node: 'Other' });
    expect(bench.refusals).toMatchObject([{ code: 'unmapped-metric' }]);
    expect(bench.host.status().metrics).toMatchObject([{ node: 'G/Other', metric: PRESSURE, count: 3 }]);
    expect(asked(bench)).toBe(0);
  });

  it('is refused with its bytes when it is no payload, and the session goes on', () => {
    const bench = born();
    bench.send('NDATA', Buffer.from('{"Outlet/Pressure": 3}'));
    expect(bench.refusals).toMatchObject([{ code: 'wrong-shape', topic: 'spBv1.0/G/NDATA/N' }]);
    bench.send('NDATA', payload(1, [byAlias(1, 2.6)]));
    expect(values(bench)).toEqual([2.5, 2.6]);
  });

  it('is refused where a gateway speaks for an edge node that is not its own', () => {
    const bench = hostBench();
    bench.send('NBIRTH', nbirth([pressure(1)]), { gateway: 'gw-2' });
    expect(bench.refusals).toMatchObject([{ code: 'not-behind-this-gateway', client: 'gw-2' }]);
    expect(bench.telemetry()).toEqual([]);
  });
});

describe('tck-id-operational-behavior-host-reordering', () => {
  it('success: what arrives out of order within the window is read in order, and nobody is asked anything', () => {
    const bench = born();
    const data = (seq: number) => bench.send('NDATA', payload(seq, [byAlias(1, seq)], START + seq));
    for (const seq of [2, 3, 1, 5, 4]) data(seq);
    expect(values(bench)).toEqual([2.5, 1, 2, 3, 4, 5]);
    bench.clock.pass(10_000);
    expect(asked(bench)).toBe(0);
    expect(state(bench)).toBe('online');
  });

  it('success over the wrap from 255 to 0', () => {
    const bench = hostBench();
    bench.send('NBIRTH', nbirth([pressure(2.5)], { seq: 254 }));
    for (const seq of [0, 255, 1]) bench.send('NDATA', payload(seq, [byAlias(1, seq)], START + seq));
    expect(values(bench)).toEqual([2.5, 255, 0, 1]);
  });

  it('success in whatever order twenty messages come', () => {
    const all = Array.from({ length: 20 }, (_, i) => i + 1);
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: 20 }), fc.nat(255), (order, first) => {
        const bench = hostBench();
        bench.send('NBIRTH', nbirth([pressure(0)], { seq: first }));
        for (const n of order) bench.send('NDATA', payload((first + n) % 256, [byAlias(1, n)], START + n));
        expect(values(bench)).toEqual([0, ...all]);
      }),
      { numRuns: 50 },
    );
  });

  it('whatever comes, in whatever order: nothing throws, and nothing waits beyond its bounds', () => {
    const any = fc.record({
      what: fc.constantFrom('NBIRTH', 'NDATA', 'NDEATH', 'DBIRTH/PT', 'DDATA/PT', 'DDEATH/PT', 'DDATA/XX'),
      seq: fc.option(fc.nat(300), { nil: undefined }),
      alias: fc.nat(3),
      time: fc.integer({ min: -5, max: 5 }),
      passes: fc.constantFrom(0, 10, 3000),
      cut: fc.nat(3),
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 60 }), (messages) => {
        const bench = hostBench({ limits: { held: 4, waiting: 8 } });
        for (const { what, seq, alias, time, passes, cut } of messages) {
          const bytes = encodePayload(payload(seq, [bdSeq(1), pressure(1, alias), byAlias(alias, 2)], START + time));
          bench.send(what, cut === 0 ? bytes.subarray(0, -3) : bytes);
          bench.clock.pass(passes);
          expect(bench.host.status().nodes[0]?.waiting).toBeLessThanOrEqual(13);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('rebirth: when the window ends, the edge node is asked for its birth, once', () => {
    const bench = born();
    bench.send('NDATA', payload(2, [byAlias(1, 2)], START + 2));
    bench.clock.pass(1800);
    expect(asked(bench)).toBe(0);
    bench.clock.pass(400);
    expect(asked(bench)).toBe(1);
    // tck-id-topics-ncmd-payload, tck-id-payloads-ncmd-seq, tck-id-operational-behavior-data-commands-ncmd-rebirth-*
    const command = bench.commands.at(-1);
    expect(command?.topic).toBe('spBv1.0/G/NCMD/N');
    expect(command?.payload.seq).toBeUndefined();
    expect(command?.payload.timestamp).toEqual(expect.any(Number));
    expect(command?.payload.metrics).toMatchObject([
      { name: 'Node Control/Rebirth', datatype: BOOLEAN, raw: { field: 'boolean', value: true } },
    ]);
    bench.clock.pass(2000);
    bench.send('NDATA', payload(4, [byAlias(1, 4)], START + 4));
    expect(asked(bench)).toBe(1);
    expect(state(bench)).toBe('doubted');
  });

  it('param: the window is a setting', () => {
    const bench = born([pressure(2.5)], { limits: { reorderMs: 300 } });
    bench.send('NDATA', payload(2, [byAlias(1, 2)], START + 2));
    bench.clock.pass(400);
    expect(asked(bench)).toBe(1);
  });

  it('what followed the gap is read when the birth shows that its aliases meant the same', () => {
    const bench = born();
    bench.send('NDATA', payload(2, [byAlias(1, 2)], START + 2));
    bench.clock.pass(3000);
    bench.send('NDATA', payload(3, [byAlias(1, 3)], START + 3));
    expect(values(bench)).toEqual([2.5]);
    bench.send('NBIRTH', nbirth([pressure(9)], { at: START + 3000 }));
    expect(values(bench)).toEqual([2.5, 2, 3, 9]);
    expect(bench.refusals).toEqual([]);
  });

  it('what followed the gap is quarantined when the birth gives its aliases another meaning', () => {
    const bench = born();
    bench.send('NDATA', payload(2, [byAlias(1, 2)], START + 2));
    bench.clock.pass(3000);
    bench.send('NBIRTH', nbirth([metric('Flow', DOUBLE, 10, { alias: 1 }), pressure(9, 2)], { at: START + 3000 }));
    expect(values(bench)).toEqual([2.5, 9]);
    expect(values(bench, 'rtu.flowRate')).toEqual([1]);
    expect(bench.refusals).toMatchObject([{ code: 'unmapped-metric', topic: 'spBv1.0/G/NDATA/N' }]);
  });

  it('data that overtakes a birth of the same session waits for it', () => {
    const bench = born();
    bench.send('NDATA', payload(2, [byAlias(1, 7)], START + 101));
    bench.send('NBIRTH', nbirth([pressure(6)], { at: START + 100, seq: 1 }));
    expect(values(bench)).toEqual([2.5, 6, 7]);
    expect(state(bench)).toBe('online');
  });

  it('a message that comes twice is read once', () => {
    const bench = born();
    for (let i = 0; i < 2; i++) bench.send('NDATA', payload(1, [byAlias(1, 3)], START + 1));
    bench.clock.pass(5000);
    expect(values(bench)).toEqual([2.5, 3]);
    expect(asked(bench)).toBe(0);
    expect(bench.host.status().ignored).toBe(1);
  });

  it('requests keep their distance from each other, and it grows', () => {
    const bench = born();
    bench.send('NDATA', payload(2, [byAlias(1, 2)], START + 2));
    bench.clock.pass(120_000);
    // Never answered for two minutes: at 2, 12, 32 and 72 s.
    expect(asked(bench)).toBe(4);
  });

  it('more than can be held do not grow the memory: they are quarantined as they come', () => {
    const bench = born([pressure(2.5)], { limits: { held: 5, waiting: 10 } });
    for (let i = 0; i < 40; i++) bench.send('NDATA', payload((2 + i) % 256, [byAlias(1, i)], START + i));
    expect(bench.host.status().nodes[0]?.waiting).toBe(10);
    expect(bench.refusals).toHaveLength(30);
    bench.clock.pass(400_000);
    expect(bench.refusals).toHaveLength(40);
    expect(bench.host.status().nodes[0]?.waiting).toBe(0);
  });
});

describe('before a birth', () => {
  it('an edge node named in the mapping is asked for it when the host begins', () => {
    expect(hostBench().commands.map(({ topic }) => topic)).toEqual(['spBv1.0/G/NCMD/N']);
  });

  it('data by alias is not trusted, and listed once the birth is there; named metrics are read', () => {
    const bench = hostBench();
    bench.send('NDATA', payload(8, [byAlias(1, 4)]));
    bench.send('NDATA', payload(9, [metric(PRESSURE, DOUBLE, 5)]));
    expect(values(bench)).toEqual([]);
    expect(state(bench)).toBe('unknown');
    bench.send('NBIRTH', nbirth([pressure(6)]));
    expect(values(bench)).toEqual([5, 6]);
    expect(bench.refusals).toMatchObject([{ code: 'unmapped-metric' }]);
  });

  it('of a device, its data waits and a rebirth is requested', () => {
    const bench = born();
    bench.clock.pass(6000);
    bench.send('DDATA/PT', payload(1, [metric(PRESSURE, DOUBLE, 5)]));
    expect(asked(bench)).toBe(1);
    bench.send('NBIRTH', nbirth([pressure(6)]));
    bench.send('DBIRTH/PT', payload(1, [pressure(7)]));
    expect(values(bench, 'rtu.outletPressure', 'rtu-2')).toEqual([5, 7]);
  });

  it('a metric that the birth did not name asks for another one', () => {
    const bench = born();
    bench.clock.pass(6000);
    bench.send('NDATA', payload(1, [byAlias(99, 5)]));
    expect(asked(bench)).toBe(1);
    expect(bench.refusals[0]?.reason.en).toContain('#99');
  });

  it('nothing that was heard over an earlier connection is trusted', () => {
    const bench = born();
    bench.host.linkUp({ command: () => true });
    expect(state(bench)).toBe('unknown');
    bench.send('NDATA', payload(1, [byAlias(1, 3)]));
    expect(values(bench)).toEqual([2.5]);
    bench.send('NBIRTH', nbirth([pressure(4)]));
    // The aliases turned out to be the same.
    expect(values(bench)).toEqual([2.5, 3, 4]);
  });
});

describe('tck-id-operational-behavior-edge-node-termination-host-action', () => {
  const living = () => {
    const bench = born();
    bench.send('DBIRTH/PT', payload(1, [pressure(7)]));
    return bench;
  };

  it('births tell that gateway and device are there', () => {
    expect(living().connections()).toEqual(['gw-1 up', 'rtu-2 up']);
  });

  it('ndeath-node-offline, ndeath-devices-offline: node and devices are gone, by the time of the host', () => {
    const bench = living();
    bench.clock.pass(5000);
    bench.send('NDEATH', ndeath(1));
    expect(bench.connections().slice(2).toSorted()).toEqual(['gw-1 down', 'rtu-1 down', 'rtu-2 down']);
    expect(bench.entries.findLast((entry) => entry.kind === 'connection')).toMatchObject({ at: START + 5000 });
    expect(state(bench)).toBe('offline');
    expect(bench.host.status().nodes[0]?.devices).toEqual([{ device: 'PT', online: false }]);
  });

  it('an NDEATH whose bdSeq is not that of the birth is ignored', () => {
    const bench = born();
    bench.send('NBIRTH', nbirth([pressure(3)], { bd: 2 }));
    bench.send('NDEATH', ndeath(1));
    expect(state(bench)).toBe('online');
    expect(bench.host.status().ignored).toBe(1);
    bench.send('NDEATH', ndeath(2));
    expect(state(bench)).toBe('offline');
  });

  it('ndeath-node-tags-stale: data after the death is not read before the next birth', () => {
    const bench = born();
    bench.send('NDEATH', ndeath(1));
    bench.send('NDATA', payload(1, [metric(PRESSURE, DOUBLE, 3)]));
    expect(values(bench)).toEqual([2.5]);
    expect(asked(bench)).toBe(1);
    bench.send('NBIRTH', nbirth([pressure(4)], { bd: 2 }));
    expect(values(bench)).toEqual([2.5, 3, 4]);
  });

  it('ddeath-devices-offline: the device is gone by the time in its death, the node is not', () => {
    const bench = living();
    bench.clock.pass(5000);
    bench.send('DDEATH/PT', payload(2, [], START + 4000));
    expect(bench.connections().slice(2)).toEqual(['rtu-2 down']);
    expect(bench.entries.at(-1)).toMatchObject({ at: START + 4000 });
    expect(state(bench)).toBe('online');
    bench.send('DBIRTH/PT', payload(3, [pressure(8)], START + 5000));
    expect(bench.connections().at(-1)).toBe('rtu-2 up');
    expect(values(bench, 'rtu.outletPressure', 'rtu-2')).toEqual([7, 8]);
  });

  it('a death heard after a restart of the host counts too', () => {
    const bench = hostBench();
    bench.send('NDEATH', ndeath(4));
    expect(bench.connections().toSorted()).toEqual(['gw-1 down', 'rtu-1 down', 'rtu-2 down']);
  });
});
