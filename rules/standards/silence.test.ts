import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { listCities, loadCity } from '../../devices/city/load-city.ts';
import { siteSchema } from '../../devices/contract/registry.ts';
import { deviceTypes } from '../../devices/types/registry.ts';
import { compileCatalogue } from './compile.ts';
import { deadlinesOf } from './deadlines.ts';
import { zoneOf } from './local-time.ts';
import { silencePriority } from './silence.ts';

const citiesDir = fileURLToPath(new URL('../../cities', import.meta.url));
const cities = await Promise.all(listCities(citiesDir).map((id) => loadCity(citiesDir, id)));
const sites = siteSchema.shape.kind.options.map((kind) =>
  siteSchema.parse({ id: 's', kind, name: 's', lon: 112.6, lat: 26.9 }),
);
const peopled = ['restaurant', 'school', 'station', 'estate', 'market', 'plant'];
/** Midnight on a Sunday in both cities: nobody works. */
const SUNDAY = Date.parse('2026-11-22T00:00:00+08:00');

describe.each(cities)('silence in $city.id', ({ city, catalogue }) => {
  const { plans } = compileCatalogue(catalogue, deviceTypes, city.platformDepartment);
  const safety = [...plans.values()].filter((plan) => plan.safety);

  it('is listened for at every device type that has a P1 rule, whatever it measures', () => {
    expect(safety.length).toBeGreaterThan(2);
    const deaf = safety.filter((plan) => !plan.absences.some((rule) => rule.measurement === -1));
    expect(deaf.map((plan) => plan.type.id)).toEqual([]);
  });

  it.each(safety.map((plan) => [plan.type.id, plan] as const))(
    'of a %s has a priority by what is unprotected, and deadlines that run on a Sunday night',
    (_, plan) => {
      const rule = plan.absences.find(({ measurement }) => measurement === -1)!;
      for (const site of sites) {
        const priority = silencePriority(rule.priority, plan.safety, site);
        if (peopled.includes(site.kind)) expect(priority <= 'P2', site.kind).toBe(true);
        else expect(priority).toBe(rule.priority);
        const { clock, ack } = deadlinesOf(rule, priority, SUNDAY, city, zoneOf(city.timeZone), plan.safety);
        expect(clock).toBe('continuous');
        if (ack !== null) expect(ack - SUNDAY).toBeLessThanOrEqual(3_600_000);
      }
    },
  );
});
