import { describe, expect, it } from 'vitest';
import { catalogueSchema } from '../contract/catalogue.ts';
import type { Seat } from '../contract/city.ts';
import { categoriesOf, concerns, seatFaults, seatsOf } from './seats.ts';

const seat = (more: Partial<Seat> = {}): Seat => ({
  id: 's',
  name: { zh: '席', en: 'seat' },
  priorities: ['P1', 'P2', 'P3'],
  ...more,
});
const gas = { categories: ['G05'], area: 'E', priority: 'P2' };

describe('a seat', () => {
  it.each<[string, Partial<Seat>, Partial<Omit<typeof gas, 'area'> & { area: string | null }>, boolean]>([
    ['of everything hears gas', {}, {}, true],
    ['of the domain hears gas', { domains: ['G'] }, {}, true],
    ['of gas hears gas', { categories: ['G05'] }, {}, true],
    ['of gas does not hear of the drowning', { categories: ['G05'] }, { categories: ['G04'] }, false],
    ['of a domain or a category hears both', { domains: ['C'], categories: ['G05'] }, { categories: ['C07'] }, true],
    ['hears what concerns everybody', { categories: ['C07'] }, { categories: ['*'] }, true],
    ['of an area hears that area', { areas: ['E'] }, {}, true],
    ['of an area does not hear another', { areas: ['W'] }, {}, false],
    ['of an area hears what stands in none', { areas: ['W'] }, { area: null }, true],
    ['hears no work order', {}, { priority: 'P4' }, false],
    ['that asks for work orders hears them', { priorities: ['P4'] }, { priority: 'P4' }, true],
  ])('%s', (_, its, alarm, hears) => {
    expect(concerns(seat(its), { ...gas, ...alarm })).toBe(hears);
  });

  it('is one for everything in a city that names none', () => {
    expect(seatsOf({}).map(({ id }) => id)).toEqual(['duty']);
  });

  it('is refused with what it names and is not there', () => {
    const catalogue = catalogueSchema.parse({
      title: { zh: '目', en: 'c' },
      version: '1',
      warning: { zh: '草', en: 'd' },
      domains: [{ code: 'G', name: { zh: '安', en: 's' }, categories: [] }],
    });
    const seats = [seat({ domains: ['G', 'Q'], areas: ['moon'] }), seat()];
    const faults = seatFaults({ seats, areas: [] }, catalogue);
    expect(faults.map((one) => one.split(';')[0])).toEqual([
      'seat s: no domain "Q"',
      'seat s: no area "moon"',
      'seat s is there twice / 席位 s 重复',
    ]);
  });
});

describe('an alarm belongs to', () => {
  const ofType = (type: string) => ({ bin: ['C04'], kitchen: ['G05'] })[type] ?? [];
  const alarm = (item: string, deviceType: string, types: string[] = []) => ({
    clause: { item } as never,
    deviceType,
    blind: {
      devices: types.length,
      byType: types.map((type) => ({ type, count: 1 })),
      unprotected: [],
      hidden: 0,
    },
  });

  it.each([
    ['the category of its item', alarm('G05-14', 'bin'), ['G05']],
    ['those of its device, where it has no item', alarm('', 'bin'), ['C04']],
    ['those of the devices it leaves unwatched', alarm('', 'gateway', ['kitchen', 'bin']), ['G05', 'C04']],
    ['everybody, where it speaks of no device', alarm('', 'platform'), ['*']],
  ])('%s', (_, given, categories) => {
    expect(categoriesOf(given, ofType)).toEqual(categories);
  });
});
