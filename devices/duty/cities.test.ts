import { describe, expect, it } from 'vitest';
import { type LoadedCity, listCities, loadCity } from '../city/load-city.ts';
import { dutyBook } from './duty-book.ts';
import { dutyGaps } from './duty-gaps.ts';
import { dutyItems, itemsAtSeats } from './duty-items.ts';

const cities = new URL('../../cities', import.meta.url).pathname;

const seated = ({ city, catalogue, overlays = [] }: LoadedCity) => ({
  ...city,
  ringsAtSeat: itemsAtSeats(city, { catalogue, overlays }),
});

describe.each(listCities(cities))('the demonstration of %s', (id) => {
  it('has somebody for each duty of gas, at any hour and place, and nobody who is real', async () => {
    const loaded = await loadCity(cities, id);
    const { city, catalogue, overlays, duty } = loaded;
    if (!duty) throw new Error('there is no duty.yaml');
    const gas = dutyItems(catalogue, overlays).filter(({ hazard }) => hazard === 'gas');
    expect(gas.length).toBeGreaterThan(0);
    expect(dutyGaps(dutyBook(duty, city), gas, seated(loaded), { from: '2026-12-01', days: 62 })).toEqual([]);
    for (const { id: person, name, phone, account, demo } of duty.persons) {
      expect(account).toBe(person);
      expect([name, phone, demo]).toEqual([expect.stringContaining('示例'), expect.stringMatching(/^0000?-/), true]);
    }
  });
  it('has nobody missing for the rest either, be it only the dispatcher', async () => {
    const loaded = await loadCity(cities, id);
    const { city, catalogue, overlays, duty } = loaded;
    const gaps = dutyGaps(dutyBook(duty!, city), dutyItems(catalogue, overlays), seated(loaded), {
      from: '2026-12-01',
      days: 7,
    });
    expect(gaps.filter(({ code }) => code === 'nobody')).toEqual([]);
  });
});
