import { describe, expect, it } from 'vitest';
import { type Catalogue, catalogueSchema } from '../../../devices/contract/catalogue.ts';
import { deviceSchema } from '../../../devices/contract/registry.ts';
import { defineDeviceType, hours, minutes } from '../../../devices/model/device-type.ts';
import { emptyRegistry, registryCache } from '../../../devices/registry/registry-cache.ts';
import { silentAfter } from './silent-after.ts';

const title = { zh: '测', en: 'test' };
const measurement = (more: object) => ({ title, kind: 'number', unit: '1', ...more }) as const;
const types = {
  meter: defineDeviceType({
    id: 'meter',
    title,
    layer: 'gas',
    measurements: {
      'meter.flow': measurement({ everyMs: minutes(1) }),
      'meter.battery': measurement({ everyMs: hours(1) }),
      'meter.age': measurement({ everyMs: hours(24), derived: true }),
    },
  }),
  button: defineDeviceType({
    id: 'button',
    title,
    layer: 'safety',
    measurements: { 'button.pressed': measurement({}) },
  }),
};
const registry = registryCache({
  ...emptyRegistry,
  devices: ['meter', 'button'].map((type) => deviceSchema.parse({ id: `${type}-1`, type, name: type, lon: 0, lat: 0 })),
});

const basis = [{ src: 'test', status: 'proposal' }];
const catalogue = (...afterS: number[]): Catalogue =>
  catalogueSchema.parse({
    title,
    version: '1',
    warning: title,
    domains: [
      {
        code: 'A',
        name: title,
        categories: [
          {
            code: 'A01',
            name: title,
            status: 'named',
            sourceWords: '',
            sources: [],
            items: [
              {
                code: 'A01-01',
                name: title,
                standard: { text: '', provenance: 'illustrative', source: null },
                problem: '',
                leadDepartment: 'd',
                deviceType: 'meter',
                rules: afterS.map((s, i) => ({
                  id: `silent-${i}`,
                  title,
                  kind: 'absence',
                  measurement: '*',
                  afterS: s,
                  priority: 'P2',
                  basis,
                })),
                timeLimit: {
                  ackMin: null,
                  arriveMin: null,
                  makeSafeMin: null,
                  closeH: null,
                  clock: 'continuous',
                  basis,
                },
              },
            ],
          },
        ],
      },
    ],
  });

describe('a dot turns stale', () => {
  it('after the shortest absence rule of its type, where the catalogue has one', () => {
    expect(silentAfter({ catalogue: catalogue(900, 600) }, types, registry)('meter-1')).toBe(600_000);
  });

  it('after three of the slowest reports it sends by itself, where the catalogue has none', () => {
    expect(silentAfter({ catalogue: catalogue() }, types, registry)('meter-1')).toBe(3 * 3_600_000);
  });

  it('after a day for one that reports on change, and for one that is not registered', () => {
    const limit = silentAfter({ catalogue: catalogue(600) }, types, registry);
    expect(limit('button-1')).toBe(86_400_000);
    expect(limit('none')).toBe(86_400_000);
  });
});
