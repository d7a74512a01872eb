import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { listCities, loadCity } from '../../devices/city/load-city.ts';
import { siteSchema } from '../../devices/contract/registry.ts';
import { deviceTypes } from '../../devices/types/registry.ts';
import { compileCatalogue } from '../standards/compile.ts';
import { benchDevice, engineBench } from './engine-bench.ts';

const citiesDir = fileURLToPath(new URL('../../cities', import.meta.url));
const cities = await Promise.all(listCities(citiesDir).map((id) => loadCity(citiesDir, id)));
const peopled = ['restaurant', 'school', 'station', 'estate', 'market', 'plant'];
const kinds = siteSchema.shape.kind.options.filter((kind) => kind !== 'demonstration');
const sites = kinds.map((kind) => siteSchema.parse({ id: kind, kind, name: kind, lon: 112.6, lat: 26.9 }));
/** `1.5` hours after midnight as the bench writes it; whole days by `+1`. */
const hour = (hours: number) => `+${Math.floor(hours / 24)} ${Math.floor(hours % 24)}:${Math.round((hours % 1) * 60)}`;

describe.each(cities)('in $city.id, of every device type that has a P1 rule', ({ city, catalogue }) => {
  const { plans } = compileCatalogue(catalogue, deviceTypes, city.platformDepartment);
  const safety = [...plans.values()].filter((plan) => plan.safety);
  const silence = safety.map((plan) => plan.absences.find(({ measurement }) => measurement === -1));

  it('silence is listened for, whatever it measures', () => {
    expect(safety.length).toBeGreaterThan(2);
    expect(silence).not.toContain(undefined);
  });

  it('one that is never heard is an alarm at night, P2 where people are, with deadlines that nobody’s hours stop', () => {
    const devices = safety.flatMap(({ type }) =>
      kinds.map((site) => benchDevice(`${type.id}.${site}`, type.id, { site })),
    );
    const b = engineBench({ devices, sites }, '00:00', { catalogue, city });
    const longest = Math.max(...silence.map((rule) => rule?.windowMs ?? 0));
    b.passes(hour(longest / 3_600_000 + 0.5));
    const rung = b.alarms().filter((alarm) => silence.some((rule) => rule?.key === alarm.rule));
    expect(rung.map(({ device }) => device).sort()).toEqual(devices.map(({ id }) => id).sort());
    for (const { device, priority, deadlines } of rung) {
      if (peopled.includes(device.split('.')[1]!)) expect(priority <= 'P2', device).toBe(true);
      expect(deadlines.clock, device).toBe('continuous');
    }
  });
});
