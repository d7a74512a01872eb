import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { allSettings } from '../../cli/runtime.ts';
import { flagName } from '../../kit/config.ts';
import { projectFiles, read, sourceFiles } from '../support/sources.ts';

/** Names that belong to the first city: its own, its districts', its rivers', its departments'. */
function cityNames(): string[] {
  const city = parse(read('cities/hengyang/city.yaml')) as {
    name: { zh: string; en: string };
    areas: { name: { zh: string; en: string } }[];
  };
  const names = [city.name, ...city.areas.map((area) => area.name)].flatMap(({ zh, en }) => [
    zh.replace(/[市区县]$/, ''),
    en,
  ]);
  return [...new Set([...names, '雁城', '湘江', '4304'])].filter((name) => name.length > 1);
}

describe('the code', () => {
  it('knows no city: names of the first one stand only under cities/', () => {
    const names = cityNames();
    expect(names.length).toBeGreaterThan(20);
    // The platform's default city is a setting's default; everything else about a city is data.
    const allowed = (file: string, line: string) => file === 'cli/settings.ts' && line.includes(".default('hengyang')");
    const found = sourceFiles()
      .filter((file) => !file.startsWith('cities/') && !file.startsWith('test/') && !file.endsWith('.test.ts'))
      .flatMap((file) =>
        read(file)
          .split('\n')
          .flatMap((line, i) =>
            names
              .filter((name) => line.toLowerCase().includes(name.toLowerCase()) && !allowed(file, line))
              .map((name) => `${file}:${i + 1} says ${name}`),
          ),
      );
    expect(found).toEqual([]);
  });

  it('leaves nothing marked as unfinished', () => {
    const marks = /\b(TODO|FIXME|XXX|it\.skip|describe\.skip\(|it\.todo)\b/;
    const found = sourceFiles()
      .filter((file) => file !== 'test/repo/words.repo.test.ts')
      .flatMap((file) =>
        read(file)
          .split('\n')
          .flatMap((line, i) => (marks.test(line) ? [`${file}:${i + 1} ${line.trim()}`] : [])),
      );
    expect(found).toEqual([]);
  });
});

describe('every setting', () => {
  it('is listed in docs/settings.md with its flag, in both languages', () => {
    const page = read('docs/settings.md');
    const missing = Object.values(allSettings).filter(
      ({ env, help }) =>
        !page.includes(`\`${env}\``) ||
        !page.includes(`--${flagName(env)}`) ||
        !page.includes(help.zh) ||
        !page.includes(help.en),
    );
    expect(missing.map(({ env }) => env)).toEqual([]);
  });

  it('that docs/settings.md lists exists', () => {
    const known = new Set<string>(Object.values(allSettings).map(({ env }) => env));
    const listed = [...read('docs/settings.md').matchAll(/`(YANSHAO_[A-Z0-9_]+)`/g)].map(([, env]) => env as string);
    expect(listed.filter((env) => !known.has(env))).toEqual([]);
  });

  it('is read nowhere but through the settings', () => {
    const readers = sourceFiles().filter(
      (file) => !/^(test|cli)\//.test(file) && !file.endsWith('.test.ts') && /process\.env\.YANSHAO_/.test(read(file)),
    );
    expect(readers).toEqual([]);
  });
});

describe('the folders', () => {
  it.each(['kit', 'devices', 'gateway', 'ingest', 'rules', 'dashboard', 'simulators', 'cities', 'bench'])(
    '%s has a README of its own',
    (folder) => {
      expect(projectFiles()).toContain(`${folder}/README.md`);
    },
  );
});

describe('package-lock.json', () => {
  const lock = read('package-lock.json');

  it('carries no package registry’s address', () => {
    expect(lock.match(/"resolved"/g) ?? []).toEqual([]);
  });

  it('holds every platform’s optional packages: npm ci refuses a lock that lacks one, wherever it runs', () => {
    type Entry = { optionalDependencies?: Record<string, string> };
    const { packages } = JSON.parse(lock) as { packages: Record<string, Entry> };
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !packages[`node_modules/${name}`] && !packages[`${path}/node_modules/${name}`],
      ),
    );
    expect(missing).toEqual([]);
  });
});
