import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { Problem } from '../../kit/problem.ts';
import type { Catalogue } from '../contract/catalogue.ts';
import { type City, citySchema } from '../contract/city.ts';
import { type Demo, demoSchema } from './demo.ts';
import { parseCatalogue } from './parse-catalogue.ts';
import { seatFaults } from './seats.ts';

/** One city as its folder describes it. */
export interface LoadedCity {
  readonly city: City;
  readonly catalogue: Catalogue;
  /** The city's folder. */
  readonly dir: string;
  /** Geometry and map styles, served under /geo/. */
  readonly geoDir: string;
  /** What its simulated demonstration is made of; null for a city without one. */
  readonly demo: Demo | null;
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
  const catalogue = await readCatalogue(join(dir, 'catalogue.yaml'), city);
  const faults = seatFaults(city, catalogue);
  if (faults.length > 0) throw new Problem(`${join(dir, 'city.yaml')} does not hold:\n${faults.join('\n')}`);
  const demoFile = join(dir, 'demo.yaml');
  return {
    city,
    catalogue,
    dir,
    geoDir: join(dir, 'geo'),
    demo: existsSync(demoFile) ? await readYaml(demoFile, demoSchema) : null,
  };
}

/** Ids of the cities in a folder: every sub-folder with a `city.yaml`, in alphabetical order. */
export function listCities(citiesDir: string): string[] {
  if (!existsSync(citiesDir)) return [];
  return readdirSync(citiesDir)
    .filter((name) => existsSync(join(citiesDir, name, 'city.yaml')))
    .sort();
}

async function readCatalogue(file: string, city: City): Promise<Catalogue> {
  const parsed = parseCatalogue(await read(file), {
    departments: city.departments.map(({ id }) => id),
    seasons: (city.seasons ?? []).map(({ name }) => name),
  });
  if ('catalogue' in parsed) return parsed.catalogue;
  const lines = parsed.faults.map(({ line, path, zh, en }) => `  line ${line}  ${path}: ${en} / ${zh}`);
  throw new Problem(`${file} has ${parsed.faults.length} faults:\n${lines.join('\n')}`);
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
