import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { editorSchemaText } from '../../devices/city/catalogue-json-schema.ts';
import { itemsOf } from '../../devices/city/items-of.ts';
import { listCities, loadCity } from '../../devices/city/load-city.ts';
import { replaySchema } from '../../devices/city/replay.ts';
import { conversion } from '../../devices/model/units.ts';
import { deviceType, deviceTypes } from '../../devices/types/registry.ts';

const citiesDir = fileURLToPath(new URL('../../cities', import.meta.url));
const cities = await Promise.all(listCities(citiesDir).map((id) => loadCity(citiesDir, id)));

describe('the cities of this repository', () => {
  it('are at least two, one of them invented', () => {
    expect(cities.length).toBeGreaterThanOrEqual(2);
    expect(cities.filter(({ city }) => city.fictional)).toHaveLength(1);
  });

  it('are listed when somebody asks for one that is not there', async () => {
    await expect(loadCity(citiesDir, 'atlantis')).rejects.toThrow(/no city "atlantis".*hengyang, linglan/);
  });
});

describe.each(cities.map((loaded) => ({ id: loaded.city.id, loaded })))('city $id', ({ loaded }) => {
  const { city, catalogue, demo, geoDir, dir } = loaded;
  const items = itemsOf(catalogue);

  it('gives every rule and item a code of its own', () => {
    const codes = items.map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    const rules = items.flatMap((item) => item.rules.map(({ id }) => `${item.code}.${id}`));
    expect(new Set(rules).size).toBe(rules.length);
  });

  it('quotes nothing without its source', () => {
    for (const { standard, code } of items)
      if (standard.provenance === 'quoted') expect(standard.source, code).toBeTruthy();
  });

  it('has a procedure for every item, none of them shown as more than ours, and the confined-space check where people go down', () => {
    for (const { code, procedure } of items) expect(procedure, code).toBeDefined();
    const used = new Set(items.map(({ procedure }) => procedure));
    expect(Object.keys(catalogue.procedures).filter((id) => !used.has(id))).toEqual([]);
    for (const { provenance, source } of Object.values(catalogue.procedures)) {
      expect(provenance === 'illustrative' || source !== null).toBe(true);
    }
    const down = items.filter(({ deviceType }) => deviceType === 'manhole-sensor' || deviceType === 'underground-gas');
    for (const { procedure, code } of down) {
      const words = catalogue.procedures[procedure!]!.steps.map(({ text }) => text.en).join(' ');
      expect(words, code).toContain('Confined-space check');
    }
  });

  it('lets P1 gas and fire act on one sample', () => {
    const slow = items.flatMap((item) =>
      item.rules
        .filter((rule) => rule.priority === 'P1' && rule.onDelayS > 0 && /gas|guard|smoke|bin/.test(item.deviceType))
        .map(({ id }) => `${item.code}.${id}`),
    );
    expect(slow).toEqual([]);
  });

  it('names an item that exists in every correction', () => {
    for (const { item } of catalogue.changes) if (item) expect(items.map(({ code }) => code)).toContain(item);
  });

  it.each(['light', 'dark'])('draws its %s map from its own files, asking nobody for glyphs or sprites', (theme) => {
    const style = JSON.parse(readFileSync(`${geoDir}/style-${theme}.json`, 'utf8'));
    expect(style.glyphs).toBeUndefined();
    expect(style.sprite).toBeUndefined();
    for (const { data } of Object.values<{ data: string }>(style.sources)) {
      expect(data).toMatch(/^\/geo\//);
      const { type } = JSON.parse(readFileSync(`${geoDir}/${data.slice('/geo/'.length)}`, 'utf8'));
      expect(['FeatureCollection', 'Feature', 'GeometryCollection', 'LineString', 'MultiPolygon']).toContain(type);
    }
  });

  it('draws the areas it lists', () => {
    const drawn = JSON.parse(readFileSync(`${geoDir}/counties.geojson`, 'utf8')).features as {
      properties: { adcode: string };
    }[];
    expect(drawn.map(({ properties }) => properties.adcode).sort()).toEqual(city.areas.map(({ code }) => code).sort());
  });

  it('demonstrates with types, areas, departments and gateways that exist, within its bounds', () => {
    if (!demo) throw new Error(`${city.id} has no demo.yaml`);
    const areas = city.areas.map(({ code }) => code);
    const departments = [undefined, ...city.departments.map(({ id }) => id)];
    for (const [id, type] of Object.entries(demo.types)) {
      expect(Object.keys(deviceTypes)).toContain(id);
      expect(areas).toEqual(expect.arrayContaining(Object.keys(type.areas)));
      expect(departments).toContain(type.owner);
      expect(departments).toContain(type.maintainer);
      if (deviceType(id)?.measuresGas) expect(type.gas && type.gasUnit, id).toBeTruthy();
    }
    for (const gateway of demo.gateways) {
      expect(Object.keys(deviceTypes)).toEqual(expect.arrayContaining(gateway.types));
      expect(areas).toEqual(expect.arrayContaining(gateway.areas));
    }
    const [west, south, east, north] = city.map.bounds;
    for (const { lon, lat, area, id } of [...demo.sites, ...demo.gateways, ...demo.replay]) {
      expect(areas, id).toContain(area);
      expect(lon > west && lon < east && lat > south && lat < north, id).toBe(true);
    }
    const prefixes = Object.values(demo.types).map(({ prefix }) => prefix);
    expect(new Set(prefixes).size).toBe(prefixes.length);
  });

  it('maps every column of its replays onto a measurement that takes the unit', () => {
    for (const { mapping } of demo?.replay ?? []) {
      const replay = replaySchema.parse(parse(readFileSync(`${dir}/replay/${mapping}`, 'utf8')));
      const header = readFileSync(`${dir}/replay/${replay.file}`, 'utf8').split('\n')[0]!.trim().split(',');
      const keys = replay.devices.from === 'columns' ? replay.devices.list.map(({ key }) => key) : [''];
      const columns = keys.flatMap((key) => replay.readings.map(({ column }) => column.replace('{key}', key)));
      const { devices } = replay;
      const named = devices.from === 'rows' ? [devices.key, devices.name, devices.lon, devices.lat] : [];
      expect(header).toEqual(expect.arrayContaining([replay.time.column, ...columns, ...named]));
      for (const { measurement, unit } of replay.readings) {
        const target = deviceType(replay.deviceType)?.measurements[measurement];
        expect(target, measurement).toBeDefined();
        expect(conversion(unit, target!.unit, replay.gas)).toHaveProperty('convert');
      }
    }
  });
});

describe('the schemas for editors', () => {
  it.each(['catalogue', 'overlay'] as const)('of the %s is what the platform checks by', (of) => {
    const kept = readFileSync(`${citiesDir}/schema/${of}.schema.json`, 'utf8');
    expect(kept, `run: yanshao standards schema ${of} > cities/schema/${of}.schema.json`).toBe(editorSchemaText(of));
  });

  it('are named in the first line of every catalogue and overlay', () => {
    for (const { dir, text } of cities) {
      expect(text!.catalogue.split('\n')[0], dir).toBe(
        '# yaml-language-server: $schema=../schema/catalogue.schema.json',
      );
      for (const { name, text: yaml } of text!.overlays)
        expect(yaml.split('\n')[0], name).toBe('# yaml-language-server: $schema=../../schema/overlay.schema.json');
    }
  });
});

describe('the catalogue of Hengyang', () => {
  const { catalogue, demo, dir } = cities.find(({ city }) => city.id === 'hengyang')!;
  const items = itemsOf(catalogue);

  it('has five domains, thirty categories, the 58 items and 112 rules of its draft with those added since', () => {
    expect(catalogue.domains).toHaveLength(5);
    expect(catalogue.domains.flatMap(({ categories }) => categories)).toHaveLength(30);
    expect(items.filter(({ code }) => code !== 'G05-18')).toHaveLength(58);
    const kinds = ['unaccounted', 'ssv-passing', 'ug-trace', 'ug-spread', 'demand-odd', 'silt-flood-season'];
    const fence = ['fence-plume', 'fence-trace', 'fence-trace-two'];
    const added = ['lit-rate-other', 'home-expired', 'rtu-event', ...kinds, ...fence, ...silences];
    const ids = items.flatMap(({ rules }) => rules.map(({ id }) => id));
    expect(ids.filter((id) => !added.includes(id))).toHaveLength(112);
    expect(ids).toEqual(expect.arrayContaining(added));
  });

  it('makes silence an alarm for every kind of safety device, on a clock that never stops', () => {
    const silent = items.filter(({ rules }) => rules.some(({ kind }) => kind === 'absence'));
    expect(new Set(silent.map(({ timeLimit }) => timeLimit.clock))).toEqual(new Set(['continuous']));
    const withP1 = new Set(
      items.filter(({ rules }) => rules.some(({ priority }) => priority === 'P1')).map(({ deviceType }) => deviceType),
    );
    const guarded = new Set(silent.map(({ deviceType }) => deviceType));
    expect([...withP1].filter((type) => !guarded.has(type))).toEqual([]);
  });

  it('treats a bin at 80 % as a work order, not as an alarm for the duty seat', () => {
    const rule = items.find(({ code }) => code === 'C04-01')?.rules.find(({ id }) => id === 'bin-full');
    expect(rule).toMatchObject({ priority: 'P4', limit: { value: 80, unit: '%' } });
  });

  it('quotes no news phrase under a gas alarm', () => {
    const gas = items.filter(({ code }) => code.startsWith('G05'));
    expect(gas.filter(({ standard }) => standard.provenance === 'quoted')).toEqual([]);
  });

  it('is demonstrated by 400 devices and its replays, every one of its types among them', () => {
    const counts = Object.values(demo?.types ?? {}).map(({ count }) => count);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(400);
    const replayed = (demo?.replay ?? []).map(
      ({ mapping }) => replaySchema.parse(parse(readFileSync(`${dir}/replay/${mapping}`, 'utf8'))).deviceType,
    );
    const types = [...Object.keys(demo?.types ?? {}), ...replayed];
    expect(types).toEqual(expect.arrayContaining(items.map(({ deviceType }) => deviceType)));
  });
});

const silences = [
  'cover-silent',
  'bin-silent',
  'shed-silent',
  'pole-silent',
  'water-silent',
  'shore-silent',
  'guard-silent',
  'ug-silent',
  'com-silent',
  'home-silent',
];
