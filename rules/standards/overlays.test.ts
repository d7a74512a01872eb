import { describe, expect, it } from 'vitest';
import { type Overlay, overlaySchema } from '../../devices/contract/overlay.ts';
import { deviceTypes } from '../../devices/types/registry.ts';
import { benchCatalogue, benchCity, kitchen } from '../engine/engine-bench.ts';
import { compileCatalogue } from './compile.ts';

const overlay = (more: Partial<Overlay>): Overlay =>
  overlaySchema.parse({
    id: 'old-town',
    title: { zh: '老街', en: 'Old town' },
    kind: 'town',
    areas: ['000001'],
    provenance: 'illustrative',
    changes: [
      {
        item: 'G05-14',
        rules: { 'com-l1': { limit: { value: 8, unit: '%{LEL}' } } },
        set: { leadDepartment: 'lights' },
      },
    ],
    ...more,
  });
const compiled = (...overlays: Overlay[]) =>
  compileCatalogue(benchCatalogue, deviceTypes, benchCity.platformDepartment, { overlays });
const level1 = (catalogue: ReturnType<typeof compiled>, place: { area?: string; grid?: string }) =>
  catalogue.planOf(kitchen('k1', place))!.byKey.get('G05-14.com-l1');

describe('an overlay', () => {
  it('holds for the devices of its areas and for no others, and an alarm says that it does', () => {
    const all = compiled(overlay({}));
    expect(level1(all, { area: '000001' })).toMatchObject({
      limit: 8,
      clause: { department: 'lights', overlays: [{ id: 'old-town', title: { zh: '老街', en: 'Old town' } }] },
    });
    expect(level1(all, { area: '000002' })).toMatchObject({ limit: 10, clause: { department: 'gas' } });
    expect(level1(all, {})!.clause.overlays).toBeUndefined();
  });

  it('holds for a grid by its code, or by how codes begin', () => {
    const all = compiled(overlay({ areas: [], grids: ['4304050010*', '99'] }));
    expect(level1(all, { grid: '43040500107' })!.limit).toBe(8);
    expect(level1(all, { grid: '99' })!.limit).toBe(8);
    expect(level1(all, { grid: '43040500207' })!.limit).toBe(10);
  });

  it('of a narrower kind has the last word', () => {
    const pilot = overlay({
      id: 'a-pilot',
      kind: 'pilot',
      changes: [{ item: 'G05-14', rules: { 'com-l1': { limit: { value: 6, unit: '%{LEL}' } } } }],
    });
    const found = level1(compiled(pilot, overlay({})), { area: '000001' })!;
    expect(found.limit).toBe(6);
    expect(found.clause).toMatchObject({ department: 'lights', overlays: [{ id: 'old-town' }, { id: 'a-pilot' }] });
  });

  it('is compiled once for all devices of a place, and leaves device types alone that it does not speak of', () => {
    const all = compiled(overlay({}));
    const place = { area: '000001' };
    expect(all.planOf(kitchen('k1', place))).toBe(all.planOf(kitchen('k2', place)));
    const lamp = (more: object) => all.planOf({ ...kitchen('p', more), type: 'smart-pole' });
    expect(lamp(place)).toBe(lamp({}));
  });

  it('takes rules away and adds rules and items of its own', () => {
    const own = benchCatalogue.domains[0]!.categories[0]!.items[0]!;
    const here = compiled(
      overlay({
        changes: [
          { item: 'G05-14', rules: { 'com-valve': { off: true } } },
          { add: { ...own, code: 'G05-90', rules: [{ ...own.rules[2]!, id: 'own-valve' }] } },
        ],
      }),
    ).planOf(kitchen('k1', { area: '000001' }))!;
    expect(here.byKey.has('G05-14.com-valve')).toBe(false);
    expect(here.byKey.has('G05-90.own-valve')).toBe(true);
  });
});
