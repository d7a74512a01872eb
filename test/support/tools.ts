import { describe } from 'vitest';
import { findPeers } from './python.ts';
import { findTool, toolNamed } from './tool-list.ts';

/** In CI nothing may be skipped: a missing tool is a failure there. */
export const inCi = (): boolean => /^(1|true)$/i.test(process.env.CI ?? '');

/** Path of a program the tests run; throws with the line that installs it. */
export function requireTool(name: string, aptPackage = toolNamed(name).apt): string {
  const path = findTool(name);
  if (path) return path;
  throw new Error(`${name} is not on this machine. On Debian or Ubuntu: sudo apt-get install ${aptPackage}`);
}

/**
 * `describe` for tests that run an outside program: `needs('influxd')('an InfluxDB that …', () => …)`. Without it they are
 * skipped with a printed reason, except in CI, where they run and fail.
 */
export function needs(...names: readonly string[]): typeof describe | typeof describe.skip {
  const missing = names.filter((name) => !findTool(name));
  if (missing.length === 0 || inCi()) return describe;
  for (const name of missing) {
    const { tests, apt } = toolNamed(name);
    console.warn(`skipped: ${tests}, as ${name} is not on this machine (sudo apt-get install ${apt})`);
  }
  return describe.skip;
}

/** The Python that has asyncua, tb-mqtt-client and paho (test/python/requirements.txt); throws with what sets it up. */
export function requirePeers(): string {
  const python = findPeers();
  if (python) return python;
  throw new Error('the Python packages of test/python/requirements.txt are not set up: run `node test/setup.ts`');
}

/** As {@link needs}, for tests against those packages. */
export function needsPeers(): typeof describe | typeof describe.skip {
  if (findPeers() || inCi()) return describe;
  console.warn('skipped: servers and clients from PyPI are not set up (node test/setup.ts)');
  return describe.skip;
}
