import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { Problem } from '../../kit/problem.ts';
import type { Catalogue } from '../contract/catalogue.ts';
import { type City, citySchema } from '../contract/city.ts';
import { type DutyRecords, dutyRecordsSchema } from '../contract/duty.ts';
import type { Overlay } from '../contract/overlay.ts';
import type { Standards, StandardsText } from '../contract/standards.ts';
import { type Supervision, supervisionSchema } from '../contract/supervision.ts';
import { asDemo } from '../duty/as-demo.ts';
import { checkDuty } from '../duty/check-duty.ts';
import { worldOf } from '../duty/duty-desk.ts';
import { supervisionFaults } from '../supervision/check-policy.ts';
import { faultLine } from './catalogue-fault.ts';
import { type Demo, demoSchema } from './demo.ts';
import { hazardFaults } from './hazard-faults.ts';
import { parseStandards, type StandardsOptions } from './parse-standards.ts';
import { seatFaults } from './seats.ts';

/** One city as its folder describes it. */
export interface LoadedCity {
  readonly city: City;
  readonly catalogue: Catalogue;
  /** What is laid over the catalogue in some places. */
  readonly overlays?: readonly Overlay[];
  /** Catalogue and overlays as they stand in their files. */
  readonly text?: StandardsText;
  /** The city's folder. */
  readonly dir: string;
  /** Geometry and map styles, served under /geo/. */
  readonly geoDir: string;
  /** How it supervises by figures; null or absent for a city that does not. */
  readonly supervision?: Supervision | null;
  /** What its simulated demonstration is made of; null for a city without one. */
  readonly demo: Demo | null;
  /** Who is responsible in its demonstration; null where `duty.yaml` is left out. */
  readonly duty?: DutyRecords | null;
}

/**
 * Reads `<citiesDir>/<id>/`. A city that does not exist, or a file that does not hold, is a {@link Problem} that lists the
 * cities there are, or every fault of the file with its line.
 */
export async function loadCity(citiesDir: string, id: string): Promise<LoadedCity> {
  const known = listCities(citiesDir);
  if (!known.includes(id)) {
    throw new Problem(
      `no city "${id}" in ${citiesDir}: there is ${known.join(', ') || 'none'}. Set YANSHAO_CITY to one of them.\n` +
        `${citiesDir} 中没有城市“${id}”：现有 ${known.join('、') || '无'}。请将 YANSHAO_CITY 设为其中之一。`,
    );
  }
  const dir = join(citiesDir, id);
  const city = await readYaml(join(dir, 'city.yaml'), citySchema);
  if (city.id !== id) throw new Problem(`${join(dir, 'city.yaml')} says id "${city.id}" in a folder named "${id}"`);
  const standards = await readStandards(dir, city);
  const faults = [...seatFaults(city, standards.catalogue), ...hazardFaults(city)];
  if (faults.length > 0) throw new Problem(`${join(dir, 'city.yaml')} does not hold:\n${faults.join('\n')}`);
  const demoFile = join(dir, 'demo.yaml');
  const demo = existsSync(demoFile) ? await readYaml(demoFile, demoSchema) : null;
  return {
    city,
    ...standards,
    dir,
    geoDir: join(dir, 'geo'),
    demo,
    duty: await readDuty(join(dir, 'duty.yaml'), city, standards, demo),
    supervision: await readSupervision(dir, city, standards.catalogue),
  };
}

/** Who is responsible in the demonstration, checked as a whole; every record is marked as the demonstration's. */
async function readDuty(
  file: string,
  city: City,
  standards: Standards,
  demo: Demo | null,
): Promise<DutyRecords | null> {
  if (!existsSync(file)) return null;
  const records = asDemo(await readYaml(file, dutyRecordsSchema));
  const crews = (demo?.crews ?? []).map(({ id }) => id);
  const faults = checkDuty(records, worldOf(city, standards, crews));
  if (faults.length === 0) return records;
  const lines = faults.map(
    ({ where, field, value, zh, en }) => `${where}, ${field} = ${JSON.stringify(value)}: ${zh} / ${en}`,
  );
  throw new Problem(`${file} has ${faults.length} faults:\n${lines.join('\n')}`);
}

/** Ids of the cities in a folder: every sub-folder with a `city.yaml`, in alphabetical order. */
export function listCities(citiesDir: string): string[] {
  if (!existsSync(citiesDir)) return [];
  return readdirSync(citiesDir)
    .filter((name) => existsSync(join(citiesDir, name, 'city.yaml')))
    .sort();
}

/** What a city's standards are checked against: its departments, areas, seasons and ceilings. */
export const standardsOptions = (city: City): StandardsOptions => ({
  departments: city.departments.map(({ id }) => id),
  areas: city.areas.map(({ code }) => code),
  seasons: (city.seasons ?? []).map(({ name }) => name),
  ceilings: city.ceilings,
});

async function readSupervision(dir: string, city: City, { domains }: Catalogue): Promise<Supervision | null> {
  const file = join(dir, 'supervision.yaml');
  if (!existsSync(file)) return null;
  const policy = await readYaml(file, supervisionSchema);
  const categories = domains.flatMap((domain) => domain.categories.map(({ code }) => code));
  const faults = supervisionFaults(policy, city, categories);
  if (faults.length > 0) throw new Problem(`${file} does not hold:\n${faults.join('\n')}`);
  return policy;
}

async function readStandards(dir: string, city: City): Promise<Standards & { readonly text: StandardsText }> {
  const file = join(dir, 'catalogue.yaml');
  const folder = join(dir, 'overlays');
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.yaml')) : [];
  const overlays = await Promise.all(
    names.sort().map(async (name) => ({ name, text: await read(join(folder, name)) })),
  );
  const text = { catalogue: await read(file), overlays };
  const parsed = parseStandards(text, standardsOptions(city));
  if ('standards' in parsed) return { ...parsed.standards, text };
  throw new Problem(`${file} has ${parsed.faults.length} faults:\n${parsed.faults.map(faultLine).join('\n')}`);
}

async function readYaml<T>(file: string, schema: z.ZodType<T>): Promise<T> {
  const text = await read(file);
  try {
    const parsed = schema.safeParse(parse(text));
    if (parsed.success) return parsed.data;
    throw new Problem(`${file} does not hold:\n${z.prettifyError(parsed.error)}`);
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    throw new Problem(`${file} is not YAML: ${cause instanceof Error ? cause.message : cause}`, cause);
  }
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new Problem(`${file} cannot be read`, cause);
  }
}
