/**
 * `node dashboard/web/build.ts [--force]`: builds the page into `dashboard/web/dist`, and only when a source is newer
 * than the last build. Newer means: the hash over all sources, the contract they import and the pinned packages differs
 * from the stamp the last build left.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const web = import.meta.dirname;
const repository = join(web, '..', '..');
const dist = join(web, 'dist');
const stamp = join(dist, '.sources');

/** Every file under `folder` that can change what is built, sorted so that the hash is the same everywhere. */
function sourcesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.startsWith(dist) && !/\.test\.ts$|\.md$/.test(file))
    .sort();
}

/** One hash over names and contents of all sources. */
function hashOfSources(): string {
  const hash = createHash('sha256');
  const files = [
    ...sourcesUnder(web),
    ...sourcesUnder(join(repository, 'devices')),
    join(repository, 'package-lock.json'),
  ];
  for (const file of files)
    hash.update(relative(repository, file)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

const sources = hashOfSources();
const built = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
if (built === sources && !process.argv.includes('--force')) {
  console.log('web: the built page is up to date');
} else {
  console.log(built ? 'web: sources changed, building the page …' : 'web: building the page …');
  const started = performance.now();
  const { build } = await import('vite');
  for (const config of ['vite.config.ts', 'vite.worker.config.ts'])
    await build({ configFile: join(web, config), logLevel: 'warn' });
  writeFileSync(stamp, sources);
  console.log(`web: built into dashboard/web/dist in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
