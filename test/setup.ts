/**
 * Run first by `npm test`: looks for the outside programs that tests run for real. As root on Debian or Ubuntu it installs
 * what is missing; elsewhere it says what is missing, what will be skipped and how to get it. In CI it fails instead.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findTool, TOOLS, type Tool } from './support/tool-list.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);
const missing = (): readonly Tool[] => TOOLS.filter(({ name }) => !findTool(name));
const inCi = /^(1|true)$/i.test(process.env.CI ?? '');

/** Runs apt-get, quietly unless it fails; daemons that come along are not started (RUNLEVEL=1). */
function apt(...args: readonly string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const ran = spawnSync('apt-get', ['-q', '-y', ...args], { env, encoding: 'utf8' });
  if (ran.status === 0) return true;
  say(
    `    apt-get ${args.join(' ')} failed: ${(ran.stderr || ran.error?.message || '').trim().split('\n').slice(-3).join(' | ')}`,
  );
  return false;
}

function install(tools: readonly Tool[]): void {
  say(
    `Tests run ${tools.length} programs that are not here yet; installing them with apt-get, which may take some minutes.`,
  );
  say('  reading the package lists …');
  apt('update');
  for (const [n, { apt: name, tests }] of tools.entries()) {
    say(`  ${n + 1} of ${tools.length}: ${name} (${tests}) …`);
    const began = Date.now();
    if (apt('install', '--no-install-recommends', name))
      say(`    done in ${Math.round((Date.now() - began) / 1000)} s`);
  }
}

function report(tools: readonly Tool[]): void {
  say(`${tools.length} outside programs are missing${inCi ? '' : '; these tests will be skipped'}:`);
  for (const { name, tests } of tools) say(`  - ${name}: ${tests}`);
  say(`On Debian or Ubuntu: sudo apt-get install ${tools.map((tool) => tool.apt).join(' ')}`);
}

const mayInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
if (mayInstall && missing().length > 0) install(missing());
const left = missing();
if (left.length > 0) report(left);
if (left.length > 0 && inCi) {
  say('CI is set, where nothing may be skipped: stopping here.');
  process.exitCode = 1;
}
