import { describe, expect, it } from 'vitest';
import { deviceTypes } from '../../devices/types/registry.ts';
import type { SeenNode } from './browse.ts';
import { mappingSkeleton, treeText, ucumOf } from './browse-text.ts';
import { rankOf } from './endpoints.ts';

const variable = (over: object = {}) => ({
  dataType: 'Double',
  value: '2.5',
  status: 'Good',
  unit: 'kPa',
  readable: true,
  writable: false,
  historizing: true,
  ...over,
});
const nodes: SeenNode[] = [
  { node: 'ns=1;s=Plant', name: 'Plant', depth: 1 },
  { node: 'ns=1;s=rtu-1.rtu.outletPressure', name: 'PT101', depth: 2, variable: variable() },
  {
    node: 'ns=1;i=7',
    name: 'TT101',
    depth: 2,
    variable: variable({ unit: '℃', status: 'BadNoCommunication', writable: true }),
  },
  { node: 'ns=1;s=secret', name: 'Secret', depth: 2, variable: variable({ readable: false }) },
];

describe('what a server holds', () => {
  it('is shown as a tree with types, access and values', () => {
    expect(treeText({ nodes, cut: false }).split('\n')).toEqual([
      'Plant  [ns=1;s=Plant]',
      '  PT101  [ns=1;s=rtu-1.rtu.outletPressure]  Double  R-H  2.5 kPa',
      '  TT101  [ns=1;i=7]  Double  RWH  BadNoCommunication',
      '  Secret  [ns=1;s=secret]  Double  --H  2.5 kPa',
    ]);
    expect(treeText({ nodes: [], cut: true })).toContain('there are more nodes');
  });

  it('becomes a mapping file, filled in where names and units say enough', () => {
    const rows = mappingSkeleton({ nodes, cut: false }, deviceTypes).split('\n').slice(3);
    expect(rows).toEqual([
      '  - { node: "ns=1;s=rtu-1.rtu.outletPressure", device: "rtu-1", measurement: "rtu.outletPressure", unit: "kPa" } # PT101 Double 2.5',
      '  - { node: "ns=1;i=7", device: "", measurement: "", unit: "Cel" } # TT101 Double 2.5',
    ]);
  });

  it.each([
    ['°C', 'Cel'],
    ['m³/h', 'm3/h'],
    ['MPa', 'MPa'],
    ['furlong', undefined],
    ['', undefined],
  ])('unit %j is %j', (words, code) => expect(ucumOf(words)).toBe(code));
});

describe('a way to connect', () => {
  it('is the better the newer its policy, and worth nothing unless it encrypts', () => {
    expect(rankOf('SignAndEncrypt', 'Aes256_Sha256_RsaPss')).toBeGreaterThan(
      rankOf('SignAndEncrypt', 'Basic256Sha256'),
    );
    for (const [mode, policy] of [
      ['Sign', 'Basic256Sha256'],
      ['None', 'None'],
      ['SignAndEncrypt', 'Basic128Rsa15'],
    ] as const)
      expect(rankOf(mode, policy)).toBe(0);
  });
});
