import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isUnit } from '../../devices/model/units.ts';
import { deviceType, deviceTypes } from '../../devices/types/registry.ts';

const types = Object.values(deviceTypes);
const measurements = types.flatMap((type) =>
  Object.entries(type.measurements).map(([name, measurement]) => ({
    type,
    name,
    measurement,
    at: `${type.id} ${name}`,
  })),
);

describe('the registry of device types', () => {
  it('lists every file of the folder once, under its own id', () => {
    const files = readdirSync(new URL('../../devices/types/', import.meta.url))
      .filter((file) => !['registry.ts', 'shared.ts'].includes(file) && !file.endsWith('.test.ts'))
      .map((file) => file.replace(/\.ts$/, ''));
    expect(Object.keys(deviceTypes).sort()).toEqual(files.sort());
    for (const [id, type] of Object.entries(deviceTypes)) expect(type.id).toBe(id);
  });

  it('has no duplicate id among its lines', () => {
    const registry = readFileSync(new URL('../../devices/types/registry.ts', import.meta.url), 'utf8');
    expect(registry.match(/^import \{ \w+ \} from '\.\//gm)).toHaveLength(types.length);
  });

  it('knows no type of a made-up name, not even one that every object has', () => {
    expect(deviceType('flux-capacitor')).toBeUndefined();
    expect(deviceType('toString')).toBeUndefined();
  });
});

describe.each(types)('device type $id', (type) => {
  it('has a title in both languages', () => {
    expect(type.title.zh).not.toBe('');
    expect(type.title.en).not.toBe('');
  });

  it('declares gas exactly when it measures combustible gas', () => {
    const combustible = Object.values(type.measurements).some((measurement) => measurement.combustible);
    expect(combustible).toBe(type.measuresGas === true);
  });

  it('reports at least one thing itself', () => {
    expect(Object.values(type.measurements).some((measurement) => !measurement.derived)).toBe(true);
  });
});

/** Whoever raises the alarm words it. */
const freeTexts = ['rtu.eventMessage'];

describe.each(measurements)('measurement $at', ({ name, measurement }) => {
  it('is one dotted name with a title in both languages', () => {
    expect(name).toMatch(/^[a-z][A-Za-z0-9]*\.[a-z][A-Za-z0-9]*$/);
    expect(measurement.title.zh).not.toBe('');
    expect(measurement.title.en).not.toBe('');
  });

  it('has a unit this platform computes with, and a range the right way round', () => {
    expect(isUnit(measurement.unit)).toBe(true);
    if (measurement.kind !== 'number') expect(measurement.unit).toBe('1');
    if (measurement.kind === 'number') expect(measurement.range).toBeDefined();
    if (measurement.range) expect(measurement.range[0]).toBeLessThan(measurement.range[1]);
    if (measurement.maxPerMinute !== undefined) expect(measurement.maxPerMinute).toBeGreaterThan(0);
    if (measurement.everyMs !== undefined) expect(measurement.everyMs).toBeGreaterThan(0);
  });

  it('lists its words when it is a text, unless somebody else words it, and only then', () => {
    expect(measurement.states !== undefined).toBe(measurement.kind === 'text' && !freeTexts.includes(name));
    for (const word of Object.values(measurement.states ?? {})) {
      expect(word.zh).not.toBe('');
      expect(word.en).not.toBe('');
    }
  });
});

describe('one measurement name', () => {
  it('means the same kind and unit in every type that has it', () => {
    const kinds = new Map<string, string>();
    for (const { name, measurement } of measurements) {
      const kind = `${measurement.kind} ${measurement.unit}`;
      expect(`${name}: ${kind}`).toBe(`${name}: ${kinds.get(name) ?? kind}`);
      kinds.set(name, kind);
    }
  });
});

describe('a gas detector', () => {
  it.each([
    ['gas-rtu', 'rtu.ch4'],
    ['gas-alarm-commercial', 'alarm.ch4'],
    ['gas-alarm-household', 'alarm.ch4'],
  ])('%s finds a jump of 60 %%LEL within a minute hard to believe', (id, name) => {
    expect(deviceType(id)?.measurements[name]?.maxPerMinute).toBeLessThan(60);
  });
});
