import { describe, expect, it } from 'vitest';
import type { Device } from '../contract/registry.ts';
import { defineDeviceType, minutes } from '../model/device-type.ts';
import { csvHeader, csvLines } from './csv.ts';
import { normalSilence, withEdges } from './gaps.ts';
import { groupsOf, selectSeries } from './selection.ts';

const title = { zh: '', en: '' };
const types = {
  bin: defineDeviceType({
    id: 'bin',
    title,
    layer: 'sanitation',
    measurements: {
      fill: { title, kind: 'number', unit: '%', everyMs: minutes(10) },
      lid: { title, kind: 'boolean', unit: '1' },
    },
  }),
  pole: defineDeviceType({
    id: 'pole',
    title,
    layer: 'lighting',
    measurements: { lid: { title, kind: 'boolean', unit: '1' } },
  }),
};
const device = (id: string, type: string) => ({ id, type, name: `${id} 号`, lon: 0, lat: 0 }) as Device;
const all = new Map([device('b1', 'bin'), device('b2', 'bin'), device('p1', 'pole')].map((one) => [one.id, one]));
const known = { device: (id: string) => all.get(id), devices: () => all.values(), types };
const namesOf = (found: ReturnType<typeof selectSeries>) =>
  'missing' in found ? found : found.map(({ device, name }) => `${device.id}/${name}`);

describe('the series that are asked for', () => {
  it('are those that each device has, in the order asked, each once', () => {
    expect(namesOf(selectSeries({ devices: ['p1', 'b1', 'p1'], measurements: ['lid', 'fill', 'lid'] }, known))).toEqual(
      ['p1/lid', 'b1/lid', 'b1/fill'],
    );
    expect(namesOf(selectSeries({ devices: ['b2'] }, known))).toEqual(['b2/fill', 'b2/lid']);
    expect(namesOf(selectSeries({ type: 'bin', measurements: ['fill'] }, known))).toEqual(['b1/fill', 'b2/fill']);
  });

  it('name the device or measurement that is not there', () => {
    expect(selectSeries({ devices: ['b1', 'b9'] }, known)).toEqual({ missing: 'device', name: 'b9' });
    const asked = { devices: ['p1'], measurements: ['fill'] };
    expect(selectSeries(asked, known)).toEqual({ missing: 'measurement', name: 'fill' });
    expect(selectSeries({ devices: ['b1'], measurements: ['constructor'] }, known)).toHaveProperty('missing');
    expect(selectSeries({ type: 'tree' }, known)).toEqual({ missing: 'type', name: 'tree' });
  });

  it('become groups by type', () => {
    const found = selectSeries({ devices: ['b1', 'p1', 'b2'], measurements: ['lid'] }, known);
    expect('missing' in found ? [] : groupsOf(found)).toEqual([
      { type: 'bin', devices: ['b1', 'b2'], measurements: ['lid'] },
      { type: 'pole', devices: ['p1'], measurements: ['lid'] },
    ]);
  });
});

describe('a silence', () => {
  const absence = (afterS: number) => ({ kind: 'absence', afterS }) as never;
  it('is normal up to three intervals, or up to the shortest absence rule of what reports on change', () => {
    expect(normalSilence({ everyMs: minutes(10) }, [absence(60)])).toBe(minutes(30));
    expect(normalSilence({ everyMs: 1000 }, [])).toBe(60_000);
    expect(normalSilence({}, [absence(7200), absence(3600)])).toBe(3_600_000);
    expect(normalSilence({}, [])).toBe(0);
  });

  it('counts at the beginning and the end of the range, and through all of it', () => {
    const curve = { gaps: [[40, 60]] as const, first: 30, last: 70 };
    expect(withEdges(curve, 0, 100, 20)).toEqual([
      [0, 30],
      [40, 60],
      [70, 100],
    ]);
    expect(withEdges(curve, 15, 80, 20)).toEqual([[40, 60]]);
    expect(withEdges({ gaps: [], first: null, last: null }, 0, 100, 20)).toEqual([[0, 100]]);
  });
});

describe('readings as CSV', () => {
  const lines = csvLines({
    groups: [{ type: 'bin', devices: ['b1', '=cmd', 'a,b'], measurements: ['fill', 'state'] }],
    nameOf: (id) => (id === 'b1' ? '一号 "桶"' : ''),
    unitOf: (_, name) => (name === 'fill' ? '%' : '1'),
  });

  it('have their time twice, their unit, and their quality in words and as a status', () => {
    expect(csvHeader.split(',')).toHaveLength(9);
    expect(lines([[0, 0, 0, 1_795_361_715_123, -3.5, 0x80_8c_00_00]])).toBe(
      '2026-11-22T15:35:15.123Z,1795361715123,b1,"一号 ""桶""",fill,-3.5,%,bad,0x808C0000\r\n',
    );
    expect(lines([[0, 0, 0, 9e15, true, 0]])).toBe(
      ',9000000000000000,b1,"一号 ""桶""",fill,true,%,good,0x00000000\r\n',
    );
  });

  it('hold nothing that a spreadsheet would run', () => {
    const [first, second] = lines([
      [0, 1, 1, 0, '=HYPERLINK("http://x")', 0],
      [0, 2, 1, 0, 'two\nlines', 0],
    ])
      .split('Z,0,')
      .slice(1);
    expect(first).toContain(`'=cmd,,state,"'=HYPERLINK(""http://x"")",1,good`);
    expect(second).toContain('"a,b",,state,"two\nlines",1,good');
  });
});
