import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCampaign } from './read-campaign.ts';

const sensors = 'lon,lat,height,name\n-105.1,40.5,2.4,N\n-105.2,40.6,2.4,S 2\n';
const releases =
  'start,end,equipment,lon,lat,c1_mass_flow_g_h\n2026-05-01T00:01:30Z,2026-05-01T00:09:00Z,tank,,,650.5\n' +
  '2026-06-01T00:00:00Z,2026-06-01T01:00:00Z,later,,,100\n';
const head = 'time,wind_from_deg,wind_speed_ms,ch4_ppm_S 2,ch4_ppm_N\n';
const readings = `${head}2026-05-01T00:00:00Z,25.3,1.84,1.691,\n2026-05-01T08:02:00+08:00,NA,2,2,2.5\n`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'campaign-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function reads(files: Partial<Record<'readings' | 'sensors' | 'releases', string>>) {
  const all = { readings, sensors, releases, ...files };
  for (const [name, text] of Object.entries(all)) await writeFile(join(folder, `${name}.csv`), text);
  return readCampaign(folder);
}

describe('a folder of measured days', () => {
  it('is read with any number of sensors, in the order of the columns; an empty cell is no reading', async () => {
    const campaign = await reads({});
    expect(campaign.sensors.map(({ name }) => name)).toEqual(['S 2', 'N']);
    expect(campaign.samples).toEqual([
      { at: Date.UTC(2026, 4, 1), windFrom: 25.3, windSpeed: 1.84, ppm: [1.691, Number.NaN] },
      { at: Date.UTC(2026, 4, 1, 0, 2), windFrom: Number.NaN, windSpeed: 2, ppm: [2, 2.5] },
    ]);
  });

  it('keeps the releases that overlap the readings', async () => {
    const campaign = await reads({});
    expect(campaign.releases).toEqual([
      {
        start: Date.UTC(2026, 4, 1, 0, 1, 30),
        end: Date.UTC(2026, 4, 1, 0, 9),
        equipment: 'tank',
        gramsPerHour: 650.5,
      },
    ]);
  });

  it('may hold no release at all', async () => {
    expect((await reads({ releases: releases.split('\n')[0] })).releases).toEqual([]);
  });

  it.each([
    [
      'a cell that is no number',
      { readings: `${readings}2026-05-01T00:03:00Z,1,1,high,2\n` },
      /readings\.csv:4 .*"high" in ch4_ppm_S 2/,
    ],
    ['a time without a zone', { readings: `${head}2026-05-01 00:03,1,1,2,2\n` }, /readings\.csv:2 .*no ISO 8601 time/],
    ['time that goes back', { readings: `${readings}2026-05-01T00:01:00Z,1,1,2,2\n` }, /readings\.csv:4 .*not later/],
    ['a sensor that nobody placed', { readings: readings.replace('ppm_N', 'ppm_W') }, /readings\.csv:2 .*"W"/],
    [
      'no methane at all',
      { readings: 'time,wind_from_deg,wind_speed_ms\n2026-05-01T00:00:00Z,1,1\n' },
      /no column ch4_ppm_/,
    ],
    ['a missing column', { readings: readings.replace('wind_speed_ms', 'speed') }, /readings\.csv:1 .*"wind_speed_ms"/],
    ['no rows', { readings: head }, /readings\.csv:1 .*no rows/],
    ['a sensor without a place', { sensors: sensors.replace('40.5', '') }, /sensors\.csv:2 .*no position/],
    [
      'a release that ends before it starts',
      { releases: releases.replace('00:09', '00:01') },
      /releases\.csv:2 .*no later/,
    ],
    ['rows of unequal length', { readings: `${readings}2026-05-01T00:03:00Z,1\n` }, /readings\.csv:1 .*not CSV/],
  ])('is refused with its line for %s', async (_, files, words) => {
    await expect(reads(files)).rejects.toThrow(words);
  });

  it('is refused with all of its faults at once, in both languages', async () => {
    const broken = reads({
      readings: `${head}2026-05-01T00:03:00Z,x,y,2,2\n`,
      sensors: sensors.replace('40.5', 'far'),
    });
    await expect(broken).rejects.toThrow(/sensors\.csv:2 .*readings\.csv:2 .*readings\.csv:2 .*不是数/s);
  });

  it('is refused where a file is missing', async () => {
    await expect(readCampaign(join(folder, 'nowhere'))).rejects.toThrow(/cannot read .*sensors\.csv/);
  });
});
