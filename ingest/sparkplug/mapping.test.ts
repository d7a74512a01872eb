import { describe, expect, it } from 'vitest';
import { deviceTypes } from '../../devices/types/registry.ts';
import { testMapping, testRegistry } from './host-bench.ts';
import { readMapping } from './mapping.ts';

const read = (text: string) => readMapping(text, testRegistry(), deviceTypes);
const mappingOf = (text: string) => {
  const { mapping, faults } = read(text);
  if (!mapping) throw new Error(JSON.stringify(faults));
  return mapping;
};

describe('a mapping file', () => {
  it('says which gateway an edge node is, and whose readings its metrics are', () => {
    const mapping = mappingOf(testMapping);
    expect(mapping.gatewayOf('G', 'N')).toBe('gw-1');
    expect(mapping.gatewayOf('G', 'M')).toBeUndefined();
    expect(mapping.scopeOf('G', 'N', undefined)?.device).toBe('rtu-1');
    expect(mapping.scopeOf('G', 'N', 'PT')?.metrics.get('Flow')).toMatchObject({
      measurement: 'rtu.flowRate',
      scale: 0.1,
    });
    expect(mapping.scopeOf('G', 'N', 'XX')).toBeUndefined();
    expect(mapping.devicesOf('G', 'N')).toEqual(['rtu-1', 'rtu-2']);
    expect(mapping.nodes).toEqual([{ group: 'G', node: 'N' }]);
  });

  it('takes many nodes and devices with one entry, and one by name before it', () => {
    const mapping = mappingOf(`
nodes:
  - { group: G, node: '*', gateway: 'gw-{node}', devices: [{ device: '*', id: '{node}-{device}', metrics: { P: { measurement: rtu.outletPressure } } }] }
  - { group: G, node: N, gateway: gw-1, device: rtu-1, metrics: { P: { measurement: rtu.outletPressure } } }
`);
    expect(mapping.gatewayOf('G', '7')).toBe('gw-7');
    expect(mapping.scopeOf('G', '7', 'PT')?.device).toBe('7-PT');
    expect(mapping.gatewayOf('G', 'N')).toBe('gw-1');
    expect(mapping.gatewayOf('H', '7')).toBeUndefined();
    expect(mapping.nodes).toEqual([{ group: 'G', node: 'N' }]);
  });

  it('has all its faults told at once, each with its line, in both languages', () => {
    const { mapping, faults } = read(`sets:
  regulator:
    P: { measurement: rtu.outletPresure, unit: kPa }
  unused: {}
nodes:
  - group: G
    node: N
    gateway: gw-1
    device: rtu-1
    use: regulater
    metrics:
      A: { measurement: rtu.outletPressure, unit: kpa }
      B: { measurement: rtu.outletPressure, unit: m3 }
      C: { measurement: rtu.doorOpen, scale: 2 }
      D: { measurement: rtu.flowRate, words: { "0": open } }
  - { group: G, node: N, gateway: gw-1 }
  - { group: G, node: M, gateway: gw-1, metrics: { P: { measurement: rtu.flowRate } } }
`);
    expect(mapping).toBeUndefined();
    const told = faults.map(({ line, en }) => `${line}: ${en}`);
    expect(told).toEqual([
      '3: "P": device types have no measurement "rtu.outletPresure"; did you mean "rtu.outletPressure"?',
      '2: nothing uses the set "regulator"',
      '4: nothing uses the set "unused"',
      '10: sets has no "regulater"; did you mean "regulator"?',
      '6: two metrics become rtu.outletPressure: only one can be right',
      '12: "A": unit "kpa" is not known (UCUM codes); did you mean "kPa"?',
      expect.stringContaining('13: "B": m3'),
      '14: "C": rtu.doorOpen is no number: it has no unit, scale or offset',
      '15: "D": rtu.flowRate is a number: words do not apply',
      '16: G/N stands here twice: only one can be right',
      '17: metrics without a device: nobody would know whose readings they are',
    ]);
    for (const { zh } of faults) expect(zh).toMatch(/[一-鿿]/);
  });

  it('runs where the registry lacks a device, and tells it', () => {
    const { mapping, missing } = read(`
nodes:
  - group: G
    node: N
    gateway: gw-7
    device: rtu-77
    metrics: { P: { measurement: rtu.outletPressure } }
    devices:
      - { device: PT, id: rtu-9, metrics: { P: { measurement: rtu.outletPressure } } }
`);
    expect(mapping).toBeDefined();
    expect(missing.map(({ line, en }) => `${line}: ${en}`)).toEqual([
      '5: gateway gw-7 is not registered',
      '3: device rtu-77 is not registered',
      '9: device rtu-9 is registered behind gw-2, not gw-7',
    ]);
  });

  it.each([
    ['no YAML', 'nodes: [', 'not YAML'],
    ['nothing', '', 'nodes'],
    ['a key that does not exist', 'nodes: [{ group: G, node: N, gatway: x, gateway: gw-1 }]', 'gatway'],
    ['a wildcard inside a name', 'nodes: [{ group: G, node: "N*", gateway: gw-1 }]', 'alone for any'],
    [
      'a scale of 0',
      'nodes: [{ group: G, node: N, gateway: gw-1, device: rtu-1, metrics: { P: { measurement: rtu.flowRate, scale: 0 } } }]',
      'scale of 0',
    ],
  ])('of %s is refused', (_what, text, word) => {
    const { mapping, faults } = read(text);
    expect(mapping).toBeUndefined();
    expect(faults.map(({ en }) => en).join()).toContain(word);
  });
});
